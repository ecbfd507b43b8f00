"""What values of several documents come to, and when they cannot be computed with each other."""

from decimal import Decimal
from typing import Any

import pytest

from averment.core.answers import Citation, Operand
from averment.pipelines.reasoning.over_documents import JointValue, days_apart, end_apart, join_values

NAMES = ["Alder 10-K", "Birch 10-K", "Cedar 10-K"]


def value(number: str, label: str = "Net income", *, unit: str | None = "USD", period: str = "2024") -> Operand:
    cited = Citation(document_id="d", text_hash="h", source_uri="u", title="t", start=0, end=len(number), quote=number)
    return Operand(name="c1", label=label, value=Decimal(number), unit=unit, scale=1000, period=period, citation=cited)


def made(gain: Any, *operands: Operand) -> tuple[str, Decimal, tuple[str, ...]]:
    joined = join_values(gain, operands, names=NAMES[: len(operands)])
    assert joined is not None
    return joined.calculation.expression, joined.calculation.value, joined.held


@pytest.mark.parametrize(
    ("gain", "expression", "result", "held"),
    [
        ("higher", "abs(c1 - c2)", "20000", ("Birch 10-K",)),
        ("lower", "abs(c1 - c2)", "20000", ("Alder 10-K",)),
        ("difference", "c1 - c2", "-20000", ()),
        ("ratio", "c1 / c2", "0.6", ()),
        ("percent", "percent((c1 - c2) / c2)", "-40", ()),
        ("sum", "sum(c1, c2)", "80000", ()),
    ],
)
def test_two_values(gain: str, expression: str, result: str, held: tuple[str, ...]) -> None:
    assert made(gain, value("30"), value("50")) == (expression, Decimal(result), held)


def test_growth_goes_from_the_earlier_to_the_later_period() -> None:
    expression, result, _ = made("growth", value("30", period="2023"), value("45", period="2024"))
    assert (expression, result) == ("percent((c1 - c2) / c2)", Decimal(50))


def test_the_edge_of_three() -> None:
    three = (value("30"), value("-50"), value("40"))
    assert made("higher", *three) == ("max(c1, c2, c3)", Decimal(40_000), ("Cedar 10-K",))
    assert made("lower", *three) == ("min(c1, c2, c3)", Decimal(-50_000), ("Birch 10-K",))
    assert join_values("ratio", three, names=NAMES) is None


def test_equal_values_hold_for_no_document() -> None:
    assert made("higher", value("30"), value("30")) == ("abs(c1 - c2)", Decimal(0), ())


def test_an_expense_in_brackets_counts_by_its_size_and_a_loss_does_not() -> None:
    taxes = (value("-30", "Interest expense"), value("20", "Interest expense"))
    assert made("higher", *taxes) == ("abs(abs(c1) - c2)", Decimal(10_000), ("Alder 10-K",))
    assert made("higher", value("-30"), value("20")) == ("abs(c1 - c2)", Decimal(50_000), ("Birch 10-K",))


@pytest.mark.parametrize(
    ("gain", "operands"),
    [
        ("higher", (value("30"), value("50", unit="EUR"))),
        ("sum", (value("30"), value("50", unit="shares"))),
        ("difference", (value("30", period="3 months ended 2024-06-30"), value("50", period="year ended 2024-06-30"))),
        ("ratio", (value("30"), value("-50"))),
        ("growth", (value("30"), value("0"))),
    ],
)
def test_what_does_not_go_together_is_not_computed(gain: Any, operands: tuple[Operand, ...]) -> None:
    assert join_values(gain, operands, names=NAMES[:2]) is None


def test_what_the_machine_reads() -> None:
    joined = join_values("higher", (value("30"), value("50")), names=NAMES[:2])
    assert joined is not None
    assert joined.value(wants_gap=True).value == ("Birch 10-K", "20 thousand USD")
    assert joined.value(wants_gap=False).value == "Birch 10-K"
    plain = join_values("sum", (value("30"), value("50")), names=NAMES[:2])
    assert isinstance(plain, JointValue)
    assert (plain.value(wants_gap=True).value, plain.value(wants_gap=True).scale) == (Decimal(80), 1000)


def test_days_are_counted_from_the_earlier_date() -> None:
    days = [value("20240301", unit="date"), value("20240201", unit="date")]
    joined = days_apart(days)
    assert joined is not None
    assert joined.calculation.value == 29


def test_periods_that_end_on_other_days() -> None:
    ends = ["12 months ended 2024-09-28", "12 months ended 2024-12-31"]
    assert end_apart([value("1", period=end) for end in ends])
    assert not end_apart([value("1", period=ends[0])] * 2)
    assert not end_apart([value("1", period=""), value("1", period=ends[0])])
