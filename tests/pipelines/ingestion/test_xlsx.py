"""Workbooks: a line for every row, a cell for every figure."""

from datetime import datetime

import pytest

from averment.core.errors import PartitionFailed
from averment.pipelines.ingestion.partition import partition
from tests.pipelines.ingestion.sample_files import make_xlsx


def test_rows_become_lines_and_figures_cells() -> None:
    parsed = partition(make_xlsx([["Fee", "2023", "2024"], ["Licence", 1200, 1300.5]]), name="a.xlsx")
    assert parsed.text == "Fees\nFee 2023 2024\nLicence 1200 1300.5\n"
    assert [(cell.value, cell.row_header, cell.column_header) for cell in parsed.cells] == [
        ("1200", "Licence", "2023"),
        ("1300.5", "Licence", "2024"),
    ]
    assert [element.section for element in parsed.elements] == [("Fees",), ("Fees", "A1:C1"), ("Fees", "A2:C2")]


def test_dates_are_iso_and_formulas_without_result_are_shown() -> None:
    parsed = partition(make_xlsx([["Start", datetime(2024, 3, 1)], ["Sum", "=1+1"]]), name="a.xlsx")  # noqa: DTZ001
    assert "Start 2024-03-01" in parsed.text
    assert "Sum =1+1" in parsed.text


def test_an_empty_workbook_is_no_text() -> None:
    with pytest.raises(PartitionFailed, match="no text"):
        partition(make_xlsx([]), name="a.xlsx")
