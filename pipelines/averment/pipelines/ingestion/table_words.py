"""The cells of a table that hold words: with the words at the start of their row and over their column.

`tables` reads figures; here is what stands beside them, and the tables that have none.
"""

import re
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Final

from averment.core.documents import TableCell
from averment.pipelines.ingestion.table_columns import header_over, overlap

if TYPE_CHECKING:
    from averment.pipelines.ingestion.tables import GridCell

JOIN: Final = " | "
_AMOUNT: Final = re.compile(r"[$€£¥]\s?\d|\d\)?\s?%|\d\s?(?:€|EUR|USD|GBP|CHF)")


def says_something(cell: "GridCell") -> bool:
    """Tell words from the dashes that stand for no figure."""
    return any(character.isalnum() for character in cell.text)


def folded(cell: "GridCell") -> str:
    """Return the words of a cell on one line."""
    return " ".join(cell.text.split())


def beside_figures(
    first: "GridCell", words: "Sequence[GridCell]", *, above: "Sequence[Sequence[GridCell]]", is_drawn: bool = False
) -> "Iterator[tuple[GridCell, str, str]]":
    """Yield the words of a row that stand in a column with a heading, with row header and column header.

    Args:
        first: The first cell of the row, which names it.
        words: The cells of the row that are no figures, from the left.
        above: The rows of column headers over it, from the top.
        is_drawn: Whether cells were told from places on a page alone, so that only those with an amount are.
    """
    for cell in words:
        if cell is first or not says_something(cell) or (is_drawn and not _AMOUNT.search(cell.text)):
            continue
        heads = (head for row in above for head in row if overlap(head.columns, cell.columns) > 0)
        column = JOIN.join(dict.fromkeys(map(folded, heads)))
        if column:
            yield cell, folded(first), column


def without_figures(rows: "Sequence[Sequence[GridCell]]") -> "Iterator[tuple[GridCell, str, str]]":
    """Yield the words of a table that has no figures: the first row heads columns, the first column rows."""
    if len(rows) < 2 or max(map(len, rows)) < 2:
        return
    for row in rows[1:]:
        for cell in row[1:]:
            place = header_over(cell.columns, [head.columns for head in rows[0]], figures=())
            yield cell, folded(row[0]), "" if place is None else folded(rows[0][place])


def word_cell(cell: "GridCell", *, row: str, column: str, table: str, number: int, page: int | None) -> TableCell:
    """Write a cell of words under its headers."""
    return TableCell(
        id=f"c{number}",
        table=table,
        row=cell.row,
        column=cell.column,
        start=cell.start,
        end=cell.end,
        text=cell.text,
        row_header=row,
        column_header=column,
        page=page,
    )
