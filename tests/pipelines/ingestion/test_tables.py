"""Cells get their headers, values and units."""

from collections.abc import Sequence

from averment.core.documents import TableCell
from averment.pipelines.ingestion.tables import Fact, Grid, GridCell, number_cells, read_cells


def _grid(rows: Sequence[Sequence[str]], *, context: str = "") -> Grid:
    grid = Grid(id="t1", context=context)
    position = 0
    for number, row in enumerate(rows):
        for column, text in enumerate(row):
            grid.cells.append(
                GridCell(row=number, column=column, span=1, start=position, end=position + len(text), text=text)
            )
            position += len(text) + 1
    return grid


def _find(cells: Sequence[TableCell], text: str) -> TableCell:
    return next(cell for cell in cells if cell.text == text)


def test_headers_of_several_rows_are_joined() -> None:
    cells = read_cells(
        _grid(
            [
                ("", "Three Months Ended", "Three Months Ended"),
                ("", "June 30, 2023", "June 30, 2022"),
                ("Net sales", "1,200", "1,000"),
            ]
        )
    )
    cell = _find(cells, "1,000")
    assert cell.column_header == "Three Months Ended | June 30, 2022"
    assert cell.row_header == "Net sales"
    assert cell.period == "3 months ended 2022-06-30"


def test_caption_gives_scale_and_the_sign_goes_down_its_column() -> None:
    cells = read_cells(_grid([("", "2023"), ("Sales", "$ 5"), ("Costs", "(3)")], context="(in thousands)"))
    assert [(cell.value, cell.unit, cell.scale) for cell in cells] == [("5", "USD", 1000), ("-3", "USD", 1000)]


def test_group_labels_end_with_their_total() -> None:
    cells = read_cells(
        _grid([("", "2023"), ("Net sales:", ""), ("Products", "4"), ("Total net sales", "4"), ("Gross margin", "2")])
    )
    assert [cell.row_header for cell in cells] == [
        "Net sales: | Products",
        "Net sales: | Total net sales",
        "Gross margin",
    ]


def test_a_closing_parenthesis_in_its_own_cell_belongs_to_the_figure() -> None:
    cells = read_cells(_grid([("", "2023", ""), ("Loss", "(7", ")")]))
    assert cells[0].value == "-7"
    assert cells[0].text == "(7)"


def test_years_head_columns_and_are_no_figures() -> None:
    cells = read_cells(_grid([("(In millions)", "2019", "2018(1)"), ("Land", "50.7", "41.2")]))
    assert [(cell.text, cell.column_header, cell.scale) for cell in cells] == [
        ("50.7", "2019", 10**6),
        ("41.2", "2018(1)", 10**6),
    ]


def test_a_tagged_fact_wins_over_what_is_printed() -> None:
    grid = Grid(id="t1")
    fact = Fact(value="-97", unit="USD", scale=10**6, period="3 months ended 2023-06-30")
    grid.cells.append(GridCell(row=0, column=0, span=1, start=0, end=5, text="Other"))
    grid.cells.append(GridCell(row=0, column=1, span=1, start=6, end=8, text="97", fact=fact))
    cell = read_cells(grid)[0]
    assert (cell.value, cell.unit, cell.scale, cell.period) == ("-97", "USD", 10**6, "3 months ended 2023-06-30")


def test_tables_of_words_keep_first_row_and_column_as_headers() -> None:
    cells = read_cells(_grid([("Party", "Role"), ("Arden GmbH", "Supplier"), ("Borough Ltd", "Customer")]))
    assert [(cell.text, cell.row_header, cell.column_header) for cell in cells] == [
        ("Supplier", "Arden GmbH", "Role"),
        ("Customer", "Borough Ltd", "Role"),
    ]


def test_cells_are_numbered_through_all_tables() -> None:
    first, second = _grid([("", "2023"), ("A", "1")]), _grid([("", "2023"), ("B", "2")])
    second.id = "t2"
    assert [cell.id for cell in number_cells([second, first], language="en")] == ["c1", "c2"]


def test_words_beside_figures_are_cells_of_their_column() -> None:
    table = [
        ("Service", "Fee", "Billing", "Note"),
        ("Support", "$1,250", "monthly", "–"),
        ("Hosting", "on request", "yearly", "includes backup"),
    ]
    cells = read_cells(_grid(table))
    assert [cell.id for cell in cells] == [f"c{number}" for number in range(1, 6)]
    told = {(cell.row_header, cell.column_header): (cell.text, cell.value) for cell in cells}
    assert told == {
        ("Support", "Fee"): ("$1,250", "1250"),
        ("Support", "Billing"): ("monthly", None),
        ("Hosting", "Fee"): ("on request", None),
        ("Hosting", "Billing"): ("yearly", None),
        ("Hosting", "Note"): ("includes backup", None),
    }


def test_words_without_a_heading_over_them_are_no_cells() -> None:
    assert [cell.text for cell in read_cells(_grid([("", "2024", ""), ("Rent", "5", "see note 3")]))] == ["5"]


def test_of_a_table_told_by_places_only_words_with_an_amount_are_cells() -> None:
    grid = _grid(
        [
            ("Licences", "Fee", "Each"),
            ("5,000", "700", "$7.00 ea"),
            ("OR", "800", "DISTRICT"),
            ("Paragraph", "900", "(2nd)"),
        ]
    )
    grid.is_drawn = True
    assert [cell.text for cell in read_cells(grid) if cell.value is None] == ["$7.00 ea"]


def test_a_scale_over_one_column_is_that_columns_alone() -> None:
    cells = read_cells(_grid([("", "Units sold", "Revenue ($000)"), ("Widgets", "1,200", "3,400")]))
    assert [(cell.value, cell.unit, cell.scale) for cell in cells] == [("1200", None, 1), ("3400", "USD", 1000)]
