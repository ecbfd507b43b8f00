"""The SQLite file of keys, sessions and revocations, which the service and the command line share.

Secrets are kept as SHA-256 digests. They are 256 random bits, so that there is nothing to guess that a slow hash would
make slower (a password would need one), and looking a digest up tells no more by its timing than the digest itself.
What is deleted is overwritten (`secure_delete`), and there is no write-ahead file that would keep it.
"""

import hashlib
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from averment.service.sqlite_file import FileForm, SqliteFile

SECRET_BYTES: Final = 32
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


class AccessStore(SqliteFile):
    """The opened file; see `SqliteFile`. There is no write-ahead file that would keep what is deleted.

    Args:
        path: The file; None keeps everything in memory.
    """

    def __init__(self, path: Path | None):
        super().__init__(path, form=FileForm(holds="API keys and sessions", schema=_SCHEMA))


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
