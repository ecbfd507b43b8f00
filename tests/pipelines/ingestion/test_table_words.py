"""Cells that hold words."""

from averment.pipelines.ingestion.table_words import beside_figures, without_figures, word_cell
from averment.pipelines.ingestion.tables import GridCell


def _row(number: int, *texts: str) -> list[GridCell]:
    return [
        GridCell(row=number, column=column, span=1, start=column, end=column + len(text), text=text)
        for column, text in enumerate(texts)
    ]


def test_words_have_the_first_cell_of_their_row_and_what_stands_over_them() -> None:
    row = _row(2, "Gold\nplan", "monthly", "-")
    above = [_row(0, "", "Terms", "Terms"), _row(1, "Plan", "Billing", "Notice")]
    assert [(cell.text, *headers) for cell, *headers in beside_figures(row[0], row, above=above)] == [
        ("monthly", "Gold plan", "Terms | Billing")
    ]
    assert list(beside_figures(row[0], row, above=[])) == []


def test_a_table_without_figures_is_headed_by_its_first_row_and_column() -> None:
    rows = [_row(0, "Severity", "Response"), _row(1, "High", "one hour"), _row(2, "Low", "two days")]
    found = list(without_figures(rows))
    assert [(cell.text, *headers) for cell, *headers in found] == [
        ("one hour", "High", "Response"),
        ("two days", "Low", "Response"),
    ]
    assert list(without_figures(rows[:1])) == []
    assert list(without_figures([_row(0, "One"), _row(1, "Two")])) == []
    cell, row, column = found[0]
    written = word_cell(cell, row=row, column=column, table="t3", number=7, page=2)
    assert (written.id, written.table, written.text, written.value, written.page) == ("c7", "t3", "one hour", None, 2)
