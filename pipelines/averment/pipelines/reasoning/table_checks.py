"""Guards between a statement and the table cells it cites: the right row, the right period, the right scale.

A row of a table holds the figures of several periods, and its neighbours hold figures of other metrics. A statement
may repeat a number that its citation prints and still be wrong about it; here each number is held against the headers
of the cell it comes from. A number that no cited cell prints is the business of the other guards.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from averment.core.answers import Check, Citation
from averment.pipelines.reasoning.dates import find_dates
from averment.pipelines.reasoning.durations import find_durations
from averment.pipelines.reasoning.entries import Entry
from averment.pipelines.reasoning.figures import Figure, find_figures, normal
from averment.pipelines.reasoning.metrics import concepts, weight
from averment.pipelines.reasoning.periods import Period, find_periods, fits

_NEAR: Final = 0.05
"""How much less of its row's header than of another row's a statement may say, 0-1."""
_SCALES: Final = {1_000: "thousand", 1_000_000: "million", 1_000_000_000: "billion"}
ROW_CHECK: Final = "row"
PERIOD_CHECK: Final = "period"
SCALE_CHECK: Final = "scale"


@dataclass(frozen=True, slots=True, kw_only=True)
class CitedTable:
    """The figures of one table of a text, and the place (row, column) of those that are cited."""

    text_hash: str
    entries: tuple[Entry, ...]
    cited: frozenset[tuple[int, int]]

    def held(self) -> tuple[Entry, ...]:
        """Return the figures that are cited."""
        return tuple(entry for entry in self.entries if (entry.cell.row, entry.cell.column) in self.cited)


def cited_tables(
    text_hash: str, entries: Iterable[Entry], *, places: Iterable[tuple[int, int]]
) -> tuple[CitedTable, ...]:
    """Return the tables that cited places `(start, end)` touch, of one text with its figures."""
    wanted = tuple(places)
    by_table: dict[str, list[Entry]] = {}
    cited: dict[str, set[tuple[int, int]]] = {}
    for entry in entries:
        cell = entry.cell
        by_table.setdefault(cell.table, []).append(entry)
        if any(start <= cell.start and cell.end <= end for start, end in wanted):
            cited.setdefault(cell.table, set()).add((cell.row, cell.column))
    return tuple(
        CitedTable(text_hash=text_hash, entries=tuple(by_table[table]), cited=frozenset(found))
        for table, found in cited.items()
    )


def holds_figures(citation: Citation, tables: Iterable[CitedTable]) -> bool:
    """Say whether a citation is a row of figures: a cell of it has a period or a unit, as no table of contents has."""
    return any(
        citation.start <= entry.cell.start and entry.cell.end <= citation.end
        for table in tables
        if table.text_hash == citation.text_hash
        for entry in table.held()
        if entry.periods or entry.cell.unit
    )


def worths_of(tables: Iterable[CitedTable]) -> frozenset[tuple[Decimal, str | None]]:
    """Return what the cited figures are worth, scale applied, with their units."""
    return frozenset(
        (normal(entry.value * entry.cell.scale), entry.cell.unit) for table in tables for entry in table.held()
    )


def headers_of(tables: Iterable[CitedTable]) -> str:
    """Return what the cited figures' headers say: rows, columns, periods, scales, units."""
    found = dict.fromkeys(
        part
        for table in tables
        for entry in table.held()
        for part in (
            entry.cell.row_header,
            entry.cell.column_header,
            entry.cell.period or "",
            _SCALES.get(entry.cell.scale, ""),
            entry.cell.unit or "",
        )
        if part
    )
    return "\n\n".join(found)


def check_tables(text: str, tables: Sequence[CitedTable]) -> tuple[Check, ...]:
    """Check a statement's numbers against the headers of the cited cells that print them.

    A number passes where one cell of those that print it has a row the statement speaks of, a period the statement
    names, and a scale the statement says.

    Returns:
        No check where no table is cited.
    """
    if not tables:
        return ()
    said = frozenset(concepts(text))
    figures = _figures(text)
    periods = find_periods(text)
    paired: Sequence[Period | None] = periods if len(periods) == len(figures) else (None,) * len(figures)
    row = period = scale = True
    for figure, own in zip(figures, paired, strict=True):
        cells = [(table, entry) for table in tables for entry in table.held() if _prints(entry, figure)]
        if not cells:
            continue
        named = [own] if own is not None else periods
        spoken = [entry for table, entry in cells if _is_spoken_of(entry, table, said)]
        timely = [entry for entry in spoken if _is_timely(entry, named)]
        row = row and bool(spoken)
        period = period and (bool(timely) or not spoken)
        scale = scale and (any(_is_to_scale(entry, figure) for entry in timely) or not timely)
    return (
        Check(name=ROW_CHECK, passed=row),
        Check(name=PERIOD_CHECK, passed=period),
        Check(name=SCALE_CHECK, passed=scale),
    )


def _figures(text: str) -> list[Figure]:
    """Return the numbers of a statement that are no date, no duration and no year of a period."""
    taken = [(item.start, item.end) for found in (find_dates, find_durations) for item in found(text)]
    return [
        figure
        for figure in find_figures(text)
        if not any(start < figure.end and figure.start < end for start, end in taken) and not _is_year(figure)
    ]


def _is_year(figure: Figure) -> bool:
    return figure.unit is None and figure.scale == 1 and len(figure.text) == 4 and 1900 <= figure.value <= 2100


def _prints(entry: Entry, figure: Figure) -> bool:
    """Say whether a cell prints a number, as it stands or with its scale; signs are told apart elsewhere."""
    value = abs(entry.value)
    return abs(figure.value) == value or abs(figure.worth) == value * entry.cell.scale


def _is_spoken_of(entry: Entry, table: CitedTable, said: frozenset[str]) -> bool:
    """Say whether no other row of the table is spoken of more clearly than this one.

    Another row is where the statement says more of what it is called, or all of a longer name that this one's is part
    of: "total liabilities and equity" is not "total equity".
    """
    own, name = _share(entry, said), _name(entry)
    if own <= 0:
        return False
    for other in table.entries:
        if other.cell.row == entry.cell.row:
            continue
        share = _share(other, said)
        if share > own + _NEAR or (share > 1 - _NEAR and name < _name(other)):
            return False
    return True


def _share(entry: Entry, said: frozenset[str]) -> float:
    """Return how much (0-1) of what a row is called a statement says."""
    name = _name(entry)
    return weight(name & said) / weight(name) if name else 0.0


def _name(entry: Entry) -> frozenset[str]:
    """Return the concepts of what a row is called, its group included."""
    return frozenset(entry.header) | frozenset(concepts(entry.cell.row_header))


def _is_timely(entry: Entry, named: Sequence[Period]) -> bool:
    if not named or not entry.periods:
        return True
    return any(fits(wanted, printed) for wanted in named for printed in entry.periods)


def _is_to_scale(entry: Entry, figure: Figure) -> bool:
    """Say whether a number has the cell's scale: an amount that is printed in millions is not stated in units."""
    if abs(figure.worth) == abs(entry.value) * entry.cell.scale:
        return True
    return figure.scale == 1 and figure.unit is None
