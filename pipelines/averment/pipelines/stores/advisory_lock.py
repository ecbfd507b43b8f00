"""One writer among several machines: a PostgreSQL advisory lock, held for as long as its connection lives.

It stands beside the file lock of the evidence log, for installations whose machines share the log's folder over a file
system on which file locks do not reach from one machine to the other.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from pydantic import SecretStr

from averment.core.errors import ConfigurationError, StoreBusy, StoreError

_CONNECT_TIMEOUT_S: Final = 10


@contextmanager
def advisory_lock(secret_url: SecretStr | None, *, name: str) -> Iterator[None]:
    """Hold a lock for the duration of a block; without a URL there is nothing to hold.

    Args:
        secret_url: A `postgresql://` URL of a database that all machines reach.
        name: What is locked, the same on all of them.

    Raises:
        StoreBusy: Another process holds it.
        StoreError: The database cannot be reached.
        ConfigurationError: The URL is not one of PostgreSQL.
    """
    if secret_url is None:
        yield
        return
    url = secret_url.get_secret_value()
    if not url.startswith(("postgresql://", "postgresql+psycopg://")):
        raise ConfigurationError("log.lock_url is not a postgresql:// URL", hint="leave it out to use the file lock")
    import psycopg

    try:
        connection = psycopg.connect(
            url.replace("+psycopg", "", 1), autocommit=True, connect_timeout=_CONNECT_TIMEOUT_S
        )
    except psycopg.Error as error:
        raise StoreError(
            f"the database of log.lock_url cannot be reached: {type(error).__name__}",
            hint="start it; nothing may be logged while nobody can tell who writes",
        ) from error
    with connection:
        row = connection.execute("SELECT pg_try_advisory_lock(hashtextextended(%s, 0))", (name,)).fetchone()
        if row is None or not row[0]:
            raise StoreBusy(
                f"another machine writes the log {name!r}: it holds the lock in the database of log.lock_url",
                hint="stop it, or let it do the work",
            )
        yield
