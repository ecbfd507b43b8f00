"""The canonical text of PDF pages, with a box for every word and a record for every line.

Words of a line are joined by one space, or by none where they touch; lines end with a line feed; pages end with a
form feed, which belongs to the page before it. Nothing is normalised: ligatures, soft hyphens and odd spaces inside a
word stay as the parser gave them; only lone surrogates and control characters become U+FFFD.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from averment.core.documents import PageSpan, Words
from averment.pipelines.ingestion.pdf_lines import SEGMENT_GAP, TOUCHING_GAP, Line, Word

PAGE_END: Final = "\f"
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

    def add_page(self, lines: list[Line], *, page: int, width: float, height: float, is_ocr: bool = False) -> None:
        """Append the lines of one page.

        Args:
            lines: In reading order.
            page: 1-based number.
            width: In points.
            height: In points.
            is_ocr: Whether the text was read from an image.
        """
        start = self.length
        if self.pages:
            self.parts.append(PAGE_END)
            self.length += 1
            previous = self.pages[-1]
            start = self.length
            self.pages[-1] = PageSpan(
                page=previous.page,
                start=previous.start,
                end=start,
                width=previous.width,
                height=previous.height,
                is_ocr=previous.is_ocr,
            )
        starts: list[int] = []
        ends: list[int] = []
        for number, line in enumerate(lines):
            if number:
                self.parts.append("\n")
                self.length += 1
            self._add_line(line, page, starts, ends)
        self._add_words([word for line in lines for run in line.runs for word in run.words], starts, ends, page)
        self.pages.append(PageSpan(page=page, start=start, end=self.length, width=width, height=height, is_ocr=is_ocr))

    @property
    def text(self) -> str:
        """Join what was added so far."""
        return "".join(self.parts)

    def _add_line(self, line: Line, page: int, starts: list[int], ends: list[int]) -> None:
        """Append a line; the places of its words go to `starts` and `ends`."""
        start = position = self.length
        first_word = len(starts)
        height = line.y1 - line.y0
        # Words of turned runs stand above each other: gaps between their left edges say nothing.
        is_turned = line.runs[0].rotation != 0
        gap_limit = 1e9 if is_turned else SEGMENT_GAP * height
        touching = -1e9 if is_turned else TOUCHING_GAP * height
        parts: list[str] = []
        segments: list[Segment] = []
        segment_start, segment_x0 = position, line.runs[0].x0
        previous_x1 = segment_x0
        for run in line.runs:
            is_first = True
            for x0, _, x1, _, token, glued in run.words:
                gap = x0 - previous_x1
                if parts and not (glued or (is_first and -touching < gap < touching)):
                    parts.append(" ")
                    position += 1
                if gap > gap_limit and parts:
                    segments.append(Segment(segment_start, ends[-1], segment_x0, previous_x1))
                    segment_start, segment_x0 = position, x0
                is_first = False
                starts.append(position)
                parts.append(token)
                position += len(token)
                ends.append(position)
                previous_x1 = x1
        segments.append(Segment(segment_start, position, segment_x0, previous_x1))
        text = "".join(parts)
        self.parts.append(text if text.isprintable() else _UNWANTED.sub("\ufffd", text))
        self.length = position
        n_words = len(self.words)
        words = (n_words + first_word, n_words + len(starts))
        self.lines.append(_record(line, page=page, span=(start, position), words=words, segments=segments))

    def _add_words(self, words: Sequence[Word], starts: Sequence[int], ends: Sequence[int], page: int) -> None:
        columns = self.words
        columns.starts.extend(starts)
        columns.ends.extend(ends)
        columns.pages.extend([page] * len(words))
        columns.x0.extend([word[0] for word in words])
        columns.y0.extend([word[1] for word in words])
        columns.x1.extend([word[2] for word in words])
        columns.y1.extend([word[3] for word in words])


def _record(
    line: Line, *, page: int, span: tuple[int, int], words: tuple[int, int], segments: list[Segment]
) -> TextLine:
    longest = max(line.runs, key=lambda run: run.n_chars) if len(line.runs) > 1 else line.runs[0]
    confidences = [run.confidence for run in line.runs if run.confidence is not None]
    return TextLine(
        page=page,
        start=span[0],
        end=span[1],
        x0=min(run.x0 for run in line.runs),
        y0=min(run.y0 for run in line.runs),
        x1=max(run.x1 for run in line.runs),
        y1=max(run.y1 for run in line.runs),
        size=longest.size,
        is_bold=all(run.is_bold for run in line.runs),
        column=line.column,
        segments=segments,
        first_word=words[0],
        last_word=words[1],
        is_hidden=all(run.is_hidden for run in line.runs),
        confidence=sum(confidences) / len(confidences) if confidences else None,
    )
