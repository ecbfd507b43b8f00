"""What work was done and what it took, summed from the log's entries: by day and purpose, and the latest runs.

Entries hold counts, codes and durations; of who asked and what was asked nothing is read. An entry is read once: what
was summed stays in memory, and a later look reads on from there.
"""

import threading
from collections import deque
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path
from typing import Final

from averment.compliance.audit import show
from averment.compliance.events import Leaf
from averment.compliance.index import EntryFilter
from averment.core.audit import EventType
from averment.core.jsonable import Json

MOST_DAYS: Final = 92
RECENT: Final = 30
_WORK: Final = (
    EventType.ANALYSIS_STARTED,
    EventType.ANALYSIS_COMPLETED,
    EventType.ANALYSIS_FAILED,
    EventType.SEARCH_EXECUTED,
    EventType.INGEST_COMPLETED,
)
_MS: Final = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Spent:
    """What analyses of one day (UTC) under one purpose took. Times in seconds.

    `analyses` ended with an answer of any status, of them `answered` neither abstaining nor refusing; `failed` ones
    ended with none. Prompt tokens include cached ones; `escalated` ones went to the second model, counted apart.
    """

    day: str
    purpose: str
    analyses: int = 0
    answered: int = 0
    failed: int = 0
    searches: int = 0
    model_calls: int = 0
    prompt_tokens: int = 0
    cached_tokens: int = 0
    completion_tokens: int = 0
    escalated_tokens: int = 0
    duration_s: float = 0.0
    model_s: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """An analysis that ended: its status, or the code of its error; `channel` is None where the start was not seen."""

    id: str
    ended_at: str
    purpose: str
    channel: str | None
    status: str
    code: str | None
    duration_s: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Ingested:
    """A run over a source that ended."""

    id: str
    ended_at: str
    connector: str
    status: str
    counts: dict[str, int]
    duration_s: float


class Ledger:
    """Sums over one log. Thread-safe.

    Args:
        evidence_dir: The folder `evidence/`.
    """

    def __init__(self, evidence_dir: Path):
        self._evidence_dir = evidence_dir
        self._lock = threading.Lock()
        self._next = 0
        self._since = ""
        self._spent: dict[tuple[str, str], Spent] = {}
        self._channels: dict[str, str] = {}
        self._ended: deque[Ended] = deque(maxlen=RECENT)
        self._ingested: deque[Ingested] = deque(maxlen=RECENT)

    def update(self, *, today: date) -> None:
        """Take in the entries that a checkpoint covers and that were not read yet; days over `MOST_DAYS` ago go.

        Raises:
            AuditIntegrityError: The log's files cannot be read.
        """
        first = (today - timedelta(days=MOST_DAYS - 1)).isoformat()
        query = EntryFilter(types=tuple(map(str, _WORK)), time_from=first, first=self._next)
        with self._lock:
            for leaf in show(self._evidence_dir, replace(query, first=self._next)):
                self._take(leaf)
                self._next = int(str(leaf["seq"])) + 1
            self._spent = {key: spent for key, spent in self._spent.items() if key[0] >= first}

    def spent(self, *, since: date) -> tuple[Spent, ...]:
        """Return the sums from a day on, newest day first, purposes by name."""
        with self._lock:
            found = [spent for (day, _), spent in self._spent.items() if day >= since.isoformat()]
        return tuple(sorted(sorted(found, key=lambda one: one.purpose), key=lambda one: one.day, reverse=True))

    def ended(self) -> tuple[Ended, ...]:
        """Return the latest analyses that ended, newest first."""
        with self._lock:
            return tuple(reversed(self._ended))

    def ingested(self) -> tuple[Ingested, ...]:
        """Return the latest runs over sources, newest first."""
        with self._lock:
            return tuple(reversed(self._ingested))

    def _take(self, leaf: Leaf) -> None:
        data, kind = _members(leaf["data"]), str(leaf["type"])
        if kind == EventType.INGEST_COMPLETED:
            self._ingested.append(_ingested(leaf, data))
            return
        key = str(leaf["time"])[:10], str(leaf["purpose"])
        spent = self._spent.get(key) or Spent(day=key[0], purpose=key[1])
        if kind == EventType.ANALYSIS_STARTED:
            self._channels[str(data["answer_id"])] = str(data.get("channel") or "")
            return
        if kind == EventType.SEARCH_EXECUTED:
            self._spent[key] = replace(spent, searches=spent.searches + 1)
            return
        channel = self._channels.pop(str(data["answer_id"]), "") or None
        self._ended.append(_ended(leaf, data, channel=channel))
        if kind == EventType.ANALYSIS_FAILED:
            failed_s = _count(data, "duration_ms") / _MS
            self._spent[key] = replace(spent, failed=spent.failed + 1, duration_s=spent.duration_s + failed_s)
        else:
            self._spent[key] = _with_answer(spent, data)


def _with_answer(spent: Spent, data: dict[str, Json]) -> Spent:
    usage, escalated = _members(data.get("usage")), _members(data.get("escalation"))
    return replace(
        spent,
        analyses=spent.analyses + 1,
        answered=spent.answered + (data["status"] == "answered"),
        model_calls=spent.model_calls + _count(usage, "model_calls"),
        prompt_tokens=spent.prompt_tokens + _count(usage, "prompt_tokens"),
        cached_tokens=spent.cached_tokens + _count(usage, "cached_tokens"),
        completion_tokens=spent.completion_tokens + _count(usage, "completion_tokens"),
        escalated_tokens=spent.escalated_tokens
        + _count(escalated, "prompt_tokens")
        + _count(escalated, "completion_tokens"),
        duration_s=spent.duration_s + _count(usage, "duration_ms") / _MS,
        model_s=spent.model_s + _count(usage, "model_ms") / _MS,
    )


def _ended(leaf: Leaf, data: dict[str, Json], *, channel: str | None) -> Ended:
    usage = _members(data.get("usage")) or data
    took_ms = usage.get("duration_ms")
    code = data.get("code")
    return Ended(
        id=str(data["answer_id"]),
        ended_at=str(leaf["time"]),
        purpose=str(leaf["purpose"]),
        channel=channel,
        status=str(data.get("status") or "failed"),
        code=None if code is None else str(code),
        duration_s=took_ms / _MS if isinstance(took_ms, int) else None,
    )


def _ingested(leaf: Leaf, data: dict[str, Json]) -> Ingested:
    names = ("added", "changed", "unchanged", "removed", "quarantined", "failed")
    return Ingested(
        id=str(data["run_id"]),
        ended_at=str(leaf["time"]),
        connector=str(data["connector"]),
        status=str(data["status"]),
        counts={name: _count(data, name) for name in names},
        duration_s=_count(data, "duration_ms") / _MS,
    )


def _members(value: object) -> dict[str, Json]:
    return value if isinstance(value, dict) else {}


def _count(data: dict[str, Json], name: str) -> int:
    value = data.get(name)
    return value if isinstance(value, int) else 0
