"""The index port over a caller: nothing is lost or widened on the way, and malformed messages are refused."""

import math
from collections.abc import Sequence
from dataclasses import fields
from typing import Any, cast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from averment.core.access import Filters, Principal
from averment.core.errors import StoreError
from averment.core.owner_wire import JsonObject
from averment.core.ports import IndexHit, IndexPoint, IndexQuery, SparseVector
from averment.pipelines.stores.payload import Payload
from averment.pipelines.stores.remote import RemoteIndexStore, index_handlers

text = st.text(max_size=5)
texts = st.lists(text, max_size=3).map(tuple)
single = st.floats(width=32, allow_nan=False, allow_infinity=False)
vectors = st.lists(single, max_size=4)
sparse = st.dictionaries(st.integers(0, 2**32 - 1), single, max_size=4).map(
    lambda terms: SparseVector(indices=tuple(sorted(terms)), values=tuple(terms[key] for key in sorted(terms)))
)
payloads = st.dictionaries(
    text, st.one_of(st.none(), text, st.integers(0, 2**60), st.lists(text, max_size=2)), max_size=4
)
points = st.builds(IndexPoint, id=text, dense=vectors, sparse=sparse, payload=payloads)
filters = st.builds(
    Filters, **{field.name: st.none() | text if field.name.startswith("date") else texts for field in fields(Filters)}
)
queries = st.builds(
    IndexQuery,
    principal=st.builds(Principal, subject=text, groups=texts, tenant=text, roles=texts),
    filters=filters,
    limit=st.integers(0, 1000),
    prefetch=st.integers(0, 1000),
    dense=st.none() | vectors,
    sparse=st.none() | sparse,
    level=st.sampled_from(("chunk", "document")),
    rank_constant=st.integers(1, 100),
    fusion=st.sampled_from(("rrf", "dbsf", "convex")),
    dense_weight=st.floats(0, 1),
)


PRINCIPAL: JsonObject = {"subject": "s", "groups": [], "tenant": "t", "roles": []}


class Recorder:
    """A store that notes what arrives."""

    def __init__(self) -> None:
        self.seen: list[Any] = []
        self.hits: list[IndexHit] = []

    def write(self, points: Any) -> None:
        self.seen.append(list(points))

    def delete_document(self, document_id: str, *, keep_text_hash: str | None = None) -> None:
        self.seen.append((document_id, keep_text_hash))

    def update_document(self, document_id: str, payload: Payload) -> None:
        self.seen.append((document_id, dict(payload)))

    def search(self, query: IndexQuery) -> list[IndexHit]:
        self.seen.append(query)
        return self.hits

    def search_many(self, queries: Sequence[IndexQuery]) -> list[list[IndexHit]]:
        return [self.search(query) for query in queries]

    def count(self, *, document_id: str | None = None) -> int:
        self.seen.append(document_id)
        return 7

    def optimize(self) -> bool:
        return True

    def close(self) -> None:
        self.seen.append("closed")


class Direct:
    """A caller without a socket."""

    is_owner = True

    def __init__(self, store: Recorder) -> None:
        self._handlers = index_handlers(lambda _: store)

    def call(self, method: str, params: JsonObject) -> JsonObject:
        return self._handlers[method](params)


def linked() -> tuple[Recorder, RemoteIndexStore]:
    recorder = Recorder()
    return recorder, RemoteIndexStore(Direct(recorder))


@settings(deadline=None)
@given(query=queries)
def test_queries_arrive_as_they_were(query: IndexQuery) -> None:
    recorder, remote = linked()
    remote.search(query)
    assert recorder.seen == [query]


def test_many_queries_go_in_parts() -> None:
    recorder, remote = linked()
    recorder.hits = [IndexHit(id="i", score=1.0, payload={})]
    who = Principal(subject="s", groups=("g",))
    asked = [
        IndexQuery(principal=who, filters=Filters(), limit=n, sparse=SparseVector(indices=(1,), values=(1.0,)))
        for n in range(150)
    ]
    assert remote.search_many(asked) == [recorder.hits] * 150
    assert recorder.seen == asked
    assert remote.search_many([]) == []


@settings(deadline=None)
@given(written=st.lists(points, min_size=1, max_size=3))
def test_points_arrive_as_they_were(written: list[IndexPoint]) -> None:
    recorder, remote = linked()
    remote.write(written)
    assert recorder.seen == [written]


@settings(deadline=None)
@given(hits=st.lists(st.builds(IndexHit, id=text, score=single, payload=payloads), max_size=3))
def test_hits_come_back_as_they_were(hits: list[IndexHit]) -> None:
    recorder, remote = linked()
    recorder.hits = hits
    query = IndexQuery(principal=Principal(subject="s", groups=()), filters=Filters(), limit=1)
    assert remote.search(query) == hits


def test_the_other_requests() -> None:
    recorder, remote = linked()
    remote.delete_document("d")
    remote.delete_document("d", keep_text_hash="t")
    remote.update_document("d", {"readers": ("a", "b"), "n": 1})
    assert (remote.count(), remote.count(document_id="d"), remote.optimize()) == (7, 7, True)
    remote.close()
    assert recorder.seen == [("d", None), ("d", "t"), ("d", {"readers": ["a", "b"], "n": 1}), None, "d"]


def test_large_writes_go_in_parts() -> None:
    recorder, remote = linked()
    one = IndexPoint(id="i", dense=[1.0], sparse=SparseVector(indices=(), values=()), payload={})
    remote.write([one] * 2500)
    assert [len(part) for part in recorder.seen] == [1000, 1000, 500]


def test_a_filter_the_owner_does_not_know_is_refused() -> None:
    recorder = Recorder()
    sent: list[JsonObject] = []

    class Newer(Direct):
        def call(self, method: str, params: JsonObject) -> JsonObject:
            (asked,) = cast("list[dict[str, JsonObject]]", params["queries"])
            sent.append(params)
            return super().call(method, {"queries": [{**asked, "filters": {**asked["filters"], "clause": ["12.4"]}}]})

    query = IndexQuery(principal=Principal(subject="s", groups=("g",)), filters=Filters(), limit=1)
    with pytest.raises(StoreError, match="does not know"):
        RemoteIndexStore(Newer(recorder)).search(query)
    assert recorder.seen == []
    assert sent


@pytest.mark.parametrize(
    ("method", "params"),
    [
        ("index.write", {}),
        ("index.write", {"points": [{"id": "a"}]}),
        ("index.write", {"points": [{"id": "a", "dense": "!", "sparse": {}, "payload": {}}]}),
        ("index.write", {"points": [{"id": "a", "dense": "AAA=", "sparse": {}, "payload": {}}]}),
        ("index.delete_document", {"document_id": 5}),
        ("index.search", {}),
        ("index.search", {"queries": [{"principal": {**PRINCIPAL, "groups": "everyone"}}]}),
        ("index.search", {"queries": [{"principal": {**PRINCIPAL, "groups": [1]}, "filters": {}}]}),
        ("index.count", {"document_id": math.pi}),
    ],
)
def test_malformed_requests_reach_no_store(method: str, params: JsonObject) -> None:
    recorder = Recorder()
    with pytest.raises(StoreError, match="message about the search index"):
        Direct(recorder).call(method, params)
    assert recorder.seen == []
