"""What operators see of work that runs on a schedule: runs by name, state and time; never what they are about."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ScheduledRun:
    """One run of a flow. `state` is the scheduler's word for it; times are None where they have not come."""

    flow: str
    deployment: str | None
    state: str
    scheduled_at: datetime | None
    started_at: datetime | None
    ended_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedule:
    """Runs to come, earliest first, and runs that began, newest first."""

    upcoming: tuple[ScheduledRun, ...]
    begun: tuple[ScheduledRun, ...]


ReadSchedule = Callable[[], Schedule]
"""Asks the scheduler; raises `SourceUnavailable` where it does not answer."""
