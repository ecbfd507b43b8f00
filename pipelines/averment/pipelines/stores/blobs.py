"""Content-addressed bytes in a folder: the original files, canonical texts and layouts.

A blob is written to a temporary file, flushed to disk and renamed into place, so a name that exists holds whole
bytes; every read checks them against the name. Temporary files of a process that died are swept by `sweep`.
"""

import hashlib
import os
import re
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Final
from uuid import uuid4

from averment.core.errors import StoreError
from averment.core.ids import sha256_id

_KEY: Final = re.compile(r"sha256:([0-9a-f]{64})")
_TEMPORARY: Final = "incoming"


class FolderBlobStore:
    """Bytes by their SHA-256, two levels of folders deep.

    Safe for several processes and threads at once: the same bytes written twice end in the same file.

    Example:
        >>> store = FolderBlobStore(Path("/tmp/blobs"))
        >>> store.get(store.put(b"contract"))
        b'contract'
    """

    def __init__(self, root: Path) -> None:
        self._root = root

    def put(self, content: bytes) -> str:
        """Store bytes durably and return `sha256:<hex>`; storing the same bytes twice is one blob."""
        key = sha256_id(content)
        target = self._path(key)
        if self._holds(target, content):
            return key
        temporary = self._root / _TEMPORARY / uuid4().hex
        try:
            temporary.parent.mkdir(parents=True, exist_ok=True)
            self._write(temporary, content)
            target.parent.mkdir(parents=True, exist_ok=True)
            temporary.replace(target)
            sync_folder(target.parent)
        except OSError as error:
            with suppress(OSError):
                temporary.unlink()
            raise StoreError(
                f"a blob of {len(content)} bytes cannot be written under {str(self._root)!r}: {error.strerror}",
                hint="check free space and permissions of the data directory",
            ) from error
        return key

    def get(self, key: str) -> bytes:
        """Return the bytes, verified against their hash.

        Raises:
            StoreError: There is no such blob, or its bytes do not match its name.
        """
        path = self._path(key)
        try:
            content = path.read_bytes()
        except FileNotFoundError as error:
            raise StoreError(
                f"there is no blob {key!r}", hint="it was erased or never stored; averment ingest --full brings it back"
            ) from error
        except OSError as error:
            raise StoreError(f"blob {key!r} cannot be read: {error.strerror}") from error
        if sha256_id(content) != key:
            raise StoreError(
                f"blob {key!r} is damaged: its {len(content)} bytes have another hash",
                hint="restore it from a backup, or ingest its document again with --full",
            )
        return content

    def delete(self, key: str) -> None:
        """Delete a blob; deleting what is absent is no error."""
        path = self._path(key)
        path.unlink(missing_ok=True)
        if path.parent.exists():
            sync_folder(path.parent)

    def keys(self) -> Iterator[str]:
        """Name every blob, in no particular order."""
        for path in self._root.glob("[0-9a-f][0-9a-f]/[0-9a-f][0-9a-f]/*"):
            key = f"sha256:{path.name}"
            if _KEY.fullmatch(key):
                yield key

    def has(self, key: str) -> bool:
        """Say whether a blob is there, without reading it."""
        return self._path(key).exists()

    def sweep(self, *, older_than_s: float = 3600.0) -> int:
        """Remove temporary files that a dead process left behind; return how many."""
        removed = 0
        before = time.time() - older_than_s
        for path in (self._root / _TEMPORARY).glob("*"):
            if path.stat().st_mtime < before:
                path.unlink(missing_ok=True)
                removed += 1
        return removed

    def _path(self, key: str) -> Path:
        match = _KEY.fullmatch(key)
        if match is None:
            raise StoreError(f"{key!r} is no blob key, expected 'sha256:' and 64 lower-case hex digits")
        digest = match.group(1)
        return self._root / digest[:2] / digest[2:4] / digest

    @staticmethod
    def _holds(path: Path, content: bytes) -> bool:
        """Say whether the file is there and whole; a damaged one is written again."""
        try:
            if path.stat().st_size != len(content):
                return False
            with path.open("rb") as file:
                return hashlib.file_digest(file, "sha256").hexdigest() == path.name
        except OSError:
            return False

    @staticmethod
    def _write(path: Path, content: bytes) -> None:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())


def sync_folder(folder: Path) -> None:
    """Force the names in a folder to disk."""
    # A rename is durable only once the folder that names the file is.
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
