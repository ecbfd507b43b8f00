"""What the check of a log's files finds, and where it says it is. `test_tampering` covers every kind of change."""

from pathlib import Path

import pytest

from averment.compliance.log.checkpoint import Checkpoint
from averment.compliance.log.note import Note, SignerKey
from averment.compliance.log.policy import Freshness, TrustPolicy
from averment.compliance.log.verification import LogFindings, verify_files
from averment.compliance.log.wal import WalWriter, encode_record
from tests.compliance.evidence import filled_log, leaf

NOW = Freshness(now_s=0.0)


def check(folder: Path, key: SignerKey, escrow: Path | None = None) -> LogFindings:
    kept = Checkpoint.parse(Note.parse(escrow.read_bytes(), name="e").text, name="e") if escrow else None
    policy = TrustPolicy(logs=(key.verifier,))
    return verify_files(folder, policy, check_entry=lambda _index, _entry: None, freshness=NOW, escrow=kept)


@pytest.mark.parametrize("size", [0, 1, 255, 256, 257, 700])
def test_sound_logs_of_any_size_pass(tmp_path: Path, size: int) -> None:
    key = filled_log(tmp_path, sorted({0, size // 2, size}))
    findings = check(tmp_path, key)
    assert (findings.failures, findings.size, findings.origin) == ((), size, key.name)


def test_entries_that_wait_to_be_signed_are_counted_and_checked(tmp_path: Path) -> None:
    key = filled_log(tmp_path, [5])
    wal = WalWriter(tmp_path / "wal", next_index=5, segment_bytes=1 << 14)
    wal.append([encode_record(5, leaf(5)), encode_record(6, leaf(6))], first_index=5)
    wal.close()
    assert check(tmp_path, key).unsealed_entries == 2
    policy = TrustPolicy(logs=(key.verifier,))
    findings = verify_files(tmp_path, policy, check_entry=lambda index, _: "bad" if index == 6 else None, freshness=NOW)
    assert [failure.reason for failure in findings.failures] == ["entry 6: bad"]


def test_a_segment_with_a_wrong_beginning_is_named(tmp_path: Path) -> None:
    key = filled_log(tmp_path, [5])
    WalWriter(tmp_path / "wal", next_index=5, segment_bytes=1 << 14).close()
    (segment, *_) = sorted((tmp_path / "wal").glob("*.seg"))
    segment.write_bytes(b"?" + segment.read_bytes()[1:])
    (failure,) = check(tmp_path, key).failures
    assert (failure.place, "not a segment" in failure.reason) == (f"wal/{segment.name}", True)


def test_a_fork_is_found_by_a_checkpoint_that_left_the_house(tmp_path: Path) -> None:
    key = filled_log(tmp_path / "one", [4, 8])
    (tmp_path / "escrow").write_bytes((tmp_path / "one/log/checkpoints/8").read_bytes())
    assert check(tmp_path / "one", key, tmp_path / "escrow").failures == ()
    from averment.compliance.log.writer import TransparencyLog
    from tests.compliance.evidence import new_log

    log: TransparencyLog
    log, _ = new_log(tmp_path / "other", key)
    log.append_many([lambda index: leaf(index, "-rewritten")] * 9)
    log.close()
    assert check(tmp_path / "other", key).failures == ()
    found = check(tmp_path / "other", key, tmp_path / "escrow").failures
    assert [(failure.place) for failure in found] == ["escrowed checkpoint"]


def test_the_list_of_failures_ends_somewhere(tmp_path: Path) -> None:
    key = filled_log(tmp_path, [300])
    policy = TrustPolicy(logs=(key.verifier,))
    findings = verify_files(tmp_path, policy, check_entry=lambda _index, _entry: "bad", freshness=NOW)
    assert len(findings.failures) == 20
