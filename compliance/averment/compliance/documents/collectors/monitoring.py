"""Article 72: which data on performance the log collects, what it shows, breaches and what was done about them."""

from collections import Counter
from typing import Final

from averment.compliance.documents.collectors import evaluations
from averment.compliance.documents.collectors.sources import Sources
from averment.compliance.documents.sheet import Sheet
from averment.compliance.monitoring.breaches import BREACH_TYPES, Breach, breach_state
from averment.compliance.monitoring.indicators import INDICATORS
from averment.core.audit import EventType

_NEWEST: Final = 1_000
_USE: Final = (EventType.ANALYSIS_STARTED, EventType.ANALYSIS_COMPLETED, EventType.SEARCH_EXECUTED)
_FAILURES: Final = (EventType.ANALYSIS_FAILED, EventType.DOCUMENT_REJECTED, EventType.ERROR)


def collect_plan(sources: Sources, sheet: Sheet) -> None:
    """Say which data the log collects without anybody's doing, and which metrics of the plan are measured from it."""
    sheet.say("72.2", "log_collects", on=[sources.log.last.evidence], kinds=len(EventType))
    sheet.table(
        "72.2",
        "indicators",
        columns=("metric", "share_of"),
        rows=[(one.code, one.means) for one in INDICATORS.values()],
        on=[sources.facts_file],
    )
    given = sources.people.get("72.3")
    if given is None or sources.people_file is None:
        return
    metrics = [str(row.get("metric")) for row in given.rows]
    for key, chosen in (
        ("metrics_measured", [metric for metric in metrics if metric in INDICATORS]),
        ("metrics_of_people", [metric for metric in metrics if metric not in INDICATORS]),
    ):
        if chosen:
            sheet.say("72.3", key, on=[sources.people_file], metrics=", ".join(chosen))


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
    _breaches(sources, sheet, "72.r3")
    _actions(sources, sheet, "72.r4")


def collect_register(sources: Sources, sheet: Sheet) -> None:
    """List the items that breaches became, and the thresholds of evaluations."""
    _actions(sources, sheet, "9.2.c")
    evaluations.declared_thresholds(sources, sheet, field="9.8")


def _breaches(sources: Sources, sheet: Sheet, field: str) -> None:
    """Say how many windows were measured, and which thresholds were gone beyond."""
    windows = sources.log.entries(EventType.METRIC_WINDOW)
    if not windows:
        sheet.lacks(field, "nothing_measured")
        return
    found = _state(sources)
    on = [windows[0].evidence, windows[-1].evidence]
    sheet.say(
        field,
        "windows_measured",
        on=on,
        number=len(windows),
        since=windows[0].fact("from"),
        until=windows[-1].fact("until"),
        breaches=len(found),
    )
    sheet.table(
        field,
        "breaches",
        columns=("time", "entry", "metric", "threshold", "measured"),
        rows=[(one.found_at, one.entry, one.indicator, one.threshold, f"{one.count} / {one.n}") for one in found],
        on=[sources.log.entry(one.entry).evidence for one in found],
    )


def _actions(sources: Sources, sheet: Sheet, field: str) -> None:
    """List items of the risk register with what was done; one that is open and untouched is a gap."""
    found = [one for one in _state(sources) if one.registered is not None]
    cited = [index for one in found for index in (one.registered, *(action.entry for action in one.actions))]
    sheet.table(
        field,
        "risk_items",
        columns=("entry", "metric", "action", "time", "state"),
        rows=[
            (
                one.registered,
                one.indicator,
                ", ".join(action.code for action in one.actions),
                ", ".join(action.done_at for action in one.actions),
                sheet.words("state_open") if one.closed_at is None else f"{one.reason}, {one.closed_at}",
            )
            for one in found
        ],
        on=[sources.log.entry(index).evidence for index in cited if index is not None],
    )
    if not found:
        sheet.say(field, "no_risk_items", on=[sources.log.last.evidence])
    untouched = [one.indicator for one in found if one.closed_at is None and not one.actions]
    if untouched:
        sheet.lacks(field, "untouched", metrics=", ".join(untouched))


def _state(sources: Sources) -> tuple[Breach, ...]:
    return breach_state(found.leaf for found in sources.log.entries(*BREACH_TYPES)).breaches


def _counts(sources: Sources, sheet: Sheet, field: str, *, kinds: tuple[EventType, ...]) -> None:
    last = [found for kind in kinds for found in sources.log.entries(kind, newest=1)]
    sheet.table(
        field,
        "counted",
        columns=("event", "number"),
        rows=[(kind, sources.log.count(kind)) for kind in kinds],
        on=[found.evidence for found in last] or [sources.log.last.evidence],
    )
