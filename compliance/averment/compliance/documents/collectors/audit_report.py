"""Article 12: what the log holds, whether it verifies, which kinds of events it has and has never seen."""

from collections.abc import Mapping
from typing import Final

from averment.compliance.audit import own_policy, verify_log
from averment.compliance.documents.collectors import shared
from averment.compliance.documents.collectors.sources import Sources
from averment.compliance.documents.sheet import Sheet
from averment.core.audit import EventType

# Which letters of Article 12(2) a kind of event serves; kinds that are not named serve all three. A proposal of ours.
_LETTERS: Final[Mapping[str, str]] = {
    "ingest.": "ac",
    "access.": "ac",
    "key.": "ac",
    "erasure.": "ac",
    "retention.": "ac",
    "incident.": "ab",
    "evidence.": "ab",
    "notice.": "bc",
    "mark.": "bc",
    "explanation.": "bc",
    "eval.": "b",
    "release.": "b",
    "training.": "b",
}
_READING: Final = (EventType.ACCESS_READ, EventType.ACCESS_EXPORTED)
_NEWEST: Final = 50


def collect(sources: Sources, sheet: Sheet) -> None:
    """Report on the log."""
    log = sources.log
    first, last = log.entry(0), log.last
    sheet.say(
        "log",
        "log_extent",
        on=[first.evidence, last.evidence],
        origin=log.state.origin,
        size=log.state.size,
        first=first.time,
        last=last.time,
    )
    shared.purposes(sources, sheet, field="log")
    _integrity(sources, sheet)
    counts = {kind: log.count(kind) for kind in EventType}
    for letter in "abc":
        kinds = [kind for kind in EventType if counts[kind] and letter in letters_of(kind)]
        latest = {kind: log.entries(kind, newest=1)[0] for kind in kinds}
        sheet.table(
            f"12.2.{letter}",
            "counted",
            columns=("event", "number", "last_seen"),
            rows=[(kind, counts[kind], latest[kind].time) for kind in kinds],
            on=[found.evidence for found in latest.values()],
        )
    never = [kind for kind in EventType if not counts[kind]]
    sheet.say("never", "never_seen" if never else "all_seen", on=[last.evidence], kinds=", ".join(never))
    _access(sources, sheet)


def letters_of(kind: str) -> str:
    """Return which of the letters a, b and c of Article 12(2) a kind of event serves."""
    return next((letters for start, letters in _LETTERS.items() if kind.startswith(start)), "abc")


def _integrity(sources: Sources, sheet: Sheet) -> None:
    evidence_dir = sources.log.evidence_dir
    report = verify_log(evidence_dir, own_policy(evidence_dir))
    if report.is_ok:
        sheet.say("integrity", "verified_log", on=[sources.log.last.evidence])
    else:
        first = report.failures[0]
        sheet.lacks("integrity", "broken_log", place=first.place, reason=first.reason)


def _access(sources: Sources, sheet: Sheet) -> None:
    found = sources.log.entries(*_READING, newest=_NEWEST)
    if not found:
        sheet.say("access", "nobody_looked", on=[sources.log.last.evidence])
    sheet.table(
        "access",
        "looked",
        columns=("time", "event", "kind", "report"),
        rows=[
            (entry.time, entry.evidence.type, entry.fact("kind") or entry.fact("reason"), entry.fact("report"))
            for entry in found
        ],
        on=[entry.evidence for entry in found],
    )
