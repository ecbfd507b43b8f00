"""A clock that stands still until told otherwise."""

from datetime import UTC, datetime, timedelta


class FixedClock:
    """Tells one time; `advance` moves it."""

    def __init__(self, start: datetime = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)):
        self._now = start
        self._monotonic_s = 0.0

    def now(self) -> datetime:
        """Return the set time."""
        return self._now

    def monotonic_s(self) -> float:
        """Return seconds advanced so far."""
        return self._monotonic_s

    def advance(self, seconds: float) -> None:
        """Move both times forward."""
        self._now += timedelta(seconds=seconds)
        self._monotonic_s += seconds
