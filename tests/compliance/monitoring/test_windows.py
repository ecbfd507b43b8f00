from datetime import UTC, date, datetime, timedelta

import pytest

from averment.compliance.monitoring.windows import completed_windows, reference_of, window_of

MONDAY = datetime(2026, 11, 2, tzinfo=UTC)


@pytest.mark.parametrize("offset", [timedelta(), timedelta(days=6, hours=23, minutes=59)])
def test_a_week_is_from_monday_to_monday(offset: timedelta) -> None:
    window = window_of(MONDAY + offset, days=7)
    assert (window.since, window.until) == ("2026-11-02T00:00:00.000Z", "2026-11-09T00:00:00.000Z")


def test_only_windows_that_have_ended_are_given_each_once() -> None:
    ended = list(completed_windows(MONDAY + timedelta(hours=5), now=MONDAY + timedelta(days=14), days=7))
    assert [window.since[:10] for window in ended] == ["2026-11-02", "2026-11-09"]
    assert list(completed_windows(MONDAY, now=MONDAY + timedelta(days=6, hours=23), days=7)) == []


def test_the_reference_is_of_the_first_use_or_of_a_given_day() -> None:
    own = reference_of(MONDAY + timedelta(days=2), given=None, windows=4, days=7)
    assert (own.start, own.end) == (MONDAY, MONDAY + timedelta(days=28))
    given = reference_of(MONDAY, given=date(2026, 12, 1), windows=1, days=7)
    assert (given.since, given.until) == ("2026-12-01T00:00:00.000Z", "2026-12-08T00:00:00.000Z")
