"""What is done about an incident or a risk, each step an entry of the log.

Opening an incident freezes the evidence before it and holds the system as it is until the authority is informed; a risk
suspends use.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from averment.compliance.incidents.cases import (
    CASE_TYPES,
    Case,
    Kind,
    Outcome,
    Recipient,
    ReportKind,
    Role,
    cases_of,
    check_order,
)
from averment.compliance.incidents.clocks import clock_of, clock_table
from averment.compliance.incidents.report import IncidentReport, incident_report
from averment.compliance.oversight.record import OversightRecord, checked_code, instant
from averment.compliance.oversight.safe_state import HeldSystem, SafeState
from averment.compliance.oversight.stopping import StopDesk
from averment.core.audit import AuditEvent, EventType, EventValue, Payload
from averment.core.clock import Clock, rfc3339, unix_ms
from averment.core.errors import UsageError
from averment.core.ids import uuid7
from averment.core.jsonable import canonical_json
from averment.core.ports import EvidenceHolds

MAX_ANSWERS: Final = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class Opening:
    """What is known of a case when it is opened.

    `reason` is a code; `system` the digest of what answers; `aware_at` when it became known (RFC 3339), now where None;
    `description` free words, which are kept encrypted beside the log.
    """

    reason: str
    system: str
    role: Role
    aware_at: str | None = None
    answers: tuple[str, ...] = ()
    description: str = ""


class IncidentDesk:
    """The cases of one installation.

    Args:
        record: The log.
        holds: Keeps evidence.
        stops: Suspends use.
        state: Holds the system as it is.
        clock: Tells the time.
    """

    def __init__(
        self,
        record: OversightRecord,
        *,
        holds: EvidenceHolds,
        stops: StopDesk,
        state: SafeState,
        clock: Clock,
    ):
        self._record = record
        self._holds = holds
        self._stops = stops
        self._state = state
        self._clock = clock

    def cases(self) -> list[Case]:
        """Return all cases, oldest first."""
        return cases_of(self._record.leaves(CASE_TYPES))

    def find(self, case_id: str) -> Case:
        """Return a case.

        Raises:
            UsageError: There is none of this id.
        """
        for case in self.cases():
            if case.id == case_id:
                return case
        raise UsageError(f"there is no case {case_id!r}", hint="averment incident list")

    def open(self, opening: Opening, *, subject: str) -> Case:
        """Open an incident: evidence is frozen, and the system is held as it is.

        Raises:
            UsageError: The reason is no code, a time is none or lies ahead, or there is no such answer.
        """
        case = self._open(opening, kind="incident", subject=subject)
        self._keep_system(case)
        return self.find(case.id)

    def flag_risk(self, opening: Opening, *, purpose: str | None, subject: str) -> Case:
        """Open a case for a risk and suspend use, of one purpose or (None) of all.

        Raises:
            UsageError: As `open`.
        """
        case = self._open(opening, kind="risk", subject=subject)
        self._stops.suspend(case.id, reason=opening.reason, purpose=purpose, subject=subject)
        return self.find(case.id)

    def classify(self, case_id: str, *, code: str, has_equivalent_duty: bool, subject: str) -> Case:
        """Classify an incident, anew where need be; its clock runs from when it became known.

        Raises:
            UsageError: There is no such open incident, or no such class.
        """
        case = self._open_case(case_id)
        if case.kind != "incident":
            raise UsageError(f"{case_id} is a risk, not an incident", hint="averment incident open opens an incident")
        table = clock_table()
        kind = table.find(code)
        clock = clock_of(kind, aware_at=datetime.fromisoformat(case.aware_at), has_equivalent_duty=has_equivalent_duty)
        data: dict[str, EventValue] = {
            "class": kind.code,
            "basis": clock.basis,
            "is_reported": clock.is_reported,
            "days": clock.days,
            "deadline": None if clock.deadline is None else rfc3339(clock.deadline),
            "equivalent_duty": has_equivalent_duty,
            "verified": table.verified,
        }
        return self._grow(EventType.INCIDENT_CLASSIFIED, case, data, subject=subject)

    def notify(
        self, case_id: str, *, recipient: Recipient, outcome: Outcome, informed_at: str | None, subject: str
    ) -> Case:
        """Record that somebody was told; a deployer's order is kept. Telling the authority lets the system be changed.

        Args:
            case_id: The case.
            recipient: Who.
            outcome: Whether they could be told.
            informed_at: When; now where None.
            subject: Who records it.

        Raises:
            UsageError: There is no such open case, the order is not kept, or the time lies ahead.
        """
        case = self._open_case(case_id)
        moment = self._past(informed_at, what="time")
        check_order(case, recipient, informed_at=moment)
        data: dict[str, EventValue] = {"recipient": recipient, "outcome": outcome, "informed_at": moment}
        return self._grow(EventType.NOTIFICATION_SENT, case, data, subject=subject)

    def report(self, case_id: str, *, kind: ReportKind, facts: Mapping[str, str], subject: str) -> IncidentReport:
        """Make out a report; the log holds it before it is returned.

        Raises:
            UsageError: There is no such open case, it is not classified, or facts are unknown or missing.
        """
        case = self._open_case(case_id)
        made = incident_report(case, kind=kind, facts=facts, now=rfc3339(self._clock.now()), table=clock_table())
        initial = [report.entry for report in case.reports if report.kind == "initial"]
        self._record.append(
            AuditEvent(
                type=EventType.INCIDENT_REPORTED,
                subject=subject,
                parents=(case.entry, *(initial[-1:] if kind == "complete" else ())),
                data={"case": case.id, "kind": kind, "is_late": made.is_late, "missing": len(made.missing)},
                payloads=(Payload(name="report", content=canonical_json(made.document)),),
            )
        )
        return made

    def close(self, case_id: str, *, reason: str, subject: str) -> Case:
        """Close a case; an incident that is reported only after its complete report and with the authority informed.

        Raises:
            UsageError: There is no such open case, or something is outstanding.
        """
        case = self._open_case(case_id)
        outstanding = _outstanding(case)
        if outstanding:
            raise UsageError(f"{case_id} cannot be closed: {outstanding}", hint=f"averment incident show {case_id}")
        data: dict[str, EventValue] = {"reason": checked_code(reason, what="reason")}
        return self._grow(EventType.INCIDENT_CLOSED, case, data, subject=subject)

    def _open(self, opening: Opening, *, kind: Kind, subject: str) -> Case:
        first = self._first_entry(opening.answers)
        identity = uuid7(unix_ms=unix_ms(self._clock.now()))
        entry = self._record.append(
            AuditEvent(
                type=EventType.INCIDENT_OPENED,
                subject=subject,
                data={
                    "case": identity,
                    "kind": kind,
                    "role": opening.role,
                    "aware_at": self._past(opening.aware_at, what="time"),
                    "reason": checked_code(opening.reason, what="reason"),
                    "system": opening.system,
                    "answers": list(opening.answers),
                },
                payloads=(Payload(name="description", content=opening.description.encode("utf-8")),),
            )
        )
        self._holds.hold(identity, first=first, until=entry + 1, subject=subject)
        return self.find(identity)

    def _first_entry(self, answers: Sequence[str]) -> int:
        """Return the first entry of the answers of a case, 0 where it names none: then everything is kept."""
        if len(answers) > MAX_ANSWERS:
            raise UsageError(f"a case names at most {MAX_ANSWERS} answers, not {len(answers)}")
        entries: list[int] = []
        for answer in answers:
            found = self._record.leaves((EventType.ANALYSIS_STARTED,), answer_id=checked_code(answer, what="answer"))
            if not found:
                raise UsageError(f"there is no answer {answer!r} in the log")
            entries += [int(str(leaf["seq"])) for leaf in found]
        return min(entries, default=0)

    def _grow(self, kind: EventType, case: Case, data: Mapping[str, EventValue], *, subject: str) -> Case:
        self._record.append(
            AuditEvent(type=kind, subject=subject, parents=(case.entry,), data={"case": case.id, **data})
        )
        grown = self.find(case.id)
        self._keep_system(grown)
        return grown

    def _keep_system(self, case: Case) -> None:
        if case.is_change_blocked:
            self._state.hold(HeldSystem(case=case.id, digest=case.system))
        else:
            self._state.release(case.id)

    def _open_case(self, case_id: str) -> Case:
        case = self.find(case_id)
        if case.closed_at is not None:
            raise UsageError(f"{case_id} was closed at {case.closed_at}")
        return case

    def _past(self, given: str | None, *, what: str) -> str:
        now = rfc3339(self._clock.now())
        moment = now if given is None else instant(given)
        if moment > now:
            raise UsageError(f"the {what} {given!r} lies ahead of now, {now}")
        return moment


def _outstanding(case: Case) -> str | None:
    if case.kind == "risk":
        return None
    if case.classification is None:
        return "it is not classified"
    if not case.classification.is_reported:
        return None
    if not case.is_authority_informed:
        return "that the authority is informed is not recorded"
    if not any(report.kind == "complete" for report in case.reports):
        return "there is no complete report"
    return None
