"""Tables of a PDF from the places of its words: rows are lines, columns are where figures stand above each other.

A table is a run of lines with figures in segments of their own, with the label lines between them and the header lines
above. Figures that overlap horizontally make a column; a header belongs to the columns it stands over. The grid goes
to `tables`, which knows nothing of pages.
"""

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from averment.core.documents import ElementKind, Words
from averment.pipelines.ingestion.figures import CURRENCY_SIGN, is_year, parse_figure
from averment.pipelines.ingestion.headers import find_period
from averment.pipelines.ingestion.pdf_text import TextLine
from averment.pipelines.ingestion.tables import Grid, GridCell

_MAX_LABEL_LINES: Final = 3
_MAX_LABEL_CHARS: Final = 90
_MAX_HEADER_LINES: Final = 6
_CONTEXT_LINES: Final = 14
_MIN_ROWS: Final = 2
_MIN_REACH: Final = 30.0
_CLOSING: Final = frozenset((")", "%", ")%", "%)"))


@dataclass(slots=True)
class _Piece:
    """A stretch of a line that may be a cell."""

    start: int
    end: int
    x0: float
    x1: float
    text: str
    is_figure: bool


@dataclass(frozen=True, slots=True)
class PageText:
    """What tables are read from."""

    text: str
    lines: Sequence[TextLine]
    words: Words


def find_tables(source: PageText, kinds: list[ElementKind], *, is_german: bool) -> list[Grid]:
    """Find the tables of a document; lines that belong to one become table rows in `kinds`."""
    grids: list[Grid] = []
    floor = 0
    for first, last in list(_regions(source, kinds)):
        top = _header_top(source, kinds, first, floor=floor)
        floor = last + 1
        grid = _read_grid(source, range(top, last + 1), number=len(grids) + 1, is_german=is_german)
        if grid is None:
            continue
        for number in range(top, last + 1):
            kinds[number] = ElementKind.TABLE_ROW
        grids.append(grid)
    return grids


def _regions(source: PageText, kinds: Sequence[ElementKind]) -> Iterator[tuple[int, int]]:
    """Yield first and last line of runs of rows, with up to three label lines between two rows."""
    first: int | None = None
    last = 0
    n_rows = 0
    for number, kind in enumerate(kinds):
        if kind is not ElementKind.TABLE_ROW:
            continue
        if first is not None and not _is_one_table(source, kinds, last, number):
            if n_rows >= _MIN_ROWS:
                yield first, last
            first = None
        if first is None:
            first, n_rows = number, 0
        last = number
        n_rows += 1
    if first is not None and n_rows >= _MIN_ROWS:
        yield first, last


def _is_one_table(source: PageText, kinds: Sequence[ElementKind], last: int, number: int) -> bool:
    lines = source.lines
    if lines[last].page != lines[number].page or number - last > _MAX_LABEL_LINES + 1:
        return False
    if lines[last].column != lines[number].column:
        return False
    widest = lines[last].x1 - lines[last].x0
    return all(
        (
            kinds[between] not in (ElementKind.HEADER, ElementKind.FOOTER)
            and lines[between].x1 - lines[between].x0 < 0.75 * widest
            and len(lines[between].segments) == 1
        )
        or len(lines[between].segments) >= 2
        for between in range(last + 1, number)
    )


def _header_top(source: PageText, kinds: Sequence[ElementKind], first: int, *, floor: int) -> int:
    """Return the first line of the headers above a table's first row, at `floor` or below."""
    lines = source.lines
    label = lines[first].segments[0]
    has_label = (
        not is_year(source.text[label.start : label.end]) and parse_figure(source.text[label.start : label.end]) is None
    )
    label_edge = min(label.x1, lines[first].x0 + 100) if has_label else lines[first].x0 - _MIN_REACH
    top = first
    n_labels = 0
    for number in range(first - 1, max(first - _MAX_HEADER_LINES, floor) - 1, -1):
        line = lines[number]
        if line.page != lines[first].page or kinds[number] in (ElementKind.HEADER, ElementKind.FOOTER):
            break
        if lines[number + 1].y0 - line.y1 > 2.5 * (line.y1 - line.y0):
            break
        text = source.text[line.start : line.end]
        if _heads_columns(line, text, label_edge=label_edge):
            top = number
        elif len(line.segments) > 1 or len(text) > _MAX_LABEL_CHARS or n_labels == 2:
            break
        else:
            n_labels += 1
    return top


def _heads_columns(line: TextLine, text: str, *, label_edge: float) -> bool:
    """Tell a line that heads columns: it stands right of the labels, or has several short segments."""
    if line.x0 <= label_edge:
        return len(line.segments) >= 2 and len(text) < 120
    return len(line.segments) >= 2 or len(text) <= 70 or find_period(text) is not None


def _read_grid(source: PageText, numbers: range, *, number: int, is_german: bool) -> Grid | None:
    rows = [list(_pieces(source, source.lines[index], is_german=is_german)) for index in numbers]
    columns = _columns(rows)
    if not columns:
        return None
    first = source.lines[numbers[0]]
    above = [line for line in source.lines[max(numbers[0] - _CONTEXT_LINES, 0) : numbers[0]] if line.page == first.page]
    grid = Grid(
        id=f"t{number}",
        context="\n".join(source.text[line.start : line.end] for line in above),
        page=first.page,
        is_drawn=True,
        is_german=is_german,
    )
    for row, pieces in enumerate(rows):
        is_header = not any(piece.is_figure and not is_year(piece.text) for piece in pieces)
        grid.cells.extend(_place(pieces, columns, row=row, is_header=is_header))
    return grid


def _pieces(source: PageText, line: TextLine, *, is_german: bool) -> Iterator[_Piece]:
    """Cut a line into pieces: its segments, those of several figures at every figure, signs joined to figures."""
    pieces: list[_Piece] = []
    for segment in line.segments:
        text = source.text[segment.start : segment.end]
        whole = _Piece(segment.start, segment.end, segment.x0, segment.x1, text, _is_figure(text, is_german))
        pieces.extend(_split(source, line, whole, is_german=is_german) if not whole.is_figure else [whole])
    pending: _Piece | None = None
    for piece in pieces:
        if pending is not None and _joins(pending, piece, is_german=is_german):
            is_sign = CURRENCY_SIGN.fullmatch(pending.text) is not None
            pending = _Piece(
                pending.start,
                piece.end,
                piece.x0 if is_sign else pending.x0,
                piece.x1,
                source.text[pending.start : piece.end],
                is_figure=True,
            )
            continue
        if pending is not None:
            yield pending
        pending = piece
    if pending is not None:
        yield pending


def _joins(first: _Piece, second: _Piece, *, is_german: bool) -> bool:
    if second.text.strip() in _CLOSING:
        return first.is_figure
    is_sign = CURRENCY_SIGN.fullmatch(first.text) is not None
    return is_sign and second.is_figure and _is_figure(first.text + second.text, is_german)


def _is_figure(text: str, is_german: bool) -> bool:  # noqa: FBT001 - private
    if text.isalpha():  # next to all words, and quick to tell
        return False
    return parse_figure(text, is_german=is_german) is not None or text.strip() in ("—", "–", "-", "— %", "—%")


def _split(source: PageText, line: TextLine, piece: _Piece, *, is_german: bool) -> list[_Piece]:
    """Cut a segment at its words where they are all figures and signs, or where a label ends in money."""
    words = source.words
    tokens: list[_Piece] = []
    for index in range(bisect_left(words.starts, piece.start, line.first_word, line.last_word), line.last_word):
        start, end = words.starts[index], words.ends[index]
        if start >= piece.end:
            break
        text = source.text[start:end]
        figure = _is_figure(text, is_german)
        if not figure and not CURRENCY_SIGN.fullmatch(text) and text not in _CLOSING:
            return [piece]
        tokens.append(_Piece(start, end, words.x0[index], words.x1[index], text, figure))
    if sum(token.is_figure for token in tokens) >= 2:
        return tokens
    return [piece]


def _columns(rows: Sequence[Sequence[_Piece]]) -> list[tuple[float, float]]:
    """Find the columns: the horizontal stretches that figures cover, from left to right."""
    spans = sorted(
        (piece.x0, piece.x1)
        for pieces in rows
        for position, piece in enumerate(pieces)
        if piece.is_figure and (position > 0 or len(pieces) == 1 or all(p.is_figure for p in pieces))
        and not is_year(piece.text)
    )  # fmt: skip
    columns: list[tuple[float, float]] = []
    for x0, x1 in spans:
        if columns and x0 < columns[-1][1] - 0.5:
            columns[-1] = (columns[-1][0], max(columns[-1][1], x1))
        else:
            columns.append((x0, x1))
    return columns


def _place(
    pieces: Sequence[_Piece], columns: Sequence[tuple[float, float]], *, row: int, is_header: bool
) -> Iterator[GridCell]:
    left_edge = columns[0][0]
    for position, piece in enumerate(pieces):
        column, span = 0, 1
        if is_header and piece.x1 > left_edge - _MIN_REACH and (position > 0 or piece.x0 > left_edge - 2 * _MIN_REACH):
            column, span = _covered(piece, pieces, columns)
        elif (not is_header and piece.x0 > left_edge - _MIN_REACH) or (piece.is_figure and position > 0):
            column = _nearest(piece, columns) + 1
        yield GridCell(row=row, column=column, span=span, start=piece.start, end=piece.end, text=piece.text)


def _covered(piece: _Piece, pieces: Sequence[_Piece], columns: Sequence[tuple[float, float]]) -> tuple[int, int]:
    """Return the first column and the number of columns that a header stands over."""
    others = [other for other in pieces if other is not piece]
    left = max(((other.x1 + piece.x0) / 2 for other in others if other.x1 <= piece.x0), default=-1e9)
    right = min(((other.x0 + piece.x1) / 2 for other in others if other.x0 >= piece.x1), default=1e9)
    reach = max(_MIN_REACH, 0.75 * (piece.x1 - piece.x0))
    left, right = max(left, piece.x0 - reach), min(right, piece.x1 + reach)
    covered = [number for number, (x0, x1) in enumerate(columns) if left <= (x0 + x1) / 2 <= right]
    if not covered:
        return _nearest(piece, columns) + 1, 1
    return covered[0] + 1, covered[-1] - covered[0] + 1


def _nearest(piece: _Piece, columns: Sequence[tuple[float, float]]) -> int:
    def distance(number: int) -> float:
        x0, x1 = columns[number]
        return max(x0 - piece.x1, piece.x0 - x1, 0.0) or -min(x1, piece.x1) + max(x0, piece.x0)

    return min(range(len(columns)), key=distance)
