"""Sums from the log: each entry once, by day and purpose, without anybody's name or words."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import cast

import pytest

from averment.compliance.recorder import EvidenceRecorder, init_evidence, open_evidence
from averment.core.audit import AuditEvent, EventType, EventValue
from averment.core.jsonable import to_json
from averment.core.testing.clock import FixedClock
from averment.service.operations.ledger import MOST_DAYS, Ledger
from tests.compliance.samples import DATA

DAY_S = 86_400


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock(datetime(2026, 3, 9, 12, tzinfo=UTC))


@pytest.fixture
def evidence(tmp_path: Path, clock: FixedClock) -> Iterator[EvidenceRecorder]:
    folders = tmp_path / "evidence", tmp_path / "keys"
    init_evidence(*folders, origin="averment.test/log", clock=clock)
    with open_evidence(*folders, clock=clock) as opened:
        yield opened


def write(
    evidence: EvidenceRecorder, kind: EventType, *, purpose: str = "review", answer: str = "a-1", **more: object
) -> None:
    """Write an entry like the sample of its kind."""
    data = {**DATA[kind], **({"answer_id": answer} if "answer_id" in DATA[kind] else {}), **more}
    given = cast("dict[str, EventValue]", data)
    evidence.append(AuditEvent(type=kind, subject="ada", purpose=purpose, data=given))
    evidence.seal()


def test_what_was_spent_is_summed_by_day_and_purpose(evidence: EvidenceRecorder, clock: FixedClock) -> None:
    ledger = Ledger(evidence.evidence_dir)
    write(evidence, EventType.ANALYSIS_COMPLETED)
    write(evidence, EventType.ANALYSIS_COMPLETED, status="abstained")
    write(evidence, EventType.ANALYSIS_FAILED, answer="a-2")
    write(evidence, EventType.SEARCH_EXECUTED, purpose="trial")
    clock.advance(DAY_S)
    write(evidence, EventType.ANALYSIS_COMPLETED)
    ledger.update(today=clock.now().date())
    newest, trial, review = sorted(ledger.spent(since=date(2026, 3, 9)), key=lambda one: (one.day, one.purpose))[::-1]
    assert (newest.day, newest.analyses, newest.prompt_tokens, newest.model_s) == ("2026-03-10", 1, 900, 0.9)
    assert (trial.purpose, trial.searches, trial.analyses) == ("trial", 1, 0)
    assert (review.analyses, review.answered, review.failed, review.completion_tokens) == (2, 1, 1, 80)
    assert review.duration_s == pytest.approx(2.22)
    assert [one.day for one in ledger.spent(since=date(2026, 3, 10))] == ["2026-03-10"]


def test_an_entry_is_counted_once_however_often_one_looks(evidence: EvidenceRecorder, clock: FixedClock) -> None:
    ledger, today = Ledger(evidence.evidence_dir), clock.now().date()
    write(evidence, EventType.ANALYSIS_COMPLETED)
    for _ in range(3):
        ledger.update(today=today)
    write(evidence, EventType.ANALYSIS_COMPLETED)
    ledger.update(today=today)
    (spent,) = ledger.spent(since=today)
    assert spent.analyses == 2
    assert len(ledger.ended()) == 2


def test_tokens_of_the_second_model_are_counted_apart(evidence: EvidenceRecorder, clock: FixedClock) -> None:
    second = {
        "reason": "abstained", "outcome": "used", "code": None, "model": "big", "revision": None, "external": False,
        "model_calls": 1, "prompt_tokens": 100, "completion_tokens": 11,
    }  # fmt: skip
    write(evidence, EventType.ANALYSIS_COMPLETED, escalation=second)
    ledger = Ledger(evidence.evidence_dir)
    ledger.update(today=clock.now().date())
    (spent,) = ledger.spent(since=clock.now().date())
    assert (spent.prompt_tokens, spent.escalated_tokens) == (900, 111)


def test_the_latest_work_is_told_newest_first_without_who_asked(evidence: EvidenceRecorder, clock: FixedClock) -> None:
    write(evidence, EventType.ANALYSIS_STARTED, channel="chat")
    write(evidence, EventType.ANALYSIS_COMPLETED)
    write(evidence, EventType.ANALYSIS_FAILED, answer="a-2")
    write(evidence, EventType.INGEST_COMPLETED, status="partial")
    ledger = Ledger(evidence.evidence_dir)
    ledger.update(today=clock.now().date())
    failed, answered = ledger.ended()
    assert (failed.id, failed.status, failed.code, failed.channel, failed.duration_s) == (
        "a-2", "failed", "MDL002", None, 0.02,
    )  # fmt: skip
    assert (answered.id, answered.status, answered.channel, answered.duration_s) == ("a-1", "answered", "chat", 1.1)
    (run,) = ledger.ingested()
    assert run.status == "partial"
    assert set(run.counts) == {"added", "changed", "unchanged", "removed", "quarantined", "failed"}
    actor = evidence.people.actor("ada")
    assert not {"ada", actor} & set(str(to_json((*ledger.ended(), *ledger.ingested()))).split("'"))


def test_days_that_are_too_long_ago_are_forgotten(evidence: EvidenceRecorder, clock: FixedClock) -> None:
    ledger, today = Ledger(evidence.evidence_dir), clock.now().date()
    write(evidence, EventType.ANALYSIS_COMPLETED)
    ledger.update(today=today + timedelta(days=MOST_DAYS - 1))
    assert len(ledger.spent(since=today)) == 1
    ledger.update(today=today + timedelta(days=MOST_DAYS))
    assert ledger.spent(since=today) == ()
