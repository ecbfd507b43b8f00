"""Yearly shards: one tree, an origin a year, a first entry that links the year before, and nothing lost in between."""

import contextlib
import json
import shutil
import threading
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

import pytest

from averment.compliance import audit, averment_verify
from averment.compliance.bundle import history_note
from averment.compliance.index import EntryFilter
from averment.compliance.keys import load_keys
from averment.compliance.log.checkpoint import Checkpoint
from averment.compliance.log.reader import LogReader
from averment.compliance.log.submission import Submission
from averment.compliance.log.writer import TransparencyLog
from averment.compliance.recorder import POLICY_FILE, EvidenceRecorder, open_evidence
from averment.compliance.rotation import (
    log_keys,
    record_replacement,
    replace_lost_log_key,
    revoke_log_key,
    rotate_log_key,
)
from averment.compliance.witness import Witness, create_witness
from averment.core.audit import AuditEvent, EventType, EventValue
from averment.core.errors import AuditWriteFailed
from averment.core.record_settings import LogSettings
from averment.core.testing.clock import FixedClock
from tests.compliance.evidence import ORIGIN, document_event, entries_of, question_event

NEW_YEARS_EVE = datetime(2026, 12, 31, 23, 59, tzinfo=UTC)
YEAR_S = 366 * 86_400.0
DAY_S = 86_400.0


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock(NEW_YEARS_EVE)


def opened(house: Path, clock: FixedClock, *, yearly_shards: bool = True) -> EvidenceRecorder:
    return open_evidence(
        house / "evidence",
        house / "keys",
        clock=clock,
        origin=ORIGIN,
        settings=LogSettings(seal_interval_ms=10, yearly_shards=yearly_shards),
        must_exist=False,
    )


def three_years(house: Path, clock: FixedClock) -> None:
    """Make a log of entries of three years, the service running over one turn of the year and stopped over the next."""
    with opened(house, clock) as recorder:
        recorder.append_many([document_event(number) for number in range(300)])
        clock.advance(DAY_S)
        recorder.append_many([document_event(number) for number in range(300)])
        recorder.append(question_event())
    clock.advance(YEAR_S)
    with opened(house, clock) as recorder:
        recorder.append(document_event())


def origins(house: Path) -> list[tuple[str, int]]:
    return [(kept.origin, kept.size) for _, _, kept in LogReader(house / "evidence" / "log").history()]


def kept_checkpoint(house: Path, size: int) -> Checkpoint:
    return Checkpoint.parse(history_note(house / "evidence", size).text, name=str(size))


def verified_by_both(house: Path, *more: str) -> None:
    evidence = house / "evidence"
    report = audit.verify_log(evidence, audit.own_policy(evidence), keys=load_keys(house / "keys"))
    assert report.failures == ()
    assert averment_verify.main([str(evidence), "--policy", str(evidence / POLICY_FILE), *more]) == 0


def test_each_year_has_an_origin_and_begins_with_the_last_checkpoint_of_the_year_before(
    tmp_path: Path, clock: FixedClock
) -> None:
    three_years(tmp_path, clock)
    entries = entries_of(tmp_path / "evidence" / "log")
    links = [(index, entry["data"]) for index, entry in enumerate(entries) if entry["type"] == "log.continued"]
    kept = origins(tmp_path)
    assert [origin for origin, _ in kept] == sorted(origin for origin, _ in kept)
    for (index, data), year in zip(links, (2027, 2028), strict=True):
        before = kept_checkpoint(tmp_path, index)
        assert data == {"year": year, "size": index, "root": f"sha256:{before.root.hex()}"}
        assert before.origin == (ORIGIN if year == 2027 else f"{ORIGIN}/2027")
        assert {str(entry["time"])[:4] for entry in entries[:index]} <= {str(y) for y in range(2026, year)}
    assert kept[-1] == (f"{ORIGIN}/2028", len(entries))
    verified_by_both(tmp_path)


def test_everything_works_over_all_shards(tmp_path: Path, clock: FixedClock) -> None:
    three_years(tmp_path, clock)
    evidence = tmp_path / "evidence"
    assert len(list(audit.show(evidence, EntryFilter(types=("ingest.document.parsed",))))) == 601
    with opened(tmp_path, clock) as recorder:
        for index in (5, 310, recorder.size - 1):
            receipt = recorder.receipt(index)
            assert receipt.origin == f"{ORIGIN}/2028"
            (tmp_path / "receipt.json").write_text(json.dumps(asdict(receipt)))
            arguments = [str(tmp_path / "receipt.json"), "--policy", str(evidence / POLICY_FILE)]
            assert averment_verify.main(arguments) == 0
        for query in (None, EntryFilter(limit=3)):
            request = audit.ExportRequest(kind="bundle", query=query, subject="officer")
            bundle = audit.export(recorder, request, out=tmp_path / "bundle.zip")
            for escrow in sorted((evidence / "log/checkpoints").iterdir()):
                arguments = [str(bundle), "--policy", str(evidence / POLICY_FILE), "--checkpoint", str(escrow)]
                assert averment_verify.main(arguments) == 0
    for escrow in sorted((evidence / "log/checkpoints").iterdir()):
        verified_by_both(tmp_path, "--checkpoint", str(escrow))


def test_keys_are_changed_in_any_shard_and_old_shards_go_on_verifying(tmp_path: Path, clock: FixedClock) -> None:
    three_years(tmp_path, clock)
    first = log_keys(tmp_path / "evidence")[0].id
    with opened(tmp_path, clock) as recorder:
        rotate_log_key(recorder, tmp_path / "keys", subject="officer")
        recorder.append(document_event())
        verified_by_both(tmp_path)
        revoke_log_key(recorder, tmp_path / "keys", key_id=first, subject="officer")
    verified_by_both(tmp_path)
    (tmp_path / "keys/log.skey").unlink()
    change = replace_lost_log_key(tmp_path / "evidence", tmp_path / "keys")
    clock.advance(YEAR_S)
    with opened(tmp_path, clock) as recorder:
        record_replacement(recorder, change, subject="officer")
        recorder.append(document_event())
    assert origins(tmp_path)[-1][0] == f"{ORIGIN}/2029"
    verified_by_both(tmp_path)


def test_a_log_that_was_never_sharded_is_taken_on(tmp_path: Path, clock: FixedClock) -> None:
    with opened(tmp_path, clock, yearly_shards=False) as recorder:
        recorder.append(document_event())
        clock.advance(DAY_S)
        recorder.append(document_event())
    with opened(tmp_path, clock) as recorder:
        recorder.append(document_event())
        clock.advance(YEAR_S)
        recorder.append(document_event())
    assert [origin for origin, _ in origins(tmp_path)][-1] == f"{ORIGIN}/2028"
    with opened(tmp_path, clock, yearly_shards=False) as recorder:
        clock.advance(YEAR_S)
        recorder.append(document_event())
    assert [origin for origin, _ in origins(tmp_path)][-1] == f"{ORIGIN}/2028"
    verified_by_both(tmp_path)


def test_many_threads_over_the_turn_of_the_year(tmp_path: Path, clock: FixedClock) -> None:
    with opened(tmp_path, clock) as recorder:
        start = threading.Barrier(9)
        places: list[int] = []

        def work() -> None:
            start.wait()
            places.extend([recorder.append(document_event(number)) for number in range(20)])

        threads = [threading.Thread(target=work) for _ in range(8)]
        for thread in threads:
            thread.start()
        start.wait()
        clock.advance(DAY_S)
        for thread in threads:
            thread.join()
        recorder.append(document_event())
    entries = entries_of(tmp_path / "evidence/log")
    years = [str(entry["time"])[:4] for entry in entries]
    assert len(set(places)) == 160
    assert years == sorted(years)
    assert entries[years.index("2027")]["type"] == "log.continued"
    assert [entry["type"] for entry in entries].count("log.continued") == 1
    verified_by_both(tmp_path)


@pytest.mark.parametrize("step", ["continue_as", "append_many", "seal"])
def test_a_turn_that_fails_is_made_up_for(
    tmp_path: Path, clock: FixedClock, step: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The process dies before, between and after the steps of the turn; what it left is opened again."""
    recorder = opened(tmp_path, clock)
    recorder.append(document_event())
    clock.advance(DAY_S)
    own = getattr(TransparencyLog, step)

    def dying(log: TransparencyLog, *arguments: object, **named: object) -> object:
        if log.origin != ORIGIN or step == "continue_as":
            raise AuditWriteFailed("the process dies here")
        return own(log, *arguments, **named)

    with monkeypatch.context() as patched:
        patched.setattr(TransparencyLog, step, dying)
        with pytest.raises(AuditWriteFailed, match="dies here"):
            recorder.append(document_event(1))
        with contextlib.suppress(AuditWriteFailed):
            recorder.close()
    with opened(tmp_path, clock) as again:
        again.append(document_event(2))
    entries = entries_of(tmp_path / "evidence/log")
    years = [str(entry["time"])[:4] for entry in entries]
    assert entries[years.index("2027")]["type"] == "log.continued"
    assert [entry["type"] for entry in entries].count("log.continued") == 1
    verified_by_both(tmp_path)


def test_a_link_to_another_past_is_found_by_both_verifiers(tmp_path: Path, clock: FixedClock) -> None:
    with opened(tmp_path, clock) as recorder:
        data: dict[str, EventValue] = {"year": 2026, "size": recorder.size, "root": "sha256:" + "0" * 64}
        recorder.append(AuditEvent(type=EventType.LOG_CONTINUED, subject="system", data=data))
    evidence = tmp_path / "evidence"
    failures = audit.verify_log(evidence, audit.own_policy(evidence)).failures
    assert "begins a shard behind another checkpoint" in failures[0].reason
    assert averment_verify.main([str(evidence), "--policy", str(evidence / POLICY_FILE)]) == 4


def test_a_witness_holds_the_years_of_a_log_together(tmp_path: Path, clock: FixedClock) -> None:
    house, fork = tmp_path / "house", tmp_path / "fork"
    with opened(house, clock) as recorder:
        recorder.append(document_event())
        vkey = recorder.vkey
    shutil.copytree(house, fork)
    create_witness(tmp_path / "witness", name="second.example/w", policy=vkey)
    witness = Witness(tmp_path / "witness", clock=clock)
    with opened(house, clock) as recorder:
        recorder.append(document_event())
        seen = recorder.seal()
        assert witness.add_checkpoint(Submission(old_size=0, proof=(), note=seen.note).encode()).status == 200
    clock.advance(DAY_S)
    for folder, status in ((fork, 422), (house, 200)):
        with opened(folder, clock) as recorder:
            recorder.append_many([document_event(number) for number in range(9)])
            sealed = recorder.seal()
            proof = LogReader(folder / "evidence/log").consistency(seen.checkpoint.size, sealed.checkpoint.size)
            body = Submission(old_size=seen.checkpoint.size, proof=tuple(proof), note=sealed.note).encode()
            assert sealed.checkpoint.origin == f"{ORIGIN}/2027"
            assert witness.add_checkpoint(body).status == status
