"""Article 72: which data on performance the log collects, and what it shows."""

from collections import Counter
from typing import Final

from averment.compliance.documents.collectors.sources import Sources
from averment.compliance.documents.sheet import Sheet
from averment.core.audit import EventType

_NEWEST: Final = 1_000
_USE: Final = (EventType.ANALYSIS_STARTED, EventType.ANALYSIS_COMPLETED, EventType.SEARCH_EXECUTED)
_FAILURES: Final = (EventType.ANALYSIS_FAILED, EventType.DOCUMENT_REJECTED, EventType.ERROR)


def collect_plan(sources: Sources, sheet: Sheet) -> None:
    """Say which data the log collects without anybody's doing."""
    sheet.say("72.2", "log_collects", on=[sources.log.last.evidence], kinds=len(EventType))


def collect_report(sources: Sources, sheet: Sheet) -> None:
    """Count use, outcomes and failures."""
    _counts(sources, sheet, "72.r1", kinds=_USE)
    completed = sources.log.entries(EventType.ANALYSIS_COMPLETED, newest=_NEWEST)
    outcomes = Counter(found.fact("status") for found in completed)
    sheet.table(
        "72.r1",
        "outcomes",
        columns=("outcome", "number"),
        rows=sorted(outcomes.items()),
        on=[found.evidence for found in completed],
    )
    _counts(sources, sheet, "72.r2", kinds=_FAILURES)


def _counts(sources: Sources, sheet: Sheet, field: str, *, kinds: tuple[EventType, ...]) -> None:
    last = [found for kind in kinds for found in sources.log.entries(kind, newest=1)]
    sheet.table(
        field,
        "counted",
        columns=("event", "number"),
        rows=[(kind, sources.log.count(kind)) for kind in kinds],
        on=[found.evidence for found in last] or [sources.log.last.evidence],
    )
