"""The sequencer: groups, order, failures, one process at a time, and nothing lost to SIGKILL."""

import json
import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from pathlib import Path

import pytest

from averment.compliance.log.note import SignerKey
from averment.compliance.log.opening import create_log
from averment.compliance.log.options import LogOptions
from averment.compliance.log.reader import LogReader
from averment.compliance.log.writer import TransparencyLog
from averment.core.clock import SystemClock
from averment.core.errors import AuditIntegrityError, AuditWriteFailed, StoreBusy
from tests.compliance.evidence import ORIGIN, entries_of, leaf, new_log, open_log

REPO = Path(__file__).resolve().parents[3]
KILLS = 200 if os.environ.get("AVERMENT_TEST_LONG") else 20


def test_many_threads_share_syncs_and_every_entry_has_its_own_place(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    syncs = Counter[str]()
    real = os.fdatasync

    def slow(descriptor: int) -> None:
        syncs["n"] += 1
        time.sleep(0.002)
        real(descriptor)

    log, _ = new_log(tmp_path)
    monkeypatch.setattr(os, "fdatasync", slow)
    indexes: list[int] = []

    def work() -> None:
        indexes.extend(log.append(leaf) for _ in range(20))

    threads = [threading.Thread(target=work) for _ in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    log.close()
    assert sorted(indexes) == list(range(320))
    assert syncs["n"] < 320 / 4
    assert [entry["seq"] for entry in entries_of(tmp_path / "log")] == list(range(320))


def test_entries_of_one_call_stand_together(tmp_path: Path) -> None:
    log, _ = new_log(tmp_path)
    assert log.append_many([]) == []
    assert log.append_many([leaf] * 3) == [0, 1, 2]
    log.close()


def test_an_entry_is_covered_by_a_checkpoint_within_the_interval(tmp_path: Path) -> None:
    create_log(tmp_path, key := SignerKey.generate(ORIGIN))
    options = LogOptions(seal_interval_ms=50, segment_bytes=1 << 14)
    log = TransparencyLog(tmp_path, key, clock=SystemClock(), options=options)
    for _ in range(3):
        index = log.append(leaf)
        started = time.monotonic()
        assert log.wait_sealed(index).checkpoint.size > index
        assert time.monotonic() - started < 2
    log.close()


def test_what_nobody_waits_for_is_signed_a_little_later(tmp_path: Path) -> None:
    log, _ = new_log(tmp_path)
    log.append(leaf)
    deadline = time.monotonic() + 20
    while log.sealed.checkpoint.size == 0:
        assert time.monotonic() < deadline
        time.sleep(0.01)
    log.close()


def test_sealing_on_demand_does_not_wait_for_the_interval(tmp_path: Path) -> None:
    create_log(tmp_path, key := SignerKey.generate(ORIGIN))
    options = LogOptions(seal_interval_ms=3_600_000, segment_bytes=1 << 14)
    log = TransparencyLog(tmp_path, key, clock=SystemClock(), options=options)
    log.append(leaf)
    log.seal()
    log.append(leaf)
    assert log.sealed.checkpoint.size == 1
    assert log.seal(keep=True).checkpoint.size == 2
    assert (tmp_path / "log/checkpoints/2").exists()
    log.close()


def test_partial_tiles_go_when_the_full_one_is_there(tmp_path: Path) -> None:
    log, _ = new_log(tmp_path)
    log.append_many([leaf] * 200)
    log.seal()
    assert (tmp_path / "log/tile/0/000.p/200").exists()
    log.append_many([leaf] * 100)
    log.seal()
    assert not (tmp_path / "log/tile/0/000.p").exists()
    assert not (tmp_path / "log/tile/entries/000.p").exists()
    log.close()


@pytest.mark.parametrize("size", [0, 65_536])
def test_entries_of_impossible_sizes_are_refused_and_take_no_place(tmp_path: Path, size: int) -> None:
    log, _ = new_log(tmp_path)
    with pytest.raises(AuditWriteFailed, match=f"entry 0 has {size} bytes"):
        log.append(lambda _: b"x" * size)
    with pytest.raises(ZeroDivisionError):
        log.append(lambda _: bytes(1 // 0))
    assert log.append(leaf) == 0
    log.close()


def test_a_failed_write_fails_every_waiting_entry_and_the_log_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    log, _ = new_log(tmp_path)
    log.append(leaf)
    is_full = threading.Event()
    is_full.set()
    real = os.pwrite

    def write(descriptor: int, data: bytes, offset: int) -> int:
        if is_full.is_set():
            time.sleep(0.05)
            raise OSError(28, "no space left on device")
        return real(descriptor, data, offset)

    monkeypatch.setattr(os, "pwrite", write)
    outcomes: list[str] = []

    def work() -> None:
        try:
            outcomes.append(str(log.append(leaf)))
        except AuditWriteFailed as error:
            outcomes.append(error.message)

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(outcomes) == 8
    assert all("no space left" in outcome for outcome in outcomes)
    is_full.clear()
    assert log.append(leaf) == 1
    log.close()
    assert len(entries_of(tmp_path / "log")) == 2


def test_after_a_failed_sync_the_log_stops_until_it_is_opened_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    log, key = new_log(tmp_path)
    log.append(leaf)
    with monkeypatch.context() as patch:
        patch.setattr(os, "fdatasync", lambda _: (_ for _ in ()).throw(OSError(5, "input/output error")))
        with pytest.raises(AuditWriteFailed, match="input/output error"):
            log.append(leaf)
    with pytest.raises(AuditWriteFailed, match="stopped after a disk error"):
        log.append(leaf)
    log.close()
    again = open_log(tmp_path, key)
    assert again.size in (1, 2)
    again.append(leaf)
    again.close()


def test_a_checkpoint_that_cannot_be_written_withholds_receipts(tmp_path: Path) -> None:
    log, _ = new_log(tmp_path)
    log.append(leaf)
    log.seal()
    checkpoint = tmp_path / "log/checkpoint"
    checkpoint.unlink()
    checkpoint.mkdir()
    index = log.append(leaf)
    with pytest.raises(AuditWriteFailed, match="no signed checkpoint covers entry 1"):
        log.wait_sealed(index, timeout_s=0.3)
    with pytest.raises(AuditWriteFailed, match="was not written"):
        log.seal()
    checkpoint.rmdir()
    assert log.wait_sealed(index, timeout_s=5).checkpoint.size == 2
    log.close()


def test_one_writer_at_a_time(tmp_path: Path) -> None:
    log, key = new_log(tmp_path)
    with pytest.raises(StoreBusy, match="another process writes"):
        open_log(tmp_path, key)
    log.close()
    log.close()
    with pytest.raises(AuditWriteFailed, match="is closed"):
        log.append(leaf)
    open_log(tmp_path, key).close()


def test_a_log_is_never_started_over_another(tmp_path: Path) -> None:
    log, key = new_log(tmp_path)
    log.close()
    with pytest.raises(AuditIntegrityError, match="never started over"):
        create_log(tmp_path, key)


VICTIM = """
import sys, threading
from pathlib import Path
from averment.compliance.log.note import SignerKey
from tests.compliance.evidence import leaf, open_log

folder, name, key = Path(sys.argv[1]), sys.argv[2], SignerKey.parse(sys.stdin.readline().strip())
log = open_log(folder, key)
out = sys.stdout.buffer
print("ready", flush=True)

def work(thread):
    number = 0
    while True:
        token = f"-{name}-{thread}-{number}"
        index = log.append(lambda n: leaf(n, token))
        out.write(f"{index} {token}\\n".encode())
        out.flush()
        number += 1

for thread in range(3):
    threading.Thread(target=work, args=(thread,), daemon=True).start()
threading.Event().wait()
"""


@pytest.mark.slow
@pytest.mark.long
def test_sigkill_loses_nothing_acknowledged_and_doubles_nothing(tmp_path: Path) -> None:
    log, key = new_log(tmp_path / "evidence")
    log.close()
    seed = int(os.environ.get("AVERMENT_TEST_SEED") or random.randrange(1 << 30))
    moments = random.Random(seed)
    acknowledged: dict[int, str] = {}
    for run in range(KILLS):
        acknowledged |= run_and_kill(tmp_path, key, run, after_s=moments.uniform(0.0, 0.15))
    log = open_log(tmp_path / "evidence", key)
    log.close()
    leaves = entries_of(tmp_path / "evidence/log")
    assert len(acknowledged) > KILLS
    data = [entry["data"] for entry in leaves]
    reasons = [item["reason"].removeprefix("test") for item in data if isinstance(item, dict)]
    assert {index: reasons[index] for index in acknowledged} == acknowledged
    assert len(set(reasons)) == len(reasons)
    assert [entry["seq"] for entry in leaves] == list(range(len(leaves)))
    reader = LogReader(tmp_path / "evidence/log")
    assert reader.root(log.size) == reader.checkpoint().root


def run_and_kill(folder: Path, key: SignerKey, run: int, *, after_s: float) -> dict[int, str]:
    """Let a process append until it is killed; return what it acknowledged."""
    script = folder / "victim.py"
    script.write_text(VICTIM)
    acknowledged = folder / "acknowledged"
    with acknowledged.open("wb") as out:
        victim = subprocess.Popen(
            [sys.executable, str(script), str(folder / "evidence"), str(run)],
            stdin=subprocess.PIPE,
            stdout=out,
            env={**os.environ, "PYTHONPATH": os.pathsep.join([str(REPO), *filter(None, sys.path)])},
            cwd=REPO,
        )
        assert victim.stdin is not None
        victim.stdin.write(f"{key.skey}\n".encode())
        victim.stdin.close()
        deadline = time.monotonic() + 60
        while b"ready" not in acknowledged.read_bytes():
            assert victim.poll() is None
            assert time.monotonic() < deadline
            time.sleep(0.01)
        time.sleep(after_s)
        victim.send_signal(signal.SIGKILL)
        victim.wait()
    lines = acknowledged.read_bytes().split(b"\n")[1:-1]
    return {int(index): token for index, token in (line.decode().split(" ", 1) for line in lines)}


def test_the_clock_of_a_test_may_stand_still(tmp_path: Path) -> None:
    from averment.core.testing.clock import FixedClock

    create_log(tmp_path, key := SignerKey.generate(ORIGIN))
    options = LogOptions(seal_interval_ms=20, segment_bytes=1 << 14)
    log = TransparencyLog(tmp_path, key, clock=FixedClock(), options=options)
    for _ in range(3):
        assert log.wait_sealed(log.append(leaf)).checkpoint.size
    log.close()
    assert json.loads(leaf(0))["seq"] == 0


def test_a_log_that_is_behind_takes_nothing_more_until_it_has_caught_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    create_log(tmp_path, key := SignerKey.generate(ORIGIN))
    options = LogOptions(seal_interval_ms=20, segment_bytes=1 << 14, max_waiting=2)
    log = TransparencyLog(tmp_path, key, clock=SystemClock(), options=options)
    is_stuck, is_free = threading.Event(), threading.Event()
    real = os.fdatasync

    def stuck(descriptor: int) -> None:
        is_stuck.set()
        assert is_free.wait(60)
        real(descriptor)

    monkeypatch.setattr(os, "fdatasync", stuck)
    taken: list[int] = []
    first = threading.Thread(target=lambda: taken.append(log.append(leaf)))
    first.start()
    assert is_stuck.wait(60)
    second = threading.Thread(target=lambda: taken.append(log.append(leaf)))
    second.start()
    deadline = time.monotonic() + 60
    while log._next < 2:
        assert time.monotonic() < deadline
        time.sleep(0.001)
    with pytest.raises(AuditWriteFailed, match="2 entries wait for the disk") as caught:
        log.append(leaf)
    assert (caught.value.retryable, caught.value.details) == (True, {"retry_after_s": 2})
    is_free.set()
    first.join()
    second.join()
    assert (sorted(taken), log.append(leaf)) == ([0, 1], 2)
    log.close()


def test_a_log_that_cannot_sign_takes_no_more_than_it_can_remember(tmp_path: Path) -> None:
    create_log(tmp_path, key := SignerKey.generate(ORIGIN))
    options = LogOptions(seal_interval_ms=3_600_000, segment_bytes=1 << 14, max_unsealed=3)
    log = TransparencyLog(tmp_path, key, clock=SystemClock(), options=options)
    log.append_many([leaf] * 3)
    with pytest.raises(AuditWriteFailed, match="3 entries wait for a signed checkpoint"):
        log.append(leaf)
    log.seal()
    assert log.append(leaf) == 3
    log.close()
