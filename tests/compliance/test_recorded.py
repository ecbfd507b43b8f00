"""Analyses read back from the log: whose they are, what they hold, and what was erased."""

import json
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from averment.compliance.answer_record import answer_record
from averment.compliance.recorded import RecordedAnalyses
from averment.compliance.recorder import EvidenceRecorder, open_evidence
from averment.core.audit import AuditEvent, EventType, Payload
from averment.core.clock import SystemClock
from averment.core.errors import StoreError, UsageError
from averment.core.jsonable import to_json
from averment.core.record_settings import LogSettings
from averment.core.testing.backend import an_answer
from tests.compliance.evidence import DIGEST, ORIGIN

ANSWER = "0198a1b2-aaaa"


@pytest.fixture
def recorder(tmp_path: Path) -> Iterator[EvidenceRecorder]:
    with open_evidence(
        tmp_path / "evidence",
        tmp_path / "keys",
        clock=SystemClock(),
        origin=ORIGIN,
        settings=LogSettings(seal_interval_ms=10),
        must_exist=False,
    ) as opened:
        yield opened


@pytest.fixture
def analyses(recorder: EvidenceRecorder, tmp_path: Path) -> RecordedAnalyses:
    return RecordedAnalyses(recorder.evidence_dir, tmp_path / "keys")


def record(recorder: EvidenceRecorder, *, identity: str = ANSWER, is_finished: bool = True) -> int:
    """Log an analysis of anna's and return the index of its last entry."""
    index = recorder.append(
        AuditEvent(
            type=EventType.ANALYSIS_STARTED,
            subject="anna",
            purpose="review",
            data={"answer_id": identity, "mode": "trial", "channel": "cli", "pipeline_hash": DIGEST},
            payloads=(
                Payload(name="question", content=b"What is the term?"),
                Payload(name="request", content=b'{"groups": ["legal"]}'),
            ),
        )
    )
    if is_finished:
        answer = replace(an_answer(identity), receipt=None)
        index = recorder.append(
            AuditEvent(
                type=EventType.ANALYSIS_COMPLETED,
                subject="anna",
                purpose="review",
                parents=(index,),
                data=answer_record(answer),
                payloads=(Payload(name="answer", content=json.dumps(to_json(answer)).encode()),),
            )
        )
    recorder.seal()
    return index


def test_an_analysis_comes_back_as_it_was_recorded(recorder: EvidenceRecorder, analyses: RecordedAnalyses) -> None:
    index = record(recorder)
    found = analyses.find(ANSWER, subject="anna")
    assert found.entry == index
    opened = analyses.open(found)
    assert (opened.question, opened.purpose) == ("What is the term?", "review")
    assert opened.request == {"groups": ["legal"]}
    assert opened.stack["pipeline_hash"] == DIGEST
    assert opened.answer["id"] == ANSWER
    assert opened.answer["status"] == "answered"


def test_somebody_elses_answer_is_as_unknown_as_none(recorder: EvidenceRecorder, analyses: RecordedAnalyses) -> None:
    record(recorder)
    messages = set()
    for identity, subject in ((ANSWER, "bob"), ("0198a1b2-bbbb", "anna"), ("", "anna")):
        with pytest.raises(UsageError) as raised:
            analyses.find(identity, subject=subject)
        messages.add(raised.value.message.replace(repr(identity), "ID"))
    assert messages == {"there is no answer ID in the log"}
    assert analyses.find(ANSWER).answer_id == ANSWER


def test_an_analysis_that_was_not_finished_cannot_be_read(
    recorder: EvidenceRecorder, analyses: RecordedAnalyses
) -> None:
    record(recorder, is_finished=False)
    with pytest.raises(UsageError, match="not finished"):
        analyses.find(ANSWER)


def test_an_erased_person_takes_the_texts_along(recorder: EvidenceRecorder, analyses: RecordedAnalyses) -> None:
    record(recorder)
    shutil.rmtree(recorder.evidence_dir / "keys")
    with pytest.raises(StoreError, match="destroyed"):
        analyses.open(analyses.find(ANSWER))
