"""Blocks of a PDF: headings, paragraphs, list items, table rows, running headers and footers.

Lines are classified one by one (size and weight of the font against the body of the document, capitals, numbering,
segments, repetition at one height of many pages) and joined. Every line belongs to exactly one block and blocks keep
the order of the text, so that they cover every character that is not space. Blocks end with their page.
"""

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from averment.core.documents import Box, Element, ElementKind, PageSpan
from averment.pipelines.ingestion.pdf_text import TextLine

_MARGIN: Final = 0.09
_MAX_HEADING_CHARS: Final = 160
_PAGE_NUMBER: Final = re.compile(
    r"[-–—\s]*(?:page\s*|seite\s*)?[\divxlc]{1,6}(?:\s*(?:of|von|/)\s*\d+)?[-–—\s.]*", re.I
)
_LIST_MARK: Final = re.compile(r"(?:[•●▪■◦‣·§–—*o]|\((?:[a-z]{1,3}|[ivxlc]+|\d{1,3})\)|[a-z]\)|\d{1,3}\))\s", re.I)
_DIGITS: Final = re.compile(r"\d+")
_ITEM_END: Final = re.compile(r",\s*(?:and|or|und|oder)?$|\b(?:and|or|und|oder)$")
_TAIL_CHARS: Final = 16
NUMBERED: Final = re.compile(
    r"(?:(?:article|section|clause|part|item|note|schedule|exhibit|annex|appendix|artikel|abschnitt|anlage|§)\s+"
    r"[\w.\-]+|\d{1,3}(?:\.\d{1,3}){0,4}\.?|[A-Z]\.|[IVXLC]+\.)(?=[\s:.–—-]|$)",
    re.I,
)
_KEYWORD: Final = re.compile(
    r"(?:article|section|part|item|note|schedule|exhibit|annex|appendix|artikel|abschnitt|anlage|recitals|witnesseth)\b",
    re.I,
)
_SET_APART: Final = re.compile(rf"{NUMBERED.pattern}|[-–—]|\(\d{{1,2}}\)", re.I)
FIGURE: Final = re.compile(r"[($€£¥\s]*[-–—]?[($€£¥\s]*\d[\d.,]*\d*\s*\)?\s*%?\s*\)?(?:(?<=\d)\s\d)?|[-–—]+|\$")


@dataclass(frozen=True, slots=True)
class _Body:
    """What is normal in this document: font height and the weight of its lines."""

    size: float
    is_bold: bool


def classify(lines: Sequence[TextLine], *, text: str, pages: Sequence[PageSpan]) -> list[ElementKind]:
    """Give every line its kind."""
    body = _body(lines)
    running = find_running(lines, text=text, pages=pages)
    kinds = []
    for number, line in enumerate(lines):
        content = text[line.start : line.end]
        if number in running:
            kinds.append(running[number])
        elif is_row(line, text):
            kinds.append(ElementKind.TABLE_ROW)
        elif number and _is_plain(line, content, body) and _goes_on(lines[number - 1], line, text):
            kinds.append(ElementKind.PARAGRAPH)
        elif _is_heading(line, content, body):
            kinds.append(ElementKind.HEADING)
        elif _LIST_MARK.match(content):
            kinds.append(ElementKind.LIST_ITEM)
        else:
            kinds.append(ElementKind.PARAGRAPH)
    return kinds


def _body(lines: Sequence[TextLine]) -> _Body:
    sizes: Counter[float] = Counter()
    bold = 0
    total = 0
    for line in lines:
        n_chars = line.end - line.start
        sizes[round(line.size * 2) / 2] += n_chars
        bold += n_chars if line.is_bold else 0
        total += n_chars
    size = sizes.most_common(1)[0][0] if sizes else 10.0
    return _Body(size, bold > 0.5 * total)


def is_row(line: TextLine, text: str) -> bool:
    """Tell a row of a table: several segments, one of them a figure, or at least three."""
    segments = line.segments
    if len(segments) < 2:
        return False
    figures = sum(FIGURE.fullmatch(text, segment.start, segment.end) is not None for segment in segments)
    if figures < len(segments) and _SET_APART.fullmatch(text, segments[0].start, segments[0].end):
        # The number of a clause, or the mark of a note or a list item, is set apart from its words.
        figures -= FIGURE.fullmatch(text, segments[0].start, segments[0].end) is not None
        segments = segments[1:]
    if figures:
        return len(segments) - figures <= 3 or figures >= 2
    return len(segments) >= 3 and all(segment.end - segment.start < 60 for segment in segments)


def _is_heading(line: TextLine, content: str, body: _Body) -> bool:
    letters = list(filter(str.isalpha, content)) if len(content) <= _MAX_HEADING_CHARS else []
    if not letters or next(filter(str.isalnum, content)).islower() or content.endswith((",", ";")):
        return False
    is_sentence = content.endswith(".") and content.count(" ") > 9
    stands_out = (line.is_bold and not body.is_bold) or line.size >= 1.15 * body.size
    is_capitals = len(letters) >= 3 and all(map(str.isupper, letters))
    if stands_out or (is_capitals and len(content) < 90):
        return not is_sentence and len(letters) >= 3
    return bool(NUMBERED.match(content) and _KEYWORD.match(content)) and len(content) < 90 and not is_sentence


def _is_plain(line: TextLine, content: str, body: _Body) -> bool:
    """Tell a line that nothing but its words sets apart: "(5) years after", "Section continues to", capitals."""
    stands_out = (line.is_bold and not body.is_bold) or line.size >= 1.15 * body.size
    return content.isupper() or not stands_out


def _goes_on(previous: TextLine, line: TextLine, text: str) -> bool:
    """Tell a line in the midst of a sentence: close below a full line that ends neither sentence nor list item."""
    before = text[previous.start : previous.end].rstrip()
    height = max(previous.y1 - previous.y0, 1.0)
    return (
        previous.page == line.page
        and previous.column == line.column
        and 0 < line.y0 - previous.y0 < 1.5 * height
        and previous.x1 > line.x1 - height
        and len(before) > 60
        and before[-1:] not in ".:;"
        and _ITEM_END.search(before, max(len(before) - _TAIL_CHARS, 0)) is None
    )


def find_running(lines: Sequence[TextLine], *, text: str, pages: Sequence[PageSpan]) -> Mapping[int, ElementKind]:
    """Find running headers, footers and page numbers: line number to kind.

    A line in the margin, or the outermost of its page, runs if it comes again on many pages, figures aside; a page
    number in the margin runs by itself.
    """
    heights = {page.page: page.height for page in pages}
    candidates: dict[tuple[str, ElementKind], list[int]] = {}
    found: dict[int, ElementKind] = {}
    for number, kind, in_margin in _edge_lines(lines, heights):
        line = lines[number]
        content = text[line.start : line.end].strip()
        if in_margin and _PAGE_NUMBER.fullmatch(content):
            found[number] = kind
        else:
            candidates.setdefault((_DIGITS.sub("#", content), kind), []).append(number)
    for (_, kind), numbers in candidates.items():
        on_pages = {lines[number].page for number in numbers}
        if len(on_pages) >= max(3, 0.25 * len(pages)) or (len(on_pages) == len(pages) == 2):
            found.update((number, kind) for number in numbers)
    return found


def _edge_lines(lines: Sequence[TextLine], heights: Mapping[int, float]) -> Iterable[tuple[int, ElementKind, bool]]:
    """Yield the lines in the margins and the outermost lines of each page: number, kind, whether in the margin."""
    by_page: dict[int, list[int]] = {}
    for number, line in enumerate(lines):
        by_page.setdefault(line.page, []).append(number)
    for page, numbers in by_page.items():
        order = sorted(numbers, key=lambda number: lines[number].y0)
        height = heights[page]
        for rank, number in enumerate(order):
            line = lines[number]
            kind = ElementKind.HEADER if rank < len(order) / 2 else ElementKind.FOOTER
            in_margin = line.y1 < _MARGIN * height or line.y0 > (1 - _MARGIN) * height
            is_outer = rank in (0, len(order) - 1)
            is_near = rank in (1, len(order) - 2) and (
                line.y1 < 2 * _MARGIN * height or line.y0 > (1 - 2 * _MARGIN) * height
            )
            if in_margin or is_outer or is_near:
                yield number, kind, in_margin


def build_elements(lines: Sequence[TextLine], kinds: Sequence[ElementKind], *, text: str) -> list[Element]:
    """Join classified lines into elements, in the order of the text."""
    elements: list[Element] = []
    group: list[int] = []
    leading = _leading(lines)
    for number in range(len(lines)):
        if group and not _continues(lines, kinds, group[-1], number, leading=leading, text=text):
            elements.append(_element(len(elements) + 1, [lines[i] for i in group], kinds[group[0]], text))
            group = []
        group.append(number)
    if group:
        elements.append(_element(len(elements) + 1, [lines[i] for i in group], kinds[group[0]], text))
    return elements


def _leading(lines: Sequence[TextLine]) -> float:
    """Return the usual distance between the tops of two lines, in line heights."""
    steps: Counter[float] = Counter()
    for first, second in pairwise(lines):
        if first.page == second.page and first.column == second.column and second.y0 > first.y0:
            step = (second.y0 - first.y0) / max(first.y1 - first.y0, 1.0)
            if step < 3:
                steps[round(step * 10) / 10] += 1
    return steps.most_common(1)[0][0] if steps else 1.3


def _continues(
    lines: Sequence[TextLine],
    kinds: Sequence[ElementKind],
    before: int,
    number: int,
    *,
    leading: float,
    text: str,
) -> bool:
    previous, line = lines[before], lines[number]
    if previous.page != line.page or previous.column != line.column or previous.is_hidden != line.is_hidden:
        return False
    kind = kinds[before]
    if kind in (ElementKind.TABLE_ROW, ElementKind.HEADER, ElementKind.FOOTER):
        return False
    if kinds[number] is ElementKind.HEADING or kind is ElementKind.HEADING:
        return kind is kinds[number] and _is_one_heading(previous, line, text)
    if kinds[number] is not ElementKind.PARAGRAPH:
        return False
    height = max(previous.y1 - previous.y0, 1.0)
    step = (line.y0 - previous.y0) / height
    if step > 1.25 * leading + 0.1 or step < 0:
        return False
    is_numbered = NUMBERED.match(text, line.start, line.end) is not None
    ends_sentence = text[line.start - 2 : line.start].rstrip()[-1:] in ".:;"
    is_indented = line.x0 > previous.x0 + 1.5 * height and kind is ElementKind.PARAGRAPH
    return not (ends_sentence and (is_numbered or is_indented))


def _is_one_heading(previous: TextLine, line: TextLine, text: str) -> bool:
    """Tell a heading over two lines from two headings."""
    height = max(previous.y1 - previous.y0, 1.0)
    is_alike = abs(previous.size - line.size) < 0.6 and previous.is_bold == line.is_bold
    return is_alike and 0 < line.y0 - previous.y0 < 1.6 * height and not NUMBERED.match(text, line.start, line.end)


def _element(number: int, lines: Sequence[TextLine], kind: ElementKind, text: str) -> Element:
    start, end = lines[0].start, lines[-1].end
    confidences = [line.confidence for line in lines if line.confidence is not None]
    return Element(
        id=f"e{number}",
        kind=kind,
        text=text[start:end],
        start=start,
        end=end,
        page=lines[0].page,
        box=Box(
            page=lines[0].page,
            x0=min([line.x0 for line in lines]),
            y0=min([line.y0 for line in lines]),
            x1=max([line.x1 for line in lines]),
            y1=max([line.y1 for line in lines]),
        ),
        confidence=round(sum(confidences) / len(confidences), 3) if confidences else None,
        is_hidden=all(line.is_hidden for line in lines),
    )
