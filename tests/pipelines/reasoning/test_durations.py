"""Spans of time are read with their unit; disagreeing words and digits are both reported."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from averment.pipelines.reasoning.durations import NUMERALS, find_durations


@pytest.mark.parametrize(
    ("text", "count", "unit"),
    [
        ("thirty (30) days", 30, "day"),
        ("a 12-month period", 12, "month"),
        ("two years", 2, "year"),
        ("five (5) business days", 5, "business_day"),
        ("ninety (90) calendar days", 90, "day"),
        ("twenty-four (24) months", 24, "month"),
        ("one (1) year", 1, "year"),
        ("dreißig (30) Tage", 30, "day"),
        ("drei Monate", 3, "month"),
    ],
)
def test_reads_number_and_unit(text: str, count: int, unit: str) -> None:
    (found,) = find_durations(text)
    assert (found.count, found.unit) == (count, unit)
    assert text[found.start : found.end] == found.text


def test_words_and_digits_that_disagree_are_two_durations() -> None:
    assert [found.count for found in find_durations("thirty (60) days")] == [30, 60]


def test_a_year_is_twelve_months_and_a_month_is_not_thirty_days() -> None:
    year, months, month, days = find_durations("1 year, 12 months, 1 month, 30 days")
    assert year.key == months.key
    assert month.key != days.key


@given(st.sampled_from(sorted(NUMERALS)))
def test_every_numeral_is_read(word: str) -> None:
    assert NUMERALS[word] in {found.count for found in find_durations(f"for {word} days")}
