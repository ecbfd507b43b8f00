"""Placing and releasing holds: the register and the log together.

The register is written first: a crash in between leaves a hold in force whose event is missing, never the reverse.
"""

from dataclasses import dataclass, replace
from datetime import date

from averment.compliance.audit import show
from averment.compliance.events import Leaf, decode_leaf
from averment.compliance.grounds import check_ground
from averment.compliance.holds import (
    UNWRITTEN,
    Hold,
    HoldRegister,
    HoldTarget,
    RetentionClass,
    entries_of_range,
    years_after,
)
from averment.compliance.incidents.cases import CASE_TYPES, cases_of
from averment.compliance.index import EntryFilter
from averment.compliance.log.reader import LogReader
from averment.compliance.recorder import EvidenceRecorder
from averment.compliance.retention import Retention
from averment.core.audit import AuditEvent, EventType, Payload
from averment.core.clock import Clock, unix_ms
from averment.core.errors import UsageError
from averment.core.ids import uuid7


@dataclass(frozen=True, slots=True, kw_only=True)
class HoldRequest:
    """What is to be kept, on which ground, on whose order.

    `reference` is the id of an answer or a document, the number of an entry, the first and the last number of entries
    (`12-40`), the purpose of a matter, or who a subject is. `since` is the day from which the ten years of
    `doc-10y` run: that of the version's putting into service. `reason` is kept encrypted beside the log.
    """

    target: HoldTarget
    reference: str
    ground: str
    subject: str
    retention: RetentionClass = "hold"
    since: date | None = None
    until: date | None = None
    reason: str = ""


def place_hold(recorder: EvidenceRecorder, request: HoldRequest, *, clock: Clock, retention: Retention) -> Hold:
    """Put a hold in force and into the log.

    Raises:
        UsageError: There is nothing of that id, or the ground may not be cited.
    """
    reference = _reference(recorder, request)
    check_ground(request.ground, is_high_risk=retention.is_high_risk(_purpose(recorder, request)))
    until = request.until
    if request.retention == "doc-10y":
        until = years_after(request.since or clock.now().date())
    hold = Hold(
        id=uuid7(unix_ms=unix_ms(clock.now())),
        target=request.target,
        reference=reference,
        retention=request.retention,
        ground=request.ground,
        until=until,
        entry=UNWRITTEN,
    )
    register = HoldRegister(recorder.evidence_dir)
    register.put(hold)
    entry = recorder.append(
        AuditEvent(
            type=EventType.HOLD_PLACED,
            subject=request.subject,
            data={
                "hold_id": hold.id,
                "target": hold.target,
                "reference": hold.reference,
                "retention": hold.retention,
                "ground": hold.ground,
                "until": until.isoformat() if until else None,
            },
            payloads=(Payload(name="reason", content=request.reason.encode()),) if request.reason else (),
        )
    )
    placed = replace(hold, entry=entry)
    register.put(placed)
    return placed


def release_hold(recorder: EvidenceRecorder, hold_id: str, *, subject: str, reason: str) -> Hold:
    """End a hold, in the log and then in the register; `reason` is a code.

    Raises:
        UsageError: There is no such hold, or it keeps the evidence of a case that is not closed.
    """
    register = HoldRegister(recorder.evidence_dir)
    found = register.get(hold_id)
    _refuse_open_case(recorder, hold_id)
    parents = () if found.entry == UNWRITTEN else (found.entry,)
    data = {"hold_id": hold_id, "reason": reason}
    recorder.append(AuditEvent(type=EventType.HOLD_RELEASED, subject=subject, parents=parents, data=data))
    register.remove(hold_id)
    return found


def _reference(recorder: EvidenceRecorder, request: HoldRequest) -> str:
    """Return what the register names a target by."""
    asked = request.reference
    if request.target == "subject":
        person = recorder.people.find(asked)
        if person is None:
            raise UsageError(f"nobody is known as {asked!r}", hint="averment subject register makes an alias known")
        return person.actor
    if request.target in {"entry", "entries"}:
        last = entries_of_range(asked)[1] if request.target == "entries" else int(asked) if asked.isdigit() else None
        if last is None or last >= recorder.size:
            raise UsageError(f"there is no entry {asked!r}: the log has {recorder.size} entries, numbered from 0")
    if request.target == "answer" and not _found(recorder, EntryFilter(answer_id=asked, limit=1)):
        raise UsageError(f"there is no answer {asked!r} in the log", hint="averment audit show")
    return asked


def _purpose(recorder: EvidenceRecorder, request: HoldRequest) -> str | None:
    """Return the one purpose that a hold is about; None where it may be about any."""
    asked = request.reference
    if request.target == "matter":
        return asked
    if request.target == "answer":
        leaf = _found(recorder, EntryFilter(answer_id=asked, limit=1))[0]
    elif request.target == "entry":
        size = recorder.seal().checkpoint.size
        leaf = decode_leaf(LogReader(recorder.evidence_dir / "log").entry(int(asked), size=size), index=int(asked))
    else:
        return None
    return str(leaf["purpose"]) or None


def _refuse_open_case(recorder: EvidenceRecorder, hold_id: str) -> None:
    cases = cases_of(_found(recorder, EntryFilter(types=tuple(CASE_TYPES))))
    if any(case.id == hold_id and case.closed_at is None for case in cases):
        raise UsageError(f"{hold_id} keeps the evidence of an open case", hint=f"averment incident close {hold_id}")


def _found(recorder: EvidenceRecorder, query: EntryFilter) -> list[Leaf]:
    recorder.seal()
    return list(show(recorder.evidence_dir, query))
