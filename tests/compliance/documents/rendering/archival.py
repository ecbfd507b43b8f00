"""What a PDF lacks of what keeps it readable for decades and by a screen reader: own checks, not a validator's."""

import shutil
import subprocess
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import pikepdf

VALIDATOR = "verapdf"
_HARMLESS = "xref entry for the xref stream itself is missing"  # as in most files with an update
INSTALL = "needs veraPDF (https://verapdf.org; then: verapdf --flavour 3a REPORT.pdf), which comes with no package here"


def lacks(raw: bytes, *, language: str) -> list[str]:
    """Return what a PDF/A-3a file lacks; empty where every check passes."""
    with pikepdf.open(BytesIO(raw)) as pdf:
        syntax = [problem for problem in pdf.check_pdf_syntax() if _HARMLESS not in problem]
        return [*syntax, *_markers(pdf, language), *_fonts(pdf), *_structure(pdf), *_forbidden(pdf)]


def validator() -> str | None:
    """Return the program veraPDF, or None."""
    return shutil.which(VALIDATOR)


def validate(program: str, path: Path) -> str:
    """Return what veraPDF says of a file as PDF/A-3a: `PASS …` or `FAIL …` with the rules broken."""
    command = [program, "--flavour", "3a", "--format", "text", "--verbose", str(path)]
    return subprocess.run(command, capture_output=True, text=True, check=False).stdout


def _markers(pdf: pikepdf.Pdf, language: str) -> Iterator[str]:
    root: Any = pdf.Root
    with pdf.open_metadata() as metadata:
        if (metadata["pdfaid:part"], metadata["pdfaid:conformance"]) != ("3", "A"):
            yield "XMP names another part or level"
        if metadata.get("dc:title") != str(pdf.docinfo["/Title"]):
            yield "XMP and document information name different titles"
    intent = root.OutputIntents[0]
    checks = {
        "language": str(root.Lang) == language,
        "marked content": bool(root.MarkInfo.Marked),
        "title shown": bool(root.ViewerPreferences.DisplayDocTitle),
        "output intent": str(intent.S) == "/GTS_PDFA1" and len(intent.DestOutputProfile.read_bytes()) > 0,
        "parent tree": "/ParentTree" in root.StructTreeRoot,
        "file identifier": "/ID" in pdf.trailer,
        "relation of the file inside": [str(file.AFRelationship) for file in root.AF] == ["/Source"],
        "type of the file inside": str(root.AF[0].EF.F.Subtype) == "/application/json",
        "order of tabs": all(str(page.obj.Tabs) == "/S" for page in pdf.pages if "/Annots" in page.obj),
    }
    yield from (name for name, is_there in checks.items() if not is_there)


def _fonts(pdf: pikepdf.Pdf) -> Iterator[str]:
    for font in _dictionaries(pdf, "/Font"):
        if str(font.Subtype) == "/Type0":
            descriptor = font.DescendantFonts[0].FontDescriptor
            if not {"/FontFile2", "/FontFile3"} & set(descriptor.keys()):
                yield f"the font {font.BaseFont} inside"
            if "/ToUnicode" not in font:
                yield f"characters of the font {font.BaseFont}"


def _structure(pdf: pikepdf.Pdf) -> Iterator[str]:
    found = list(elements(pdf.Root.StructTreeRoot))
    kinds = {str(element.S) for element in found}
    yield from sorted({"/Document", "/H1", "/H2", "/P", "/Table", "/TR", "/TH", "/TD", "/L", "/LI"} - kinds)
    for element in found:
        if str(element.S) == "/Figure" and not str(element.get("/Alt", "")).strip():
            yield "words for a picture"
        if str(element.S) == "/TH" and str(element.A.get("/Scope", "")) not in ("/Row", "/Column"):
            yield "the scope of a head"
        if str(element.S) == "/TD" and not element.A.get("/Headers"):
            yield "the heads of a cell"
    yield from _unknown_heads(pdf, found)


def _unknown_heads(pdf: pikepdf.Pdf, found: list[Any]) -> Iterator[str]:
    known = {str(name) for name in list(pdf.Root.StructTreeRoot.IDTree.Names)[::2]}
    named = {str(name) for element in found if str(element.S) == "/TD" for name in element.A.Headers}
    if not named <= known:
        yield "heads that cells name in the tree of ids"


def _forbidden(pdf: pikepdf.Pdf) -> Iterator[str]:
    if pdf.is_encrypted:
        yield "openness: it is encrypted"
    for item in pdf.objects:
        if isinstance(item, pikepdf.Dictionary):
            if str(item.get("/S")) in ("/JavaScript", "/Launch", "/URI") or "/JS" in item:
                yield f"stillness: it holds an action {item.get('/S')}"
            if str(item.get("/Type")) == "/ExtGState" and str(item.get("/SMask", "/None")) != "/None":
                yield "opaqueness: it holds a soft mask"


def elements(element: Any) -> Iterator[Any]:
    """Yield an element of the structure tree and all below it."""
    if isinstance(element, pikepdf.Array):
        for kid in element:
            yield from elements(kid)
    elif isinstance(element, pikepdf.Dictionary):
        if "/S" in element:
            yield element
        if "/K" in element:
            yield from elements(element.K)


def _dictionaries(pdf: pikepdf.Pdf, kind: str) -> Iterator[Any]:
    for item in pdf.objects:
        if isinstance(item, pikepdf.Dictionary) and str(item.get("/Type")) == kind:
            yield item
