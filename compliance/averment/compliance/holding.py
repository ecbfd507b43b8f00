"""Placing and releasing holds: the register and the log together.

The register is written first: a crash in between leaves a hold in force whose event is missing, never the reverse.
"""

from dataclasses import dataclass, replace
from datetime import date
from typing import Final

from averment.compliance.grounds import check_ground
from averment.compliance.holds import Hold, HoldRegister, HoldTarget, RetentionClass, years_after
from averment.compliance.index import INDEX_FILE, EntryFilter, EntryIndex
from averment.compliance.recorder import EvidenceRecorder
from averment.core.audit import AuditEvent, EventType, Payload
from averment.core.clock import Clock, unix_ms
from averment.core.errors import UsageError
from averment.core.ids import uuid7
from averment.core.record_settings import RetentionSettings

_UNWRITTEN: Final = -1


@dataclass(frozen=True, slots=True, kw_only=True)
class HoldRequest:
    """What is to be kept, on which ground, on whose order.

    `reference` is the id of an answer or a document, the number of an entry, the purpose of a matter, or who a subject
    is. `since` is the day from which the ten years of `doc-10y` run: that of the version's putting into service.
    `reason` is kept encrypted beside the log.
    """

    target: HoldTarget
    reference: str
    ground: str
    subject: str
    retention: RetentionClass = "hold"
    since: date | None = None
    until: date | None = None
    reason: str = ""


def place_hold(recorder: EvidenceRecorder, request: HoldRequest, *, clock: Clock, retention: RetentionSettings) -> Hold:
    """Put a hold in force and into the log.

    Raises:
        UsageError: There is nothing of that id, or the ground may not be cited.
    """
    purpose = request.reference if request.target == "matter" else None
    check_ground(request.ground, is_high_risk=retention.any_high_risk(purpose))
    until = request.until
    if request.retention == "doc-10y":
        until = years_after(request.since or clock.now().date())
    hold = Hold(
        id=uuid7(unix_ms=unix_ms(clock.now())),
        target=request.target,
        reference=_reference(recorder, request),
        retention=request.retention,
        ground=request.ground,
        until=until,
        entry=_UNWRITTEN,
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
        UsageError: There is no such hold.
    """
    register = HoldRegister(recorder.evidence_dir)
    found = register.get(hold_id)
    parents = () if found.entry == _UNWRITTEN else (found.entry,)
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
    if request.target == "entry" and not (asked.isdigit() and int(asked) < recorder.size):
        raise UsageError(f"there is no entry {asked!r}: the log has {recorder.size} entries, numbered from 0")
    if request.target == "answer":
        recorder.seal()
        with EntryIndex(recorder.evidence_dir, path=recorder.evidence_dir / INDEX_FILE) as index:
            index.update()
            if not index.find(EntryFilter(answer_id=asked, limit=1)):
                raise UsageError(f"there is no answer {asked!r} in the log", hint="averment audit show")
    return asked
