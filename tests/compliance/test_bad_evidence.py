"""What must not happen to a log and does: damaged files, a full disk, wrong keys, two writers. Nothing is lost."""

import contextlib
import os
import random
import shutil
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from averment.compliance.audit import own_policy, verify_log
from averment.compliance.keys import load_keys
from averment.compliance.recorder import EvidenceRecorder, open_evidence
from averment.core.clock import SystemClock
from averment.core.errors import AuditIntegrityError, AuditWriteFailed, AvermentError, ConfigurationError, StoreBusy
from averment.core.record_settings import LogSettings
from averment.core.testing.clock import FixedClock
from tests.compliance.evidence import ORIGIN, document_event, entries_of, question_event

REPO = Path(__file__).parents[2]
SEED = int(os.environ.get("AVERMENT_TEST_SEED") or random.randrange(1 << 30))


def opened(folder: Path) -> EvidenceRecorder:
    return open_evidence(
        folder / "evidence",
        folder / "keys",
        clock=SystemClock(),
        origin=ORIGIN,
        settings=LogSettings(seal_interval_ms=10),
        must_exist=False,
    )


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    with opened(tmp_path / "house") as recorder:
        recorder.append_many([document_event(number) for number in range(300)])
        recorder.append(question_event())
    return tmp_path / "house"


def contents(folder: Path) -> dict[str, bytes]:
    return {str(path): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


@pytest.mark.parametrize(
    "pattern", ["log/checkpoint", "log/tile/0/001.p/*", "log/tile/entries/001.p/*", "log/tile/1/000.p/*"]
)
def test_a_damaged_log_is_not_written_to(folder: Path, pattern: str) -> None:
    chance = random.Random(SEED)
    path = sorted((folder / "evidence").glob(pattern), key=lambda found: found.stat().st_mtime_ns)[-1]
    content = path.read_bytes()
    for damaged in (content[: chance.randrange(len(content))], b"", chance.randbytes(len(content))):
        path.write_bytes(damaged)
        before = contents(folder / "evidence")
        with pytest.raises(AuditIntegrityError):
            opened(folder)
        assert contents(folder / "evidence") == before, SEED
    path.write_bytes(content)
    opened(folder).close()


def test_wrong_keys_are_refused(folder: Path, tmp_path: Path) -> None:
    opened(tmp_path / "other").close()
    for name, error in (("log.skey", AuditIntegrityError), ("wrapping.key", ConfigurationError)):
        own = (folder / "keys" / name).read_bytes()
        shutil.copy(tmp_path / "other/keys" / name, folder / "keys" / name)
        with pytest.raises(error), opened(folder) as recorder:
            recorder.append(question_event())
        (folder / "keys" / name).write_bytes(own)
    (folder / "keys/wrapping.key").unlink()
    with pytest.raises(ConfigurationError, match="does not exist"):
        opened(folder)
    report = verify_log(folder / "evidence", own_policy(folder / "evidence"))
    assert report.is_ok, report.failures


def test_two_writers_are_one_too_many(folder: Path) -> None:
    with opened(folder) as recorder:
        with pytest.raises(StoreBusy, match="another process writes"):
            opened(folder)
        recorder.append(document_event())
    report = verify_log(folder / "evidence", own_policy(folder / "evidence"))
    assert report.is_ok, report.failures


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of four MiB."""
    place = tmp_path / "disk"
    place.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", str(place)]
    if os.geteuid() != 0 or subprocess.run(mount, capture_output=True, check=False).returncode != 0:
        pytest.skip("mounting a small file system needs root: sudo .venv/bin/python -m pytest " + __file__)
    yield place
    subprocess.run(["umount", "--lazy", str(place)], check=True)


@pytest.mark.slow
def test_a_full_disk_refuses_and_loses_nothing(small_disk: Path) -> None:
    acknowledged: list[int] = []
    recorder = opened(small_disk)
    with pytest.raises(AuditWriteFailed, match=r"[Nn]o space left"):
        for number in range(100_000):
            acknowledged.extend(recorder.append_many([document_event(number) for number in range(100)]))
            if number % 10 == 0:
                recorder.append(question_event(f"question {number}"))
    with contextlib.suppress(AvermentError):  # a last checkpoint may just fit
        recorder.close()
    subprocess.run(["mount", "-o", "remount,size=32m", str(small_disk)], check=True)
    with opened(small_disk) as again:
        again.append(document_event())
    kinds = {index: entry["type"] for index, entry in enumerate(entries_of(small_disk / "evidence/log"))}
    assert len(acknowledged) > 500
    assert {kinds.get(index) for index in acknowledged} == {"ingest.document.parsed"}
    report = verify_log(
        small_disk / "evidence", own_policy(small_disk / "evidence"), keys=load_keys(small_disk / "keys")
    )
    assert report.is_ok, report.failures


FULL = """
import os, resource, signal, sys
from pathlib import Path
from averment.core.errors import AuditWriteFailed, AvermentError
from tests.compliance.evidence import document_event, question_event
from tests.compliance.test_bad_evidence import opened

folder = Path(sys.argv[1])
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
recorder = opened(folder)
recorder.append(document_event())
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[2]), resource.RLIM_INFINITY))
refusals = set()
for number in range(1200):
    try:
        print(recorder.append(question_event(f"question {number}") if number % 50 == 0 else document_event(number)))
    except AuditWriteFailed as error:
        refusals.add(f"{error.message} ({error.hint})")
resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
print(*sorted(refusals)[:1], file=sys.stderr)
os._exit(0)  # as a process dies that met a full disk
"""


@pytest.mark.slow
@pytest.mark.parametrize("limit", [40, 20_000, 300_000])
def test_a_disk_that_takes_no_more_refuses_and_loses_nothing(tmp_path: Path, limit: int) -> None:
    """Files may not grow beyond a limit, which needs no rights: it is met in payload, tile, bundle or segment."""
    opened(tmp_path).close()
    done = subprocess.run(
        [sys.executable, "-c", FULL, str(tmp_path), str(limit)],
        capture_output=True, text=True, check=True, cwd=REPO,
        env={**os.environ, "PYTHONPATH": os.pathsep.join([str(REPO), *filter(None, sys.path)])},
    )  # fmt: skip
    acknowledged = [int(line) for line in done.stdout.split()]
    assert "File too large" in done.stderr, done.stderr
    assert "make room" in done.stderr, done.stderr
    with opened(tmp_path) as again:
        again.append(document_event())
    entries = entries_of(tmp_path / "evidence/log")
    assert len(set(acknowledged)) == len(acknowledged)
    assert {str(entries[index]["type"]) for index in acknowledged} <= {"ingest.document.parsed", "analysis.started"}
    assert [entry["seq"] for entry in entries] == list(range(len(entries)))
    report = verify_log(tmp_path / "evidence", own_policy(tmp_path / "evidence"), keys=load_keys(tmp_path / "keys"))
    assert report.is_ok, report.failures


def test_a_clock_that_ran_back_is_refused_with_both_times_and_loses_nothing(folder: Path) -> None:
    clock = FixedClock(datetime(2026, 1, 1, tzinfo=UTC))
    with (
        open_evidence(folder / "evidence", folder / "keys", clock=clock, origin=ORIGIN) as recorder,
        pytest.raises(AuditWriteFailed, match=r"shows 2026-01-01T00:00:00\.000Z, the newest entry") as refused,
    ):
        recorder.append(document_event())
    assert "set the clock right" in str(refused.value.hint)
    report = verify_log(folder / "evidence", own_policy(folder / "evidence"))
    assert report.is_ok, report.failures
