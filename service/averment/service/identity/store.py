"""The SQLite file of keys, sessions and revocations, which the service and the command line share.

Secrets are kept as SHA-256 digests. They are 256 random bits, so that there is nothing to guess that a slow hash would
make slower (a password would need one), and looking a digest up tells no more by its timing than the digest itself.
What is deleted is overwritten (`secure_delete`), and there is no write-ahead file that would keep it.
"""

import hashlib
import secrets
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from averment.core.errors import StoreError, StoreFormatError

SECRET_BYTES: Final = 32
_FORMAT: Final = 1
_BUSY_S: Final = 5.0
_SCHEMA: Final = """
CREATE TABLE api_keys (
    digest TEXT PRIMARY KEY, id TEXT NOT NULL UNIQUE, name TEXT NOT NULL, subject TEXT NOT NULL, tenant TEXT NOT NULL,
    groups TEXT NOT NULL, roles TEXT NOT NULL, scopes TEXT NOT NULL, purpose TEXT,
    created_at INTEGER NOT NULL, expires_at INTEGER, revoked_at INTEGER, last_used_at INTEGER
) STRICT;
CREATE TABLE sessions (
    digest TEXT PRIMARY KEY, subject TEXT NOT NULL, caller TEXT NOT NULL, key_digest TEXT,
    created_at INTEGER NOT NULL, last_used_at INTEGER NOT NULL
) STRICT;
CREATE INDEX sessions_of ON sessions (subject);
CREATE TABLE tickets (
    digest TEXT PRIMARY KEY, kind TEXT NOT NULL, content TEXT NOT NULL, expires_at INTEGER NOT NULL
) STRICT;
CREATE TABLE revocations (
    kind TEXT NOT NULL, digest TEXT NOT NULL, revoked_at INTEGER NOT NULL, PRIMARY KEY (kind, digest)
) STRICT;
"""


class AccessStore:
    """The opened file. Thread-safe; several processes may have it open.

    Args:
        path: The file, made with mode 0600 where absent; None keeps everything in memory.

    Raises:
        StoreError: It cannot be opened.
        StoreFormatError: A newer version wrote it.
    """

    def __init__(self, path: Path | None):
        self._lock = threading.Lock()
        try:
            if path is not None:
                path.touch(mode=0o600)
            self._database = sqlite3.connect(
                path or ":memory:", timeout=_BUSY_S, isolation_level=None, check_same_thread=False
            )
            self._database.row_factory = sqlite3.Row
            self._database.execute("PRAGMA secure_delete = ON")
            self._prepare()
        except (OSError, sqlite3.Error) as error:
            raise StoreError(
                f"{str(path)!r} cannot be opened: {error}", hint="it holds API keys and sessions; restore or remove it"
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
                except BaseException:
                    self._database.execute("ROLLBACK")
                    raise
                self._database.execute("COMMIT")
        except sqlite3.Error as error:
            raise StoreError(f"keys and sessions cannot be read or written: {error}") from error

    def rows(self, query: str, parameters: tuple[object, ...] = ()) -> list[sqlite3.Row]:
        """Return the rows of a query.

        Raises:
            StoreError: The file cannot be read.
        """
        try:
            with self._lock:
                return self._database.execute(query, parameters).fetchall()
        except sqlite3.Error as error:
            raise StoreError(f"keys and sessions cannot be read: {error}") from error

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            self._database.close()

    def _prepare(self) -> None:
        (found,) = self._database.execute("PRAGMA user_version").fetchone()
        if found > _FORMAT:
            raise StoreFormatError(f"keys and sessions have format {found}, this version knows up to {_FORMAT}")
        if found == 0:
            with self.changes() as database:
                # Another process may have made it between the question and the lock.
                if database.execute("PRAGMA user_version").fetchone()[0] == 0:
                    for statement in _SCHEMA.split(";"):
                        database.execute(statement)
                    database.execute(f"PRAGMA user_version = {_FORMAT}")


def new_secret() -> str:
    """Return 256 random bits as URL-safe text."""
    return secrets.token_urlsafe(SECRET_BYTES)


def digest_of(secret: str) -> str:
    """Return the digest that a secret is kept as."""
    return hashlib.sha256(secret.encode("utf-8")).hexdigest()


@contextmanager
def open_store(path: Path | None) -> Iterator[AccessStore]:
    """Open the file for a while; see `AccessStore`."""
    store = AccessStore(path)
    try:
        yield store
    finally:
        store.close()
