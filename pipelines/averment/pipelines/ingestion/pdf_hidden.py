"""The elements of a PDF, cut where text is not seen.

Words that lie in the patches of their page (`pdf_patches`), outside the page, or are too small to be read are looked
up by their boxes; elements are cut there and the parts marked with their reason. Cells that lie in them are dropped.
"""

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Final

from averment.core.documents import Element, ParsedDocument, TableCell
from averment.pipelines.ingestion.hidden import HiddenReason, count_hidden
from averment.pipelines.ingestion.pdf_patches import PagePatches, Patch, Rect

LAYER_WARNING: Final = "pages_with_invisible_text_layer"
_TINY_POINTS: Final = 1.5


def mark_hidden(parsed: ParsedDocument, patches: Mapping[int, PagePatches]) -> ParsedDocument:
    """Cut the elements of a PDF where text is not seen, mark those parts, and drop the cells that lie in them.

    Args:
        parsed: The document; elements that are hidden already lie outside the page.
        patches: By page, 1-based; pages that hide nothing may be absent.
    """
    spans = list(_spans(parsed, patches))
    n_layers = sum(page.has_layer for page in patches.values())
    warnings = {**parsed.warnings, **({LAYER_WARNING: n_layers} if n_layers else {})}
    if not spans and not any(element.is_hidden for element in parsed.elements):
        return parsed if not n_layers else replace(parsed, warnings=warnings)
    elements = tuple(_renumbered(_cut(parsed.elements, spans)))
    unseen = [
        (element.text, HiddenReason(element.hidden_reason or HiddenReason.OFF_PAGE))
        for element in elements
        if element.is_hidden
    ]
    return replace(
        parsed,
        elements=elements,
        cells=tuple(cell for cell in parsed.cells if not _lies_in(cell, elements)),
        warnings={**warnings, **count_hidden(unseen)},
    )


def _spans(parsed: ParsedDocument, patches: Mapping[int, PagePatches]) -> Iterator[tuple[int, int, HiddenReason]]:
    """Yield the spans of words that are not seen, in order, neighbours joined."""
    last: tuple[int, int, HiddenReason] | None = None
    for start, end, reason in _words(parsed, patches):
        if last is not None and last[2] is reason and not parsed.text[last[1] : start].strip():
            last = (last[0], end, reason)
            continue
        if last is not None:
            yield last
        last = (start, end, reason)
    if last is not None:
        yield last


def _words(parsed: ParsedDocument, patches: Mapping[int, PagePatches]) -> Iterator[tuple[int, int, HiddenReason]]:
    """Yield the words that are not seen."""
    columns = parsed.words
    shown = {page.page: (page.width, page.height) for page in parsed.pages}
    last_tiny = -2
    for place in _doubtful(parsed, patches):
        box = Rect(columns.x0[place], columns.y0[place], columns.x1[place], columns.y1[place])
        start, end, page = columns.starts[place], columns.ends[place], columns.pages[place]
        width, height = shown[page]
        is_inside = box.x0 < width and box.y0 < height and box.x1 > 0 and box.y1 > 0
        reason = None if is_inside else HiddenReason.OFF_PAGE
        is_low = box.y1 - box.y0 < _TINY_POINTS
        if reason is None and is_low and (box.x1 - box.x0) / max(end - start, 1) < _TINY_POINTS:
            # A tiny sign alone may be a speck of the drawing; among tiny words it belongs to them.
            is_word = last_tiny == place - 1 or any(map(str.isalnum, parsed.text[start:end]))
            reason = HiddenReason.TINY if is_word else None
        if reason is HiddenReason.TINY:
            last_tiny = place
        if reason is None and page in patches and patches[page].hidden:
            reason = _patch_reason(box, parsed.text[start:end], patches[page])
        if reason is not None:
            yield start, end, reason


def _doubtful(parsed: ParsedDocument, patches: Mapping[int, PagePatches]) -> list[int]:
    """Return the words to be looked at: a report has hundreds of thousands, of which next to all are plain."""
    import numpy as np

    columns = parsed.words
    if not len(columns):
        return []
    last = max(page.page for page in parsed.pages) + 1
    width, height = np.full(last, np.inf), np.full(last, np.inf)
    is_read, has_patches = np.zeros(last, dtype=bool), np.zeros(last, dtype=bool)
    for page in parsed.pages:
        width[page.page], height[page.page] = page.width, page.height
        is_read[page.page] = not page.is_ocr
        has_patches[page.page] = page.page in patches and bool(patches[page.page].hidden)
    pages = np.asarray(columns.pages)
    x0, y0, x1, y1 = (np.asarray(column) for column in (columns.x0, columns.y0, columns.x1, columns.y1))
    is_outside = (x0 >= width[pages]) | (y0 >= height[pages]) | (x1 <= 0) | (y1 <= 0)
    return np.flatnonzero(is_read[pages] & (is_outside | (y1 - y0 < _TINY_POINTS) | has_patches[pages])).tolist()


def _patch_reason(box: Rect, text: str, patches: PagePatches) -> HiddenReason | None:
    here = [patch for patch in patches.hidden if _meets(box, patch.place)]
    if not here or not _spells(text, here):
        return None
    # The same letters in the same place, drawn to be seen as well: a shadow, or a text printed twice.
    # pdfium gives no text for the second of two equal texts in one place.
    over = [patch for patch in patches.seen if _meets(box, patch.place)]
    is_seen = bool(over) and _spells(text, over)
    is_seen = is_seen or any(patch.text == "" and patch.place.share_of(box) > 0.6 for patch in over)
    return None if is_seen else here[0].reason


def _meets(box: Rect, place: Rect) -> bool:
    return place.holds(*box.middle, slack=1.0) or box.holds(*place.middle, slack=1.0)


def _spells(text: str, patches: Sequence[Patch]) -> bool:
    have = Counter("".join(patch.text for patch in patches))
    return not Counter(char for char in text if not char.isspace()) - have


def _cut(elements: Iterable[Element], spans: Sequence[tuple[int, int, HiddenReason]]) -> Iterator[Element]:
    starts = [start for start, _, _ in spans]
    for element in elements:
        if element.is_hidden:
            yield replace(element, hidden_reason=element.hidden_reason or HiddenReason.OFF_PAGE.value)
            continue
        at = element.start
        for start, end, reason in spans[max(bisect_right(starts, element.start) - 1, 0) :]:
            if start >= element.end:
                break
            if end <= at:
                continue
            yield from _part(element, at, min(max(start, at), element.end), None)
            yield from _part(element, max(start, at), min(end, element.end), reason)
            at = min(end, element.end)
        yield from _part(element, at, element.end, None)


def _part(element: Element, start: int, end: int, reason: HiddenReason | None) -> Iterator[Element]:
    """Yield a part of an element, trimmed; nothing where it holds no text."""
    text = element.text[start - element.start : end - element.start]
    if (start, end) == (element.start, element.end) and reason is None:
        yield element
    elif text.strip():
        start += len(text) - len(text.lstrip())
        text = text.strip()
        yield replace(
            element,
            text=text,
            start=start,
            end=start + len(text),
            is_hidden=reason is not None,
            hidden_reason=None if reason is None else reason.value,
        )


def _renumbered(elements: Iterable[Element]) -> Iterator[Element]:
    for number, element in enumerate(elements, start=1):
        identity = f"e{number}"
        yield element if element.id == identity else replace(element, id=identity)


def _lies_in(cell: TableCell, elements: Iterable[Element]) -> bool:
    return any(element.is_hidden and element.start < cell.end and cell.start < element.end for element in elements)
