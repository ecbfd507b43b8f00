"""Two verifiers that are not ours accept logs of 1, 256 and 70,001 entries, and none with a bit flipped."""

import os
import random

import pytest

from tests.interop.conftest import Judge, SomeLog

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
