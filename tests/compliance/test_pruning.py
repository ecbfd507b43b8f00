"""Pruning: what is past its time goes, what is held stays, and every proof that can still be asked for holds."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from averment.compliance import audit, averment_verify
from averment.compliance.audit import ExportRequest
from averment.compliance.holding import HoldRequest, place_hold, release_hold
from averment.compliance.index import INDEX_FILE, EntryFilter
from averment.compliance.log.proof import TlogProof
from averment.compliance.pruning import PruneReport, months_before, prune
from averment.compliance.recorder import POLICY_FILE, EvidenceRecorder, open_evidence
from averment.compliance.retention import Retention
from averment.core.audit import AuditEvent, EventType
from averment.core.errors import StoreError, UsageError
from averment.core.record_settings import LogSettings, RetentionSettings
from averment.core.testing.clock import FixedClock
from tests.compliance.evidence import ORIGIN, question_event

START = datetime(2026, 1, 15, tzinfo=UTC)
RETENTION = Retention(settings=RetentionSettings(log_months=12))


class World:
    """A log of 600 entries of January 2026, one with a text, and a clock that can be put forward."""

    def __init__(self, root: Path):
        self.clock = FixedClock(START)
        self.recorder: EvidenceRecorder = open_evidence(
            root / "evidence",
            root / "keys",
            clock=self.clock,
            origin=ORIGIN,
            settings=LogSettings(seal_interval_ms=10),
            must_exist=False,
        )
        self.asked = self.recorder.append(question_event("an old question"))
        error = AuditEvent(type=EventType.ERROR, subject="system", data={"code": "A", "stage": "b", "retryable": False})
        self.recorder.append_many([error] * (600 - self.recorder.size))
        self.recorder.seal(keep=True)

    @property
    def evidence(self) -> Path:
        return self.recorder.evidence_dir

    def later(self, days: int) -> None:
        self.clock.advance(timedelta(days=days).total_seconds())

    def prune(self, *, dry_run: bool = False, retention: Retention = RETENTION) -> PruneReport:
        return prune(self.recorder, retention=retention, clock=self.clock, subject="officer", dry_run=dry_run)

    def hold(self, target: str, reference: str, **more: object) -> str:
        made = {"target": target, "reference": reference, "ground": "gdpr-17-3-e", "subject": "counsel", **more}
        request = HoldRequest(**made)  # type: ignore[arg-type]  # the tests name fields of their own
        return place_hold(self.recorder, request, clock=self.clock, retention=RETENTION).id

    def bundles(self) -> list[str]:
        return sorted(path.name for path in (self.evidence / "log" / "tile" / "entries").iterdir())


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    made = World(tmp_path)
    yield made
    made.recorder.close()


def check(world: World) -> None:
    """Have both verifiers look at the whole log."""
    world.recorder.seal()
    report = audit.verify_log(world.evidence, audit.own_policy(world.evidence))
    assert report.failures == ()
    assert averment_verify.main([str(world.evidence), "--policy", str(world.evidence / POLICY_FILE)]) == 0


def test_nothing_goes_before_its_time(world: World) -> None:
    world.later(364)
    assert world.prune() == PruneReport(before=0, minimum_index=0, n_payloads=0, held=0)
    assert world.recorder.size == 600
    assert world.recorder.read_payload(world.asked, "question") == b"an old question"


def test_entries_go_in_bundles_and_texts_at_once_and_all_proofs_hold(world: World) -> None:
    old, young = world.recorder.receipt(300), world.recorder.receipt(599)
    world.later(366)
    asked = world.recorder.append(question_event("a young question"))
    assert world.prune(dry_run=True).minimum_index == 512
    assert world.bundles()[:2] == ["000", "001"]
    assert world.prune() == PruneReport(before=0, minimum_index=512, n_payloads=1, held=0)
    assert world.bundles() == ["002.p"]
    assert world.recorder.read_payload(asked, "question") == b"a young question"
    check(world)
    for receipt in (old, young, world.recorder.receipt(599)):
        proof = TlogProof.parse(receipt.inclusion_proof, name="receipt")
        audit.own_policy(world.evidence).open_checkpoint(proof.note.encode(), name="receipt")
    with pytest.raises(UsageError, match="entry 300 was pruned: the log's entries begin with 512"):
        world.recorder.receipt(300)
    assert world.prune().n_payloads == 0, "nothing is left to prune"


def test_the_log_says_so_before_anything_goes(world: World) -> None:
    world.later(366)
    world.prune()
    world.recorder.seal()
    (leaf,) = audit.show(world.evidence, EntryFilter(types=(EventType.RETENTION_PRUNED,)))
    assert isinstance(leaf["data"], dict)
    assert (leaf["data"]["before"], leaf["data"]["minimum_index"], leaf["data"]["months"]) == (0, 512, 12)


def test_missing_entries_that_no_entry_speaks_of_are_a_failure(world: World) -> None:
    world.recorder.close()
    (world.evidence / "log" / "tile" / "entries" / "000").unlink()
    report = audit.verify_log(world.evidence, audit.own_policy(world.evidence))
    assert "no entry of the log says" in report.failures[0].reason
    assert averment_verify.main([str(world.evidence), "--policy", str(world.evidence / POLICY_FILE)]) == 4
    (world.evidence / "log" / "tile" / "0" / "000").unlink()
    assert audit.verify_log(world.evidence, audit.own_policy(world.evidence)).failures


def test_a_hole_in_the_middle_is_a_failure_even_of_a_pruned_log(world: World) -> None:
    world.later(366)
    world.recorder.append_many([question_event()] * 300)
    world.prune()
    world.recorder.close()
    (world.evidence / "log" / "tile" / "entries" / "002").unlink()
    failures = audit.verify_log(world.evidence, audit.own_policy(world.evidence)).failures
    assert failures
    assert averment_verify.main([str(world.evidence), "--policy", str(world.evidence / POLICY_FILE)]) == 4


def test_a_pin_keeps_an_entry_and_all_after_it_and_texts_of_others_still_go(world: World) -> None:
    text = world.recorder.append(question_event("another old question", subject="ben"))
    hold = world.hold("entry", "300")
    world.later(366)
    assert world.prune() == PruneReport(before=0, minimum_index=256, n_payloads=2, held=2)
    with pytest.raises(StoreError):
        world.recorder.read_payload(text, "question")
    assert world.recorder.receipt(300).index == 300
    check(world)
    release_hold(world.recorder, hold, subject="counsel", reason="settled")
    assert world.prune().minimum_index == 512


def test_a_held_answer_keeps_its_text(world: World) -> None:
    world.hold("answer", "0198a1b2")
    world.later(366)
    report = world.prune()
    assert (report.minimum_index, report.n_payloads, report.held) == (0, 0, 2)
    assert world.recorder.read_payload(world.asked, "question") == b"an old question"


def test_a_document_pin_survives_ten_years_and_no_longer(world: World) -> None:
    world.hold("entry", "10", retention="doc-10y", since=START.date())
    world.later(3651)
    assert world.prune().minimum_index == 0
    world.later(3)
    assert world.prune().minimum_index == 512


def test_a_purpose_has_a_time_of_its_own(world: World) -> None:
    purposes = ({"purpose": "trial", "log_months": 24},)
    retention = Retention(settings=RetentionSettings.model_validate({"log_months": 6, "purposes": purposes}))
    world.later(366)
    report = world.prune(retention=retention)
    assert (report.minimum_index, report.n_payloads) == (0, 0), "the question was asked under the purpose trial"


def test_a_pruned_log_is_indexed_and_exported_from_files_alone(world: World, tmp_path: Path) -> None:
    assert len(list(audit.show(world.evidence, EntryFilter()))) == 600
    world.later(366)
    world.prune()
    world.recorder.seal()
    assert next(audit.show(world.evidence, EntryFilter()))["seq"] == 512, "the index forgets what was pruned"
    (world.evidence / INDEX_FILE).unlink()
    found = list(audit.show(world.evidence, EntryFilter()))
    assert found[0]["seq"] == 512
    request = ExportRequest(kind="bundle", query=None, subject="officer")
    out = audit.export(world.recorder, request, out=tmp_path / "log.zip")
    assert averment_verify.main([str(out), "--policy", str(world.evidence / POLICY_FILE)]) == 0


def test_a_pruned_log_is_opened_and_written_on(world: World, tmp_path: Path) -> None:
    world.later(366)
    world.prune()
    world.recorder.close()
    with open_evidence(tmp_path / "evidence", tmp_path / "keys", clock=world.clock) as again:
        again.append(question_event())
        again.seal()
    assert audit.verify_log(world.evidence, audit.own_policy(world.evidence)).is_ok


@pytest.mark.parametrize(
    ("now", "months", "then"),
    [("2026-11-23", 12, "2025-11-23"), ("2026-03-31", 1, "2026-02-28"), ("2026-01-05", 13, "2024-12-05")],
)
def test_months_are_those_of_the_calendar(now: str, months: int, then: str) -> None:
    assert months_before(datetime.fromisoformat(now), months) == datetime.fromisoformat(then)
