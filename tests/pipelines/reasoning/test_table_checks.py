"""A number is held against the row, the period and the scale of the cell it comes from."""

import pytest

from averment.core.documents import TableCell
from averment.pipelines.reasoning.entries import Entry, index
from averment.pipelines.reasoning.table_checks import check_tables, cited_tables, headers_of, worths_of

ROWS = (("Net sales", "81,797", "82,959"), ("Cost of sales", "45,384", "47,074"), ("Total sales tax", "812", "790"))
PERIODS = ("3 months ended 2023-07-01", "3 months ended 2022-06-25")


def entries() -> tuple[Entry, ...]:
    cells = []
    for row, (name, *figures) in enumerate(ROWS):
        for column, printed in enumerate(figures):
            start = 100 * row + 20 * column
            cells.append(
                TableCell(
                    id=f"{row}.{column}", table="t", row=row, column=column, start=start, end=start + len(printed),
                    text=printed, row_header=name, column_header=PERIODS[column], value=printed.replace(",", ""),
                    unit="USD", scale=1_000_000, period=PERIODS[column],
                )
            )  # fmt: skip
    return index(cells)


def failed(text: str, row: int = 0) -> set[str]:
    tables = cited_tables("hash", entries(), places=[(100 * row, 100 * row + 90)])
    return {check.name for check in check_tables(text, tables) if not check.passed}


@pytest.mark.parametrize(
    ("text", "row"),
    [
        ("Net sales were $81,797 million in the three months ended July 1, 2023.", 0),
        ("Net sales were 81,797 in the three months ended July 1, 2023.", 0),
        ("Net sales fell from $82,959 million in the three months ended June 25, 2022 to $81,797 million in the three "
         "months ended July 1, 2023.", 0),
        ("Cost of sales was $45,384 million.", 1),
        ("The agreement has 12 annexes.", 0),
    ],
)  # fmt: skip
def test_what_is_right_passes(text: str, row: int) -> None:
    assert failed(text, row) == set()


@pytest.mark.parametrize(
    ("text", "row", "guard"),
    [
        ("Net sales were $45,384 million.", 1, "row"),
        ("Net sales were $82,959 million in the three months ended July 1, 2023.", 0, "period"),
        ("Net sales fell from $81,797 million in the three months ended June 25, 2022 to $82,959 million in the three "
         "months ended July 1, 2023.", 0, "period"),
        ("Net sales were $81,797 thousand.", 0, "scale"),
        ("Net sales were $81,797.", 0, "scale"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_named(text: str, row: int, guard: str) -> None:
    assert failed(text, row) == {guard}


def test_without_a_cited_table_there_is_nothing_to_check() -> None:
    assert cited_tables("hash", entries(), places=[(1_000, 1_010)]) == ()
    assert check_tables("Net sales were 5.", ()) == ()


def test_headers_and_worths_are_those_of_cited_cells() -> None:
    tables = cited_tables("hash", entries(), places=[(200, 290)])
    assert "Total sales tax" in headers_of(tables)
    assert "Net sales" not in headers_of(tables)
    assert {worth for worth, _ in worths_of(tables)} == {812_000_000, 790_000_000}
