"""Time as an argument: what the rest of the code asks for the time."""

import time
from datetime import UTC, datetime
from typing import Protocol


class Clock(Protocol):
    """Tells wall-clock time and a monotonic time."""

    def now(self) -> datetime:
        """Return the present time, aware, in UTC."""

    def monotonic_s(self) -> float:
        """Return seconds from an arbitrary start that never go back."""


class SystemClock:
    """The machine's own clock."""

    def now(self) -> datetime:
        """Return the present time, aware, in UTC."""
        return datetime.now(UTC)

    def monotonic_s(self) -> float:
        """Return seconds of the machine's monotonic clock."""
        return time.monotonic()


def rfc3339(moment: datetime) -> str:
    """Write an aware time as RFC 3339 in UTC with milliseconds and `Z`."""
    if moment.tzinfo is None:
        raise ValueError(f"a time without a zone cannot be written as RFC 3339: {moment!r}")
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def unix_ms(moment: datetime) -> int:
    """Return whole milliseconds since the Unix epoch."""
    return int(moment.timestamp() * 1000)
