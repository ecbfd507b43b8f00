from dataclasses import replace

import pytest

from averment.core.access import Filters, Principal
from averment.core.analysis import Admission, SearchRequest, SearchResult
from averment.core.audit import EventType
from averment.core.errors import AuditWriteFailed, IndexUnavailable, PurposeNotUsable, UsageError
from averment.core.interpretation import Interpretation
from averment.core.testing.audit import MemoryAuditSink
from averment.core.testing.backend import DoubleBackend
from averment.core.testing.clock import FixedClock
from averment.core.testing.gate import OpenGate
from averment.pipelines.search import MAX_QUERY_CHARS, Find, Searcher

REQUEST = SearchRequest(
    query="the secret clause",
    principal=Principal(subject="ada", groups=("legal",)),
    top_k=3,
    filters=Filters(party=("Acme",)),
    purpose="review",
    channel="cli",
)


def searcher(sink: MemoryAuditSink, find: Find | None = None, gate: OpenGate | None = None) -> Searcher:
    finder, stands = find or DoubleBackend().search, gate or OpenGate()
    return Searcher(finder, audit=sink, gate=stands, clock=FixedClock(), index_version="v1")


def test_passages_leave_after_the_log_has_the_search() -> None:
    sink = MemoryAuditSink()
    assert [passage.text for passage in searcher(sink).search(REQUEST).passages] == [REQUEST.query]
    (event,) = sink.events
    assert (event.type, event.subject, event.purpose) == (EventType.SEARCH_EXECUTED, "ada", "review")
    assert event.data["passages"] == ["c"]
    assert (event.data["n_passages"], event.data["top_k"], event.data["channel"]) == (1, 3, "cli")
    assert (event.data["groups"], event.data["index_version"]) == (["legal"], "v1")
    assert [(payload.name, payload.content) for payload in event.payloads] == [("query", b"the secret clause")]
    assert "secret" not in str(event.data)
    assert "Acme" not in str(event.data)


def test_a_search_that_finds_nothing_is_logged_as_well() -> None:
    sink = MemoryAuditSink()
    nothing = SearchResult(passages=(), interpretation=Interpretation(want="one"))
    assert searcher(sink, lambda _: nothing).search(REQUEST) == nothing
    assert sink.events[0].data["n_passages"] == 0


def test_other_filters_have_another_digest() -> None:
    sink = MemoryAuditSink()
    searcher(sink).search(REQUEST)
    searcher(sink).search(SearchRequest(query="x", principal=REQUEST.principal, top_k=3))
    searcher(sink).search(replace(REQUEST, ignore=("documents",)))
    searcher(sink).search(replace(REQUEST, ignore=("documents", "list")))
    searcher(sink).search(replace(REQUEST, ignore=("list", "documents")))
    digests = [event.data["filters_digest"] for event in sink.events]
    assert len(set(digests)) == 4
    assert digests[-1] == digests[-2]


def test_nothing_is_released_when_the_log_takes_nothing() -> None:
    found: list[str] = []

    def find(request: SearchRequest) -> SearchResult:
        found.append(request.query)
        return DoubleBackend().search(request)

    with pytest.raises(AuditWriteFailed):
        searcher(MemoryAuditSink(fail_from=0), find).search(REQUEST)
    assert found == [REQUEST.query]


def test_a_search_that_fails_is_passed_on() -> None:
    def find(_: SearchRequest) -> SearchResult:
        raise IndexUnavailable("down")

    sink = MemoryAuditSink()
    with pytest.raises(IndexUnavailable):
        searcher(sink, find).search(REQUEST)
    assert sink.events == []


@pytest.mark.parametrize("query", ["", " \n", "x" * (MAX_QUERY_CHARS + 1)])
def test_an_unusable_query_is_refused_before_anything_is_looked_for(query: str) -> None:
    sink = MemoryAuditSink()
    with pytest.raises(UsageError):
        searcher(sink).search(SearchRequest(query=query, principal=REQUEST.principal, top_k=3))
    assert sink.events == []


def test_a_query_outside_the_purpose_is_logged_and_finds_nothing() -> None:
    sink, codes = MemoryAuditSink(), ("annex-iii.4.a", "decision.rate")
    blocked = OpenGate(Admission(outcome="blocked", codes=codes))
    with pytest.raises(PurposeNotUsable, match="annex-iii"):
        searcher(sink, gate=blocked).search(REQUEST)
    (event,) = sink.events
    assert (event.type, event.data["outcome"], event.data["codes"]) == (EventType.GUARDRAIL_HIT, "blocked", codes)
    flagged = OpenGate(Admission(outcome="flagged", codes=codes))
    assert searcher(sink, gate=flagged).search(REQUEST).passages
    assert [each.type for each in sink.events[1:]] == [EventType.GUARDRAIL_HIT, EventType.SEARCH_EXECUTED]
