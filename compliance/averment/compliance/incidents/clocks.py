"""Reporting clocks of serious incidents, from dated data: classes, days, and which are reported at all.

The deadline counts whole days of 24 hours from the moment of awareness: never later than a period counted in calendar
days would end.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache
from importlib.resources import files
from typing import Final

import yaml
from pydantic import BaseModel, ConfigDict

from averment.core.errors import UsageError

NOT_REPORTED_ELSEWHERE: Final = "73-9"


class IncidentClass(BaseModel):
    """One class: the point of Article 3 that it stands under, and its days; None where nothing is reported."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    code: str
    point: str
    words: str
    days: int | None
    basis: str
    equivalent_duty: bool


class ClockTable(BaseModel):
    """All classes, with the day they were read on, where, and whether that was verified."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    schema_version: int
    as_of: date
    source: str
    verified: bool
    classes: tuple[IncidentClass, ...]

    def find(self, code: str) -> IncidentClass:
        """Return a class by its code.

        Raises:
            UsageError: There is none.
        """
        for found in self.classes:
            if found.code == code:
                return found
        known = ", ".join(each.code for each in self.classes)
        raise UsageError(f"there is no class of incidents {code!r}", hint=f"one of {known}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Clock:
    """When a report is due; `days` and `deadline` are None where Article 73 asks for none, `basis` says why."""

    is_reported: bool
    days: int | None
    deadline: datetime | None
    basis: str


@cache
def clock_table() -> ClockTable:
    """Return the packaged table."""
    text = (files("averment.compliance") / "regulation" / "incident-clocks.yaml").read_text(encoding="utf-8")
    return ClockTable.model_validate(yaml.safe_load(text))


def clock_of(kind: IncidentClass, *, aware_at: datetime, has_equivalent_duty: bool) -> Clock:
    """Return the clock of an incident.

    Args:
        kind: Its class.
        aware_at: When the organisation became aware of it; aware of its zone.
        has_equivalent_duty: Whether other Union law binds the provider to report equally; then the classes for which
            Article 73(9) keeps the duty are reported, and no others.
    """
    if kind.days is None:
        return Clock(is_reported=False, days=None, deadline=None, basis=kind.basis)
    if has_equivalent_duty and not kind.equivalent_duty:
        return Clock(is_reported=False, days=None, deadline=None, basis=NOT_REPORTED_ELSEWHERE)
    return Clock(is_reported=True, days=kind.days, deadline=aware_at + timedelta(days=kind.days), basis=kind.basis)
