"""The write-ahead log: entries are durable here before they are acknowledged.

A segment file `<first index, 20 digits>.seg` starts with a magic line and holds records: length, index and CRC-32
(big-endian), then the entry. The file is filled with zeros in advance, so that making a record durable needs no change
of its size. A crash may leave a torn tail behind the last acknowledged record; recovery cuts it.
Segments that a signed checkpoint covers are deleted; they have no authority once it exists.
"""

import itertools
import os
import struct
import threading
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from averment.compliance.log.durable import make_folder, sync_folder, write_all
from averment.core.errors import AuditIntegrityError

MAGIC: Final = b"averment-wal/1\n\x00"
SUFFIX: Final = ".seg"
_HEADER: Final = struct.Struct(">IQI")


@dataclass(frozen=True, slots=True, kw_only=True)
class Segment:
    """What a segment file holds: records from index `first` on, sound and written up to so many bytes."""

    path: Path
    first: int
    entries: tuple[bytes, ...]
    sound_bytes: int
    written_bytes: int

    @property
    def next(self) -> int:
        """Return the index after the last sound record."""
        return self.first + len(self.entries)

    @property
    def torn_bytes(self) -> int:
        """Return how many bytes behind the last sound record are neither a record nor the zeros filled in."""
        return self.written_bytes - self.sound_bytes


@dataclass(slots=True, kw_only=True)
class PendingGroup:
    """Entries of one call, what became of them, and whether their thread is to write the next batch."""

    first: int
    entries: list[bytes]
    is_leader: bool = False
    failure: str = ""
    woken: threading.Event = field(default_factory=threading.Event)

    @property
    def indexes(self) -> list[int]:
        """Return the entries' places in the log."""
        return list(range(self.first, self.first + len(self.entries)))


def encode_record(index: int, entry: bytes) -> bytes:
    """Write one record."""
    return _HEADER.pack(len(entry), index, _checksum(len(entry), index, entry)) + entry


def read_segment(path: Path) -> Segment:
    """Read a segment up to its first record that is incomplete, damaged or out of sequence.

    Raises:
        AuditIntegrityError: The file's name or magic line is wrong.
    """
    content = path.read_bytes()
    if not path.stem.isdigit() or len(path.stem) != 20 or content[: len(MAGIC)] != MAGIC[: len(content)]:
        raise AuditIntegrityError(f"wal/{path.name}: not a segment (name or first {len(MAGIC)} bytes are wrong)")
    first, at = int(path.stem), min(len(MAGIC), len(content))
    entries: list[bytes] = []
    while at + _HEADER.size <= len(content):
        length, index, checksum = _HEADER.unpack_from(content, at)
        entry = content[at + _HEADER.size : at + _HEADER.size + length]
        if (
            not entry
            or len(entry) != length
            or index != first + len(entries)
            or checksum != _checksum(length, index, entry)
        ):
            break
        entries.append(entry)
        at += _HEADER.size + length
    written = max(at, len(content.rstrip(b"\x00")))
    return Segment(path=path, first=first, entries=tuple(entries), sound_bytes=at, written_bytes=written)


def segment_paths(folder: Path) -> list[Path]:
    """Return the segments, oldest first."""
    return sorted(folder.glob(f"*{SUFFIX}")) if folder.is_dir() else []


def read_segments(folder: Path) -> Iterator[Segment]:
    """Read the segments in order of their indexes."""
    for path in segment_paths(folder):
        yield read_segment(path)


class WalWriter:
    """Appends records to the newest segment. Not thread-safe: its caller is the one sequencer.

    Args:
        folder: Where segments live.
        next_index: Index of the first record to be written; a new segment starts there.
        segment_bytes: Size from which on the next record opens a new segment.
    """

    def __init__(self, folder: Path, *, next_index: int, segment_bytes: int):
        self._folder = folder
        self._segment_bytes = segment_bytes
        make_folder(folder)
        self.is_usable = True
        self._offset = len(MAGIC)
        self._descriptor = _create(folder, next_index, segment_bytes=segment_bytes)

    def append(self, records: Sequence[bytes], *, first_index: int) -> None:
        """Write records and make them durable with one sync.

        Raises:
            OSError: They are not durable. `is_usable` tells whether the file could be put back as it was.
        """
        if self._offset >= self._segment_bytes:
            self.close()
            self._descriptor = _create(self._folder, first_index, segment_bytes=self._segment_bytes)
            self._offset = len(MAGIC)
        content = b"".join(records)
        try:
            _write_at(self._descriptor, content, self._offset)
        except OSError:
            self._put_back()
            raise
        try:
            os.fdatasync(self._descriptor)
        except BaseException:
            # After a failed sync nobody knows what is on the disk, so nothing may follow it.
            self.is_usable = False
            raise
        self._offset += len(content)

    def drop_covered(self, size: int) -> None:
        """Delete the segments whose records all lie before index `size`, the newest excepted."""
        paths = segment_paths(self._folder)
        for path, following in itertools.pairwise(paths):
            if int(following.stem) <= size:
                path.unlink(missing_ok=True)

    def close(self) -> None:
        """Close the file; the zeros filled in go."""
        if self._descriptor >= 0:
            if self.is_usable:
                os.ftruncate(self._descriptor, self._offset)
            os.close(self._descriptor)
            self._descriptor = -1

    def _put_back(self) -> None:
        """Cut the file back to its durable end; where even that fails, the writer is spent."""
        try:
            os.ftruncate(self._descriptor, self._offset)
            os.fdatasync(self._descriptor)
        except BaseException:
            self.is_usable = False
            raise


def _create(folder: Path, first_index: int, *, segment_bytes: int) -> int:
    """Start a segment, filled with zeros, and return its descriptor."""
    path = folder / f"{first_index:020d}{SUFFIX}"
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    write_all(descriptor, MAGIC.ljust(segment_bytes, b"\x00"))
    os.fsync(descriptor)
    sync_folder(folder)
    return descriptor


def _write_at(descriptor: int, content: bytes, offset: int) -> None:
    view = memoryview(content)
    while view:
        written = os.pwrite(descriptor, view, offset)
        view, offset = view[written:], offset + written


def cut_torn_tail(segment: Segment) -> None:
    """Cut what follows the last sound record, durably."""
    descriptor = os.open(segment.path, os.O_WRONLY)
    try:
        os.ftruncate(descriptor, segment.sound_bytes)
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _checksum(length: int, index: int, entry: bytes) -> int:
    return zlib.crc32(entry, zlib.crc32(struct.pack(">IQ", length, index)))
