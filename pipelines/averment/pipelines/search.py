"""One search from query to released passages: the log comes first.

Passages leave only after `search.executed` is durable; when the log fails nothing is returned. The query is a payload
of the entry, under the key of who searched; passages are named by id.
"""

from collections.abc import Callable, Sequence
from typing import Final

from averment.core.analysis import SearchRequest, SearchResult
from averment.core.answers import Passage
from averment.core.audit import AuditEvent, EventType, Payload
from averment.core.clock import Clock
from averment.core.errors import PurposeNotUsable, UsageError
from averment.core.ids import sha256_id
from averment.core.jsonable import canonical_json, to_json
from averment.core.ports import AuditSink, UseGate
from averment.pipelines.admission import admitted, guard_event, refusal

MAX_QUERY_CHARS: Final = 20_000
MAX_LISTED: Final = 256

Find = Callable[[SearchRequest], SearchResult]


class Searcher:
    """Runs searches and releases their passages.

    Args:
        find: Finds passages, best first.
        audit: The evidence log.
        gate: Stands before every query.
        clock: Tells how long it took.
        index_version: What the index was built with.
    """

    def __init__(self, find: Find, *, audit: AuditSink, gate: UseGate, clock: Clock, index_version: str):
        self._find = find
        self._gate = gate
        self._audit = audit
        self._clock = clock
        self._index_version = index_version

    def search(self, request: SearchRequest) -> SearchResult:
        """Return passages, best first, with how the query was understood.

        Raises:
            UsageError: The query is empty or too long.
            PurposeNotUsable: The purpose may not be used as it stands, or blocks the query as a use outside.
            AuditWriteFailed: The log could not be written; no passage is released.
        """
        _check_query(request.query)
        admission = admitted(self._gate, request.query, request=request, audit=self._audit)
        if admission.outcome != "allowed":
            self._audit.append(guard_event(admission, request=request))
        if admission.outcome == "blocked":
            raise PurposeNotUsable(refusal(admission, question=request.query, purpose=request.purpose))
        started_s = self._clock.monotonic_s()
        found = self._find(request)
        duration_ms = max(0, round((self._clock.monotonic_s() - started_s) * 1000))
        self._audit.append(self._executed(request, found.passages, duration_ms=duration_ms))
        return found

    def _executed(self, request: SearchRequest, passages: Sequence[Passage], *, duration_ms: int) -> AuditEvent:
        return AuditEvent(
            type=EventType.SEARCH_EXECUTED,
            subject=request.principal.subject,
            purpose=request.purpose,
            data={
                "channel": request.channel,
                "filters_digest": _limits_digest(request),
                "groups": list(request.principal.groups),
                "top_k": request.top_k,
                "passages": [passage.chunk_id for passage in passages[:MAX_LISTED]],
                "n_passages": len(passages),
                "index_version": self._index_version,
                "duration_ms": duration_ms,
            },
            payloads=(Payload(name="query", content=request.query.encode("utf-8", errors="replace")),),
        )


def _limits_digest(request: SearchRequest) -> str:
    """Return the digest of what limits a search: its filters and, where there is any, what it must not understand."""
    if not request.ignore:
        return sha256_id(canonical_json(request.filters))
    return sha256_id(canonical_json({"filters": to_json(request.filters), "ignore": sorted(request.ignore)}))


def _check_query(query: str) -> None:
    if not query.strip():
        raise UsageError("the query is empty", hint="name what to look for")
    if len(query) > MAX_QUERY_CHARS:
        raise UsageError(f"the query has {len(query)} characters, more than {MAX_QUERY_CHARS}", hint="shorten it")
