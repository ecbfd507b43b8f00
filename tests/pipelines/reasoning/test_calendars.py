"""Business days skip weekends and the holidays of the calendar; a law that is two places has none."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from averment.core.errors import ConfigurationError
from averment.pipelines.reasoning.calendars import WEEKENDS, calendar_of, open_calendar


@pytest.mark.parametrize(
    ("law", "code"),
    [
        ("New York", "US-NY"),
        ("Delaware", "US-DE"),
        ("England and Wales", "GB-ENG"),
        ("Germany", "DE"),
        ("Bundesrepublik Deutschland", "DE"),
        ("France", "FR"),
        ("Georgia", WEEKENDS),
        ("Atlantis", WEEKENDS),
        (None, WEEKENDS),
    ],
)
def test_the_calendar_is_that_of_the_governing_law(law: str | None, code: str) -> None:
    assert calendar_of(law).code == code


@pytest.mark.parametrize(
    ("code", "day", "count", "expected"),
    [
        (WEEKENDS, date(2026, 12, 31), -10, date(2026, 12, 17)),
        ("US-NY", date(2026, 12, 31), -10, date(2026, 12, 16)),
        (WEEKENDS, date(2026, 11, 27), 1, date(2026, 11, 30)),
        ("DE", date(2026, 4, 2), 1, date(2026, 4, 7)),
        ("DE", date(2026, 4, 2), 0, date(2026, 4, 2)),
    ],
)
def test_days_are_counted_forth_and_back(code: str, day: date, count: int, expected: date) -> None:
    assert open_calendar(code).shift(day, count) == expected


@given(st.dates(date(1990, 1, 1), date(2060, 1, 1)), st.integers(1, 60))
def test_as_many_business_days_lie_between_as_were_counted(day: date, count: int) -> None:
    calendar = open_calendar(WEEKENDS)
    later = calendar.shift(day, count)
    between = [day + timedelta(days=step) for step in range(1, (later - day).days + 1)]
    assert sum(map(calendar.is_business_day, between)) == count
    assert calendar.is_business_day(later)


def test_a_calendar_that_is_none_is_an_error_with_its_mend() -> None:
    with pytest.raises(ConfigurationError, match="XX") as caught:
        open_calendar("XX")
    assert "weekends" in (caught.value.hint or "")
    with pytest.raises(OverflowError):
        open_calendar(WEEKENDS).shift(date(2026, 1, 1), 10_000)
