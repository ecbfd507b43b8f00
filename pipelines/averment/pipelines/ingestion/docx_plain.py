"""DOCX, made plain before it is partitioned, so that nothing in it is overlooked.

unstructured (through python-docx) reads paragraphs and tables of the body. It overlooks what stands in tracked
insertions, content controls and text boxes, and reads no footnotes, comments, charts or diagrams. Here changes are
settled and what is not seen is taken out to be told apart (`docx_revisions`), text boxes become paragraphs after the
one they hang on, charts and diagrams the lines and tables they show (`drawings`), and what Word shows without storing
it is written into the text: numbers, signs, check boxes, formulas (`docx_marks`). Footnotes, endnotes and comments are
returned on their own.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Final

from averment.pipelines.ingestion.archive import OfficeArchive
from averment.pipelines.ingestion.docx_marks import NOTES, NoteNumbers, note_texts, write_marks
from averment.pipelines.ingestion.docx_revisions import settle
from averment.pipelines.ingestion.docx_styles import DocxStyles, Numbering, W, value
from averment.pipelines.ingestion.docx_tree import local, made_paragraph, named, text_of
from averment.pipelines.ingestion.drawings import Drawing, read_drawing
from averment.pipelines.ingestion.hidden import HiddenReason
from averment.pipelines.ingestion.relations import main_part, relations

MAIN_PART: Final = "word/document.xml"
RUNNING: Final = re.compile(r"word/(?:header|footer)\d*\.xml")
_STRICT_NAME: Final = re.compile(rb"http://purl\.oclc\.org/ooxml/(\w+)/")
_COMMENTS: Final = "word/comments.xml"
_REPLIES: Final = "word/commentsExtended.xml"
_NUMBERING: Final = "word/numbering.xml"
_TYPES: Final = "[Content_Types].xml"
_PLAIN_TYPE: Final = b"application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
_OTHER_TYPE: Final = re.compile(
    rb"application/vnd\.(?:ms-word\.(?:document|template)\.macroEnabled"
    rb"|openxmlformats-officedocument\.wordprocessingml\.template)\.main\+xml"
)
_DRAWN: Final = frozenset({"chart", "chartEx", "diagramData"})


@dataclass(slots=True, kw_only=True)
class PlainDocx:
    """A DOCX made plain: the container, its main part, and what was taken out of it."""

    content: bytes
    root: Any = None
    hidden: list[tuple[str, HiddenReason]] = field(default_factory=list)
    footnotes: list[str] = field(default_factory=list)
    comments: list[str] = field(default_factory=list)
    n_insertions: int = 0
    n_deletions: int = 0
    n_moves: int = 0


def make_plain(archive: OfficeArchive) -> PlainDocx:
    """Make a DOCX plain.

    Raises:
        DocumentCorrupt: Its main part is missing, cut short or no XML.
    """
    main = main_part(archive, default=MAIN_PART)
    root = archive.xml(main)
    styles = DocxStyles(_part(archive, "word/styles.xml"))
    plain = PlainDocx(content=b"", root=root)
    plain.n_insertions = sum(1 for _ in named(root, "ins"))
    plain.n_deletions = sum(1 for _ in named(root, "del"))
    plain.n_moves = sum(1 for _ in named(root, "moveFrom"))
    parts = {main: root, **{name: archive.xml(name) for name in archive.names if RUNNING.fullmatch(name)}}
    numbers = NoteNumbers()
    for name, part in parts.items():
        plain.hidden.extend(settle(part, styles))
        for drawing in list(_drawn(part, archive, name)):
            _place(*drawing)
        for box in list(named(part, "txbxContent")):
            _lift(box)
        numbering = Numbering(_part(archive, _NUMBERING), styles)
        write_marks(part, notes=numbers, numbering=numbering)
    _read_notes(plain, archive, styles, numbers)
    plain.content = _written(archive, parts)
    return plain


def _written(archive: OfficeArchive, parts: dict[str, Any]) -> bytes:
    from lxml import etree  # type: ignore[import-untyped] # lxml has no stubs

    written = {
        name: etree.tostring(part, xml_declaration=True, encoding="UTF-8", standalone=True)
        for name, part in parts.items()
    }
    if _NUMBERING in archive.names:
        # The numbers stand in the text by now; unstructured would write them once more.
        written[_NUMBERING] = etree.tostring(etree.Element(W + "numbering", nsmap={"w": W[1:-1]}))
    if _TYPES in archive.names:
        # Templates and documents with macros differ in nothing else, and python-docx opens neither.
        written[_TYPES] = _OTHER_TYPE.sub(_PLAIN_TYPE, archive.read(_TYPES))
    return archive.replaced(written, edit=_to_transitional)


def _part(archive: OfficeArchive, name: str) -> Any:
    return archive.xml(name) if name in archive.names else None


def _drawn(root: Any, archive: OfficeArchive, part: str) -> Iterator[tuple[Any, Drawing]]:
    """Yield the charts and diagrams of a part with the paragraphs they hang on."""
    targets = {key: found.target for key, found in relations(archive, part).items() if found.kind in _DRAWN}
    if not targets:
        return
    for element in root.iter():
        if not isinstance(element.tag, str) or element.tag.rpartition("}")[2] not in ("chart", "relIds"):
            continue
        target = next((targets[text] for text in element.attrib.values() if text in targets), None)
        anchor = next((outer for outer in element.iterancestors() if local(outer) == "p"), None)
        if target in archive.names and anchor is not None:
            yield anchor, read_drawing(archive.xml(str(target)))


def _place(anchor: Any, drawing: Drawing) -> None:
    """Write what a drawing shows behind the paragraph that it hangs on."""
    parent = anchor.getparent()
    at = parent.index(anchor) + 1
    if drawing.rows:
        parent.insert(at, _table(drawing.rows))
    for line in reversed(drawing.lines):
        parent.insert(at, made_paragraph(line))


def _table(rows: tuple[tuple[str, ...], ...]) -> Any:
    from lxml import etree

    table = etree.Element(W + "tbl")
    grid = etree.SubElement(etree.SubElement(table, W + "tblPr").getparent(), W + "tblGrid")
    for _ in rows[0]:
        etree.SubElement(grid, W + "gridCol")
    for row in rows:
        made = etree.SubElement(table, W + "tr")
        for text in row:
            etree.SubElement(made, W + "tc").append(made_paragraph(text))
    return table


def _read_notes(plain: PlainDocx, archive: OfficeArchive, styles: DocxStyles, numbers: NoteNumbers) -> None:
    for kind in NOTES:
        root = _part(archive, f"word/{kind}s.xml")
        if root is None:
            continue
        plain.hidden.extend(settle(root, styles))
        write_marks(root, notes=numbers, numbering=None)
        for label, text in note_texts(root, kind, labels=numbers.labels):
            plain.footnotes.append(f"[{label}] {text}" if label else text)
    comments = _part(archive, _COMMENTS)
    if comments is not None:
        plain.hidden.extend(settle(comments, styles))
        plain.comments.extend(_comments(comments, _part(archive, _REPLIES)))


def _comments(root: Any, replies: Any) -> Iterator[str]:
    """Yield the comments with their authors, and whom they answer."""
    authors: dict[str, str] = {}
    parents = {
        _attribute(one, "paraId"): _attribute(one, "paraIdParent")
        for one in (() if replies is None else replies)
        if isinstance(one.tag, str)
    }
    for comment in root:
        if local(comment) != "comment":
            continue
        author = " ".join((value(comment, "author") or "").split())
        identity = next((_attribute(last, "paraId") for last in reversed(list(named(comment, "p")))), "")
        authors[identity] = author
        answered = authors.get(parents.get(identity) or "-", "")
        text = " ".join(text_of(comment).split())
        if text:
            names = f"{author}, reply to {answered}" if answered else author
            yield f"Comment ({names}): {text}" if names else f"Comment: {text}"


def _attribute(element: Any, name: str) -> str:
    return next((str(text) for key, text in element.attrib.items() if key.rpartition("}")[2] == name), "")


def _to_transitional(part: bytes) -> bytes:
    """Rename the namespaces of Strict Office Open XML, which python-docx does not know."""
    return _STRICT_NAME.sub(rb"http://schemas.openxmlformats.org/\1/2006/", part)


def paragraphs(root: Any) -> Iterator[str]:
    """Yield the text of every paragraph of a part, tabs and breaks as spaces."""
    for paragraph in named(root, "p"):
        text = text_of(paragraph)
        if text.strip():
            yield text


def _lift(box: Any) -> None:
    """Move the blocks of a text box behind the paragraph that it hangs on."""
    anchor = box
    while anchor is not None and local(anchor) != "p":
        anchor = anchor.getparent()
    if anchor is None or anchor.getparent() is None:
        return
    parent = anchor.getparent()
    at = parent.index(anchor) + 1
    for inner in reversed(list(box)):
        parent.insert(at, inner)
