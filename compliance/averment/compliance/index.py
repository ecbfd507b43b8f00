"""A rebuildable SQLite index over the entries, for finding them by time, type, answer, actor and purpose.

It has no authority: it is made from the log's files, can be deleted at any time, and is brought up to date by whoever
asks. It holds what leaves hold, no more.
"""

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from averment.compliance.events import decode_leaf
from averment.compliance.log.reader import LogReader
from averment.core.clock import rfc3339
from averment.core.errors import AuditIntegrityError, UsageError

FORMAT: Final = 1
INDEX_FILE: Final = "index.sqlite"
# An index is made anew by one of those who ask, while the others wait.
_BUSY_S: Final = 60.0
_SCHEMA: Final = """
CREATE TABLE IF NOT EXISTS entries (
    seq INTEGER PRIMARY KEY,
    time TEXT NOT NULL,
    type TEXT NOT NULL,
    actor TEXT NOT NULL,
    purpose TEXT NOT NULL,
    answer_id TEXT,
    document_id TEXT
);
CREATE INDEX IF NOT EXISTS entries_time ON entries (time);
CREATE INDEX IF NOT EXISTS entries_answer ON entries (answer_id) WHERE answer_id IS NOT NULL;
CREATE INDEX IF NOT EXISTS entries_document ON entries (document_id) WHERE document_id IS NOT NULL;
CREATE TABLE IF NOT EXISTS state (root TEXT NOT NULL, size INTEGER NOT NULL);
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryFilter:
    """Which entries are asked for; an empty field asks for all.

    Times are RFC 3339 or a date, which means its first instant in UTC; `time_to` is exclusive. Entries come in order,
    from `first` on, or the `newest_first`, below the index `before`.
    """

    types: tuple[str, ...] = ()
    time_from: str = ""
    time_to: str = ""
    actor: str = ""
    purpose: str = ""
    answer_id: str = ""
    document_id: str = ""
    first: int = 0
    limit: int | None = None
    before: int | None = None
    newest_first: bool = False


class EntryIndex:
    """The index of one log.

    Args:
        evidence_dir: The folder `evidence/`.
        path: The database; None keeps it in memory, for a folder that may not be written to.
    """

    def __init__(self, evidence_dir: Path, *, path: Path | None):
        self._reader = LogReader(evidence_dir / "log")
        self._database = _open(path)

    def __enter__(self) -> "EntryIndex":
        return self

    def __exit__(self, *_: object) -> None:
        self._database.close()

    def update(self) -> int:
        """Take in the entries that are new since the last update; return the number of indexed entries.

        An index that does not belong to the log, or is ahead of it, is made anew.

        Raises:
            AuditIntegrityError: An entry cannot be read.
        """
        with self._changes():
            return self._update()

    def _update(self) -> int:
        checkpoint = self._reader.checkpoint()
        indexed, root = self._state()
        if indexed > checkpoint.size or (indexed and self._reader.root(indexed).hex() != root):
            self._database.execute("DELETE FROM entries")
            indexed = 0
        first = self._reader.first(checkpoint.size)
        indexed = max(indexed, first)
        self._database.execute("DELETE FROM entries WHERE seq < ?", (first,))
        rows = (
            _row(index, entry) for index, entry in self._reader.entries(indexed, checkpoint.size, size=checkpoint.size)
        )
        self._database.executemany("INSERT OR REPLACE INTO entries VALUES (?, ?, ?, ?, ?, ?, ?)", rows)
        self._database.execute("DELETE FROM state")
        self._database.execute("INSERT INTO state VALUES (?, ?)", (checkpoint.root.hex(), checkpoint.size))
        return checkpoint.size

    @contextmanager
    def _changes(self) -> Iterator[None]:
        """Work in one transaction, the only one that writes: whoever else updates waits for its end."""
        self._database.execute("BEGIN IMMEDIATE")
        try:
            yield
            self._database.execute("COMMIT")
        except BaseException:
            if self._database.in_transaction:
                self._database.execute("ROLLBACK")
            raise

    def find(self, query: EntryFilter) -> list[int]:
        """Return the indexes of the entries asked for, in the order asked for.

        Raises:
            UsageError: A time is not one.
        """
        conditions, values = ["seq >= ?"], [str(query.first)]
        columns = {"actor": query.actor, "purpose": query.purpose, "answer_id": query.answer_id}
        columns |= {"document_id": query.document_id}
        for column, value in columns.items():
            if value:
                conditions.append(f"{column} = ?")
                values.append(value)
        for operator, value in ((">=", query.time_from), ("<", query.time_to)):
            if value:
                conditions.append(f"time {operator} ?")
                values.append(_instant(value))
        if query.before is not None:
            conditions.append("seq < ?")
            values.append(str(query.before))
        if query.types:
            conditions.append(f"type IN ({', '.join('?' * len(query.types))})")
            values.extend(query.types)
        limit = -1 if query.limit is None else query.limit
        order = "seq DESC" if query.newest_first else "seq"
        # The conditions are built from the fixed column names above; every value is bound.
        sql = f"SELECT seq FROM entries WHERE {' AND '.join(conditions)} ORDER BY {order} LIMIT {int(limit)}"  # noqa: S608
        with closing(self._database.execute(sql, values)) as cursor:
            return [int(row[0]) for row in cursor]

    def _state(self) -> tuple[int, str]:
        row = self._database.execute("SELECT size, root FROM state").fetchone()
        return (int(row[0]), str(row[1])) if row else (0, "")


def _open(path: Path | None) -> sqlite3.Connection:
    """Open the index, made where absent; several threads and processes may do so at once."""
    database = sqlite3.connect(path or ":memory:", timeout=_BUSY_S, isolation_level=None)
    try:
        found = database.execute("PRAGMA user_version").fetchone()[0]
    except sqlite3.DatabaseError:
        found = -1
    if found not in (0, FORMAT):
        database.close()
        if path is not None:
            path.unlink(missing_ok=True)
        database = sqlite3.connect(path or ":memory:", timeout=_BUSY_S, isolation_level=None)
    if found != FORMAT:
        database.execute("BEGIN IMMEDIATE")
        # Another one may have made it between the question and the lock.
        if database.execute("PRAGMA user_version").fetchone()[0] != FORMAT:
            for statement in _SCHEMA.split(";"):
                database.execute(statement)
            database.execute(f"PRAGMA user_version = {FORMAT}")
        database.execute("COMMIT")
    return database


def _instant(text: str) -> str:
    """Write a time as entries have it, so that times compare as texts do."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise UsageError(f"{text!r} is no time", hint="for example 2026-01-31 or 2026-01-31T08:00:00Z") from error
    return rfc3339(moment if moment.tzinfo else moment.replace(tzinfo=UTC))


def _row(index: int, entry: bytes) -> Sequence[str | int | None]:
    leaf = decode_leaf(entry, index=index)
    data = leaf.get("data")
    if not isinstance(data, dict):
        raise AuditIntegrityError(f"entry {index} has no data")
    answer, document = data.get("answer_id"), data.get("document_id")
    return (index, str(leaf["time"]), str(leaf["type"]), str(leaf["actor"]), str(leaf["purpose"]), answer, document)
