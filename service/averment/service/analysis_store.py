"""The analyses of an installation, kept: what was asked, every event, how it ended, and which request made it.

One SQLite file that the service alone has open. Questions, answers and problems are sealed under keys of whoever asked
(`TextSealing`); in the clear stand pseudonyms, states, counts, and the steps' fixed wordings. What is in here is a
working copy: the record of an analysis is the log's.
"""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from sqlite3 import Connection, Row
from typing import Final, Literal

from averment.core.analysis import AnalysisRequest
from averment.core.answers import Answer
from averment.core.errors import AvermentError, RecordNotFound, StoreError
from averment.core.jsonable import Json, canonical_json
from averment.core.reading import read_answer, read_request
from averment.core.sealing import TextSealing
from averment.service.sqlite_file import FileForm, SqliteFile

AnalysisStatus = Literal["queued", "running", "completed", "failed", "cancelled"]
OVER: Final = frozenset({"completed", "failed", "cancelled"})
_UNFINISHED: Final = "status IN ('queued', 'running')"
_SCHEMA: Final = """
CREATE TABLE analyses (
    id TEXT PRIMARY KEY, owner TEXT NOT NULL, status TEXT NOT NULL, n_runs INTEGER NOT NULL DEFAULT 0,
    is_cancelled INTEGER NOT NULL DEFAULT 0, n_events INTEGER NOT NULL DEFAULT 0,
    request BLOB NOT NULL, answer BLOB, problem BLOB
) STRICT, WITHOUT ROWID;
CREATE INDEX analyses_of ON analyses (owner, id);
CREATE INDEX analyses_unfinished ON analyses (id) WHERE status IN ('queued', 'running');
CREATE TABLE events (
    analysis_id TEXT NOT NULL, number INTEGER NOT NULL, event TEXT NOT NULL, data TEXT,
    PRIMARY KEY (analysis_id, number)
) STRICT, WITHOUT ROWID;
CREATE TABLE request_keys (
    owner TEXT NOT NULL, digest TEXT NOT NULL, body TEXT NOT NULL, analysis_id TEXT NOT NULL,
    expires_at INTEGER NOT NULL, PRIMARY KEY (owner, digest)
) STRICT, WITHOUT ROWID;
CREATE INDEX request_keys_of ON request_keys (analysis_id);
CREATE INDEX request_keys_until ON request_keys (expires_at)
"""
FORM: Final = FileForm(holds="analyses", schema=_SCHEMA, has_journal_ahead=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedAnalysis:
    """One line of a list of analyses."""

    id: str
    status: AnalysisStatus
    n_events: int
    request: AnalysisRequest


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptAnalysis:
    """An analysis as it is kept; events by number. `n_runs` counts how often it was begun."""

    id: str
    status: AnalysisStatus
    n_runs: int
    is_cancelled: bool
    has_key: bool
    request: AnalysisRequest
    events: tuple[tuple[str, Json], ...]
    answer: Answer | None
    problem: Mapping[str, object] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestKey:
    """An idempotency key of one owner: digests of it and of what it came with, and when it is forgotten (Unix, s)."""

    digest: str
    body: str
    expires_at: int


class AnalysisStore:
    """The opened file. Thread-safe; methods raise `StoreError` where it cannot be read or written.

    Args:
        path: The file, made where absent; None keeps everything in memory.
        sealing: Seals what people asked and were answered.
    """

    def __init__(self, path: Path | None, *, sealing: TextSealing):
        self._file = SqliteFile(path, form=FORM)
        self._sealing = sealing

    def owner(self, subject: str) -> str:
        """Return the pseudonym that stands for somebody."""
        return self._sealing.owner(subject)

    def digest(self, content: bytes, *, owner: str, context: str) -> str:
        """Return a digest of a text that tells nothing without its owner's key."""
        return self._sealing.digest(content, owner=owner, context=context)

    def add(self, identity: str, request: AnalysisRequest, *, key: RequestKey | None = None) -> None:
        """Take up an analysis, durably, and with it the key it came with."""
        owner = self.owner(request.principal.subject)
        sealed = self._sealed(canonical_json(request), owner=owner, identity=identity, part="request")
        with self._file.changes() as database:
            database.execute(
                "INSERT INTO analyses (id, owner, status, request) VALUES (?, ?, 'queued', ?)",
                (identity, owner, sealed),
            )
            if key is not None:
                database.execute(
                    "INSERT OR REPLACE INTO request_keys VALUES (?, ?, ?, ?, ?)",
                    (owner, key.digest, key.body, identity, key.expires_at),
                )

    def made_by(self, key: RequestKey, *, owner: str, now_s: int) -> tuple[str, str] | None:
        """Return the analysis that a key made, and the digest of what it came with; keys of the past are forgotten."""
        with self._file.changes() as database:
            database.execute("DELETE FROM request_keys WHERE expires_at <= ?", (now_s,))
            row = database.execute(
                "SELECT analysis_id, body FROM request_keys WHERE owner = ? AND digest = ?", (owner, key.digest)
            ).fetchone()
        return None if row is None else (str(row["analysis_id"]), str(row["body"]))

    def begin(self, identity: str) -> None:
        """Note that an analysis runs, once more."""
        with self._file.changes() as database:
            database.execute("UPDATE analyses SET status = 'running', n_runs = n_runs + 1 WHERE id = ?", (identity,))

    def put_back(self, identity: str) -> None:
        """Note that an analysis waits for its next run."""
        with self._file.changes() as database:
            database.execute("UPDATE analyses SET status = 'queued' WHERE id = ?", (identity,))

    def cancel(self, identity: str) -> None:
        """Note, durably, that an analysis is to end without an answer."""
        with self._file.changes() as database:
            database.execute("UPDATE analyses SET is_cancelled = 1 WHERE id = ?", (identity,))

    def note(self, identity: str, event: str, *, data: Json) -> None:
        """Keep an event, whose data are no content."""
        with self._file.changes() as database:
            _append(database, identity, event, json.dumps(data, ensure_ascii=False))

    def finish(
        self,
        identity: str,
        event: str,
        *,
        status: AnalysisStatus,
        answer: Answer | None = None,
        problem: Mapping[str, object] | None = None,
    ) -> None:
        """Keep the last event with what came of an analysis: its data are the answer or the problem, else the id."""
        rows = self._file.rows("SELECT owner FROM analyses WHERE id = ?", (identity,))
        owner = str(rows[0]["owner"]) if rows else ""
        sealed = {
            part: None if one is None else self._sealed(canonical_json(one), owner=owner, identity=identity, part=part)
            for part, one in {"answer": answer, "problem": problem}.items()
        }
        outcome = None if answer is not None or problem is not None else json.dumps({"id": identity})
        is_kept_key = problem is None or not problem.get("retryable")
        with self._file.changes() as database:
            _append(database, identity, event, outcome)
            database.execute(
                "UPDATE analyses SET status = ?, answer = ?, problem = ? WHERE id = ?",
                (status, sealed["answer"], sealed["problem"], identity),
            )
            if not is_kept_key:  # what may succeed later may be tried again
                database.execute("DELETE FROM request_keys WHERE analysis_id = ?", (identity,))

    def get(self, identity: str) -> KeptAnalysis | None:
        """Return an analysis; None where there is none, or it was removed, or who asked was erased."""
        rows = self._file.rows("SELECT * FROM analyses WHERE id = ?", (identity,))
        return self._kept(rows[0]) if rows else None

    def unfinished(self) -> Iterator[KeptAnalysis]:
        """Yield the analyses that did not end, oldest first."""
        rows = self._file.rows(f"SELECT * FROM analyses WHERE {_UNFINISHED} ORDER BY id")  # noqa: S608 - a constant
        return (kept for row in rows if (kept := self._kept(row)) is not None)

    def ids_of(self, subject: str, *, before: str | None, limit: int) -> list[str]:
        """Return ids of somebody's analyses, newest first, from behind one of them on."""
        rows = self._file.rows(
            "SELECT id FROM analyses WHERE owner = ? AND id < ? ORDER BY id DESC LIMIT ?",
            (self.owner(subject), before or "~", limit),
        )
        return [str(row["id"]) for row in rows]

    def listed(self, identity: str) -> ListedAnalysis | None:
        """Return an analysis as a line of a list, without opening its answer."""
        rows = self._file.rows("SELECT id, owner, status, n_events, request FROM analyses WHERE id = ?", (identity,))
        request = self._request(rows[0]) if rows else None
        if request is None:
            return None
        row = rows[0]
        return ListedAnalysis(id=row["id"], status=row["status"], n_events=row["n_events"], request=request)

    def remove(self, identity: str) -> None:
        """Delete what is kept of an analysis that is over.

        Raises:
            RecordNotFound: There is none, or it is not over.
        """
        with self._file.changes() as database:
            found = database.execute(f"DELETE FROM analyses WHERE id = ? AND NOT ({_UNFINISHED})", (identity,))  # noqa: S608 - a constant
            if not found.rowcount:
                raise RecordNotFound("there is no such analysis that is over")
            _forget(database, identity)

    def expire(self, *, before: str) -> int:
        """Delete what is kept of analyses that are over and whose ids are smaller; return how many went."""
        rows = self._file.rows(f"SELECT id FROM analyses WHERE id < ? AND NOT ({_UNFINISHED})", (before,))  # noqa: S608 - a constant
        self._delete([str(row["id"]) for row in rows])
        return len(rows)

    def erase(self, owner: str | None, *, is_naming: Callable[[str], bool]) -> int:
        """Delete what is kept of an owner, and whatever names somebody or cannot be opened; return how many went.

        Nothing deleted is left in the file.
        """
        rows = self._file.rows("SELECT id, owner, request, answer, problem FROM analyses")
        gone = [str(row["id"]) for row in rows if row["owner"] == owner or self._is_named(row, is_naming)]
        self._delete(gone)
        self._file.compact()
        return len(gone)

    def close(self) -> None:
        """Close the file."""
        self._file.close()

    def _delete(self, identities: Sequence[str]) -> None:
        with self._file.changes() as database:
            for identity in identities:
                database.execute("DELETE FROM analyses WHERE id = ?", (identity,))
                _forget(database, identity)

    def _kept(self, row: Row) -> KeptAnalysis | None:
        request = self._request(row)
        if request is None:
            return None
        identity = str(row["id"])
        answer, problem = self._opened(row, "answer"), self._opened(row, "problem")
        outcome = json.loads(answer or problem or b"null")
        events = self._file.rows("SELECT event, data FROM events WHERE analysis_id = ? ORDER BY number", (identity,))
        return KeptAnalysis(
            id=identity,
            status=row["status"],
            n_runs=row["n_runs"],
            is_cancelled=bool(row["is_cancelled"]),
            has_key=self._has_key(identity),
            request=request,
            events=tuple((one["event"], outcome if one["data"] is None else json.loads(one["data"])) for one in events),
            answer=None if answer is None else read_answer(answer),
            problem=None if problem is None else outcome,
        )

    def _has_key(self, identity: str) -> bool:
        return bool(self._file.rows("SELECT 1 FROM request_keys WHERE analysis_id = ?", (identity,)))

    def _request(self, row: Row) -> AnalysisRequest | None:
        try:
            raw = self._opened(row, "request")
        except StoreError:  # the key was destroyed: who asked was erased
            return None
        return None if raw is None else read_request(raw)

    def _opened(self, row: Row, part: str) -> bytes | None:
        if row[part] is None:
            return None
        return self._sealing.open(row[part], owner=row["owner"], context=_context(row["id"], part))

    def _sealed(self, content: bytes, *, owner: str, identity: str, part: str) -> bytes:
        return self._sealing.seal(content, owner=owner, context=_context(identity, part))

    def _is_named(self, row: Row, is_naming: Callable[[str], bool]) -> bool:
        try:
            texts = [self._opened(row, part) for part in ("request", "answer", "problem")]
        except AvermentError:
            return True
        return any(is_naming(text.decode("utf-8", "replace")) for text in texts if text is not None)


@contextmanager
def open_analyses(path: Path | None, *, sealing: TextSealing) -> Iterator[AnalysisStore]:
    """Open the analyses for a while; see `AnalysisStore`."""
    store = AnalysisStore(path, sealing=sealing)
    try:
        yield store
    finally:
        store.close()


def _append(database: Connection, identity: str, event: str, data: str | None) -> None:
    database.execute("INSERT INTO events SELECT id, n_events, ?, ? FROM analyses WHERE id = ?", (event, data, identity))
    database.execute("UPDATE analyses SET n_events = n_events + 1 WHERE id = ?", (identity,))


def _forget(database: Connection, identity: str) -> None:
    database.execute("DELETE FROM events WHERE analysis_id = ?", (identity,))
    database.execute("DELETE FROM request_keys WHERE analysis_id = ?", (identity,))


def _context(identity: str, part: str) -> str:
    return f"analysis/{identity}/{part}"
