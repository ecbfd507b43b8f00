"""Where the words stand that say of which period a figure is: over its column, or before it in its row.

An answer that is a period ("2018") cites them beside the figures it was told by. What is not found beyond doubt, such
as a head that several columns could claim, is not cited.
"""

import re
from collections.abc import Sequence

from averment.core.answers import Citation
from averment.core.documents import Element, ElementKind
from averment.pipelines.reasoning.entries import GROUP_JOIN, Entry
from averment.pipelines.reasoning.evidence import Source
from averment.pipelines.reasoning.periods import find_periods


def head_of(entry: Entry, entries: Sequence[Entry], *, source: Source) -> Citation | None:
    """Cite the head that names a figure's period; None where none does, or it is not clear which.

    Args:
        entry: The figure.
        entries: All figures of the document.
        source: The document.
    """
    words = _dated(entry.cell.column_header)
    if words is not None:
        place = _over(words, entry, entries, source)
    else:
        words = _dated(entry.cell.row_header)
        place = None if words is None else _before(words, entry, source)
    return None if place is None else source.cite(*place)


def _dated(header: str) -> str | None:
    """Return the part of a header that names a period, the nearest to the figure first."""
    return next((part for part in reversed(header.split(GROUP_JOIN)) if find_periods(part)), None)


def _over(words: str, entry: Entry, entries: Sequence[Entry], source: Source) -> tuple[int, int] | None:
    """Return the place of a column's head among those over its table."""
    own = [other.cell for other in entries if other.cell.table == entry.cell.table]
    first = min(cell.start for cell in own)
    floor = max((other.cell.end for other in entries if other.cell.end <= first), default=0)
    for row in _rows_above(source, first, floor=floor):
        found = [(match.start(), match.end()) for match in _pattern(words).finditer(source.text, row.start, row.end)]
        columns = sorted({cell.column for cell in own if _dated(cell.column_header) == words})
        if len(found) == 1:
            return found[0]
        if found:
            return found[columns.index(entry.cell.column)] if len(found) == len(columns) else None
    return None


def _before(words: str, entry: Entry, source: Source) -> tuple[int, int] | None:
    """Return the last place of a row's head before its figure, in the same row."""
    row = next((item for item in _rows(source) if item.start <= entry.cell.start < item.end), None)
    if row is None:
        return None
    found = list(_pattern(words).finditer(source.text, row.start, entry.cell.start))
    return (found[-1].start(), found[-1].end()) if found else None


def _rows_above(source: Source, first: int, *, floor: int) -> list[Element]:
    """Return the rows that lead up to the first figure of a table without a break, the nearest first."""
    rows: list[Element] = []
    for element in reversed([item for item in source.layout.elements() if floor <= item.start <= first]):
        if element.kind is not ElementKind.TABLE_ROW:
            break
        rows.append(element)
    return rows


def _rows(source: Source) -> list[Element]:
    return [item for item in source.layout.elements() if item.kind is ElementKind.TABLE_ROW]


def _pattern(words: str) -> re.Pattern[str]:
    """Return what finds words whatever white space stands between them, not within longer ones."""
    return re.compile(r"(?<!\w)" + r"\s+".join(map(re.escape, words.split())) + r"(?!\w)")
