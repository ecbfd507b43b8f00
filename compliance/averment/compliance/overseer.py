"""Oversight of one installation: the desks put together, and what an analysis asks of them."""

from averment.compliance.explanation import Explanation, Mask, QuestionLevel, explain
from averment.compliance.holds import HoldRegister
from averment.compliance.incidents.desk import IncidentDesk
from averment.compliance.incidents.freezing import FrozenEvidence
from averment.compliance.key_encryption import wrapping_key
from averment.compliance.monitoring.desk import MonitoringDesk
from averment.compliance.oversight.desk import ReviewDesk
from averment.compliance.oversight.queue import TYPES, reviews_of
from averment.compliance.oversight.record import OversightRecord, instant
from averment.compliance.oversight.report import REPORT_TYPES, OversightReport, oversight_report
from averment.compliance.oversight.safe_state import SafeState
from averment.compliance.oversight.stopping import StopDesk
from averment.compliance.purposes.store import PurposeStore
from averment.compliance.retention import retention_in_force
from averment.core.answers import Answer
from averment.core.audit import AuditEvent, EventType
from averment.core.clock import Clock
from averment.core.data_dir import DataDir
from averment.core.ports import AuditSink
from averment.core.settings import Settings


class Oversight:
    """The `Overseer` of an installation, and the desks that people work at.

    Args:
        data_dir: Where log, keys and the safe state are.
        audit: Takes events.
        settings: Say which answers are reviewed, and where the key-encryption key is.
        clock: Tells the time.
    """

    def __init__(
        self,
        data_dir: DataDir,
        *,
        audit: AuditSink,
        settings: Settings,
        clock: Clock,
    ):
        self._record = OversightRecord(
            data_dir.evidence, data_dir.keys, audit=audit, wrapping=wrapping_key(settings.log)
        )
        self._state = SafeState(data_dir.root)
        purposes = PurposeStore(data_dir.purposes)
        self.reviews = ReviewDesk(self._record, settings=settings.oversight, clock=clock)
        self.monitoring = MonitoringDesk(
            self._record, folder=data_dir.compliance, settings=settings.monitoring, clock=clock
        )
        self.stops = StopDesk(self._record, state=self._state, clock=clock)
        self.incidents = IncidentDesk(
            self._record,
            holds=FrozenEvidence(
                self._record,
                register=HoldRegister(data_dir.evidence),
                retention=lambda: retention_in_force(settings.retention, purposes, now=clock.now()),
            ),
            stops=self.stops,
            state=self._state,
            clock=clock,
        )

    @property
    def record(self) -> OversightRecord:
        """Return the log as oversight reads and writes it."""
        return self._record

    def refuse(self, purpose: str, *, system: str | None = None) -> None:
        """Refuse an analysis that must not begin; `system` is the digest of what would answer, if that is known.

        Raises:
            AnalysisStopped: People stopped or suspended it.
            ChangeBlocked: An open incident holds the system as it was.
        """
        self._state.refuse(purpose)
        if system is not None:
            self._state.refuse_change(system)

    def refuse_any_change(self) -> None:
        """Refuse to change the system while an open incident holds it.

        Raises:
            ChangeBlocked: One does.
        """
        self._state.refuse_any_change()

    def is_stopped(self, purpose: str) -> bool:
        """Tell whether a running analysis is to end with what it has."""
        return self._state.is_stopped(purpose)

    def open_for(self, answer: Answer, *, subject: str) -> None:
        """Put a finished answer before reviewers where the policy asks for it."""
        self.reviews.open_for(answer, subject=subject)

    def explain(
        self,
        answer_id: str,
        *,
        subject: str,
        question: QuestionLevel = "withheld",
        mask: Mask | None = None,
        until: str = "",
    ) -> Explanation:
        """Return the explanation of an answer; that it is issued is in the log before it is returned.

        Args:
            answer_id: The answer.
            subject: Who issues it.
            question: Whether the question and the answer's words are given in full, masked, or not at all.
            mask: Takes personal data out of a text; needed for `masked`.
            until: Reviews before this time count (RFC 3339 or a date); all where empty.

        Raises:
            UsageError: There is no such answer, or `masked` without what masks.
            StoreError: Its texts were erased.
        """
        found, recorded = self._record.open_found(answer_id, subject=subject, reason="explanation")
        reviews = reviews_of(self._record.leaves(TYPES, answer_id=answer_id, until=until))
        made = explain(found, recorded, reviews=reviews, question=question, mask=mask)
        self._record.append(
            AuditEvent(
                type=EventType.EXPLANATION_ISSUED,
                subject=subject,
                purpose=recorded.purpose,
                parents=(found.entry,),
                data={
                    "answer_id": answer_id,
                    "question": question,
                    "elements": len(made.elements),
                    "human": made.human,
                },
            )
        )
        return made

    def report(self, *, since: str = "", until: str = "") -> OversightReport:
        """Return the oversight report of a period: from `since` to before `until`, times or dates; empty for no limit.

        Raises:
            UsageError: A time is none.
        """
        first, last = (instant(time) if time else "" for time in (since, until))
        return oversight_report(self._record.leaves(REPORT_TYPES, until=last), since=first, until=last)
