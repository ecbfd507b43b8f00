"""What must not happen to a log and does: damaged files, a full disk, wrong keys, two writers. Nothing is lost."""

import contextlib
import os
import random
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from averment.compliance.audit import own_policy, verify_log
from averment.compliance.keys import load_keys
from averment.compliance.recorder import EvidenceRecorder, open_evidence
from averment.core.clock import SystemClock
from averment.core.errors import AuditIntegrityError, AuditWriteFailed, AvermentError, ConfigurationError, StoreBusy
from averment.core.record_settings import LogSettings
from tests.compliance.evidence import ORIGIN, document_event, entries_of, question_event

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
    for name, error in (("log.skey", AuditIntegrityError), ("wrapping.key", AuditWriteFailed)):
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
