"""Periods are read with length and end, and fit only what they can mean."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from averment.pipelines.reasoning.periods import INSTANT, Period, find_periods, find_quarter, fits, same_length


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("the six months ended June 29, 2024", Period(year=2024, month=6, day=29, months=6)),
        ("fiscal year ended September 28, 2024", Period(year=2024, month=9, day=28, months=12)),
        ("as of September 28, 2024", Period(year=2024, month=9, day=28, months=INSTANT)),
        ("3 months ended 2023-06-30", Period(year=2023, month=6, day=30, months=3)),
        ("Q3 2023", Period(year=2023, months=3, quarter=3)),
        ("in 2018", Period(year=2018)),
        ("FY2020", Period(year=2020)),
        ("F19", Period(year=2019)),
        ("13 weeks ended April 1, 2023", Period(year=2023, month=4, day=1, months=3)),
        ("September 2018", Period(year=2018, month=9)),
    ],
)
def test_reads_length_and_end(text: str, expected: Period) -> None:
    assert find_periods(text) == [expected]


def test_a_length_holds_for_the_dates_after_it() -> None:
    assert [period.months for period in find_periods("fourth quarter of 2018 and 2019")] == [3, 3]


@pytest.mark.parametrize("text", ["$2,019 million", "2019.5", "12,019"])
def test_amounts_are_no_years(text: str) -> None:
    assert find_periods(text) == []


def test_a_bare_year_is_no_quarter() -> None:
    year = Period(year=2019)
    assert fits(year, Period(year=2019, months=12))
    assert fits(year, Period(year=2019))
    assert not fits(year, Period(year=2019, months=3))
    assert not fits(year, Period(year=2018))
    assert not fits(year, Period())


def test_another_length_does_not_fit() -> None:
    nine = Period(year=2024, month=6, day=29, months=9)
    assert not fits(nine, Period(year=2024, month=6, day=29, months=3))
    assert not same_length(nine, Period(year=2024, months=3))


PERIODS = st.builds(
    Period,
    year=st.none() | st.integers(2000, 2030),
    month=st.none() | st.integers(1, 12),
    day=st.none() | st.integers(1, 28),
    months=st.none() | st.sampled_from([0, 3, 6, 9, 12]),
)


@given(PERIODS)
def test_a_dated_period_fits_itself(period: Period) -> None:
    if period.is_known and (period.months is not None or period.day is not None):
        assert fits(period, period)


@given(PERIODS, PERIODS)
def test_fitting_never_joins_different_years(one: Period, other: Period) -> None:
    if one.year is not None and other.year is not None and one.year != other.year:
        assert not fits(one, other)


@pytest.mark.parametrize(
    ("text", "expected"), [("Q3", 3), ("Second Fiscal Quarter", 2), ("4. Quartal", 4), ("quarterly", None)]
)
def test_reads_the_number_of_a_quarter(text: str, expected: int | None) -> None:
    assert find_quarter(text) == expected
