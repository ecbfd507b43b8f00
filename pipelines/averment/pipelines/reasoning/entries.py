"""The figures of tables with what their headers mean.

Rows, columns, groups of rows and the lines over a table say which figure it is and of when; what all columns of a
table say tells no figure from another. The row that adds up the others says what they are figures of.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from types import MappingProxyType
from typing import Final

from averment.core.documents import TableCell
from averment.pipelines.ingestion.months import MONTH_NAME
from averment.pipelines.reasoning.metrics import concepts
from averment.pipelines.reasoning.periods import QUARTER_MONTHS, Period, find_periods, find_quarter

GROUP_JOIN: Final = " | "
_PER_SHARE: Final = re.compile(r"\bper\b[^.]{0,40}\b(?:share|unit|ads)\b|\bje\s+Aktie\b|\beps\b", re.IGNORECASE)
_SHARE_COUNT: Final = re.compile(
    r"\b(?:number\s+of\s+(?:common\s+)?shares|shares?\s+outstanding|weighted[\s-]average|shares\s+used)\b",
    re.IGNORECASE,
)
_USED: Final = re.compile(r"\bused\s+(?:for|in|to)\b", re.IGNORECASE)
_SHARE_KIND: Final = re.compile(r"\b(?:basic|diluted)\b", re.IGNORECASE)
_PROFIT: Final = re.compile(r"\b(?:income|earnings|loss|profit|Ergebnis)\b", re.IGNORECASE)
CHANGE: Final = re.compile(r"\b(?:change|variance|increase|decrease|Veränderung)\b|%\s*chg", re.IGNORECASE)
_JOINTS: Final = re.compile(r"\s*[|>\n]+\s*")
_TOTAL: Final = re.compile(r"\s*(?:total|gesamt|summe)\b", re.IGNORECASE)
# The mark of a footnote that lost its raised place: "Total employee expenditure2", "FY181".
_GLUED_MARK: Final = re.compile(r"(?<=[a-zäöüß]{3})\d(?!\w)|(?<=\bFY\d{2})[1-9]\b|(?<=\b(?:19|20)\d{2})[1-9]\b")


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A figure in a table with what its headers mean.

    `title` are the words over its table and of the total below; `is_derived` marks a change between columns or a
    share of another figure: no figure of its own. `concept` is the name of the tag that a filing gives the figure
    (inline XBRL), None where it is printed alone; one whose tag contradicts the print or another tag `is_disputed`.
    """

    cell: TableCell
    value: Decimal
    header: tuple[str, ...]
    context: tuple[str, ...]
    title: tuple[str, ...]
    periods: tuple[Period, ...]
    is_per_share: bool
    is_derived: bool
    concept: str | None = None
    is_disputed: bool = False

    @property
    def worth(self) -> tuple[Decimal, bool]:
        """Return the value with its scale, and whether it is a percentage: equal worth is no ambiguity."""
        return (self.value * self.cell.scale).normalize(), self.cell.unit == "%"


def index(cells: Iterable[TableCell], titles: Mapping[str, str] = MappingProxyType({})) -> tuple[Entry, ...]:
    """Read what the headers of every figure mean; cells that are no number are headings of those below.

    Args:
        cells: The cells of a document.
        titles: What stands over a table, by its id.
    """
    entries = []
    headers = _Headers()
    context: dict[str, str] = {}
    for table, rows in _by_row(cells).items():
        for row, total in zip(rows, _totals(rows), strict=True):
            figures = [cell for cell in row if cell.value is not None]
            if not figures:
                context[table] = " ".join(dict.fromkeys(cell.row_header or cell.text for cell in row))
            title = concepts(f"{titles.get(table, '')} {total}")
            entries += [_entry(cell, context.get(table, ""), title=title, headers=headers) for cell in figures]
    return tuple(_told_apart(entries))


def _totals(rows: Sequence[Sequence[TableCell]]) -> list[str]:
    """Return for each row the header of the row below that adds it up, the next total; empty where there is none."""
    totals: list[str] = []
    total = ""
    for row in reversed(rows):
        totals.append(total)
        header = _own(row[0].row_header)
        total = header if _TOTAL.match(header) else total
    return totals[::-1]


def _told_apart(entries: Sequence[Entry]) -> Iterator[Entry]:
    """Move from headers to context what all columns of a table say: it tells no figure from another."""
    columns: dict[str, dict[int, set[str]]] = {}
    for entry in entries:
        words = set(concepts(_column_words(entry.cell.column_header)))
        columns.setdefault(entry.cell.table, {}).setdefault(entry.cell.column, words)
    shared = {
        table: set.intersection(*by_column.values()) if len(by_column) > 1 else set()
        for table, by_column in columns.items()
    }
    common_size = _common_size(entries)
    for entry in entries:
        own = set(concepts(_own(entry.cell.row_header)))
        common = shared[entry.cell.table]
        yield replace(
            entry,
            header=tuple(word for word in entry.header if word in own or word not in common),
            context=(*entry.context, *(word for word in entry.header if word in common and word not in own)),
            is_derived=entry.is_derived or entry.cell.table in common_size,
        )


def _common_size(entries: Sequence[Entry]) -> set[str]:
    """Name the tables that print everything as a percentage of one figure, which is printed as 100 %."""
    by_table: dict[str, list[Entry]] = {}
    for entry in entries:
        by_table.setdefault(entry.cell.table, []).append(entry)
    return {
        table
        for table, found in by_table.items()
        if any(entry.cell.unit == "%" and entry.value == 100 for entry in found)
        and all(abs(entry.value) <= 100 for entry in found)
    }


def _by_row(cells: Iterable[TableCell]) -> dict[str, list[list[TableCell]]]:
    tables: dict[str, dict[int, list[TableCell]]] = {}
    for cell in cells:
        tables.setdefault(cell.table, {}).setdefault(cell.row, []).append(cell)
    return {table: [rows[number] for number in sorted(rows)] for table, rows in tables.items()}


class _Headers:
    """Reads headers, each once: the cells of a row share one, and so do those of a column."""

    def __init__(self) -> None:
        self._periods: dict[str, tuple[Period, ...]] = {}
        self._words: dict[tuple[str, str], tuple[str, ...]] = {}

    def periods(self, text: str) -> tuple[Period, ...]:
        """Return the periods that a header names."""
        if text not in self._periods:
            self._periods[text] = tuple(find_periods(_GLUED_MARK.sub("", _JOINTS.sub(" ", text))))
        return self._periods[text]

    def words(self, row: str, column: str) -> tuple[str, ...]:
        """Return what a row's and a column's header say beside their periods."""
        if (row, column) not in self._words:
            plain = _PERIOD_WORDS.sub(" ", row) if self.periods(row) else row
            self._words[row, column] = concepts(f"{plain} {_telling(column)}")
        return self._words[row, column]


def _entry(cell: TableCell, above: str, *, title: tuple[str, ...], headers: _Headers) -> Entry:
    group = cell.row_header.rpartition(GROUP_JOIN)[0]
    row, column = _own(cell.row_header), _JOINTS.sub(" ", cell.column_header)
    above = f"{group} {above}".strip()
    periods = next((found for text in (cell.period or "", column, row) if (found := headers.periods(text))), ())
    periods = _of_quarter(row, periods or headers.periods(group))
    both = f"{row} {column}"
    return Entry(
        cell=cell,
        value=Decimal(cell.value or "0"),
        header=_grouped(headers.words(row, column), row, above),
        context=concepts(above),
        title=title,
        periods=periods,
        is_per_share=is_per_share(both) or is_per_share(f"{above} {both}"),
        is_derived=bool(CHANGE.search(column)),
    )


def _of_quarter(row: str, periods: tuple[Period, ...]) -> tuple[Period, ...]:
    """Read a row of a quarter ("Second Quarter") in the year that its column or group names."""
    if len(periods) != 1 or periods[0].year is None or (quarter := find_quarter(row)) is None:
        return periods
    return (Period(year=periods[0].year, months=QUARTER_MONTHS, quarter=quarter),)


def _grouped(header: tuple[str, ...], row: str, above: str) -> tuple[str, ...]:
    """Read a row together with its group where only both name a metric ("Net income per share" over "Basic")."""
    if not above:
        return header
    if (share := _share_concept(row, above)) is not None:
        return (share, *(word for word in header if word not in concepts(row)))
    known = {*header, *concepts(above)}
    joint = [word for word in concepts(f"{above} {row}") if word.startswith("@") and word not in known]
    if not joint:
        return header
    return (*joint, *(word for word in header if word not in concepts(row)))


def _share_concept(row: str, above: str) -> str | None:
    """Return what a row "Basic" or "Diluted" is by its group: earnings per share or the shares they are divided by."""
    named = {word.lower() for word in _SHARE_KIND.findall(row)}
    if len(named) != 1:
        return None
    (kind,) = named
    if _SHARE_COUNT.search(above):
        return f"@{kind}_shares"
    return f"@{kind}_eps" if _PER_SHARE.search(above) and _PROFIT.search(above) else None


def _own(row_header: str) -> str:
    """Return a row's own words, without the label of the group it stands in and marks of footnotes."""
    return _GLUED_MARK.sub("", _JOINTS.sub(" ", row_header.rpartition(GROUP_JOIN)[2]))


def _column_words(column_header: str) -> str:
    return _telling(_JOINTS.sub(" ", column_header))


def _telling(column: str) -> str:
    """Return what a column's header says beside periods and units."""
    return _PERIOD_WORDS.sub(" ", _UNIT_WORDS.sub(" ", column))


_UNIT_WORDS: Final = re.compile(
    r"[$€£]\s?(?:mm?|mn|bn|k)?(?!\w)|\b(?:thousands?|millions?|billions?)\b|['’]000s?(?!\w)", re.IGNORECASE
)
_PERIOD_WORDS: Final = re.compile(
    r"\b(?:(?:three|six|nine|twelve|thirteen|\d{1,2})\s+(?:months?|weeks?)|(?:fiscal\s+)?(?:years?|quarters?)|ended|ending|end|as\s+of|at|"
    rf"(?:{MONTH_NAME})|unaudited|audited|"
    r"\d{1,2},?|(?:19|20)\d{2}|F\d{2}|FY\d{2,4}|in\s+(?:thousands|millions|billions)|\$|€|£|US\$|USD|EUR)(?!\w)",
    re.IGNORECASE,
)


def is_per_share(text: str) -> bool:
    """Say whether words name an amount per share, not a number of shares or what such an amount is made from."""
    return bool(_PER_SHARE.search(text)) and not _SHARE_COUNT.search(text) and not _USED.search(text)
