"""The second reading of formats without pages: every text that a file's markup or XML holds, as it stands there.

Nothing of the readers is used: the tree or the parts are walked from end to end, and each text is handed on, with the
reason where it is no text of the document (scripts, field codes, drawings, tagging). A number of a workbook can be
written in several ways; all of them are told.
"""

import re
from collections.abc import Iterator
from contextlib import suppress
from decimal import Decimal, InvalidOperation
from typing import Any, Final, NamedTuple

from averment.core.completeness import LeftOut
from averment.core.errors import DocumentCorrupt
from averment.pipelines.ingestion.archive import OfficeArchive
from averment.pipelines.ingestion.markup_tree import parse_tree

_NOT_SHOWN: Final = frozenset({"head", "script", "style", "template", "noscript", "title", "object", "svg", "iframe"})
_TAGGING: Final = frozenset({"ix:header", "ix:hidden", "ix:resources", "ix:references"})
_MAIN: Final = "word/document.xml"
_WORD_PART: Final = re.compile(r"word/(?:(?:header|footer)\d*|footnotes|endnotes|comments)\.xml")
_SLIDE: Final = re.compile(r"ppt/(?:slides|notesSlides)/[^/]+\.xml")
_SHEET_COMMENTS: Final = re.compile(r"xl/(?:comments\d*|threadedComments/[^/]+)\.xml|xl/comments/[^/]+\.xml")
_DRAWING: Final = re.compile(r"(?:word|ppt|xl)/(?:charts|diagrams|drawings)/[^/]+\.xml")
_EPOCHS: Final = ("1899-12-30", "1904-01-01")
_MAX_DAYS: Final = 2_958_466  # 9999-12-31


class RawText(NamedTuple):
    """A text of a file.

    Args:
        text: As it stands there.
        others: Other ways to write it.
        left_out: Why it is no text of the document.
        may_repeat: Whether it is enough to have it once, as with headers and footers.
    """

    text: str
    others: tuple[str, ...] = ()
    left_out: LeftOut | None = None
    may_repeat: bool = False


def markup_texts(content: bytes) -> Iterator[RawText]:
    """Yield the texts of an HTML file in its order.

    Raises:
        DocumentCorrupt: There is no element in it.
    """
    from lxml import etree  # type: ignore[import-untyped] # lxml has no stubs

    walk = etree.iterwalk(parse_tree(content), events=("start", "end", "comment", "pi"))
    for event, element in walk:
        if event == "start":
            reason = _markup_reason(element.tag)
            if reason is None:
                if element.text:
                    yield RawText(element.text)
            else:
                yield RawText(_whole(element), left_out=reason)
                walk.skip_subtree()
        elif element.tail and element.getparent() is not None:
            yield RawText(element.tail)


def _markup_reason(tag: str) -> LeftOut | None:
    if tag in _NOT_SHOWN:
        return LeftOut.NOT_SHOWN
    return LeftOut.TAGGING if tag in _TAGGING else None


def _whole(element: Any) -> str:
    return "".join(element.itertext(with_tail=False))


def word_texts(archive: OfficeArchive) -> Iterator[RawText]:
    """Yield the texts of a DOCX: its body, then headers, footers, notes and comments.

    Raises:
        DocumentCorrupt: A part is damaged.
    """
    parts = [_MAIN, *sorted(name for name in archive.names if _WORD_PART.fullmatch(name))]
    for name in parts:
        is_running = name.startswith(("word/header", "word/footer"))
        yield from (found._replace(may_repeat=is_running) for found in _word_part(archive.xml(name)))
    yield from _drawings(archive)


def _word_part(root: Any) -> Iterator[RawText]:
    from lxml import etree

    walk = etree.iterwalk(root, events=("start",))
    for _, element in walk:
        name = _name(element)
        if name == "Fallback":
            yield RawText(_whole(element), left_out=LeftOut.ALTERNATIVE)
            walk.skip_subtree()
        elif name in ("instrText", "delInstrText"):
            yield RawText(element.text or "", left_out=LeftOut.FIELD_CODE)
        elif name in ("t", "delText") and element.text:
            yield RawText(element.text)


def slide_texts(archive: OfficeArchive) -> Iterator[RawText]:
    """Yield the texts of a PPTX: slides and their notes.

    Raises:
        DocumentCorrupt: A part is damaged.
    """
    for name in sorted((name for name in archive.names if _SLIDE.fullmatch(name)), key=_by_number):
        yield from _word_part(archive.xml(name))
    yield from _drawings(archive)


def _by_number(name: str) -> tuple[bool, int, str]:
    found = re.search(r"\d+", name.rpartition("/")[2])
    return "notes" in name, int(found.group()) if found else 0, name


def _drawings(archive: OfficeArchive) -> Iterator[RawText]:
    """Yield the texts of charts, diagrams and drawings, which lie in parts of their own and are not read."""
    for name in sorted(name for name in archive.names if _DRAWING.fullmatch(name)):
        with suppress(DocumentCorrupt):  # nothing of it is read, so damage to it costs nothing
            for element in archive.xml(name).iter():
                if _name(element) == "t" and element.text:
                    yield RawText(element.text, left_out=LeftOut.DRAWING)


def sheet_texts(archive: OfficeArchive) -> Iterator[RawText]:
    """Yield the texts and numbers of a workbook, sheet by sheet, and the comments on its cells.

    Raises:
        DocumentCorrupt: A part is missing or damaged.
    """
    strings = _shared_strings(archive)
    for name in _sheets(archive):
        if name in archive.names:
            yield from _sheet(archive.xml(name), strings)
    seen: set[str] = set()
    for name in sorted(name for name in archive.names if _SHEET_COMMENTS.fullmatch(name)):
        for element in archive.xml(name).iter():
            text = _whole(element) if _name(element) in ("comment", "threadedComment") else ""
            if text and " ".join(text.split()) not in seen:
                seen.add(" ".join(text.split()))
                yield RawText(text)
    yield from _drawings(archive)


def _sheets(archive: OfficeArchive) -> list[str]:
    targets = {
        relation.get("Id"): (relation.get("Target") or "").lstrip("/")
        for relation in archive.xml("xl/_rels/workbook.xml.rels")
        if (relation.get("Type") or "").endswith("/worksheet")
    }
    shown = [
        next((value for key, value in sheet.attrib.items() if key.endswith("}id")), "")
        for sheet in archive.xml("xl/workbook.xml").iter()
        if _name(sheet) == "sheet"
    ]
    paths = [targets[identity] for identity in shown if identity in targets]
    return [path if path.startswith("xl/") else f"xl/{path}" for path in paths]


def _shared_strings(archive: OfficeArchive) -> list[str]:
    name = next((name for name in archive.names if name.lower() == "xl/sharedstrings.xml"), None)
    if name is None:
        return []
    return [_string(item) for item in archive.xml(name) if _name(item) == "si"]


def _string(item: Any) -> str:
    """Return a string of a workbook without the readings that stand over Japanese."""
    return "".join(
        element.text or ""
        for element in item.iter()
        if _name(element) == "t" and _name(element.getparent()) != "rPh"
    )  # fmt: skip


def _sheet(root: Any, strings: list[str]) -> Iterator[RawText]:
    for cell in root.iter():
        if _name(cell) == "c":
            found = _cell(cell, strings)
            if found is not None and found.text:
                yield found


def _cell(cell: Any, strings: list[str]) -> RawText | None:
    parts = {_name(part): part for part in cell}
    kind = cell.get("t") or "n"
    if kind == "inlineStr":
        return RawText(_string(parts["is"])) if "is" in parts else None
    stored = (parts["v"].text or "") if "v" in parts else ""
    if not stored:
        formula = (parts["f"].text or "") if "f" in parts else ""
        return RawText(formula) if formula else None
    if kind == "s":
        return RawText(strings[int(stored)]) if stored.isdigit() and int(stored) < len(strings) else None
    if kind == "b":
        return RawText("TRUE" if stored == "1" else "FALSE")
    return RawText(stored, _ways_to_write(stored)) if kind in ("n", "d") else RawText(stored)


def _ways_to_write(stored: str) -> tuple[str, ...]:
    """Return the other ways to write a stored number: plain, as a percentage, as a date or a time."""
    from datetime import date, timedelta

    try:
        number = Decimal(repr(float(stored)))
    except (ValueError, InvalidOperation):
        return ()
    if not number.is_finite():
        return ()
    ways = [format(number, "f").removesuffix(".0"), format((number * 100).normalize(), "f")]
    if 0 <= number < _MAX_DAYS:
        rest = timedelta(microseconds=round(float(number % 1) * 86_400_000) * 1000)
        for epoch in _EPOCHS:
            try:
                day = date.fromisoformat(epoch) + timedelta(days=int(number))
            except OverflowError:
                continue
            clock = _clock(rest)
            ways += [day.isoformat(), f"{day.isoformat()} {clock}", clock]
    return tuple(ways)


def _clock(rest: Any) -> str:
    seconds, micros = divmod(rest.seconds * 1_000_000 + rest.microseconds, 1_000_000)
    text = f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}"
    return f"{text}.{micros:06}" if micros else text


def _name(element: Any) -> str:
    """Return the local name of an element; empty for comments and the like."""
    return element.tag.rpartition("}")[2] if element is not None and isinstance(element.tag, str) else ""
