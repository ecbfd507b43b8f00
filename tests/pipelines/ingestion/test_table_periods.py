"""Periods of figures in tables."""

import pytest

from averment.pipelines.ingestion.table_periods import TablePeriods


@pytest.mark.parametrize(
    ("context", "beside", "column", "row", "period"),
    [
        ("", "", "Three Months Ended | June 30, 2025", "Sales", "3 months ended 2025-06-30"),
        ("", "Millions, for the Three Months Ended June 30,", "2025", "Sales", "3 months ended 2025-06-30"),
        ("", "Millions", "2025", "Sales", "2025"),
        ("", "Years ended", "September 28, 2024", "Net income", "12 months ended 2024-09-28"),
        ("Debt as of December 31, 2020:", "", "Amount", "Senior notes due 2030", "as of 2020-12-31"),
        ("", "", "Total", "Balance at January 1, 2024", "as of 2024-01-01"),
        ("", "", "Year Ended | Jan 26, 2025", "Cash at end of period", "as of 2025-01-26"),
        ("As of December 31, 2024", "", "Cost", "Land", "as of 2024-12-31"),
        ("Years 2023 and 2024", "", "Cost", "Land", None),
    ],
)
def test_column_then_row_then_what_stands_above(
    context: str, beside: str, column: str, row: str, period: str | None
) -> None:
    periods = TablePeriods(context)
    periods.beside = beside
    assert periods.find(column, row) == period
