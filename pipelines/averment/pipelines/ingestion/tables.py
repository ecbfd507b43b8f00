"""Tables as cells that carry their headers: shared by PDF, HTML, DOCX and XLSX.

A `Grid` is what a format's reader saw: cells with their place in rows and columns and in the canonical text. Here the
rows above the first figures become column headers (joined top down by " | "), the words left of a figure its row
header, with the label of the group of rows it stands in; captions and signs give unit and scale, headers the period.
A tagged fact (inline XBRL) wins over what is printed.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from averment.core.documents import TableCell
from averment.pipelines.anatomy.tag_conflicts import PrintedFigure
from averment.pipelines.ingestion.figures import CURRENCY_SIGN, Figure, currency, parse_figure
from averment.pipelines.ingestion.headers import Caption, find_period, read_caption, unit_and_scale
from averment.pipelines.ingestion.table_columns import Columns, header_over
from averment.pipelines.ingestion.table_periods import TablePeriods
from averment.pipelines.ingestion.table_words import (
    JOIN,
    beside_figures,
    says_something,
    without_figures,
    word_cell,
)

_MAX_LABEL_CHARS: Final = 120
# Rows whose figures are counts or ratios though others of their column are money.
_NO_MONEY: Final = re.compile(
    r"\bshares\b|\bpercent|%|\bnumber of\b|\bemployees\b|\bweighted[- ]average\b(?!.*\bprice)|\brate\b|\bratio\b", re.I
)
_TOTAL: Final = re.compile(r"\s*(?:sub)?total\b|\s*net cash\b|\s*summe\b|\s*gesamt", re.I)
_CAPTION_CELL: Final = re.compile(
    r"\([^()]*\b(?:thousands|millions|billions|unaudited|tausend|mio)\b[^()]*\)|\(unaudited\)", re.I
)
_HEADER_NUMBER: Final = re.compile(
    r"(?:(?:19|20)\d{2}(?:\s*[-–/]\s*(?:19|20)?\d{2})?|Q[1-4]|\d{1,2}/\d{1,2}/\d{2,4})\s*(?:\(\w\)|[*†‡])?"
)
# A line that stands over all columns though it is set in the first: "December 31,", "Years ended".
_SPANNING: Final = re.compile(
    r"\b(?:ended|ending|as\s+(?:of|at)|december|june|september|march)\b.{0,20}$|^fiscal\s+years?", re.I
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """What a machine-readable tag says of a cell."""

    value: str
    unit: str | None
    scale: int
    period: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class GridCell:
    """A cell as its format gives it; `column` counts from 0, `span` columns wide."""

    row: int
    column: int
    span: int
    start: int
    end: int
    text: str
    is_header: bool = False
    fact: Fact | None = None

    @property
    def columns(self) -> Columns:
        """Return the columns it fills."""
        return self.column, self.column + self.span


@dataclass(slots=True, kw_only=True)
class Grid:
    """A table as its format gives it, with the words around it; `printed` gets how tagged cells read without tags.

    `is_drawn` says that rows and columns were told from places on a page alone, so that a line of prose may be taken
    for cells: of their words, only those with an amount are cells.
    """

    id: str
    cells: list[GridCell] = field(default_factory=list)
    context: str = ""
    page: int | None = None
    is_german: bool = False
    is_drawn: bool = False
    printed: list[PrintedFigure] = field(default_factory=list)


@dataclass(slots=True)
class _Row:
    """A row with its figures and its words told apart."""

    number: int
    figures: list[tuple[GridCell, Figure | None]] = field(default_factory=list)
    words: list[GridCell] = field(default_factory=list)
    signs: list[GridCell] = field(default_factory=list)
    is_header: bool = False

    @property
    def first(self) -> GridCell:
        """Return the first cell that is not empty."""
        cells = (*self.words, *(cell for cell, _ in self.figures)) or self.signs
        return min(cells, key=lambda cell: cell.column)


def read_cells(grid: Grid, *, first_id: int = 1) -> list[TableCell]:
    """Give every cell of a grid that is not empty its headers and, for a figure, its value.

    Args:
        grid: The table.
        first_id: Number of the first cell's id (`c1`, `c2`, ...).
    """
    rows = list(_rows(grid))
    if not any(row.figures for row in rows):
        return _word_cells(grid, without_figures([row.words for row in rows]), first_id)
    _mark_headers(rows)
    caption = read_caption(grid.context + "\n" + _caption_in_table(rows))
    currencies = _Currencies(rows)
    figures = _figure_columns(rows)
    periods = TablePeriods(grid.context)
    result: list[TableCell] = []
    words: list[tuple[GridCell, str, str]] = []
    above: list[_Row] = []
    column_headers: dict[Columns, str] = {}
    label = ""
    was_header = False
    for row in rows:
        if row.is_header:
            above = [*above, row] if was_header else [row]
            column_headers = {}
            was_header = True
            label = ""
            periods.beside = _left_of(above)
            continue
        was_header = False
        heads = [head.words for head in above]
        words.extend(beside_figures(row.first, row.words, above=heads, is_drawn=grid.is_drawn))
        if not row.figures:
            label = _label(row) or label
            continue
        header = _row_header(row, label)
        if label and not label.endswith(":") and _is_wrapped(row):
            label = ""
        for cell, figure in row.figures:
            if cell.columns not in column_headers:
                column_headers[cell.columns] = _column_header(cell, above, figures)
            result.append(
                _figure_cell(grid, cell, figure=figure, headers=(header, column_headers[cell.columns]),
                             caption=caption, periods=periods, column_unit=currencies.over(cell),
                             number=first_id + len(result))
            )  # fmt: skip
        if _TOTAL.match(header.rpartition(JOIN)[2]):
            label = ""
    return _in_order([*result, *_word_cells(grid, words, first_id)], first_id) if words else result


def _in_order(cells: Sequence[TableCell], first_id: int) -> list[TableCell]:
    ordered = sorted(cells, key=lambda cell: cell.start)
    return [replace(cell, id=f"c{number}") for number, cell in enumerate(ordered, start=first_id)]


def number_cells(grids: Sequence[Grid], *, language: str | None) -> list[TableCell]:
    """Read the cells of all tables of a document, in its order, numbered through.

    Args:
        grids: With ids `t1`, `t2`, ...
        language: ISO 639-1 code of the document; decides how figures are read.
    """
    cells: list[TableCell] = []
    for grid in sorted(grids, key=lambda grid: int(grid.id[1:])):
        grid.is_german = language == "de"
        cells.extend(read_cells(grid, first_id=len(cells) + 1))
    return cells


def _rows(grid: Grid) -> Iterator[_Row]:
    by_row: dict[int, list[GridCell]] = {}
    for cell in grid.cells:
        if cell.text.strip():
            by_row.setdefault(cell.row, []).append(cell)
    for number in sorted(by_row):
        cells = sorted(by_row[number], key=lambda cell: cell.column)
        row = _Row(number)
        for cell in _merge_signs(cells):
            _sort_in(row, cell, is_german=grid.is_german, is_first=cell is cells[0])
        yield row


def _merge_signs(cells: Sequence[GridCell]) -> Iterator[GridCell]:
    """Join a closing parenthesis or a percent sign in a cell of its own to the figure before it."""
    pending: GridCell | None = None
    for cell in cells:
        if pending is not None and cell.text.strip() in (")", "%", ")%", "%)", ") %") and cell.fact is None:
            joint = pending.text.rstrip() + cell.text.strip()
            pending = replace(pending, span=cell.column + cell.span - pending.column, end=cell.end, text=joint)
            continue
        if pending is not None:
            yield pending
        pending = cell
    if pending is not None:
        yield pending


def _sort_in(row: _Row, cell: GridCell, *, is_german: bool, is_first: bool) -> None:
    text = cell.text.strip()
    if cell.fact is not None:
        row.figures.append((cell, parse_figure(text, is_german=is_german)))
    elif CURRENCY_SIGN.fullmatch(text):
        row.signs.append(cell)
    elif cell.is_header or _HEADER_NUMBER.fullmatch(text) or (is_first and cell.column == 0 and len(text) < 5):
        row.words.append(cell)
    elif (figure := parse_figure(text, is_german=is_german)) is not None:
        row.figures.append((cell, figure))
    else:
        row.words.append(cell)


def _mark_headers(rows: Sequence[_Row]) -> None:
    """Find the rows that head columns: without figures, with words beyond the first column.

    At the top of a table every row before the first figure heads columns; further down only one that names a period.
    """
    seen_figures = was_header = False
    for row in rows:
        if row.figures:
            seen_figures, was_header = True, False
            continue
        beyond = [cell for cell in row.words if cell.column > 0]
        if not seen_figures:
            spans = len(row.words) == 1 and _SPANNING.search(row.words[0].text) is not None
            row.is_header = bool(beyond) or (spans and not _comes_again(row, rows))
        elif was_header:
            row.is_header = bool(beyond)
        else:
            named = [cell for cell in beyond if find_period(cell.text) or cell.is_header]
            row.is_header = bool(named) and len(beyond) >= len(row.words) - 1
        was_header = row.is_header


def _comes_again(row: _Row, rows: Sequence[_Row]) -> bool:
    """Say whether a line that names a period is one of several: it heads the rows below it, not the columns."""
    if find_period(row.words[0].text) is None:
        return False
    alone = (other for other in rows if other.number > row.number and not other.figures and len(other.words) == 1)
    return any(find_period(other.words[0].text) for other in alone)


def _caption_in_table(rows: Sequence[_Row]) -> str:
    """Return the words of the rows above the first figures, where captions like "(in thousands)" stand too.

    A scale over some of the columns is theirs alone: "Units sold | Revenue ($000)".
    """
    texts: list[str] = []
    for row in rows:
        if row.figures:
            break
        scaled = [read_caption(cell.text).scale != 1 for cell in row.words if cell.column > 0]
        is_shared = all(scaled) or not any(scaled)
        texts.extend(" ".join(cell.text.split()) for cell in row.words if is_shared or cell.column == 0)
    return "\n".join(texts)


class _Currencies:
    """Carries a currency sign down its column: filings print it on the first row and on totals only.

    A sign in a cell of its own and its figure make one column together; elsewhere one cell fills both.
    """

    def __init__(self, rows: Sequence[_Row]):
        self._found: list[tuple[int, int, str]] = []
        for row in rows:
            for cell, figure in row.figures:
                signs = [sign for sign in row.signs if sign.column < cell.column]
                near = signs[-1] if signs and cell.column - signs[-1].column <= 2 else None
                unit = currency(near.text) if near else figure.unit if figure else None
                place = (near.column if near else cell.column, cell.column + cell.span)
                if unit and unit != "%" and all((start, end) != place for start, end, _ in self._found):
                    self._found.append((*place, unit))

    def over(self, cell: GridCell) -> str | None:
        """Return the currency of the column that a cell lies in; None where no sign was printed."""
        return next(
            (unit for start, end, unit in self._found if start < cell.column + cell.span and cell.column < end), None
        )


def _figure_columns(rows: Sequence[_Row]) -> tuple[Columns, ...]:
    """Return the columns that hold figures, as half-open ranges with their currency signs, ascending."""
    ranges = {cell.columns for row in rows for cell, _ in row.figures}
    return tuple(sorted(ranges | {sign.columns for row in rows for sign in row.signs}))


def _label(row: _Row) -> str:
    text = " ".join(" ".join(cell.text.split()) for cell in row.words)
    if _CAPTION_CELL.fullmatch(text):
        return ""
    return text if 0 < len(text) <= _MAX_LABEL_CHARS else ""


def _row_header(row: _Row, label: str) -> str:
    first_figure = min(cell.column for cell, _ in row.figures)
    left = [cell for cell in row.words if cell.column < first_figure and says_something(cell)] or row.words[:1]
    header = JOIN.join(" ".join(cell.text.split()) for cell in left)
    if label and not label.endswith(":") and _is_wrapped(row):
        return f"{label} {header}"
    return f"{label}{JOIN}{header}" if label and header else header or label


def _is_wrapped(row: _Row) -> bool:
    """Tell a row whose words go on from the line above: they begin in lower case."""
    return bool(row.words) and row.words[0].text.strip()[:1].islower()


def _column_header(cell: GridCell, above: Sequence[_Row], figures: Sequence[Columns]) -> str:
    parts: list[str] = []
    for row in above:
        beyond = [word for word in row.words if word.column > 0]
        covering = _covering(cell, beyond, figures) if beyond else next(iter(row.words), None)
        if covering is not None:
            text = " ".join(covering.text.split())
            if _CAPTION_CELL.fullmatch(text):
                continue
            if not parts or parts[-1] != text:
                parts.append(text)
    return JOIN.join(parts)


def _left_of(above: Sequence[_Row]) -> str:
    """Return the words left of column headers."""
    return " ".join(row.words[0].text for row in above if len(row.words) > 1 and row.words[0].column == 0)


def _covering(cell: GridCell, words: Sequence[GridCell], figures: Sequence[Columns]) -> GridCell | None:
    """Return the header that stands over a cell."""
    place = header_over(cell.columns, [word.columns for word in words], figures=figures)
    return None if place is None else words[place]


def _figure_cell(  # noqa: PLR0913 - everything that gives the figure its meaning
    grid: Grid,
    cell: GridCell,
    *,
    figure: Figure | None,
    headers: tuple[str, str],
    caption: Caption,
    periods: TablePeriods,
    column_unit: str | None,
    number: int,
) -> TableCell:
    row_header, column_header = headers
    value = figure.value if figure else None
    printed = figure.unit if figure and figure.unit else column_unit
    if printed not in (None, "%") and figure and figure.unit is None and _NO_MONEY.search(row_header):
        printed = None
    unit, scale = unit_and_scale(row_header, column_header, printed=printed, caption=caption)
    period = periods.find(column_header, row_header)
    if cell.fact is not None:
        if value is not None:
            grid.printed.append(
                PrintedFigure(
                    table=grid.id,
                    row=cell.row,
                    start=cell.start,
                    end=cell.end,
                    value=value,
                    unit=unit,
                    scale=None if scale == 1 else scale,
                )
            )
        value, unit, scale = cell.fact.value, cell.fact.unit or unit, cell.fact.scale
        period = cell.fact.period or period
    return TableCell(
        id=f"c{number}",
        table=grid.id,
        row=cell.row,
        column=cell.column,
        start=cell.start,
        end=cell.end,
        text=cell.text,
        row_header=row_header,
        column_header=column_header,
        value=value,
        unit=unit,
        scale=scale,
        period=period,
        page=grid.page,
    )


def _word_cells(grid: Grid, found: Iterable[tuple[GridCell, str, str]], first_id: int) -> list[TableCell]:
    return [
        word_cell(cell, row=row, column=column, table=grid.id, number=number, page=grid.page)
        for number, (cell, row, column) in enumerate(found, start=first_id)
    ]
