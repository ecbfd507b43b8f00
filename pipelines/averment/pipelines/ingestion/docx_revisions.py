"""A DOCX part, settled: tracked changes accepted, what wraps text opened, what is not seen taken out.

Insertions count as text. Deletions, what was moved away from a place, rows that were deleted, and text struck through
count as gone and are told apart. Of alternative contents the one is kept that a program of today shows.
"""

from collections.abc import Iterator
from typing import Any, Final

from averment.pipelines.ingestion.alternatives import choose
from averment.pipelines.ingestion.docx_styles import DocxStyles, child, is_on, value
from averment.pipelines.ingestion.docx_tree import above, local, named, remove, text_of, unwrap
from averment.pipelines.ingestion.hidden import HiddenReason

Hidden = tuple[str, HiddenReason]

_OPENED: Final = frozenset(
    {"ins", "moveTo", "smartTag", "customXml", "sdt", "sdtContent", "fldSimple", "bdo", "dir", "ruby", "rubyBase", "rt"}
)
_GONE: Final = frozenset({"del", "moveFrom"})
_REMOVED: Final = frozenset(
    {*_GONE, "sdtPr", "sdtEndPr", "customXmlPr", "smartTagPr", "rubyPr", "lastRenderedPageBreak"}
)
_ROW_CHANGES: Final = frozenset({"del", "moveFrom"})
_FAR_EMU: Final = 9_000_000
_FAR_BEYOND_EMU: Final = 20_000_000
_LOW_ROW_TWIPS: Final = 20


def settle(root: Any, styles: DocxStyles) -> list[Hidden]:
    """Settle a part; return what is not seen, taken out, in order."""
    choose(root)
    taken = list(_take_rows(root))
    for element in list(root.iter()):
        name = local(element)
        if name in _GONE and local(element.getparent()) not in ("rPr", "trPr"):
            text = text_of(element)
            if text.strip():
                taken.append((text, HiddenReason.DELETED))
        if name in _REMOVED and local(element.getparent()) not in ("rPr", "trPr"):
            remove(element)
        elif name in _OPENED and element.getparent() is not None and local(element.getparent()) not in ("rPr", "trPr"):
            _open(element, name)
    _join_paragraphs(root)
    taken.extend(_take_boxes(root))
    taken.extend(_take_hidden(root, styles))
    return taken


def _open(element: Any, name: str) -> None:
    if name == "ruby" and local(element.getparent()) == "r":
        _open_ruby(element)
    else:
        unwrap(element)


def _open_ruby(ruby: Any) -> None:
    """Put the words that carry a reading in the place of the run they lie in; the reading is left out of the line."""
    run = ruby.getparent()
    parent = run.getparent()
    if parent is None:
        return
    at = parent.index(run) + 1
    for name in ("rt", "rubyBase"):
        for part in ruby.iterchildren():
            if local(part) == name:
                for inner in reversed(list(part)):
                    parent.insert(at, inner)
    remove(ruby)


def _take_rows(root: Any) -> Iterator[Hidden]:
    """Take out the rows of tables that were deleted or are not shown."""
    for row in list(named(root, "tr")):
        properties = child(row, "trPr")
        if properties is None:
            continue
        reason = _row_reason(properties)
        if reason is None:
            continue
        if (text := text_of(row)).strip():
            yield text, reason
        remove(row)
    yield from _take_cells(root)


def _take_cells(root: Any) -> Iterator[Hidden]:
    for cell in list(named(root, "tc")):
        properties = child(cell, "tcPr")
        if properties is not None and child(properties, "cellDel") is not None:
            if (text := text_of(cell)).strip():
                yield text, HiddenReason.DELETED
            for paragraph in list(named(cell, "p")):
                for run in list(paragraph):
                    if local(run) != "pPr":
                        paragraph.remove(run)


def _row_reason(properties: Any) -> HiddenReason | None:
    if any(child(properties, name) is not None for name in _ROW_CHANGES):
        return HiddenReason.DELETED
    if is_on(child(properties, "hidden")):
        return HiddenReason.HIDDEN_ROW
    height = child(properties, "trHeight")
    if height is not None and value(height, "hRule") == "exact":
        told = value(height) or ""
        if told.isdigit() and len(told) < 9 and int(told) <= _LOW_ROW_TWIPS:
            return HiddenReason.CLIPPED
    return None


def _join_paragraphs(root: Any) -> None:
    """Join paragraphs whose end was deleted to the ones that follow."""
    for paragraph in list(named(root, "p")):
        properties = child(paragraph, "pPr")
        mark = None if properties is None else child(properties, "rPr")
        if mark is None or all(child(mark, name) is None for name in _GONE):
            continue
        after = paragraph.getnext()
        if local(after) != "p":
            continue
        place = child(after, "pPr")
        at = 0 if place is None else after.index(place) + 1
        for inner in reversed([part for part in paragraph if local(part) != "pPr"]):
            after.insert(at, inner)
        remove(paragraph)


def _take_boxes(root: Any) -> Iterator[Hidden]:
    """Take out the texts of boxes that are hidden or lie beside the page."""
    for box in list(named(root, "txbxContent")):
        reason = _box_reason(box)
        if reason is None:
            continue
        if (text := text_of(box)).strip():
            yield text, reason
        remove(box)


def _box_reason(box: Any) -> HiddenReason | None:
    for outer in box.iterancestors():
        name = outer.tag.rpartition("}")[2] if isinstance(outer.tag, str) else ""
        style = (outer.get("style") or "").replace(" ", "").lower()
        if "visibility:hidden" in style:
            return HiddenReason.HIDDEN_FORMAT
        if name in ("anchor", "inline"):
            return _anchor_reason(outer)
        if name == "body":
            break
    return None


def _anchor_reason(anchor: Any) -> HiddenReason | None:
    for element in anchor.iter():
        name = element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""
        if name in ("docPr", "cNvPr") and element.get("hidden") in ("1", "true"):
            return HiddenReason.HIDDEN_FORMAT
        if name == "posOffset":
            told = (element.text or "").strip()
            if told.lstrip("-").isdigit() and not -_FAR_EMU < int(told[:12]) < _FAR_BEYOND_EMU:
                return HiddenReason.OFF_PAGE
    return None


def _take_hidden(root: Any, styles: DocxStyles) -> Iterator[Hidden]:
    """Take the runs out that are not seen; neighbours of one reason are one text."""
    pending: list[str] = []
    reason: HiddenReason | None = None
    last: Any = None
    for run in list(named(root, "r")):
        paragraph = above(run, "p")
        found = styles.hidden(run, paragraph)
        if reason is not None and (found is not reason or paragraph is not last) and pending:
            yield "".join(pending), reason
            pending = []
        if found is not None and (text := text_of(run)).strip():
            pending.append(text)
            remove(run)
        reason, last = found, paragraph
    if pending and reason is not None:
        yield "".join(pending), reason
