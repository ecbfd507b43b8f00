"""The log is accepted by code that is not ours: Go's golang.org/x/mod/sumdb, as Debian ships it."""

import os
import random
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from types import ModuleType

import pytest

from averment.compliance.recorder import open_evidence
from averment.compliance.rotation import rotate_log_key
from averment.core.record_settings import LogSettings
from averment.core.testing.clock import FixedClock
from tests.compliance.evidence import ORIGIN, document_event, filled_log

FLIPS = 400 if os.environ.get("AVERMENT_TEST_LONG") else 25


def judge(checker: Path, folder: Path, vkey: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([str(checker), str(folder / "log"), vkey], capture_output=True, text=True, check=False)


@pytest.mark.slow
@pytest.mark.parametrize("sizes", [[0], [1], [256], [3, 255, 256, 1_000, 3_000]])
def test_our_logs_are_accepted(checker: Path, tmp_path: Path, sizes: list[int]) -> None:
    key = filled_log(tmp_path, sizes)
    done = judge(checker, tmp_path, key.verifier.vkey)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith(f"accepted: {sizes[-1]} entries")


@pytest.mark.slow
@pytest.mark.long
def test_a_flipped_byte_of_any_file_is_rejected(checker: Path, tmp_path: Path) -> None:
    key = filled_log(tmp_path, [3, 255, 300, 700])
    seed = int(os.environ.get("AVERMENT_TEST_SEED") or random.randrange(1 << 30))
    chance = random.Random(seed)
    files = [path for path in sorted((tmp_path / "log").rglob("*")) if path.is_file()]
    for path in [tmp_path / "log/checkpoint", *(chance.choice(files) for _ in range(4 * FLIPS))]:
        content = path.read_bytes()
        place = chance.randrange(len(content))
        path.write_bytes(content[:place] + bytes([content[place] ^ (1 << chance.randrange(8))]) + content[place + 1 :])
        assert judge(checker, tmp_path, key.verifier.vkey).returncode == 1, (seed, path, place)
        path.write_bytes(content)
    assert judge(checker, tmp_path, key.verifier.vkey).returncode == 0


@pytest.mark.slow
def test_a_dropped_and_two_swapped_entries_and_another_key_are_rejected(checker: Path, tmp_path: Path) -> None:
    from averment.compliance.log.layout import decode_bundle, encode_bundle

    key = filled_log(tmp_path, [300])
    other = filled_log(tmp_path / "other", [1])
    assert judge(checker, tmp_path, other.verifier.vkey).returncode == 1
    path = tmp_path / "log/tile/entries/001.p/44"
    content = path.read_bytes()
    entries = decode_bundle(content, name="x")
    for changed in (entries[:-1], [entries[1], entries[0], *entries[2:]]):
        path.write_bytes(encode_bundle(changed))
        assert judge(checker, tmp_path, key.verifier.vkey).returncode == 1
    path.write_bytes(content)
    assert judge(checker, tmp_path, key.verifier.vkey).returncode == 0


@pytest.mark.slow
def test_the_script_accepts_a_log_rejects_a_changed_one_and_skips_without_go(
    checker: Path, go_script: ModuleType, tmp_path: Path
) -> None:
    key = filled_log(tmp_path, [3, 40])
    (tmp_path / "policy.tlog-policy").write_text(f"log {key.verifier.vkey}\nquorum none\n", encoding="utf-8")
    command = [sys.executable, go_script.__file__ or "", str(tmp_path), "--seed", "7"]
    before = {path: path.read_bytes() for path in (tmp_path / "log").rglob("*") if path.is_file()}
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "accepted: 40 entries" in done.stdout
    assert f"any of its {len(before)} files" in done.stdout
    assert {path: path.read_bytes() for path in before} == before
    without = subprocess.run(command, env={"PATH": str(tmp_path)}, capture_output=True, text=True, check=False)
    assert (without.returncode, "SKIPPED" in without.stderr) == (77, True)
    last = tmp_path / "log/tile/entries/000.p/40"
    last.write_bytes(last.read_bytes()[:-1] + b"?")
    assert subprocess.run(command, capture_output=True, check=False).returncode == 1


@pytest.mark.slow
def test_the_script_reads_a_log_of_several_years_and_keys(checker: Path, go_script: ModuleType, tmp_path: Path) -> None:
    clock, keys = FixedClock(datetime(2026, 12, 31, 23, tzinfo=UTC)), tmp_path / "keys"
    evidence = tmp_path / "evidence"
    with open_evidence(
        evidence, keys, clock=clock, origin=ORIGIN, settings=LogSettings(), must_exist=False
    ) as recorder:
        recorder.append_many([document_event(number) for number in range(20)])
        clock.advance(86_400)
        recorder.append_many([document_event(number) for number in range(20)])
        rotate_log_key(recorder, keys, subject="anna")
        clock.advance(366 * 86_400)
        recorder.append_many([document_event(number) for number in range(20)])
    command = [sys.executable, go_script.__file__ or "", str(evidence), "--seed", "7"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr + done.stdout
    names = {key.partition("+")[0] for key in go_script.log_signers(evidence)}
    assert names == {ORIGIN, f"{ORIGIN}/2027", f"{ORIGIN}/2028"}
    checkpoint = evidence / "log/checkpoint"
    signed_elsewhere = checkpoint.read_text(encoding="utf-8").replace(f"{ORIGIN}/2028", "somewhere.else/2028")
    checkpoint.write_text(signed_elsewhere, encoding="utf-8")
    assert subprocess.run(command, capture_output=True, check=False).returncode == 1
