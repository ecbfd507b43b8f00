"""Indexes in the catalog, on both databases: what another one holds, the switch, and what is refused."""

from dataclasses import replace

import pytest

from averment.core.access import AccessLabel
from averment.core.documents import DocumentStatus, DocumentVersion, IngestFailure
from averment.core.errors import IndexUnavailable, IndexVersionNotFound
from averment.core.ids import content_hash, text_hash
from averment.core.testing.clock import FixedClock
from averment.pipelines.stores.catalog import Catalog
from averment.pipelines.stores.catalog_types import IndexRecord, IndexState, StoredText
from tests.pipelines.stores.conftest import Add, MakeChunks

URI = "file:///contracts/msa.pdf"
FAILURE = IngestFailure(
    source_uri=URI, stage="partition", category="DocumentCorrupt", code="DOC004", message="torn", page=3
)


def index(name: str, state: IndexState, clock: FixedClock) -> IndexRecord:
    return IndexRecord(
        name=name, store="edge", location=f"index-{name}", model_id=f"m{name}", model_path=None, dimension=8,
        pipeline_version=f"p{name}", state=state, created_at=clock.now(),
    )  # fmt: skip


@pytest.fixture
def two(catalog: Catalog, clock: FixedClock) -> None:
    catalog.add_index(index("1", IndexState.SERVING, clock))
    clock.advance(1.0)
    catalog.add_index(index("2", IndexState.BUILDING, clock))


def put(
    catalog: Catalog, make_chunks: MakeChunks, document: DocumentVersion, *, failure: IngestFailure | None = None
) -> bool:
    """Put a document into the second index, as a build would."""
    number = catalog.begin_in_index("2", document.document_id)
    made = replace(document, version=number, pipeline_version="p2")
    if failure is not None:
        made = replace(made, status=DocumentStatus.QUARANTINED, text_hash=None, failure_code=failure.code)
        return catalog.commit_in_index("2", made, failure=failure)
    made = replace(made, title="Read anew", text_hash=text_hash("new"))
    text = StoredText(text_hash=text_hash("new"), layout_hash="sha256:" + "2" * 64, parser="plain/2", n_chars=4)
    return catalog.commit_in_index("2", made, chunks=make_chunks(made, count=3), text=text)


@pytest.mark.usefixtures("two")
def test_the_first_index_to_serve_a_store_is_the_one(catalog: Catalog, clock: FixedClock) -> None:
    other = index("3", IndexState.SERVING, clock)
    assert catalog.add_index(other).name == "1"
    assert [record.name for record in catalog.indexes("edge")] == ["1", "2"]
    assert catalog.serving_index("server:x") is None


@pytest.mark.usefixtures("two")
def test_a_switch_exchanges_what_the_indexes_hold(catalog: Catalog, add: Add, make_chunks: MakeChunks) -> None:
    document = add()
    assert [item.document_id for item in catalog.to_build("2")] == [document.document_id]
    with pytest.raises(IndexUnavailable, match="lacks 1 documents"):
        catalog.switch_index("2", store="edge")
    assert put(catalog, make_chunks, document)
    assert catalog.to_build("2") == []
    assert (catalog.index_size("2").documents, catalog.index_size("2").points) == (1, document.n_chunks + 1)  # type: ignore[operator]  # set by add
    before = catalog.get(document.document_id)
    assert before == document, "what is built is not seen"
    assert len(catalog.chunks(document.document_id)) == 2
    catalog.switch_index("2", store="edge")
    after = catalog.get(document.document_id)
    assert after is not None
    assert (after.title, after.version, after.text_hash) == ("Read anew", 2, text_hash("new"))
    assert len(catalog.chunks(document.document_id)) == 3
    serving = catalog.serving_index("edge")
    assert serving is not None
    assert (serving.name, serving.is_frozen) == ("2", False)
    catalog.switch_index("1", store="edge")
    assert catalog.get(document.document_id) == document
    assert catalog.serving_index("edge") == replace(catalog.indexes("edge")[0], is_frozen=True)
    with pytest.raises(IndexVersionNotFound, match="'1'"):
        catalog.switch_index("1", store="edge")


@pytest.mark.usefixtures("two")
def test_failures_go_with_the_index_they_are_of(catalog: Catalog, add: Add, make_chunks: MakeChunks) -> None:
    document = add()
    unreached = replace(FAILURE, source_uri="file:///x", stage="read", code="SRC002")
    catalog.record_failure(unreached, connector="files")
    assert put(catalog, make_chunks, document, failure=FAILURE)
    assert catalog.failures() == [unreached]
    catalog.switch_index("2", store="edge")
    assert catalog.counts() == {"quarantined": 1}
    assert catalog.failures() == [FAILURE, unreached]
    assert catalog.expected_points() == {}
    catalog.switch_index("1", store="edge")
    assert (catalog.counts(), catalog.failures()) == ({"ready": 1}, [unreached])
    catalog.switch_index("2", store="edge")
    assert catalog.failures() == [FAILURE, unreached]


@pytest.mark.usefixtures("two")
def test_what_changed_meanwhile_is_not_accepted_and_done_again(
    catalog: Catalog, add: Add, make_chunks: MakeChunks
) -> None:
    document = add()
    assert put(catalog, make_chunks, document)
    changed = add(content_hash=content_hash(b"new"), revision="r2")
    assert [item.version for item in catalog.to_build("2")] == [changed.version]
    assert not put(catalog, make_chunks, document), "the bytes are others by now"
    catalog.relabel(document.document_id, AccessLabel(readers=("hr",)), is_settled=True)
    assert not put(catalog, make_chunks, changed), "the readers are others by now"
    current = catalog.get(document.document_id)
    assert current is not None
    assert put(catalog, make_chunks, current)
    catalog.mark_deleted(document.document_id)
    assert not put(catalog, make_chunks, current)
    assert catalog.to_build("2") == []


@pytest.mark.usefixtures("two")
def test_a_version_read_into_an_index_that_no_longer_serves_stays_open(
    catalog: Catalog, add: Add, make_chunks: MakeChunks
) -> None:
    document = add()
    assert put(catalog, make_chunks, document)
    opened = catalog.begin_version(connector="files", source_uri=URI)
    catalog.switch_index("2", store="edge")
    late = replace(document, version=opened.version, n_chunks=0)
    text = StoredText(text_hash=text_hash("text"), layout_hash="sha256:" + "1" * 64, parser="p", n_chars=4)
    with pytest.raises(IndexUnavailable, match="'1' was switched off"):
        catalog.commit_ready(late, chunks=[], text=text, index="1")
    assert catalog.by_source("files")[URI].is_unfinished, "the next ingestion does it again"


@pytest.mark.usefixtures("two")
def test_a_dropped_index_lets_go_of_its_texts_and_chunks(
    catalog: Catalog, add: Add, make_chunks: MakeChunks, clock: FixedClock
) -> None:
    document = add()
    assert put(catalog, make_chunks, document)
    clock.advance(200_000.0)
    gone: list[str] = []
    catalog.sweep(gone.append)
    assert gone == []
    catalog.begin_drop("2")
    assert catalog.indexes("edge")[1].state is IndexState.DROPPING
    catalog.finish_drop("2")
    clock.advance(200_000.0)
    catalog.sweep(gone.append)
    assert set(gone) == {text_hash("new"), "sha256:" + "2" * 64}
    assert len(catalog.chunks(document.document_id)) == 2
    assert [record.name for record in catalog.indexes("edge")] == ["1"]


@pytest.mark.usefixtures("two")
def test_an_index_that_may_have_lost_writes_is_done_again(catalog: Catalog, add: Add, make_chunks: MakeChunks) -> None:
    document = add()
    assert put(catalog, make_chunks, document)
    catalog.distrust_index("2")
    assert [item.document_id for item in catalog.to_build("2")] == [document.document_id]
