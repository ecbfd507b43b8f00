"""Opening a log whose process died, and one that somebody changed."""

import shutil
from pathlib import Path

import pytest

from averment.compliance.log.note import SignerKey
from averment.compliance.log.recovery import recover
from averment.compliance.log.wal import WalWriter, encode_record, segment_paths
from averment.core.errors import AuditIntegrityError
from tests.compliance.evidence import filled_log, leaf, open_log


def append_unsealed(folder: Path, first: int, count: int, torn: bytes = b"") -> None:
    """Leave acknowledged entries in the write-ahead log only, as a process that died does."""
    wal = WalWriter(folder / "wal", next_index=first, segment_bytes=1 << 14)
    wal.append([encode_record(index, leaf(index)) for index in range(first, first + count)], first_index=first)
    with segment_paths(folder / "wal")[-1].open("r+b") as file:
        file.seek(wal._offset)
        file.write(torn)


@pytest.mark.slow
@pytest.mark.parametrize("size", [1, 255, 256, 257, 600])
@pytest.mark.parametrize("unsealed", [1, 300])
def test_acknowledged_entries_come_back_once_with_the_root_of_an_undisturbed_log(
    tmp_path: Path, size: int, unsealed: int
) -> None:
    key = filled_log(tmp_path / "a", [size])
    append_unsealed(tmp_path / "a", size, unsealed, torn=encode_record(size + unsealed, b"never acknowledged")[:-3])
    log = open_log(tmp_path / "a", key)
    assert (log.recovered_entries, log.size) == (unsealed, size + unsealed)
    assert log.discarded_bytes > 0
    log.close()
    other = filled_log(tmp_path / "b", [size, size + unsealed])
    roots = [
        recover(tmp_path / n / "log", tmp_path / n / "wal", keys=[k.verifier]) for n, k in (("a", key), ("b", other))
    ]
    assert roots[0].edge.frontier.root() == roots[1].edge.frontier.root()
    assert open_again(tmp_path / "a", key) == size + unsealed


def open_again(folder: Path, key: SignerKey) -> int:
    log = open_log(folder, key)
    log.close()
    assert log.recovered_entries == 0
    return log.size


def test_tiles_written_before_the_crash_are_written_again(tmp_path: Path) -> None:
    key = filled_log(tmp_path, [250, 300])
    kept = (tmp_path / "log/checkpoints/250").read_bytes()
    (tmp_path / "log/checkpoint").write_bytes(kept)
    (tmp_path / "log/checkpoints/300").unlink()
    shutil.rmtree(tmp_path / "wal")
    append_unsealed(tmp_path, 250, 50)
    log = open_log(tmp_path, key)
    log.close()
    assert log.size == 300


@pytest.mark.parametrize(
    ("name", "place"),
    [("log/checkpoint", "checkpoint"), ("log/tile/0/001.p/44", "root"), ("log/tile/entries/001.p/44", "tile/entries")],
)
def test_a_changed_file_stops_the_writer(tmp_path: Path, name: str, place: str) -> None:
    key = filled_log(tmp_path, [300])
    path = tmp_path / name
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)
    with pytest.raises(AuditIntegrityError, match=place):
        open_log(tmp_path, key)


def test_a_log_that_was_rolled_back_stops_the_writer(tmp_path: Path) -> None:
    key = filled_log(tmp_path, [250, 300])
    (tmp_path / "log/checkpoint").write_bytes((tmp_path / "log/checkpoints/250").read_bytes())
    with pytest.raises(AuditIntegrityError, match="checkpoints/300 is newer than the log"):
        open_log(tmp_path, key)


def test_a_missing_or_damaged_segment_stops_the_writer(tmp_path: Path) -> None:
    key = filled_log(tmp_path, [10])
    append_unsealed(tmp_path, 12, 3)
    with pytest.raises(AuditIntegrityError, match="entries 10 to 11 are missing"):
        open_log(tmp_path, key)
    segment_paths(tmp_path / "wal")[-1].unlink()
    append_unsealed(tmp_path, 10, 3)
    append_unsealed(tmp_path, 13, 3)
    damaged = segment_paths(tmp_path / "wal")[-2]
    content = bytearray(damaged.read_bytes())
    content[40] ^= 1
    damaged.write_bytes(content)
    with pytest.raises(AuditIntegrityError, match=f"wal/{damaged.name}: the record of entry 10 is damaged"):
        open_log(tmp_path, key)


def test_another_key_opens_nothing(tmp_path: Path) -> None:
    filled_log(tmp_path, [3])
    with pytest.raises(AuditIntegrityError, match="no signature of a trusted key"):
        open_log(tmp_path, SignerKey.generate("tests.example/log"))
