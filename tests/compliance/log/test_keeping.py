"""Checkpoints that are kept without anybody asking: by time and by number, over a restart, while nothing happens."""

import math
import shutil
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from averment.compliance.audit import kept_checkpoint
from averment.compliance.log.keeping import KeptCheckpoints
from averment.compliance.log.note import SignerKey
from averment.compliance.log.opening import create_log
from averment.compliance.log.options import LogOptions
from averment.compliance.log.writer import TransparencyLog
from averment.core.clock import SystemClock
from averment.core.testing.clock import FixedClock
from tests.compliance.evidence import ORIGIN, leaf

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
KEY = SignerKey.generate(ORIGIN)
HOURLY = LogOptions(seal_interval_ms=5, keep_interval_s=3600, keep_entries=50)


def opened(folder: Path, clock: FixedClock, options: LogOptions = HOURLY) -> TransparencyLog:
    return TransparencyLog(folder, KEY, clock=clock, options=options)


def kept(folder: Path) -> list[int]:
    return sorted(int(path.name) for path in (folder / "log" / "checkpoints").iterdir())


def soon(happened: Callable[[], bool]) -> bool:
    """Wait for another thread's doing; the deadline is for a broken log alone."""
    deadline = time.monotonic() + 30
    while not happened() and time.monotonic() < deadline:
        time.sleep(0.002)
    return happened()


def test_a_checkpoint_is_due_after_the_time_or_the_number_and_never_without_news() -> None:
    kept = KeptCheckpoints(HOURLY, size=10, durable=10, now_s=0.0)
    assert not kept.is_due(10, now_s=9_999.0)
    assert kept.due_s(10) == math.inf
    assert not kept.is_due(59, now_s=3_599.0)
    assert kept.is_due(60, now_s=0.0)
    assert kept.is_due(11, now_s=3_600.0)
    kept.kept(60, now_s=3_600.0)
    assert (kept.size, kept.due_s(61)) == (60, 7_200.0)


def test_what_was_left_unkept_is_due_at_once() -> None:
    assert KeptCheckpoints(HOURLY, size=10, durable=11, now_s=0.0).is_due(11, now_s=0.0)


def test_an_hourly_checkpoint_and_one_every_so_many_entries(tmp_path: Path) -> None:
    create_log(tmp_path, KEY)
    clock = FixedClock(NOON)
    log = opened(tmp_path, clock)
    log.append_many([leaf] * 3)
    log.wait_sealed(2)
    assert kept(tmp_path) == [0], "the hour has not passed"
    clock.advance(3600)
    log.wait_sealed(log.append(leaf))
    hourly = max(kept(tmp_path))
    assert hourly in (3, 4), "that of the entries before the hour was over, or of the one after"
    assert kept_checkpoint(tmp_path).size == hourly, "audit checkpoint prints what is kept"
    log.append_many([leaf] * (hourly + 49 - log.size))
    log.wait_sealed(log.size - 1)
    assert kept(tmp_path) == [0, hourly]
    log.wait_sealed(log.append(leaf))
    assert kept(tmp_path) == [0, hourly, hourly + 50]
    log.append(leaf)
    log.close()
    assert kept_checkpoint(tmp_path) == log.sealed.checkpoint


def test_the_last_entries_before_a_quiet_hour_are_kept_in_it(tmp_path: Path) -> None:
    create_log(tmp_path, KEY)
    options = LogOptions(seal_interval_ms=5, keep_interval_s=0.2)
    log = TransparencyLog(tmp_path, KEY, clock=SystemClock(), options=options)
    log.wait_sealed(log.append(leaf))
    assert soon(lambda: kept(tmp_path) == [0, 1])
    log.close()


def test_what_a_process_left_unkept_when_it_died_is_kept_by_the_next(tmp_path: Path) -> None:
    create_log(tmp_path / "alive", KEY)
    log = opened(tmp_path / "alive", FixedClock(NOON))
    log.wait_sealed(log.append(leaf))
    shutil.copytree(tmp_path / "alive", tmp_path / "died")
    log.close()
    assert kept(tmp_path / "died") == [0]
    again = opened(tmp_path / "died", FixedClock(NOON))
    assert soon(lambda: kept(tmp_path / "died") == [0, 1])
    again.close()
