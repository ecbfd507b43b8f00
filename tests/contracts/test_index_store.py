"""What every search index must do; run on Qdrant Edge, on the client's local mode, through the owner's socket, and on a
Qdrant server where `AVERMENT_TEST_QDRANT_URL` names one."""

import math
import os
import random
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from averment.core.access import AccessLabel, Filters, Principal
from averment.core.documents import ChunkMeta, DocumentStatus, DocumentVersion
from averment.core.errors import IndexSchemaMismatch, UsageError
from averment.core.ids import chunk_id, content_hash, text_hash
from averment.core.ports import Fusion, IndexPoint, IndexQuery, SearchIndex, SparseVector
from averment.pipelines.stores.access_filter import compile_filter, matches
from averment.pipelines.stores.payload import document_payload, from_payload, index_point
from averment.pipelines.stores.qdrant_edge import EdgeIndexStore
from averment.pipelines.stores.qdrant_server import QdrantIndexStore, connect

pytestmark = [
    pytest.mark.slow,
    pytest.mark.filterwarnings("ignore:Local mode performs exact:UserWarning"),
]

DIMENSION = 8
MODEL = "test-model@1"
GROUPS = ("everyone", "hr", "legal", "board")
TENANTS = ("default", "other")
EVERYTHING = Filters()
THREE_TERMS = SparseVector(indices=(1, 2, 3), values=(1.0,) * 3)
FIRST_TERM = SparseVector(indices=(1,), values=(1.0,))
Build = Callable[..., SearchIndex]


def server_skip_reason() -> str:
    return (
        "no Qdrant server: AVERMENT_TEST_QDRANT_URL=http://127.0.0.1:6333 "
        "python -m pytest tests/contracts/test_index_store.py"
    )


@pytest.fixture(params=["edge", "client-local", "remote", "server"])
def build(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Build]:
    """Return a function that opens the same index again and again, as a new process would."""
    opened: list[Any] = []
    if request.param in {"client-local", "server"}:
        yield from _builds_on_client(request.param, tmp_path)
        return

    def edge(*, dimension: int = DIMENSION, model_id: str = MODEL) -> SearchIndex:
        while opened:
            opened.pop().close()
        store = EdgeIndexStore(tmp_path / "index", dimension, model_id)
        opened.append(store)
        if request.param == "edge":
            return store
        return _behind_a_socket(store, tmp_path / f"data{len(opened)}{uuid4().hex}", opened)

    yield edge
    while opened:
        opened.pop().close()


def _behind_a_socket(store: EdgeIndexStore, folder: Path, opened: list[Any]) -> SearchIndex:
    from averment.core.data_dir import open_data_dir
    from averment.core.owner import acquire
    from averment.core.owner import connect as connect_owner
    from averment.pipelines.stores.remote import RemoteIndexStore, index_handlers

    data_dir = open_data_dir(folder)
    owner = acquire(data_dir)
    owner.serve(index_handlers(lambda _: store))
    client = connect_owner(data_dir)
    opened.extend([owner, client])
    return RemoteIndexStore(client)


def _builds_on_client(kind: str, tmp_path: Path) -> Iterator[Build]:
    from qdrant_client import QdrantClient

    url = os.environ.get("AVERMENT_TEST_QDRANT_URL")
    if kind == "server" and not url:
        pytest.skip(server_skip_reason())
    client = connect(url) if kind == "server" and url else QdrantClient(path=str(tmp_path / "local"))
    collection = f"averment-test-{uuid4().hex}"

    def build(*, dimension: int = DIMENSION, model_id: str = MODEL) -> SearchIndex:
        return QdrantIndexStore(client, collection, dimension=dimension, model_id=model_id)

    yield build
    client.delete_collection(collection)
    client.close()


@pytest.fixture
def store(build: Build) -> SearchIndex:
    return build()


def somebody(*groups: str, tenant: str = "default") -> Principal:
    return Principal(subject="s", groups=groups, tenant=tenant)


def document(name: str = "d1", **changes: Any) -> DocumentVersion:
    fields: dict[str, Any] = {
        "document_id": name,
        "source_uri": f"file:///{name}.pdf",
        "content_hash": content_hash(name.encode()),
        "text_hash": text_hash(name),
        "version": 1,
        "media_type": "application/pdf",
        "kind": "contract",
        "title": name,
        "access": AccessLabel(),
        "status": DocumentStatus.READY,
        "revision": "r1",
        "connector": "files",
        "size_bytes": 1,
    }
    return DocumentVersion(**{**fields, **changes})


def direction(seed: int) -> list[float]:
    generator = random.Random(seed)
    values = [generator.gauss(0, 1) for _ in range(DIMENSION)]
    length = math.sqrt(sum(value * value for value in values))
    return [value / length for value in values]


def points_of(version: DocumentVersion, *, count: int = 3, seed: int = 0) -> list[IndexPoint]:
    assert version.text_hash is not None
    points = []
    for i in range(count):
        chunk = ChunkMeta(
            chunk_id=chunk_id(
                document_id=version.document_id,
                text_hash=version.text_hash,
                start=i * 10,
                end=i * 10 + 10,
                pipeline_version="p1",
            ),
            document_id=version.document_id,
            text_hash=version.text_hash,
            start=i * 10,
            end=i * 10 + 10,
            first_page=1,
            last_page=None,
            section="kept in the catalog",
            ordinal=i,
            token_count=5,
            access=version.access,
            pipeline_version="p1",
        )
        terms = SparseVector(indices=(i + 1, 100 + seed), values=(1.0, 0.5))
        points.append(index_point(chunk, version, dense=direction(seed * 100 + i), sparse=terms))
    return points


def ask(store: SearchIndex, principal: Principal, filters: Filters = EVERYTHING, **changes: Any) -> list[str]:
    fields: dict[str, Any] = {
        "limit": 100,
        "dense": direction(0),
        "sparse": THREE_TERMS,
    }
    query = IndexQuery(principal=principal, filters=filters, **{**fields, **changes})
    return [str(hit.payload["document_id"]) for hit in store.search(query)]


def test_points_come_back_with_their_payload_and_no_text(store: SearchIndex) -> None:
    version = document(parties=("Acme Corp", "Beta GmbH"), issuer="Acme", document_date="2024-03-31")
    points = points_of(version)
    store.write(points)
    hits = store.search(IndexQuery(principal=somebody("everyone"), filters=Filters(), limit=1, dense=direction(0)))
    assert [hit.id for hit in hits] == [points[0].id]
    assert hits[0].score == pytest.approx(1.0, abs=1e-3)
    assert dict(hits[0].payload) == {
        key: list(value) if isinstance(value, tuple) else value for key, value in points[0].payload.items()
    }
    chunk = from_payload(hits[0].payload, section="1. Term")
    assert (chunk.start, chunk.end, chunk.last_page, chunk.section) == (0, 10, None, "1. Term")
    assert "kept in the catalog" not in str(hits[0].payload)


def test_writing_again_replaces(store: SearchIndex) -> None:
    points = points_of(document())
    store.write(points)
    store.write(points)
    store.write([])
    assert store.count() == 3
    store.write([replace(points[0], payload={**points[0].payload, "tag": ["new"]})])
    assert store.count() == 3
    assert ask(store, somebody("everyone"), Filters(tag=("NEW",))) == ["d1"]


def test_both_branches_are_fused_by_reciprocal_rank(store: SearchIndex) -> None:
    store.write(points_of(document(), count=5))
    dense = IndexQuery(principal=somebody("everyone"), filters=Filters(), limit=5, dense=direction(0))
    sparse = replace(dense, dense=None, sparse=SparseVector(indices=(3,), values=(1.0,)))
    by_dense = [hit.id for hit in store.search(dense)]
    by_sparse = [hit.id for hit in store.search(sparse)]
    assert len(by_dense) == 5
    assert len(by_sparse) == 1, "only points that share a term"
    fused = store.search(replace(dense, sparse=sparse.sparse))
    expected = {point: 1 / (60 + rank) for rank, point in enumerate(by_dense)}
    for rank, point in enumerate(by_sparse):
        expected[point] += 1 / (60 + rank)
    assert {hit.id: hit.score for hit in fused} == pytest.approx(expected, rel=1e-4)
    assert [hit.score for hit in fused] == sorted((hit.score for hit in fused), reverse=True)


@pytest.mark.parametrize("fusion", ["rrf", "dbsf", "convex"])
def test_every_fusion_finds_what_both_branches_find_and_keeps_to_the_groups(store: SearchIndex, fusion: Fusion) -> None:
    store.write(points_of(document(), count=5))
    store.write(points_of(document("secret", access=AccessLabel(readers=("board",))), count=5, seed=3))
    query = IndexQuery(
        principal=somebody("everyone"),
        filters=Filters(),
        limit=5,
        dense=direction(0),
        sparse=FIRST_TERM,
        fusion=fusion,
    )
    hits = store.search(query)
    assert len(hits) == 5
    assert {hit.payload["document_id"] for hit in hits} == {"d1"}
    assert [hit.score for hit in hits] == sorted((hit.score for hit in hits), reverse=True)
    assert hits[0].payload["ordinal"] == 0, "first in both branches"
    assert store.search(replace(query, principal=somebody("strangers"))) == []


def test_the_share_of_a_branch_decides_between_them(store: SearchIndex) -> None:
    """A point that is first by meaning and one that is first by words change places with the share of meaning."""
    points = points_of(document(), count=2)
    points[0] = replace(points[0], sparse=SparseVector(indices=(50,), values=(1.0,)))
    store.write(points)
    query = IndexQuery(
        principal=somebody("everyone"),
        filters=Filters(),
        limit=2,
        dense=direction(0),
        sparse=SparseVector(indices=(2,), values=(1.0,)),
    )
    for fusion in ("rrf", "convex"):
        by_meaning = store.search(replace(query, fusion=fusion, dense_weight=0.9, rank_constant=1))
        by_words = store.search(replace(query, fusion=fusion, dense_weight=0.05, rank_constant=1))
        assert (by_meaning[0].id, by_words[0].id) == (points[0].id, points[1].id)


def test_a_convex_sum_lies_between_0_and_1(store: SearchIndex) -> None:
    store.write(points_of(document(), count=5))
    query = IndexQuery(
        principal=somebody("everyone"),
        filters=Filters(),
        limit=5,
        dense=direction(0),
        sparse=SparseVector(indices=(1, 2, 3), values=(9.0, 9.0, 9.0)),
        fusion="convex",
    )
    assert all(-1 <= hit.score <= 1 for hit in store.search(query))


def test_many_searches_find_what_each_finds(store: SearchIndex) -> None:
    store.write([point for n in range(6) for point in points_of(document(f"d{n}"), count=4, seed=n)])
    queries = [
        IndexQuery(
            principal=somebody(*groups),
            filters=Filters(document_id=(f"d{n}",)),
            limit=limit,
            dense=dense,
            sparse=THREE_TERMS,
        )
        for n, groups, limit, dense in (
            (0, ("everyone",), 3, None),
            (1, (), 3, None),
            (2, ("everyone",), 0, None),
            (3, ("everyone",), 2, direction(3)),
            (4, ("hr",), 3, None),
            (5, ("everyone",), 9, direction(5)),
        )
    ]
    found = store.search_many(queries)
    assert found == [store.search(query) for query in queries]
    assert [len(hits) for hits in found] == [3, 0, 0, 2, 0, 4]
    assert store.search_many([]) == []


def test_rare_terms_weigh_more(store: SearchIndex) -> None:
    rare, common = 7, 8
    points = points_of(document(), count=6)
    points = [replace(point, sparse=SparseVector(indices=(common,), values=(1.0,))) for point in points]
    points[4] = replace(points[4], sparse=SparseVector(indices=(rare,), values=(1.0,)))
    store.write(points)
    query = IndexQuery(
        principal=somebody("everyone"),
        filters=Filters(),
        limit=9,
        sparse=SparseVector(indices=(rare, common), values=(1.0,) * 2),
    )
    assert store.search(query)[0].id == points[4].id


def test_a_query_without_terms_or_vectors_finds_what_the_other_branch_finds(store: SearchIndex) -> None:
    points = points_of(document())
    points[0] = replace(points[0], sparse=SparseVector(indices=(), values=()))
    store.write(points)
    none = SparseVector(indices=(), values=())
    assert len(ask(store, somebody("everyone"), sparse=none)) == 3
    assert ask(store, somebody("everyone"), dense=None, sparse=none) == []
    assert ask(store, somebody("everyone"), dense=None, sparse=None) == []
    assert ask(store, somebody("everyone"), limit=0) == []


def test_results_have_one_order(store: SearchIndex) -> None:
    store.write([point for n in range(6) for point in points_of(document(f"d{n}"), count=4, seed=n)])
    query = IndexQuery(
        principal=somebody("everyone"),
        filters=Filters(),
        limit=10,
        dense=direction(3),
        sparse=SparseVector(indices=(1, 2), values=(1.0, 1.0)),
    )
    first = store.search(query)
    assert len(first) == 10
    assert all(store.search(query) == first for _ in range(5))


def test_nobody_finds_anything_without_groups(store: SearchIndex) -> None:
    store.write(points_of(document()))
    store.write(points_of(document("unread", access=AccessLabel(readers=()))))
    assert ask(store, somebody("everyone")) == ["d1"] * 3
    for principal in (
        somebody(),
        somebody(""),
        somebody("hr"),
        somebody("everyone", tenant="other"),
        somebody("everyone", tenant=""),
    ):
        assert ask(store, principal) == []


@pytest.mark.slow
@pytest.mark.parametrize(
    ("filters", "found"),
    [
        (Filters(document_id=("a",)), {"a"}),
        (Filters(document_id=("a", "b")), {"a", "b"}),
        (Filters(document_id=("",)), set()),
        (Filters(source_uri=("file:///b.pdf",)), {"b"}),
        (Filters(file_name=("b.pdf",)), {"b"}),
        (Filters(kind=("filing",)), {"b"}),
        (Filters(party=("  ACME   corp",)), {"a"}),
        (Filters(party=("Acme Corp", "Beta GmbH")), {"a"}),
        (Filters(issuer=("Gamma AG",), kind=("contract",)), set()),
        (Filters(form_type=("10-q",)), {"b"}),
        (Filters(period=("2024-q1",)), {"b"}),
        (Filters(tag=("x", "y")), {"a", "c"}),
        (Filters(date_from="2024-03-31"), {"b"}),
        (Filters(date_to="2024-03-30"), {"a"}),
        (Filters(date_from="2023-01-01", date_to="2024-03-31"), {"a", "b"}),
        (Filters(date_from="2024-04-01"), set()),
        (Filters(media_type=("text/plain",)), {"c"}),
    ],
)
def test_filters(store: SearchIndex, filters: Filters, found: set[str]) -> None:
    store.write(points_of(document("a", parties=("Acme Corp", "Beta GmbH"), tags=("X",), document_date="2023-12-31")))
    store.write(
        points_of(
            document(
                "b", kind="filing", issuer="Gamma AG", form_type="10-Q", period="2024-Q1", document_date="2024-03-31"
            )
        )
    )
    store.write(points_of(document("c", tags=("y", "z"), media_type="text/plain")))
    assert set(ask(store, somebody("everyone"), filters)) == found
    assert set(ask(store, somebody("everyone"), filters, sparse=None)) == found
    assert set(ask(store, somebody("everyone"), filters, dense=None)) == found


def test_a_filter_that_is_no_date_is_refused(store: SearchIndex) -> None:
    with pytest.raises(UsageError, match="expected a date"):
        ask(store, somebody("everyone"), Filters(date_from="soon"))


def test_points_of_documents_and_of_chunks_are_searched_apart(store: SearchIndex) -> None:
    chunks = points_of(document("a"))
    names = replace(chunks[0], id=str(uuid4()), payload={**chunks[0].payload, "level": "document"})
    store.write([*chunks, names])
    assert len(ask(store, somebody("everyone"))) == 3
    query = IndexQuery(
        principal=somebody("everyone"), filters=EVERYTHING, limit=9, sparse=THREE_TERMS, level="document"
    )
    assert [hit.id for hit in store.search(query)] == [names.id]
    assert store.search(query)[0].terms == ()
    some = replace(query, with_terms=True, sparse=SparseVector(indices=(1, 99, 100), values=(1.0,) * 3))
    assert [(hit.id, hit.terms) for hit in store.search(some)] == [(names.id, (1, 100))]
    assert {hit.terms for hit in store.search(replace(some, level="chunk"))} == {(1, 100), (100,)}
    assert store.search(replace(query, principal=somebody("hr"))) == []
    assert store.count(document_id="a") == 4
    store.delete_document("a")
    assert store.count() == 0


def test_deleting_a_document_leaves_the_others(store: SearchIndex) -> None:
    store.write(points_of(document("a")) + points_of(document("b")))
    store.delete_document("a")
    store.delete_document("never written")
    assert (store.count(), store.count(document_id="a"), store.count(document_id="b")) == (3, 0, 3)
    assert set(ask(store, somebody("everyone"))) == {"b"}


def test_one_text_version_can_be_kept(store: SearchIndex) -> None:
    store.write(points_of(document("a", text_hash=text_hash("old")), count=4))
    store.write(points_of(document("a", text_hash=text_hash("new")), count=2) + points_of(document("b")))
    store.delete_document("a", keep_text_hash=text_hash("new"))
    assert (store.count(document_id="a"), store.count(document_id="b")) == (2, 3)
    store.delete_document("a", keep_text_hash=text_hash("none of them"))
    assert store.count(document_id="a") == 0


def test_readers_and_names_change_without_new_vectors(store: SearchIndex) -> None:
    store.write(points_of(document("a")) + points_of(document("b")))
    renamed = document("a", source_uri="file:///new.pdf", access=AccessLabel(readers=("hr",)))
    store.update_document("a", document_payload(renamed))  # type: ignore[attr-defined]  # all of ours have it
    assert set(ask(store, somebody("everyone"))) == {"b"}
    assert set(ask(store, somebody("hr"), Filters(file_name=("new.pdf",)))) == {"a"}


def test_an_index_is_found_again_as_it_was(build: Build) -> None:
    build().write(points_of(document()))
    again = build()
    assert again.count() == 3
    assert ask(again, somebody("everyone")) == ["d1"] * 3


def test_an_index_of_another_embedder_is_refused(build: Build) -> None:
    build().write(points_of(document()))
    with pytest.raises(IndexSchemaMismatch, match=r"model_id is 'test-model@1', expected 'other@2'") as other:
        build(model_id="other@2")
    assert other.value.hint
    with pytest.raises(IndexSchemaMismatch, match="dimension is 8, expected 16"):
        build(dimension=16)
    assert build().count() == 3


def test_a_vector_of_another_length_is_refused(store: SearchIndex) -> None:
    point = points_of(document())[0]
    with pytest.raises(IndexSchemaMismatch, match="has 3 dimensions, the index has 8"):
        store.write([replace(point, dense=[1.0, 0.0, 0.0])])
    assert store.count() == 0


groups = st.lists(st.sampled_from(("", *GROUPS)), max_size=3, unique=True).map(tuple)
names = st.lists(st.sampled_from(("acme", "beta", "ACME ", "nobody", "")), max_size=2).map(tuple)
dates = st.one_of(st.none(), st.sampled_from(("2023-06-30", "2024-01-01", "2024-12-31")))
filter_sets = st.builds(
    Filters,
    document_id=st.lists(st.sampled_from(("p0", "p1", "zz")), max_size=2).map(tuple),
    party=names,
    tag=names,
    kind=st.lists(st.sampled_from(("contract", "filing")), max_size=1).map(tuple),
    date_from=dates,
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_no_search_finds_more_than_the_rules_allow(store: SearchIndex, data: st.DataObject) -> None:
    """The engines agree with the condition decided in plain Python, whatever is asked by whomever."""
    if store.count() == 0:
        store.write(_population())
    payloads = {point.id: dict(point.payload) for point in _population()}
    principal = somebody(*data.draw(groups), tenant=data.draw(st.sampled_from((*TENANTS, ""))))
    filters = data.draw(filter_sets)
    branch = data.draw(st.sampled_from(("dense", "both")))
    query = IndexQuery(
        principal=principal,
        filters=filters,
        limit=500,
        prefetch=500,
        dense=direction(1),
        sparse=THREE_TERMS if branch == "both" else None,
    )
    condition = compile_filter(principal, filters)
    allowed = set() if condition is None else {id_ for id_, payload in payloads.items() if matches(condition, payload)}
    found = {hit.id for hit in store.search(query)}
    assert found == allowed
    for id_ in found:
        assert payloads[id_]["tenant"] == principal.tenant
        assert set(payloads[id_]["readers"]) & set(principal.groups)  # type: ignore[arg-type]  # readers are texts


def _population() -> list[IndexPoint]:
    generator = random.Random(7)
    points = []
    for n in range(24):
        version = document(
            f"p{n}",
            access=AccessLabel(
                tenant=generator.choice(TENANTS), readers=tuple(generator.sample(GROUPS, generator.randint(0, 3)))
            ),
            parties=tuple(generator.sample(("Acme", "Beta"), generator.randint(0, 2))),
            tags=tuple(generator.sample(("Acme", "Beta"), generator.randint(0, 1))),
            kind=generator.choice(("contract", "filing")),
            document_date=generator.choice((None, "2023-06-30", "2024-01-01", "2024-12-31")),
        )
        points += points_of(version, count=2, seed=n)
    return points
