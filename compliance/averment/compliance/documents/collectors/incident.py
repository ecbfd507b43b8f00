"""Article 73: time limits of a serious incident from its class and the day it became known, and the frozen log."""

import datetime
from collections.abc import Mapping
from typing import Final

from averment.compliance.documents.collectors.sources import Sources
from averment.compliance.documents.sheet import Sheet

LIMIT_DAYS: Final[Mapping[str, int]] = {"serious": 15, "widespread": 2, "death": 10, "fundamental-rights": 15}
"""Days after awareness by class. `widespread` is a widespread infringement or a disruption of critical infrastructure
(Article 3(49)(b)); `fundamental-rights` is Article 3(49)(c), the only class left to providers under equivalent duties
of other Union law (Article 73(9))."""


def collect(sources: Sources, sheet: Sheet) -> None:
    """Compute by when reports are due, and name the state of the log that is kept."""
    given, log = sources.people.get("73.class"), sources.log
    rows = list(given.rows) if given is not None else []
    found = [due for row in rows if (due := _due(row)) is not None]
    if found and sources.people_file is not None:
        sheet.table(
            "73.clock",
            "clocks",
            columns=("class", "aware_on", "days", "report_by"),
            rows=found,
            on=[sources.people_file],
        )
    else:
        sheet.lacks("73.clock", "no_clock", classes=", ".join(LIMIT_DAYS))
    sheet.say("73.frozen", "frozen", on=[log.last.evidence], size=log.state.size, root=log.state.root)


def _due(row: Mapping[str, object]) -> tuple[str, str, int, str] | None:
    """Return class, day of awareness, days and last day to report; None where class or day is not known."""
    name, aware = str(row.get("class")), row.get("aware_on")
    if name not in LIMIT_DAYS or not isinstance(aware, datetime.date):
        return None
    days = LIMIT_DAYS[name]
    return name, aware.isoformat(), days, (aware + datetime.timedelta(days=days)).isoformat()
