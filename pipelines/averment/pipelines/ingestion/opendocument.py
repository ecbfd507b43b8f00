"""OpenDocument (ODT, ODS, ODP): the XML is turned into HTML, which `markup_reader` reads.

Follows OpenDocument 1.3. Headings, lists with their numbers as shown (`opendocument_styles`), tables with spans,
footnotes, comments, text boxes. Deleted text of tracked changes, hidden and white text, hidden sheets, rows and columns
are told apart with their reason. Charts, formulas and documents within come after the body, headers and footers of page
styles last. Macros and scripts are never looked at.
"""

import re
from collections.abc import Iterator
from typing import Any, Final

from averment.core.documents import ElementKind, ParsedDocument
from averment.core.errors import DocumentEncrypted, DocumentLimitExceeded, PartitionFailed
from averment.pipelines.ingestion.archive import OfficeArchive
from averment.pipelines.ingestion.canonical import CanonicalWriter
from averment.pipelines.ingestion.hidden import HiddenReason, count_hidden
from averment.pipelines.ingestion.language import detect_language
from averment.pipelines.ingestion.limits import ParseLimits
from averment.pipelines.ingestion.markup_reader import MarkupReader
from averment.pipelines.ingestion.opendocument_markup import OFFICE, Converter
from averment.pipelines.ingestion.opendocument_styles import STYLE, TEXT, Styles
from averment.pipelines.ingestion.tables import number_cells

_OBJECT: Final = re.compile(r"[^/]+/content\.xml")
_MATH: Final = "{http://www.w3.org/1998/Math/MathML}math"
_MANIFEST: Final = "META-INF/manifest.xml"


def partition_opendocument(content: bytes, *, media_type: str, limits: ParseLimits) -> ParsedDocument:
    """Partition an OpenDocument file.

    Raises:
        DocumentCorrupt: A part is missing, damaged or hostile.
        DocumentEncrypted: It needs a password.
        DocumentLimitExceeded: It would expand too far, or is too long.
        PartitionFailed: It holds no text.
    """
    archive = OfficeArchive(content, limits=limits)
    if _MANIFEST in archive.names and b"encryption-data" in archive.read(_MANIFEST):
        raise DocumentEncrypted("the document is encrypted and needs a password", hint="save it without a password")
    root = archive.xml("content.xml")
    sheet = archive.xml("styles.xml") if "styles.xml" in archive.names else None
    styles = Styles.read(root, sheet)
    converter = Converter(styles)
    writer = CanonicalWriter()
    reader = MarkupReader(writer)
    for body in root.iter(OFFICE + "body"):
        reader.read(converter.convert(body))
    for part in _objects(archive):
        for body in part.iter(OFFICE + "body"):
            reader.read(converter.convert(body))
        for formula in part.iter(_MATH):
            writer.write(" ".join("".join(formula.itertext()).split()))
            writer.end_line()
    for text, kind in converter.asides:
        writer.write(text)
        writer.end_line(kind)
    for text, kind in _running(sheet, converter):
        writer.write(text)
        writer.end_line(kind)
    if not writer.text().strip():
        raise PartitionFailed("no text found in the document", hint="check that it is the right file")
    hidden = [*converter.hidden, *reader.hidden]
    writer.write_hidden(hidden)
    return _document(writer, reader, media_type=media_type, limits=limits, hidden=hidden)


def _document(
    writer: CanonicalWriter,
    reader: MarkupReader,
    *,
    media_type: str,
    limits: ParseLimits,
    hidden: list[tuple[str, HiddenReason]],
) -> ParsedDocument:
    text = writer.text()
    if len(text) > limits.max_chars:
        raise DocumentLimitExceeded(f"the text has {len(text)} characters, the limit is {limits.max_chars}")
    language = detect_language(text)
    title = next((e.text for e in writer.elements if e.kind is ElementKind.HEADING), None)
    return ParsedDocument(
        text=text,
        elements=tuple(writer.elements),
        cells=tuple(number_cells(reader.grids, language=language)),
        media_type=media_type,
        parser="averment opendocument 2",
        language=language,
        title=" ".join(title.split())[:200] if title else None,
        warnings=count_hidden(hidden),
    )


def _objects(archive: OfficeArchive) -> Iterator[Any]:
    """Yield the objects that lie in the file: charts with their tables, formulas, other documents."""
    for name in sorted(name for name in archive.names if _OBJECT.fullmatch(name)):
        root = archive.xml(name)
        yield root if isinstance(root.tag, str) and root.tag != _MATH else _wrapped(root)


def _wrapped(root: Any) -> Any:
    from lxml import etree  # type: ignore[import-untyped] # lxml has no stubs

    outer = etree.Element("object")
    outer.append(root)
    return outer


def _running(sheet: Any, converter: Converter) -> Iterator[tuple[str, ElementKind]]:
    """Yield the headers and footers of page styles, each text once."""
    if sheet is None:
        return
    seen: set[str] = set()
    kinds = ((f"{STYLE}header", ElementKind.HEADER), (f"{STYLE}footer", ElementKind.FOOTER))
    for name, kind in (*kinds, *((f"{tag}-{side}", kind) for tag, kind in kinds for side in ("left", "first"))):
        for part in sheet.iter(name):
            for paragraph in part.iter(TEXT + "p", TEXT + "h"):
                text = " ".join(converter.plain(paragraph).split())
                if text and text not in seen:
                    seen.add(text)
                    yield text, kind
