"""The canonical text of PDF pages, with a box for every word and a record for every line.

Words of a line are joined by one space, or by none where they touch; lines end with a line feed; pages end with a
form feed, which belongs to the page before it. Nothing is normalised: ligatures, soft hyphens and odd spaces inside a
word stay as the parser gave them; only lone surrogates and control characters become U+FFFD.
"""

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import accumulate
from operator import add, attrgetter, sub
from typing import Final

from averment.core.documents import PageSpan, Words
from averment.pipelines.ingestion.pdf_lines import SEGMENT_GAP, TOUCHING_GAP, Line

PAGE_END: Final = "\f"
# A wide gap is more than two spaces: lines set to full width in a typewriter's font have two between many words.
_SPACES: Final = 2.4
_PROSE_WORDS: Final = 8
_PROSE_LINES: Final = 24
_PROSE_SHARE: Final = 0.7
_n_chars: Final = attrgetter("n_chars")
_UNWANTED: Final = re.compile("[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff]")


@dataclass(slots=True)
class Segment:
    """A stretch of a line without a wide gap: a cell of a row, or the whole line."""

    start: int
    end: int
    x0: float
    x1: float


@dataclass(slots=True, kw_only=True)
class TextLine:
    """A line of the canonical text; `start:end` is without its line feed."""

    page: int
    start: int
    end: int
    x0: float
    y0: float
    x1: float
    y1: float
    size: float
    is_bold: bool
    column: int
    segments: list[Segment]
    first_word: int
    last_word: int
    is_hidden: bool = False
    confidence: float | None = None


@dataclass(slots=True)
class PdfText:
    """Grows page by page into the canonical text."""

    parts: list[str] = field(default_factory=list)
    length: int = 0
    words: Words = field(default_factory=Words)
    lines: list[TextLine] = field(default_factory=list)
    pages: list[PageSpan] = field(default_factory=list)
    _space: float = field(default=0.0, compare=False)

    def add_page(self, lines: list[Line], *, page: int, width: float, height: float, is_ocr: bool = False) -> None:
        """Append the lines of one page.

        Args:
            lines: In reading order.
            page: 1-based number.
            width: In points.
            height: In points.
            is_ocr: Whether the text was read from an image.
        """
        if self.pages:
            self._end_page()
        start = self.length
        if lines:
            self._add_lines(lines, _Columns.of(lines), page=page)
        self.pages.append(PageSpan(page=page, start=start, end=self.length, width=width, height=height, is_ocr=is_ocr))

    def drop_page(self) -> None:
        """Take the page that was added last away again."""
        page = self.pages.pop()
        if page.end > page.start:
            self.parts.pop()
        self.length = page.start
        while self.lines and self.lines[-1].page == page.page:
            self.lines.pop()
        self.words.cut(bisect_left(self.words.starts, page.start))
        if self.pages:
            self.parts.pop()
            self.length -= len(PAGE_END)
            self.pages[-1] = replace(self.pages[-1], end=self.length)

    @property
    def text(self) -> str:
        """Join what was added so far."""
        return "".join(self.parts)

    @property
    def last_page(self) -> str:
        """Return the text of the page that was added last."""
        page = self.pages[-1]
        return self.parts[-1] if page.end > page.start else ""

    def _end_page(self) -> None:
        self.parts.append(PAGE_END)
        self.length += len(PAGE_END)
        self.pages[-1] = replace(self.pages[-1], end=self.length)

    def _add_lines(self, lines: Sequence[Line], columns: "_Columns", *, page: int) -> None:
        touching = _touching(lines, columns)
        starts, ends = _places(columns.tokens, touching, start=self.length)
        n_words = len(self.words)
        self._space = _space_of(lines, columns) or self._space
        least_gap = max(SEGMENT_GAP, _SPACES * self._space)
        texts: list[str] = []
        last = 0
        for line in lines:
            first, last = last, last + sum([len(run.words) for run in line.runs])
            texts.append(_line_text(columns.tokens, first, last, touching))
            segments = [
                Segment(starts[begin], ends[end - 1], columns.x0[begin], columns.x1[end - 1])
                for begin, end in _cuts(line, columns.gaps, first, last, least_gap=least_gap)
            ]
            segments[0].x0 = line.runs[0].x0
            span, words = (starts[first], ends[last - 1]), (n_words + first, n_words + last)
            self.lines.append(_record(line, page=page, span=span, words=words, segments=segments))
        self.parts.append("\n".join(texts))
        self.length = ends[-1]
        columns.add_to(self.words, starts, ends, page)


@dataclass(frozen=True, slots=True)
class _Columns:
    """The words of a page as columns; `gaps` holds the distance from the end of the word before."""

    x0: Sequence[float]
    y0: Sequence[float]
    x1: Sequence[float]
    y1: Sequence[float]
    tokens: Sequence[str]
    is_glued: Sequence[bool]
    gaps: Sequence[float]

    @classmethod
    def of(cls, lines: Sequence[Line]) -> "_Columns":
        words = [word for line in lines for run in line.runs for word in run.words]
        x0, y0, x1, y1, tokens, is_glued = zip(*words, strict=True)
        return cls(x0, y0, x1, y1, tokens, is_glued, [0.0, *map(sub, x0[1:], x1)])

    def add_to(self, words: Words, starts: Sequence[int], ends: Sequence[int], page: int) -> None:
        words.starts.extend(starts)
        words.ends.extend(ends)
        words.pages.extend([page] * len(starts))
        words.x0.extend(self.x0)
        words.y0.extend(self.y0)
        words.x1.extend(self.x1)
        words.y1.extend(self.y1)


def _touching(lines: Sequence[Line], columns: _Columns) -> frozenset[int]:
    """Return the words that no space parts from the word before: glued by the parser, or in runs that touch."""
    found: set[int] = set()
    has_glued = any(columns.is_glued)
    position = 0
    for line in lines:
        first = position
        # Words of turned runs stand above each other: gaps between their left edges say nothing.
        limit = -1.0 if line.runs[0].rotation else TOUCHING_GAP * (line.y1 - line.y0)
        for run in line.runs:
            if position > first and -limit < columns.gaps[position] < limit:
                found.add(position)
            position += len(run.words)
        if has_glued:
            found.update(index for index in range(first + 1, position) if columns.is_glued[index])
    return frozenset(found)


def _places(tokens: Sequence[str], touching: frozenset[int], *, start: int) -> tuple[list[int], list[int]]:
    """Return where each word starts and ends: one character stands between two words, a space or a line feed."""
    lengths = [len(token) for token in tokens]
    steps = [length + 1 for length in lengths]
    for index in touching:
        steps[index - 1] -= 1
    starts = list(accumulate(steps, initial=start))
    starts.pop()
    return starts, list(map(add, starts, lengths))


def _line_text(tokens: Sequence[str], first: int, last: int, touching: frozenset[int]) -> str:
    if touching.isdisjoint(range(first + 1, last)):
        text = " ".join(tokens[first:last])
    else:
        text = "".join(
            [
                tokens[index] if index == first or index in touching else f" {tokens[index]}"
                for index in range(first, last)
            ]
        )
    return text if text.isprintable() else _UNWANTED.sub("\ufffd", text)


def _space_of(lines: Sequence[Line], columns: "_Columns") -> float | None:
    """Return the usual gap between words of prose, as a share of its height; None on a page without long lines of it.

    The lower quartile: rows of a table that read like prose have their cells far apart.
    """
    found: list[float] = []
    n_lines = position = 0
    for line in lines:
        first = position
        position += sum([len(run.words) for run in line.runs])
        if position - first < _PROSE_WORDS or line.runs[0].rotation or line.y1 <= line.y0:
            continue
        if sum(map(str.isalpha, columns.tokens[first:position])) < _PROSE_SHARE * (position - first):
            continue
        found.extend([gap / (line.y1 - line.y0) for gap in columns.gaps[first + 1 : position]])
        n_lines += 1
        if n_lines == _PROSE_LINES:
            break
    return sorted(found)[len(found) // 4] if found else None


def _cuts(line: Line, gaps: Sequence[float], first: int, last: int, *, least_gap: float) -> Iterator[tuple[int, int]]:
    """Cut the words of a line at gaps over a share of its height: first and last word of each segment, half-open."""
    limit = least_gap * (line.y1 - line.y0)
    if last - first > 1 and not line.runs[0].rotation and max(gaps[first + 1 : last]) > limit:
        for index in range(first + 1, last):
            if gaps[index] > limit:
                yield first, index
                first = index
    yield first, last


def _record(
    line: Line, *, page: int, span: tuple[int, int], words: tuple[int, int], segments: list[Segment]
) -> TextLine:
    runs = line.runs
    if len(runs) == 1:
        run = runs[0]
        return TextLine(
            page=page,
            start=span[0],
            end=span[1],
            x0=run.x0,
            y0=run.y0,
            x1=run.x1,
            y1=run.y1,
            size=run.size,
            is_bold=run.is_bold,
            column=line.column,
            segments=segments,
            first_word=words[0],
            last_word=words[1],
            is_hidden=run.is_hidden,
            confidence=run.confidence,
        )
    longest = max(runs, key=_n_chars)
    confidences = [run.confidence for run in runs if run.confidence is not None]
    return TextLine(
        page=page,
        start=span[0],
        end=span[1],
        x0=min([run.x0 for run in runs]),
        y0=min([run.y0 for run in runs]),
        x1=max([run.x1 for run in runs]),
        y1=max([run.y1 for run in runs]),
        size=longest.size,
        is_bold=all(run.is_bold for run in runs),
        column=line.column,
        segments=segments,
        first_word=words[0],
        last_word=words[1],
        is_hidden=all(run.is_hidden for run in runs),
        confidence=sum(confidences) / len(confidences) if confidences else None,
    )
