"""Values are exact; units, scales, signs and periods that do not go together are errors."""

from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from averment.core.answers import Citation, Operand
from averment.pipelines.reasoning.calendars import open_calendar
from averment.pipelines.reasoning.compute import calculate, date_value, parse_unit, unit_text, value_date
from averment.pipelines.reasoning.grammar import ExpressionError

CITATION = Citation(document_id="d", text_hash="t", source_uri="u", title="", start=0, end=1, quote="1")
AMOUNTS = st.decimals(min_value=-(10**12), max_value=10**12, places=3, allow_nan=False, allow_infinity=False)


def operand(
    name: str, value: str | Decimal, unit: str | None = "USD", *, scale: int = 1, period: str | None = None
) -> Operand:
    return Operand(
        name=name, label=name, value=Decimal(value), unit=unit, scale=scale, period=period, citation=CITATION
    )


def test_growth_is_rounded_as_stated() -> None:
    operands = [operand("c1", "4543", scale=1_000_000), operand("c2", "4033", scale=1_000_000)]
    result = calculate("percent((c1 - c2) / c2)", operands, decimals=1)
    assert (result.value, result.unit, result.rounding) == (Decimal("12.6"), "%", "half up to 1 decimals")


def test_half_is_rounded_up_and_away_from_zero() -> None:
    assert calculate("c1 / 4", [operand("c1", "0.5", None)], decimals=2).value == Decimal("0.13")
    assert calculate("c1 / 4", [operand("c1", "-0.5", None)], decimals=2).value == Decimal("-0.13")


def test_scales_are_applied_exactly() -> None:
    result = calculate("c1 + c2", [operand("c1", "1.5", scale=1_000_000), operand("c2", "250", scale=1_000)])
    assert (result.value, result.rounding) == (Decimal(1_750_000), None)


@given(AMOUNTS, AMOUNTS)
def test_sums_and_differences_are_exact(one: Decimal, other: Decimal) -> None:
    operands = [operand("c1", one), operand("c2", other)]
    total = Fraction(one) + Fraction(other)
    assert Fraction(calculate("c1 + c2", operands).value) == total
    assert Fraction(calculate("sum(c1, c2)", operands).value) == total
    assert Fraction(calculate("c1 - c2", operands).value) == Fraction(one) - Fraction(other)
    assert Fraction(calculate("abs(c1 - c2)", operands).value) == abs(Fraction(one) - Fraction(other))


@given(st.lists(AMOUNTS, min_size=1, max_size=6))
def test_average_lies_between_minimum_and_maximum(values: list[Decimal]) -> None:
    operands = [operand(f"c{number}", value) for number, value in enumerate(values, start=1)]
    names = ", ".join(item.name for item in operands)
    low, mean, high = (calculate(f"{name}({names})", operands, decimals=9).value for name in ("min", "avg", "max"))
    assert low <= mean <= high
    assert calculate(f"count({names})", operands).value == len(values)


@given(AMOUNTS, AMOUNTS.filter(lambda value: value != 0), st.integers(min_value=0, max_value=8))
def test_a_rounded_quotient_is_within_half_of_its_last_place(above: Decimal, below: Decimal, places: int) -> None:
    result = calculate("c1 / c2", [operand("c1", above), operand("c2", below)], decimals=places)
    assert abs(Fraction(result.value) - Fraction(above) / Fraction(below)) <= Fraction(1, 2 * 10**places)
    assert result.unit is None


@pytest.mark.parametrize(
    ("expression", "operands"),
    [
        ("c1 + c2", [operand("c1", "1", "USD"), operand("c2", "1", "shares")]),
        ("c1 - c2", [operand("c1", "1", "USD"), operand("c2", "1", None)]),
        ("c1 + 1", [operand("c1", "1", "USD")]),
        ("percent(c1)", [operand("c1", "1", "USD")]),
        ("c1 / c2", [operand("c1", "1"), operand("c2", "0")]),
        ("c1 + c2", [operand("c1", "1")]),
        ("c1", [operand("c1", "1"), operand("c2", "1")]),
        ("c1 + c1", [operand("c1", "1"), operand("c1", "2")]),
        ("c1", [operand("c1", "NaN")]),
        ("c1 + c2", [operand("c1", "20240101", "date"), operand("c2", "1", "day")]),
        ("-c1", [operand("c1", "20240101", "date")]),
        ("days(c1, c2)", [operand("c1", "20240101", "date"), operand("c2", "3", "day")]),
        ("deadline(c1, c2)", [operand("c1", "20240101", "date"), operand("c2", "3", None)]),
        ("add_days(c1, c2)", [operand("c1", "20240101", "date"), operand("c2", "3", "month")]),
        ("add_days(c1, c2)", [operand("c1", "20241301", "date"), operand("c2", "3", "day")]),
        ("add_months(c1, c2)", [operand("c1", "20240101", "date"), operand("c2", "999999999", "month")]),
        (
            "c1 - c2",
            [
                operand("c1", "1", period="6 months ended 2024-06-30"),
                operand("c2", "1", period="3 months ended 2024-06-30"),
            ],
        ),
    ],
)
def test_what_does_not_go_together_is_an_error(expression: str, operands: list[Operand]) -> None:
    with pytest.raises(ExpressionError):
        calculate(expression, operands)


def test_units_divide_and_percentages_multiply_as_ratios() -> None:
    per_share = calculate("c1 / c2", [operand("c1", "100"), operand("c2", "8", "shares")])
    assert (per_share.value, per_share.unit) == (Decimal("12.5"), "USD/shares")
    share = calculate("c1 * c2", [operand("c1", "200"), operand("c2", "12.5", "%")])
    assert (share.value, share.unit) == (Decimal(25), "USD")
    points = calculate("c1 - c2", [operand("c1", "32.0", "%"), operand("c2", "31.8", "%")])
    assert (points.value, points.unit) == (Decimal("0.2"), "%")


def test_notice_deadlines_and_days_between() -> None:
    end, notice = operand("d1", "20240331", "date"), operand("n1", "1", "month")
    assert value_date(calculate("deadline(d1, n1)", [end, notice]).value) == date(2024, 2, 29)
    start = operand("d2", "20240101", "date")
    assert calculate("days(d2, d1)", [start, end]).value == 90
    assert calculate("months(d2, d1)", [start, end]).value == 2


@pytest.mark.parametrize(
    ("start", "durations", "expected"),
    [
        ("20210131", [("1", "month")], "20210228"),
        ("20210131", [("1", "month"), ("1", "month")], "20210331"),
        ("20200229", [("1", "year")], "20210228"),
        ("20220110", [("3", "year"), ("1", "quarter"), ("2", "week")], "20250424"),
        ("20261124", [("3", "business_day")], "20261127"),
        ("20261125", [("3", "business_day")], "20261130"),
    ],
)
def test_durations_are_added_months_first_and_at_once(
    start: str, durations: list[tuple[str, str]], expected: str
) -> None:
    lengths = [operand(f"n{place}", value, unit) for place, (value, unit) in enumerate(durations, start=1)]
    names = ", ".join(length.name for length in lengths)
    found = calculate(f"add(d1, {names})", [operand("d1", start, "date"), *lengths], calendar=open_calendar("weekends"))
    assert (found.value, found.unit) == (Decimal(expected), "date")
    assert found.calendar == ("weekends" if durations[0][1] == "business_day" else None)


def test_a_deadline_in_business_days_needs_a_calendar() -> None:
    parts = [operand("d1", "20261231", "date"), operand("n1", "10", "business_day")]
    assert calculate("deadline(d1, n1)", parts, calendar=open_calendar("US-NY")).value == Decimal("20261216")
    with pytest.raises(ExpressionError, match="calendar"):
        calculate("deadline(d1, n1)", parts)


@pytest.mark.parametrize("expression", ["add(d1)", "add(n1, n1)", "add(d1, d1)", "add(d1, c1)"])
def test_only_durations_are_added_to_a_date(expression: str) -> None:
    known = [operand("d1", "20261231", "date"), operand("n1", "10", "day"), operand("c1", "10")]
    with pytest.raises(ExpressionError):
        calculate(expression, [one for one in known if one.name in expression])


@given(st.dates(min_value=date(1900, 1, 1), max_value=date(2200, 1, 1)), st.integers(min_value=-9999, max_value=9999))
def test_days_between_undo_added_days(day: date, days: int) -> None:
    start = operand("d1", date_value(day), "date")
    if date.min.toordinal() < day.toordinal() + days < date.max.toordinal():
        moved = calculate("add_days(d1, n1)", [start, operand("n1", str(days), "day")])
        back = calculate("days(d1, d2)", [start, operand("d2", moved.value, "date")])
        assert back.value == days
        assert back.unit == "day"


@given(st.dates())
def test_dates_survive_as_values(day: date) -> None:
    assert value_date(date_value(day)) == day


@pytest.mark.parametrize("unit", ["USD", "USD/shares", "%", None, "shares"])
def test_units_are_read_as_written(unit: str | None) -> None:
    assert unit_text(parse_unit(unit)) == unit


@pytest.mark.parametrize(
    ("first", "second", "result"),
    [
        (("2", "year"), ("18", "month"), (Decimal(6), "month")),
        (("2", "week"), ("10", "day"), (Decimal(4), "day")),
        (("2", "year"), ("1", "year"), (Decimal(1), "year")),
        (("1", "month"), ("30", "day"), None),
        (("5", "business_day"), ("5", "day"), None),
    ],
)
def test_durations_are_subtracted_in_a_unit_that_both_are_exact_in(
    first: tuple[str, str], second: tuple[str, str], result: tuple[Decimal, str] | None
) -> None:
    operands = [operand("n1", *first), operand("n2", *second)]
    if result is None:
        with pytest.raises(ExpressionError):
            calculate("n1 - n2", operands)
        return
    made = calculate("n1 - n2", operands)
    assert (made.value, made.unit) == result
