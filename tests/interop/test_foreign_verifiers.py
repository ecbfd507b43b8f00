"""Two verifiers that are not ours accept logs of 1, 256 and 70,001 entries, and none with a bit flipped."""

import os
import random
from datetime import UTC, datetime
from pathlib import Path

import pytest

from averment.compliance.recorder import open_evidence
from averment.compliance.rotation import log_keys
from averment.core.record_settings import LogSettings
from averment.core.testing.clock import FixedClock
from tests.compliance.evidence import ORIGIN, document_event
from tests.interop.conftest import Judge, SomeLog, load_script

pytestmark = pytest.mark.slow


def test_both_accept_a_log_and_reject_a_flipped_bit(judge: Judge, some_log: SomeLog) -> None:
    done = judge(some_log)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith(f"accepted: {some_log.size} entries")
    seed = int(os.environ.get("AVERMENT_TEST_SEED") or random.randrange(1 << 30))
    chance = random.Random(seed)
    files = sorted(path for path in (some_log.folder / "log").rglob("*") if path.is_file() and path.stat().st_size)
    bundles = [path for path in files if "entries" in path.parts]
    for path in (some_log.folder / "log/checkpoint", chance.choice(bundles), chance.choice(files)):
        content = path.read_bytes()
        at = chance.randrange(len(content))
        path.write_bytes(content[:at] + bytes([content[at] ^ (1 << chance.randrange(8))]) + content[at + 1 :])
        assert judge(some_log).returncode == 1, (seed, path, at)
        path.write_bytes(content)


def test_both_accept_shards_under_their_own_names(judge: Judge, tmp_path: Path) -> None:
    clock = FixedClock(datetime(2026, 12, 31, 23, tzinfo=UTC))
    folders = (tmp_path / "evidence", tmp_path / "keys")
    with open_evidence(*folders, clock=clock, origin=ORIGIN, settings=LogSettings(), must_exist=False) as recorder:
        recorder.append_many([document_event(number) for number in range(300)])
        clock.advance(86_400)
        recorder.append_many([document_event(number) for number in range(300)])
        size = recorder.size
    (key,) = log_keys(tmp_path / "evidence")
    assert key.shard_vkey.startswith(f"{ORIGIN}/2027+")
    done = judge(SomeLog(tmp_path / "evidence", f"{key.vkey} {key.shard_vkey}", size))
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith(f"accepted: {size} entries")
    assert judge(SomeLog(tmp_path / "evidence", key.vkey, size)).returncode == 1


def test_the_way_to_aics_tlog_needs_no_particular_name_on_the_path(repo: Path) -> None:
    missing = load_script(repo / "scripts" / "check_log_with_aics.py").MISSING
    assert "python3.12 -m venv" not in missing
    assert all(way in missing for way in ("any interpreter of 3.12 or later", "uv venv --seed --python 3.12"))
