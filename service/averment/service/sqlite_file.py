"""A small SQLite file of the service: made with mode 0600, in one format, with every change whole or not at all.

What is deleted is overwritten (`secure_delete`). Several processes may have such a file open.
"""

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from averment.core.errors import StoreError, StoreFormatError

BUSY_S: Final = 5.0


@dataclass(frozen=True, slots=True, kw_only=True)
class FileForm:
    """What a file is: its tables, the number of their format, and what it holds, in words for messages.

    With `has_journal_ahead` a change is one sync of a write-ahead file, which keeps what was deleted until `compact`.
    """

    holds: str
    schema: str
    format: int = 1
    has_journal_ahead: bool = False


class SqliteFile:
    """The opened file. Thread-safe.

    Args:
        path: The file, made where absent; None keeps everything in memory.
        form: What it is.

    Raises:
        StoreError: It cannot be opened.
        StoreFormatError: A newer version wrote it.
    """

    def __init__(self, path: Path | None, *, form: FileForm):
        self._form = form
        self._lock = threading.Lock()
        try:
            if path is not None:
                path.touch(mode=0o600)
            self._database = sqlite3.connect(
                path or ":memory:", timeout=BUSY_S, isolation_level=None, check_same_thread=False
            )
            self._database.row_factory = sqlite3.Row
            self._database.execute("PRAGMA secure_delete = ON")
            if form.has_journal_ahead:
                self._database.execute("PRAGMA journal_mode = WAL")
                self._database.execute("PRAGMA synchronous = FULL")
            self._prepare()
        except (OSError, sqlite3.Error) as error:
            raise StoreError(
                f"{str(path)!r} cannot be opened: {error}", hint=f"it holds {form.holds}; restore or remove it"
            ) from error

    @contextmanager
    def changes(self) -> Iterator[sqlite3.Connection]:
        """Work in one transaction, kept if nothing is raised.

        Raises:
            StoreError: The file cannot be read or written.
        """
        try:
            with self._lock:
                self._database.execute("BEGIN IMMEDIATE")
                try:
                    yield self._database
                    self._database.execute("COMMIT")
                except BaseException:
                    if self._database.in_transaction:  # a disk that takes nothing may have ended it by itself
                        self._database.execute("ROLLBACK")
                    raise
        except sqlite3.Error as error:
            raise StoreError(f"{self._form.holds} cannot be read or written: {error}") from error

    def rows(self, query: str, parameters: tuple[object, ...] = ()) -> list[sqlite3.Row]:
        """Return the rows of a query.

        Raises:
            StoreError: The file cannot be read.
        """
        try:
            with self._lock:
                return self._database.execute(query, parameters).fetchall()
        except sqlite3.Error as error:
            raise StoreError(f"{self._form.holds} cannot be read: {error}") from error

    def compact(self) -> None:
        """Write the file anew and cut its write-ahead file, so that nothing deleted is left in either.

        Raises:
            StoreError: The file cannot be written.
        """
        try:
            with self._lock:
                self._database.execute("VACUUM")
                self._database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        except sqlite3.Error as error:
            raise StoreError(f"{self._form.holds} cannot be written anew: {error}") from error

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            self._database.close()

    def _prepare(self) -> None:
        (found,) = self._database.execute("PRAGMA user_version").fetchone()
        if found > self._form.format:
            raise StoreFormatError(
                f"{self._form.holds} have format {found}, this version knows up to {self._form.format}"
            )
        if found == 0:
            with self.changes() as database:
                # Another process may have made it between the question and the lock.
                if database.execute("PRAGMA user_version").fetchone()[0] == 0:
                    for statement in self._form.schema.split(";"):
                        database.execute(statement)
                    database.execute(f"PRAGMA user_version = {self._form.format}")
