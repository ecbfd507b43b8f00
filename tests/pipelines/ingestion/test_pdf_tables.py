"""Tables of real filings: figures stand in cells with both headers."""

import re
from bisect import bisect_right
from pathlib import Path

import pytest

from averment.core.documents import ElementKind
from averment.pipelines.ingestion.partition import partition

FIGURE = re.compile(r"\d{1,3}(?:,\d{3})+|\d+\.\d+")


@pytest.mark.slow
@pytest.mark.parametrize("name", ["10q_aapl_2022q3", "10q_nvda_2023q1"])
def test_figures_of_a_filing_have_row_and_column_headers(shared_data: Path, name: str) -> None:
    parsed = partition((shared_data / f"corpus/sec_10q/{name}.pdf").read_bytes(), name="a.pdf")
    starts = [cell.start for cell in parsed.cells]
    assert starts == sorted(starts)
    total = full = 0
    for element in parsed.elements:
        if element.kind is not ElementKind.TABLE_ROW:
            continue
        for match in FIGURE.finditer(element.text):
            at = element.start + match.start()
            index = bisect_right(starts, at) - 1
            cell = parsed.cells[index] if index >= 0 and parsed.cells[index].end > at else None
            total += 1
            full += cell is not None and bool(cell.row_header and cell.column_header and cell.value)
    assert total > 300
    assert full / total > 0.93


@pytest.mark.slow
def test_a_known_figure_of_a_filing(shared_data: Path) -> None:
    parsed = partition((shared_data / "corpus/sec_10q/10q_aapl_2022q3.pdf").read_bytes(), name="a.pdf")
    cell = next(cell for cell in parsed.cells if cell.text == "82,959")
    assert cell.row_header.endswith("Total net sales")
    assert (cell.value, cell.unit, cell.scale, cell.period) == ("82959", "USD", 10**6, "3 months ended 2022-06-25")
