"""The write-ahead log: what was acknowledged is read back, whatever follows it."""

import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from averment.compliance.log.wal import MAGIC, WalWriter, cut_torn_tail, encode_record, read_segment, segment_paths
from averment.core.errors import AuditIntegrityError

BYTES = 4096


def written(folder: Path, entries: list[bytes], first: int = 0, *, close: bool = True) -> Path:
    wal = WalWriter(folder, next_index=first, segment_bytes=BYTES)
    for at, entry in enumerate(entries, start=first):
        wal.append([encode_record(at, entry)], first_index=at)
    if close:
        wal.close()
    return segment_paths(folder)[-1]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=30)
@given(st.lists(st.binary(min_size=1, max_size=200), max_size=8), st.booleans())
def test_entries_are_read_back(tmp_path: Path, entries: list[bytes], close: bool) -> None:
    segment = read_segment(written(tmp_path, entries, first=7, close=close))
    assert segment.entries == tuple(entries)
    assert (segment.first, segment.next, segment.torn_bytes) == (7, 7 + len(entries), 0)


def test_zeros_filled_in_go_when_the_file_is_closed(tmp_path: Path) -> None:
    assert written(tmp_path / "open", [b"x"], close=False).stat().st_size == BYTES
    assert written(tmp_path / "closed", [b"x"]).stat().st_size == len(MAGIC) + len(encode_record(0, b"x"))


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(st.data())
def test_a_torn_tail_takes_nothing_before_it_along(tmp_path: Path, data: st.DataObject) -> None:
    entries = [b"first" * 3, b"second" * 5, b"third" * 4]
    path = written(tmp_path, entries)
    whole = path.read_bytes()
    sound = len(MAGIC) + len(encode_record(0, entries[0])) + len(encode_record(1, entries[1]))
    cut = data.draw(st.integers(sound, len(whole) - 1))
    path.write_bytes(whole[:cut] + data.draw(st.binary(max_size=40)))
    segment = read_segment(path)
    assert segment.entries[:2] == tuple(entries[:2])
    cut_torn_tail(segment)
    again = read_segment(path)
    assert again.entries == segment.entries
    assert again.torn_bytes == 0


def test_a_changed_byte_is_never_read_as_an_entry(tmp_path: Path) -> None:
    entries = [b"first", b"second"]
    path = written(tmp_path, entries)
    whole = path.read_bytes()
    for at in range(len(MAGIC), len(whole)):
        path.write_bytes(whole[:at] + bytes([whole[at] ^ 0x40]) + whole[at + 1 :])
        assert read_segment(path).entries in ((), (b"first",))
    path.write_bytes(b"X" + whole[1:])
    with pytest.raises(AuditIntegrityError, match="not a segment"):
        read_segment(path)


def test_a_full_segment_is_followed_by_another_and_dropped_once_covered(tmp_path: Path) -> None:
    written(tmp_path, [b"x" * 1000] * 10)
    firsts = [int(path.stem) for path in segment_paths(tmp_path)]
    assert firsts == [0, 5]
    wal = WalWriter(tmp_path, next_index=10, segment_bytes=BYTES)
    wal.drop_covered(9)
    assert [int(path.stem) for path in segment_paths(tmp_path)] == [5, 10]
    wal.drop_covered(10)
    assert [int(path.stem) for path in segment_paths(tmp_path)] == [10]
    wal.close()


def test_a_write_that_fails_is_put_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    wal = WalWriter(tmp_path, next_index=0, segment_bytes=BYTES)
    wal.append([encode_record(0, b"kept")], first_index=0)
    real = os.pwrite
    monkeypatch.setattr(os, "pwrite", lambda *_: (_ for _ in ()).throw(OSError(28, "no space left")))
    with pytest.raises(OSError, match="no space"):
        wal.append([encode_record(1, b"lost")], first_index=1)
    assert wal.is_usable
    monkeypatch.setattr(os, "pwrite", real)
    wal.append([encode_record(1, b"again")], first_index=1)
    wal.close()
    assert read_segment(segment_paths(tmp_path)[0]).entries == (b"kept", b"again")


def test_after_a_failed_sync_nothing_follows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    wal = WalWriter(tmp_path, next_index=0, segment_bytes=BYTES)
    monkeypatch.setattr(os, "fdatasync", lambda _: (_ for _ in ()).throw(OSError(5, "input/output error")))
    with pytest.raises(OSError, match="input/output"):
        wal.append([encode_record(0, b"unknown")], first_index=0)
    assert not wal.is_usable
