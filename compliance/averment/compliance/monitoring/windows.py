"""Whole stretches of time that are watched one after the other, so that each is tested once.

Windows are counted from Monday, 5 January 1970 (UTC), so they lie alike in every installation.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Final

from averment.core.clock import rfc3339

_FIRST: Final = datetime(1970, 1, 5, tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """From `start` to before `end`, both aware."""

    start: datetime
    end: datetime

    @property
    def since(self) -> str:
        """Return the start as entries have times."""
        return rfc3339(self.start)

    @property
    def until(self) -> str:
        """Return the end as entries have times."""
        return rfc3339(self.end)


def window_of(moment: datetime, *, days: int) -> Window:
    """Return the window that a moment lies in.

    Args:
        moment: An aware time.
        days: Length of windows.
    """
    length = timedelta(days=days)
    start = _FIRST + (moment - _FIRST) // length * length
    return Window(start=start, end=start + length)


def completed_windows(since: datetime, *, now: datetime, days: int) -> Iterator[Window]:
    """Yield the windows that begin at or after the start of the one that holds `since` and have ended, in order."""
    window = window_of(since, days=days)
    while window.end <= now:
        yield window
        window = window_of(window.end, days=days)


def reference_of(first: datetime, *, given: date | None, windows: int, days: int) -> Window:
    """Return what windows are compared with: some windows long, from a given day or from the first use on."""
    begin = window_of(first, days=days).start if given is None else datetime.combine(given, time(), UTC)
    return Window(start=begin, end=begin + windows * timedelta(days=days))
