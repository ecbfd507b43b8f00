"""Dates in every printed form come out as the same day."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from averment.pipelines.reasoning.dates import add_days, add_months, find_dates, find_months, long_form

DAYS = st.dates(min_value=date(1900, 1, 1), max_value=date(2150, 12, 31))


@pytest.mark.parametrize(
    "text",
    [
        "April 6, 2007",
        "April 6,2007",
        "6th day of April, 2007",
        "6t h day of April, 2007",
        "sixth day of April, 2007",
        "6 April day of 2007",
        "6th day of April, in the year 2007",
        "6th day of April, A.D. 2007",
        "6th of the month of April 2007",
        "6-Apr-2007",
        "2007/04/06",
        "6 April 2007",
        "Apr. 6, 2007",
        "2007-04-06",
        "04/06/2007",
        "04-06-2007",
        "4/6/07",
        "6. April 2007",
        "6.4.2007",
    ],
)
def test_forms_of_one_day(text: str) -> None:
    (found,) = find_dates(f"as of {text}.")
    assert found.day == date(2007, 4, 6)
    assert found.text in text


@pytest.mark.parametrize("text", ["February 30, 2020", "13/13/2020", "section 4.6.20", "2020", "release 2007.4.6"])
def test_what_is_not_on_the_calendar_is_no_date(text: str) -> None:
    assert find_dates(text) == []


def test_month_first_unless_it_cannot_be() -> None:
    assert [found.day for found in find_dates("03/04/2020 and 31/12/2020")] == [date(2020, 3, 4), date(2020, 12, 31)]


def test_a_month_without_a_day_is_found_apart() -> None:
    assert [found[2:] for found in find_months("from September 2018 to June 30, 2019")] == [(2018, 9)]


@given(DAYS, st.sampled_from(["en", "de"]))
def test_what_is_written_is_read_back(day: date, language: str) -> None:
    assert [found.day for found in find_dates(long_form(day, language))] == [day]


@given(DAYS, st.integers(min_value=-600, max_value=600))
def test_adding_months_keeps_the_day_or_ends_the_month(day: date, months: int) -> None:
    moved = add_months(day, months)
    assert (moved.year - day.year) * 12 + moved.month - day.month == months
    assert moved.day == day.day or (moved.day < day.day and (moved + timedelta(days=1)).day == 1)


@given(DAYS, st.integers(min_value=-5000, max_value=5000))
def test_adding_days_counts_them(day: date, days: int) -> None:
    assert (add_days(day, days) - day).days == days
