"""DOCX, made plain before it is partitioned, so that nothing in it is overlooked.

unstructured (through python-docx) reads paragraphs and tables of the body. It overlooks what stands in tracked
insertions, content controls and text boxes, and reads no footnotes or comments. Here insertions count as text and
deletions as gone, content controls and smart tags are opened, text boxes become paragraphs after the one they hang on,
and what is not seen (deleted, hidden, white, tiny) is taken out to be told apart. References to notes are written as
`[1]`, and the numbers of numbered paragraphs in tables as Word shows them. Footnotes, endnotes and comments are
returned on their own.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Final

from averment.pipelines.ingestion.archive import OfficeArchive
from averment.pipelines.ingestion.docx_styles import DocxStyles, Numbering, child, value
from averment.pipelines.ingestion.hidden import HiddenReason

MAIN_PART: Final = "word/document.xml"
_W: Final = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_STRICT: Final = "{http://purl.oclc.org/ooxml/wordprocessingml/main}"
_STRICT_NAME: Final = re.compile(rb"http://purl\.oclc\.org/ooxml/(\w+)/")
_FALLBACK: Final = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
_OPENED: Final = frozenset({"ins", "moveTo", "smartTag", "customXml", "sdt", "sdtContent", "fldSimple"})
_REMOVED: Final = frozenset({"del", "moveFrom", "sdtPr", "sdtEndPr", "customXmlPr", "smartTagPr"})
RUNNING: Final = re.compile(r"word/(?:header|footer)\d*\.xml")
_SPACE: Final = "{http://www.w3.org/XML/1998/namespace}space"
_TWO_DIGITS: Final = re.compile(r"\d\d")
_NOTES: Final = ("word/footnotes.xml", "word/endnotes.xml", "word/comments.xml")


@dataclass(slots=True, kw_only=True)
class PlainDocx:
    """A DOCX made plain: the container, and what was taken out of it."""

    content: bytes
    hidden: list[tuple[str, HiddenReason]] = field(default_factory=list)
    footnotes: list[str] = field(default_factory=list)
    comments: list[str] = field(default_factory=list)
    n_insertions: int = 0
    n_deletions: int = 0


def make_plain(archive: OfficeArchive) -> PlainDocx:
    """Make a DOCX plain.

    Raises:
        DocumentCorrupt: Its main part is missing, cut short or no XML.
    """
    root = archive.xml(MAIN_PART)
    styles = DocxStyles(_part(archive, "word/styles.xml"))
    plain = PlainDocx(content=b"")
    plain.n_insertions = sum(1 for _ in _named(root, "ins"))
    plain.n_deletions = sum(1 for _ in _named(root, "del"))
    parts = {MAIN_PART: root}
    for name in archive.names:
        if RUNNING.fullmatch(name):
            parts[name] = archive.xml(name)
    for part in parts.values():
        plain.hidden.extend(_settle(part, styles))
    _write_marks(root, archive, styles)
    _read_notes(plain, archive, styles)
    from lxml import etree  # type: ignore[import-untyped] # lxml has no stubs

    written = {
        name: etree.tostring(part, xml_declaration=True, encoding="UTF-8", standalone=True)
        for name, part in parts.items()
    }
    plain.content = archive.replaced(written, edit=_to_transitional)
    return plain


def _part(archive: OfficeArchive, name: str) -> Any:
    return archive.xml(name) if name in archive.names else None


def _settle(root: Any, styles: DocxStyles) -> list[tuple[str, HiddenReason]]:
    """Accept tracked changes, open what wraps text, lift text boxes; return what is not seen, taken out."""
    taken: list[tuple[str, HiddenReason]] = []
    for element in list(root.iter(_FALLBACK)):
        _remove(element)
    for element in list(root.iter()):
        name = _local(element)
        if name == "del" and (text := _text(element)).strip():
            taken.append((text, HiddenReason.DELETED))
        if name in _REMOVED:
            _remove(element)
        elif name in _OPENED and element.getparent() is not None:
            _open(element)
    taken.extend(_take_hidden(root, styles))
    for box in list(_named(root, "txbxContent")):
        _lift(box)
    _set_raised_apart(root)
    return taken


def _set_raised_apart(root: Any) -> None:
    """Write a space before raised digits behind a figure: `2025` and a small `1` are no `20251`."""
    before: tuple[Any, str] = (None, "")
    for run in _named(root, "r"):
        text = _text(run)
        if not text:
            continue
        first = next(_named(run, "t"), None)
        is_raised = any(value(mark, "val") == "superscript" for mark in _named(run, "vertAlign"))
        is_behind = before[0] is run.getparent() and _TWO_DIGITS.fullmatch(before[1][-1:] + text[0])
        if is_raised and is_behind and first is not None:
            first.text = f" {first.text}"
            first.set(_SPACE, "preserve")
        before = run.getparent(), text


def _write_marks(root: Any, archive: OfficeArchive, styles: DocxStyles) -> None:
    """Write into the text what Word shows and does not store there: references to notes, list numbers in tables.

    unstructured writes the numbers of numbered paragraphs outside tables itself.
    """
    for name in ("footnoteReference", "endnoteReference"):
        for reference in list(_named(root, name)):
            _write(reference.getparent(), f"[{value(reference, 'id')}]", at=reference)
    numbering = Numbering(_part(archive, "word/numbering.xml"), styles)
    for paragraph in list(_named(root, "p")):
        label = numbering.label(paragraph)
        if label and label != "•" and any(_local(above) == "tc" for above in paragraph.iterancestors()):
            _write(paragraph, label + " ", at=None)


def _write(parent: Any, text: str, *, at: Any) -> None:
    """Write text in the place of an element of a run, or at the start of a paragraph."""
    from lxml import etree

    made = etree.Element(_W + "t")
    made.text = text
    made.set(_SPACE, "preserve")
    if at is not None:
        parent.replace(at, made)
        return
    run = etree.Element(_W + "r")
    run.append(made)
    place = child(parent, "pPr")
    parent.insert(0 if place is None else parent.index(place) + 1, run)


def _read_notes(plain: PlainDocx, archive: OfficeArchive, styles: DocxStyles) -> None:
    for part in _NOTES:
        if part not in archive.names:
            continue
        root = archive.xml(part)
        plain.hidden.extend(_settle(root, styles))
        for note in root:
            text = " ".join(paragraphs(note)).strip()
            if not text:
                continue
            if "comments" in part:
                author = " ".join((value(note, "author") or "").split())
                plain.comments.append(f"Comment ({author}): {text}" if author else f"Comment: {text}")
            else:
                plain.footnotes.append(f"[{value(note, 'id')}] {text}")


def _to_transitional(part: bytes) -> bytes:
    """Rename the namespaces of Strict Office Open XML, which python-docx does not know."""
    return _STRICT_NAME.sub(rb"http://schemas.openxmlformats.org/\1/2006/", part)


def paragraphs(root: Any) -> Iterator[str]:
    """Yield the text of every paragraph of a part, tabs and breaks as spaces."""
    for paragraph in _named(root, "p"):
        text = _text(paragraph)
        if text.strip():
            yield text


def _local(element: Any) -> str:
    tag = element.tag
    if not isinstance(tag, str) or not tag.startswith((_W, _STRICT)):
        return ""
    return tag.rpartition("}")[2]


def _named(root: Any, name: str) -> Iterator[Any]:
    return root.iter(_W + name, _STRICT + name)  # type: ignore[no-any-return] # lxml has no stubs


def _remove(element: Any) -> None:
    parent = element.getparent()
    if parent is not None:
        parent.remove(element)


def _open(element: Any) -> None:
    """Put an element's children in its place."""
    parent = element.getparent()
    at = parent.index(element)
    for inner in reversed(list(element)):
        parent.insert(at, inner)
    parent.remove(element)


def _lift(box: Any) -> None:
    """Move the blocks of a text box behind the paragraph that it hangs on."""
    anchor = box
    while anchor is not None and _local(anchor) != "p":
        anchor = anchor.getparent()
    if anchor is None or anchor.getparent() is None:
        return
    parent = anchor.getparent()
    at = parent.index(anchor) + 1
    for inner in reversed(list(box)):
        parent.insert(at, inner)


def _take_hidden(root: Any, styles: DocxStyles) -> Iterator[tuple[str, HiddenReason]]:
    """Take the runs out that are not seen; neighbours of one reason are one text."""
    pending: list[str] = []
    reason: HiddenReason | None = None
    last: Any = None
    for run in list(_named(root, "r")):
        paragraph = next((above for above in run.iterancestors() if _local(above) == "p"), None)
        found = styles.hidden(run, paragraph)
        if reason is not None and (found is not reason or paragraph is not last) and pending:
            yield "".join(pending), reason
            pending = []
        if found is not None and (text := _text(run)).strip():
            pending.append(text)
            _remove(run)
        reason, last = found, paragraph
    if pending and reason is not None:
        yield "".join(pending), reason


def _text(element: Any) -> str:
    parts: list[str] = []
    for inner in element.iter():
        name = _local(inner)
        if name in ("t", "delText"):
            parts.append(inner.text or "")
        elif name in ("tab", "br", "cr"):
            parts.append(" ")
        elif name == "noBreakHyphen":
            parts.append("-")
    return "".join(parts)
