"""An office for the tests of oversight: a log, a desk, answers that somebody asked for, people who review."""

import json
from dataclasses import dataclass, replace
from pathlib import Path

from averment.compliance.answer_record import answer_record
from averment.compliance.oversight.desk import ReviewDesk
from averment.compliance.oversight.record import OversightRecord
from averment.compliance.recorder import EvidenceRecorder, open_evidence
from averment.core.access import Principal
from averment.core.answers import Answer
from averment.core.audit import AuditEvent, EventType, Payload
from averment.core.jsonable import to_json
from averment.core.oversight import REVIEWER
from averment.core.record_settings import LogSettings, OversightSettings
from averment.core.testing.backend import an_answer
from averment.core.testing.clock import FixedClock
from tests.compliance.evidence import DIGEST, ORIGIN

PURPOSE = "review"


def reviewer(name: str, *, groups: tuple[str, ...] = ("everyone",)) -> Principal:
    """Return somebody who may review."""
    return Principal(subject=name, groups=groups, roles=(REVIEWER,))


@dataclass
class Office:
    """A log with its clock."""

    recorder: EvidenceRecorder
    clock: FixedClock
    record: OversightRecord

    def desk(self, **settings: object) -> ReviewDesk:
        """Return a desk with some settings."""
        return ReviewDesk(self.record, settings=OversightSettings.model_validate(settings), clock=self.clock)

    def answer(self, identity: str, *, subject: str = "anna", groups: tuple[str, ...] = ("everyone",)) -> Answer:
        """Log that a question was asked and answered, and return the answer with the index of its last entry."""
        request = json.dumps({"groups": groups, "tenant": "default"}).encode()
        started = self.recorder.append(
            AuditEvent(
                type=EventType.ANALYSIS_STARTED,
                subject=subject,
                purpose=PURPOSE,
                data={
                    "answer_id": identity,
                    "mode": "trial",
                    "channel": "cli",
                    "pipeline_hash": DIGEST,
                    "groups": list(groups),
                },
                payloads=(
                    Payload(name="question", content=b"What is the term?"),
                    Payload(name="request", content=request),
                ),
            )
        )
        answer = replace(an_answer(identity), receipt=None, purpose=PURPOSE)
        index = self.recorder.append(
            AuditEvent(
                type=EventType.ANALYSIS_COMPLETED,
                subject=subject,
                purpose=PURPOSE,
                parents=(started,),
                data=answer_record(answer),
                payloads=(Payload(name="answer", content=json.dumps(to_json(answer)).encode()),),
            )
        )
        return replace(answer, receipt=self.recorder.receipt(index))

    def ask(self, desk: ReviewDesk, identity: str, *, subject: str = "anna") -> Answer:
        """Have somebody ask, and the desk decide whether the answer is reviewed."""
        answer = self.answer(identity, subject=subject)
        desk.open_for(answer, subject=subject)
        return answer

    def data(self, kind: EventType) -> list[dict[str, object]]:
        """Return the data of the entries of a type."""
        self.recorder.seal()
        return [dict(leaf["data"]) for leaf in self.record.leaves((kind,)) if isinstance(leaf["data"], dict)]


def open_office(folder: Path) -> Office:
    """Open an office in a folder; whoever opens it closes its recorder."""
    clock = FixedClock()
    recorder = open_evidence(
        folder / "evidence",
        folder / "keys",
        clock=clock,
        origin=ORIGIN,
        settings=LogSettings(seal_interval_ms=1),
        must_exist=False,
    )
    record = OversightRecord(folder / "evidence", folder / "keys", audit=recorder)
    return Office(recorder=recorder, clock=clock, record=record)
