"""The lines of a PDF page, from the parser's text items and word boxes, in reading order.

Items of one height make a line, so that a row of a table stays on one line. A page set in columns of prose is cut
at its gutters, column by column, between the items that cross them. Text turned by a right angle is read in its own
frame, after the upright text, or before it where it is the larger part. No item is dropped.

What this does not do: it does not repair text (see `pdf_second_reading`) and does not classify (see `pdf_blocks`).
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from operator import attrgetter
from typing import Any, Final, TypeAlias

# A gap between two words of this share of the line's height separates two segments (cells of a row).
SEGMENT_GAP = 0.8
# Below this share of the height, two items touch and no space stands between them.
TOUCHING_GAP = 0.12
# Items that share more than this, in points, stand within each other.
_OVERLAP: Final = 1.0
_MIN_COLUMN_ITEMS = 8
_MIN_PROSE_CHARS = 25
# What is read of the parser's items and word boxes, at once: hundreds of thousands of them make a report.
_ITEM: Final = attrgetter(
    "text", "x", "y", "width", "height", "rotation", "font_name", "confidence", "words", "font_size"
)
_BOX: Final = attrgetter("text", "x", "y", "width", "height")


# A word: x0, y0, x1, y1, its text, and whether it is glued to the word before it (no space between them).
# A plain tuple: a long report has hundreds of thousands.
Word: TypeAlias = tuple[float, float, float, float, str, bool]


@dataclass(slots=True, kw_only=True)
class Run:
    """Words set together in one font."""

    x0: float
    y0: float
    x1: float
    y1: float
    size: float
    is_bold: bool
    rotation: int
    words: list[Word]
    n_chars: int
    confidence: float | None = None
    is_hidden: bool = False


@dataclass(slots=True, kw_only=True)
class Line:
    """Runs of one height, from left to right."""

    runs: list[Run]
    y0: float
    y1: float
    column: int = 0

    @property
    def x0(self) -> float:
        """Return the left edge."""
        return min(run.x0 for run in self.runs)

    @property
    def x1(self) -> float:
        """Return the right edge."""
        return max(run.x1 for run in self.runs)


def read_runs(items: Iterable[Any], *, width: float, height: float) -> list[Run]:
    """Turn the parser's items into runs; items without visible characters vanish.

    Args:
        items: Native items with `text`, `x`, `y`, `width`, `height`, `font_size`, `font_name`, `rotation`, `words`.
        width: Width of the page in points.
        height: Height of the page in points.
    """
    runs = []
    is_bold: dict[str | None, bool] = {}
    for text, x, y, w, h, rotation, font, confidence, boxes, size in map(_ITEM, items):
        if not text or text.isspace():
            continue
        if font not in is_bold:
            is_bold[font] = _names_bold(font or "")
        runs.append(
            Run(
                x0=x,
                y0=y,
                x1=x + w,
                y1=y + h,
                size=h if not rotation else (size or h),
                is_bold=is_bold[font],
                rotation=0 if not rotation else round(rotation / 90) % 4 * 90,
                words=_words(text, boxes, (x, y, w, h)),
                n_chars=len(text),
                confidence=confidence,
                is_hidden=x > width or y > height or x + w < 0 or y + h < 0,
            )
        )
    return runs


def _names_bold(font: str) -> bool:
    return "Bold" in font or "bold" in font or "Black" in font or "Heavy" in font


def _words(text: str, boxes: Sequence[Any], place: tuple[float, float, float, float]) -> list[Word]:
    tokens = text.split()
    words = [(x, y, x + width, y + height, token, False) for token, x, y, width, height in map(_BOX, boxes)]
    if [word[4] for word in words] == tokens:
        return words
    return _walk(text, boxes) or _interpolate(text, tokens, place)


def _walk(text: str, boxes: Sequence[Any]) -> list[Word]:
    """Find each word box in the item's text, in order; empty when the two disagree."""
    words: list[Word] = []
    position = 0
    for box in boxes:
        found = text.find(box.text, position)
        if found < 0 or (found > position and not text[position:found].isspace()):
            return []
        glued = bool(words) and found == position
        words.append((box.x, box.y, box.x + box.width, box.y + box.height, box.text, glued))
        position = found + len(box.text)
    return _in_place(words) if not text[position:].strip() else []


def _in_place(words: list[Word]) -> list[Word]:
    """Move raised letters that the parser puts at the end of an item to the word they stand behind."""
    placed: list[Word] = []
    for word in words:
        at = len(placed)
        if word[5] and word[0] < placed[-1][0]:
            gaps = range(1, len(placed))
            fits = [
                gap
                for gap in gaps
                if abs(placed[gap - 1][2] - word[0]) <= _OVERLAP and word[2] <= placed[gap][0] + _OVERLAP
            ]
            at = fits[-1] if fits else at
        placed.insert(at, word)
    return placed


def _interpolate(text: str, tokens: Sequence[str], place: tuple[float, float, float, float]) -> list[Word]:
    """Place tokens by their share of the characters where the word boxes do not match the text."""
    x, y, w, h = place
    words: list[Word] = []
    position = 0
    for token in tokens:
        found = text.index(token, position)
        position = found + len(token)
        words.append((x + w * found / len(text), y, x + w * position / len(text), y + h, token, False))
    return words


def arrange(runs: list[Run], *, width: float, height: float) -> list[Line]:
    """Order runs into lines.

    Args:
        runs: All runs of a page.
        width: Width of the page in points.
        height: Height of the page in points.
    """
    frames: dict[int, list[Run]] = {}
    for run in runs:
        frames.setdefault(run.rotation, []).append(run)
    if len(frames) <= 1 and 0 in frames:
        return _arrange_upright(runs, width=width)
    order = sorted(frames, key=lambda angle: (-sum(run.n_chars for run in frames[angle]), angle))
    lines: list[Line] = []
    for angle in order:
        if angle == 0:
            lines.extend(_arrange_upright(frames[0], width=width))
        else:
            lines.extend(_arrange_turned(frames[angle], angle=angle, width=width, height=height))
    return lines


def _arrange_turned(runs: list[Run], *, angle: int, width: float, height: float) -> list[Line]:
    """Group turned runs as if the page were turned back; their own coordinates stay."""
    placed = []
    for run in runs:
        if angle == 90:
            frame = (run.y0, width - run.x1, run.y1, width - run.x0)
        elif angle == 270:
            frame = (height - run.y1, run.x0, height - run.y0, run.x1)
        else:
            frame = (width - run.x1, height - run.y1, width - run.x0, height - run.y0)
        placed.append((frame, run))
    turned = [replace(run, x0=frame[0], y0=frame[1], x1=frame[2], y1=frame[3], rotation=0) for frame, run in placed]
    originals = {id(copy): run for copy, (_, run) in zip(turned, placed, strict=True)}
    lines = []
    for line in group_lines(turned):
        members = [originals[id(copy)] for copy in line.runs]
        y0 = min(run.y0 for run in members)
        lines.append(Line(runs=members, y0=y0, y1=max(run.y1 for run in members)))
    return lines


def _arrange_upright(runs: list[Run], *, width: float) -> list[Line]:
    gutters = find_gutters(runs, width=width)
    if not gutters:
        return group_lines(runs)
    lines: list[Line] = []
    for band in _bands(runs, gutters):
        columns: list[list[Run]] = [[] for _ in range(len(gutters) + 1)]
        for run in band:
            middle = (run.x0 + run.x1) / 2
            columns[sum(middle > gutter for gutter in gutters)].append(run)
        if all(sum(run.n_chars >= _MIN_PROSE_CHARS for run in column) >= 2 for column in columns):
            for number, column in enumerate(columns):
                lines.extend(_numbered(group_lines(column), number + 1))
        else:
            lines.extend(group_lines(band))
    return lines


def _numbered(lines: list[Line], column: int) -> Iterator[Line]:
    for line in lines:
        line.column = column
        yield line


def _bands(runs: list[Run], gutters: list[float]) -> Iterator[list[Run]]:
    """Cut a page into bands: the runs between two that cross a gutter, and the crossing ones with their neighbours."""
    crossing = [run for run in runs if any(run.x0 < gutter - 2 and run.x1 > gutter + 2 for gutter in gutters)]
    cuts = sorted((run.y0, run.y1) for run in crossing)
    merged: list[tuple[float, float]] = []
    for top, bottom in cuts:
        if merged and top < merged[-1][1]:
            merged[-1] = (merged[-1][0], max(merged[-1][1], bottom))
        else:
            merged.append((top, bottom))
    remaining = sorted(runs, key=lambda run: (run.y0 + run.y1) / 2)
    for top, bottom in merged:
        above = [run for run in remaining if (run.y0 + run.y1) / 2 < top]
        inside = [run for run in remaining if top <= (run.y0 + run.y1) / 2 <= bottom]
        remaining = [run for run in remaining if (run.y0 + run.y1) / 2 > bottom]
        if above:
            yield above
        if inside:
            yield inside
    if remaining:
        yield remaining


def find_gutters(runs: Sequence[Run], *, width: float) -> list[float]:
    """Find the x coordinates between columns of prose; empty for a page in one column.

    A column is a left edge that many long runs share, none of them wider than half the page. Columns of a table
    have short runs and do not count.
    """
    edges: Counter[int] = Counter()
    prose = []
    for run in runs:
        if 0.18 * width < run.x1 - run.x0 < 0.5 * width and run.n_chars >= _MIN_PROSE_CHARS:
            prose.append(run)
            edges[round(run.x0 / 6)] += 1
    if len(prose) < 2 * _MIN_COLUMN_ITEMS:
        return []
    columns = _column_edges(edges)
    gutters = []
    for left, right in pairwise(columns):
        inner = [run.x1 for run in prose if left - 9 <= run.x0 < right - 9]
        inner.sort()
        reach = inner[int(0.9 * (len(inner) - 1))]
        if reach >= right:
            return []
        gutters.append((reach + right) / 2 if reach < right - 4 else right - 2)
    return gutters


def _column_edges(edges: Counter[int]) -> list[float]:
    kept: list[float] = []
    for edge in sorted(edges):
        count = edges[edge - 1] + edges[edge] + edges[edge + 1]
        is_peak = edges[edge] >= max(edges[edge - 1], edges[edge + 1])
        if count >= _MIN_COLUMN_ITEMS and is_peak and (not kept or edge * 6 - kept[-1] > 60):
            kept.append(edge * 6.0)
    return kept


def group_lines(runs: list[Run]) -> list[Line]:
    """Group runs by height into lines from top to bottom, each from left to right."""
    lines: list[Line] = []
    for run in sorted(runs, key=lambda run: (run.y0 + run.y1, run.x0)):
        line = _line_of(run, lines)
        if line is None:
            lines.append(Line(runs=[run], y0=run.y0, y1=run.y1))
            continue
        line.runs.append(run)
        if run.y1 - run.y0 > line.y1 - line.y0:
            line.y0, line.y1 = run.y0, run.y1
    lines.sort(key=lambda line: line.y0 + line.y1)
    for line in lines:
        line.runs.sort(key=lambda run: run.x0)
    return lines


def _line_of(run: Run, lines: list[Line]) -> Line | None:
    middle = (run.y0 + run.y1) / 2
    for line in lines[-1:-4:-1]:
        y0, y1 = line.y0, line.y1
        height = min(y1 - y0, run.y1 - run.y0)
        if y0 + 0.2 * height < middle < y1 - 0.2 * height or min(y1, run.y1) - max(y0, run.y0) > 0.5 * height:
            return line
    return None
