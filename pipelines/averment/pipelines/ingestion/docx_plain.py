"""DOCX, made plain before it is partitioned, so that nothing in it is overlooked.

unstructured (through python-docx) reads paragraphs and tables of the body. It overlooks what stands in tracked
insertions, content controls and text boxes, and reads no footnotes or comments. Here insertions count as text and
deletions as gone, content controls and smart tags are opened, text boxes become paragraphs after the one they hang on,
and hidden runs are taken out to be told apart. Footnotes, endnotes and comments are returned on their own.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Final

from averment.pipelines.ingestion.archive import OfficeArchive

MAIN_PART: Final = "word/document.xml"
_W: Final = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_STRICT: Final = "{http://purl.oclc.org/ooxml/wordprocessingml/main}"
_STRICT_NAME: Final = re.compile(rb"http://purl\.oclc\.org/ooxml/(\w+)/")
_FALLBACK: Final = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
_OPENED: Final = frozenset({"ins", "moveTo", "smartTag", "customXml", "sdt", "sdtContent", "fldSimple"})
_REMOVED: Final = frozenset({"del", "moveFrom", "sdtPr", "sdtEndPr", "customXmlPr", "smartTagPr"})
_NOTES: Final = ("word/footnotes.xml", "word/endnotes.xml", "word/comments.xml")


@dataclass(slots=True, kw_only=True)
class PlainDocx:
    """A DOCX made plain: the container, and what was taken out of it."""

    content: bytes
    hidden: list[str] = field(default_factory=list)
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
    plain = PlainDocx(content=b"")
    plain.n_insertions = sum(1 for _ in _named(root, "ins"))
    plain.n_deletions = sum(1 for _ in _named(root, "del"))
    for element in list(root.iter(_FALLBACK)):
        _remove(element)
    for element in list(root.iter()):
        name = _local(element)
        if name in _REMOVED:
            _remove(element)
        elif name in _OPENED and element.getparent() is not None:
            _open(element)
    for box in list(_named(root, "txbxContent")):
        _lift(box)
    plain.hidden.extend(_take_hidden(root))
    for part in _NOTES:
        if part in archive.names:
            notes = plain.comments if "comments" in part else plain.footnotes
            notes.extend(_note_texts(archive.xml(part)))
    from lxml import etree  # type: ignore[import-untyped] # lxml has no stubs

    main = etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True)
    plain.content = archive.replaced({MAIN_PART: main}, edit=_to_transitional)
    return plain


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
    for child in reversed(list(element)):
        parent.insert(at, child)
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
    for child in reversed(list(box)):
        parent.insert(at, child)


def _take_hidden(root: Any) -> Iterator[str]:
    for run in list(_named(root, "r")):
        properties = next((child for child in run if _local(child) == "rPr"), None)
        vanish = None if properties is None else next((c for c in properties if _local(c) == "vanish"), None)
        if vanish is None or (vanish.get(_W + "val") or vanish.get(_STRICT + "val")) in ("0", "false", "off"):
            continue
        text = _text(run)
        _remove(run)
        if text.strip():
            yield text


def _text(element: Any) -> str:
    parts: list[str] = []
    for child in element.iter():
        name = _local(child)
        if name == "t":
            parts.append(child.text or "")
        elif name in ("tab", "br", "cr"):
            parts.append(" ")
    return "".join(parts)


def _note_texts(root: Any) -> Iterator[str]:
    for note in root:
        text = " ".join(paragraphs(note)).strip()
        if text:
            yield text
