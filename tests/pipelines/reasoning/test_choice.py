"""What is said of chosen cells: how much of their periods is printed, and whether brackets are a minus."""

from decimal import Decimal

import pytest

from averment.pipelines.reasoning.choice import Choice, can_be_negative, exactness, is_deduction
from averment.pipelines.reasoning.entries import index

from .test_cells import table


@pytest.mark.parametrize(
    ("row", "value", "expected"),
    [
        ("Net income (loss)", "(5)", True),
        ("Cash used in investing activities", "(5)", True),
        ("Income tax expense", "(5)", False),
        ("Interest expense", "(5)", False),
        ("Net income", "5", False),
    ],
)
def test_a_result_can_be_negative_and_an_expense_is_printed_so(row: str, value: str, expected: bool) -> None:
    assert can_be_negative(index(table("t", ["2019"], [(row, [value])]))) is expected


def test_periods_in_full_are_more_exact_than_years() -> None:
    shown = ["2019", "June 30, 2019", "Three months ended June 30, 2019"]
    entries = index(table("t", shown, [("Net sales", ["1", "2", "3"])]))
    found = [exactness(Choice(expression="c1", entries=(entry,), score=1.0)) for entry in entries]
    assert found == sorted(found)
    assert len(set(found)) == 3


@pytest.mark.parametrize(
    ("value", "header", "is_one"),
    [
        ("-5", "Interest expense", True),
        ("-5", "Repurchases of common stock", True),
        ("5", "Interest expense", False),
        ("-5", "Net income", False),
        ("-5", "Income tax expense (benefit)", False),
        ("-5", "Total", False),
    ],
)
def test_deductions(value: str, header: str, is_one: bool) -> None:
    assert is_deduction(Decimal(value), header) is is_one
