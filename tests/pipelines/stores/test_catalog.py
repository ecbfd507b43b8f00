"""Writing the catalog: what makes a document ready, and what every ending of an ingestion leaves behind."""

import sqlite3
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from averment.core.access import AccessLabel
from averment.core.documents import ChunkMeta, DocumentStatus, DocumentVersion, IngestFailure
from averment.core.errors import DocumentNotFound, StoreError
from averment.core.ids import content_hash, text_hash
from averment.core.testing.clock import FixedClock
from averment.pipelines.stores.catalog import Catalog
from averment.pipelines.stores.catalog_types import StoredText
from averment.pipelines.stores.database import sqlite_url

URI = "file:///contracts/msa.pdf"
EVERYONE = AccessLabel()

Add = Callable[..., DocumentVersion]
MakeDocument = Callable[..., DocumentVersion]
MakeChunks = Callable[..., list[ChunkMeta]]


def stored(document: DocumentVersion) -> StoredText:
    assert document.text_hash is not None
    return StoredText(text_hash=document.text_hash, layout_hash="sha256:" + "2" * 64, parser="plain/1", n_chars=4)


def failure(uri: str = URI, code: str = "DOC004") -> IngestFailure:
    return IngestFailure(
        source_uri=uri,
        stage="partition",
        category="corrupt",
        code=code,
        message="the file is cut off",
        hint="ask",
        page=3,
    )


def test_a_document_comes_back_as_it_was_committed(catalog: Catalog, add: Add, clock: FixedClock) -> None:
    put = add(
        access=AccessLabel(tenant="t", readers=("hr", "legal"), classification="secret"),
        parties=("Acme Corp", "Beta GmbH"),
        tags=("2024", "msa"),
        issuer="Acme Corp",
        form_type="10-Q",
        period="2024-Q1",
        document_date="2024-03-31",
        ingested_at=clock.now(),
    )
    assert catalog.get(put.document_id) == put
    assert catalog.get("no such document") is None
    assert [chunk.section for chunk in catalog.chunks(put.document_id)] == ["1. Section", "2. Section"]
    assert {chunk.access for chunk in catalog.chunks(put.document_id)} == {put.access}
    assert catalog.expected_points() == {put.document_id: 3}


def test_an_item_keeps_its_document_through_versions(catalog: Catalog, add: Add, clock: FixedClock) -> None:
    first = add(text_hash=text_hash("one"))
    clock.advance(1)
    opened = catalog.begin_version(connector="files", source_uri=URI)
    assert (opened.document_id, opened.version, opened.previous) == (first.document_id, 2, first)
    second = add(text_hash=text_hash("two"), revision="r2")
    assert second.document_id == first.document_id
    assert catalog.get(first.document_id) == second
    assert [text.text_hash for text in catalog.text_versions(first.document_id)] == [text_hash("one"), text_hash("two")]
    assert {chunk.text_hash for chunk in catalog.chunks(first.document_id)} == {text_hash("two")}


def test_an_open_version_is_not_current(catalog: Catalog, add: Add) -> None:
    document = add()
    assert catalog.by_source("files")[URI].is_current(revision="r1", pipeline_version="p1")
    catalog.begin_version(connector="files", source_uri=URI)
    state = catalog.by_source("files")[URI]
    assert state.is_unfinished
    assert not state.is_current(revision="r1", pipeline_version="p1")
    assert catalog.get(document.document_id) == document, "the finished version stays readable"


def test_content_and_pipeline_decide_whether_an_item_is_current(catalog: Catalog, add: Add) -> None:
    add()
    state = catalog.by_source("files")[URI]
    assert state.is_current(revision="r1", pipeline_version="p1")
    assert state.is_current(revision="r1", pipeline_version=None)
    assert not state.is_current(revision="r2", pipeline_version="p1")
    assert not state.is_current(revision="r1", pipeline_version="p2")
    assert state.has_access(EVERYONE)
    for other in (AccessLabel(readers=("hr",)), AccessLabel(readers=()), AccessLabel(tenant="b")):
        assert not state.has_access(other)


def test_a_new_item_has_a_state_before_it_is_finished(catalog: Catalog) -> None:
    opened = catalog.begin_version(connector="files", source_uri=URI)
    state = catalog.by_source("files")[URI]
    assert (state.document_id, state.status, state.access, state.is_unfinished) == (
        opened.document_id,
        None,
        None,
        True,
    )
    assert catalog.get(opened.document_id) is None


def test_a_version_overtaken_by_another_ingestion_is_refused(
    catalog: Catalog, make_document: MakeDocument, make_chunks: MakeChunks
) -> None:
    old = catalog.begin_version(connector="files", source_uri=URI)
    catalog.begin_version(connector="files", source_uri=URI)
    document = make_document(document_id=old.document_id, version=old.version)
    with pytest.raises(StoreError, match="not the open one"):
        catalog.commit_ready(document, chunks=make_chunks(document), text=stored(document))
    assert catalog.get(old.document_id) is None
    assert catalog.text_versions(old.document_id) == []


def test_chunks_must_belong_to_the_document(
    catalog: Catalog, make_document: MakeDocument, make_chunks: MakeChunks
) -> None:
    opened = catalog.begin_version(connector="files", source_uri=URI)
    document = make_document(document_id=opened.document_id, version=opened.version)
    foreign = make_chunks(make_document(document_id="somebody else's"))
    with pytest.raises(StoreError, match="belongs to another"):
        catalog.commit_ready(document, chunks=foreign, text=stored(document))
    with pytest.raises(StoreError, match="2 chunks, 0 were given"):
        catalog.commit_ready(document, chunks=[], text=stored(document))


def test_a_quarantined_document_is_listed_with_its_failure_and_not_searched(
    catalog: Catalog, add: Add, make_document: MakeDocument
) -> None:
    ready = add()
    opened = catalog.begin_version(connector="files", source_uri=URI)
    bad = make_document(
        document_id=opened.document_id,
        version=opened.version,
        status=DocumentStatus.QUARANTINED,
        text_hash=None,
        n_chunks=None,
        revision="r2",
        failure_code="DOC004",
        failure_message="the file is cut off",
        failure_page=3,
    )
    catalog.quarantine(bad, failure())
    assert catalog.get(ready.document_id) == bad
    assert catalog.chunks(ready.document_id) == []
    assert catalog.expected_points() == {}
    assert catalog.failures() == [failure()]
    assert catalog.counts() == {"quarantined": 1}
    state = catalog.by_source("files")[URI]
    assert state.is_current(revision="r2", pipeline_version="p1"), "the same bytes fail the same way"
    catalog.request_retry(ready.document_id)
    assert catalog.by_source("files")[URI].is_unfinished
    add(revision="r2")
    assert catalog.failures() == []


def test_a_failure_without_content_needs_no_document(catalog: Catalog) -> None:
    catalog.record_failure(failure(code="SRC002"), connector="files")
    catalog.record_failure(failure(code="SRC005"), connector="files")
    assert [item.code for item in catalog.failures(connector="files")] == ["SRC005"]
    assert catalog.failures(connector="mail") == []
    catalog.clear_failure(connector="files", source_uri=URI)
    assert catalog.failures() == []


def test_deleting_keeps_texts_and_coming_back_keeps_the_document(catalog: Catalog, add: Add) -> None:
    document = add()
    catalog.mark_deleted(document.document_id)
    assert catalog.by_source("files") == {}
    deleted = catalog.get(document.document_id)
    assert deleted is not None
    assert deleted.status is DocumentStatus.DELETED
    assert catalog.chunks(document.document_id) == []
    assert len(catalog.text_versions(document.document_id)) == 1
    back = catalog.begin_version(connector="files", source_uri=URI)
    assert (back.document_id, back.version, back.previous) == (document.document_id, 2, None)
    with pytest.raises(DocumentNotFound, match="no document 'nobody'"):
        catalog.mark_deleted("nobody")


def test_a_removal_that_dies_in_the_middle_is_seen(catalog: Catalog, add: Add) -> None:
    document = add()
    catalog.mark_unfinished(document.document_id)
    assert not catalog.by_source("files")[URI].is_current(revision="r1", pipeline_version="p1")
    catalog.mark_deleted(document.document_id)
    assert catalog.by_source("files") == {}


def test_renaming_keeps_the_document(catalog: Catalog, add: Add) -> None:
    document, other = add(), add("file:///contracts/nda.pdf")
    catalog.rename(document.document_id, source_uri="file:///archive/msa%202.pdf")
    assert catalog.resolve("msa 2.pdf") == document.document_id
    with pytest.raises(StoreError):
        catalog.rename(document.document_id, source_uri=other.source_uri)
    catalog.mark_deleted(other.document_id)
    catalog.rename(document.document_id, source_uri=other.source_uri)
    assert catalog.resolve(other.source_uri) == document.document_id


def test_forgetting_names_the_blobs_nobody_else_uses(catalog: Catalog, add: Add) -> None:
    first = add(text_hash=text_hash("only mine"))
    second = add("file:///b.pdf", text_hash=text_hash("shared"))
    add("file:///c.pdf", text_hash=text_hash("shared"))
    assert catalog.forget_document(second.document_id) == ()
    assert catalog.forget_document(first.document_id) == (text_hash("only mine"),)
    assert catalog.get(first.document_id) is None
    assert catalog.text_versions(first.document_id) == []


def test_equal_content_in_two_places_is_two_documents(catalog: Catalog, add: Add) -> None:
    first, second = add(), add("file:///copy.pdf")
    assert first.document_id != second.document_id
    assert catalog.duplicates(content_hash(b"bytes")) == sorted([first.document_id, second.document_id])
    assert catalog.duplicates(content_hash(b"other")) == []


def test_runs_and_facts_about_the_index(catalog: Catalog, clock: FixedClock) -> None:
    run = catalog.begin_run("files")
    clock.advance(2)
    died = catalog.begin_run("files")
    catalog.finish_run(run, status="partial", counts={"added": 3, "failed": 1})
    newest, oldest = catalog.runs()
    assert (newest.run_id, newest.finished_at, newest.status) == (died, None, None)
    assert (oldest.status, oldest.counts) == ("partial", {"added": 3, "failed": 1})
    catalog.set_index_meta({"embedder": "a", "mean_length": "120"})
    catalog.set_index_meta({"embedder": "b"})
    assert catalog.index_meta() == {"embedder": "b", "mean_length": "120"}


def test_nothing_of_a_commit_stays_when_its_process_is_killed(tmp_path: Path) -> None:
    url = sqlite_url(tmp_path / "catalog.sqlite")
    program = f"""
import os, signal
from averment.core.testing.clock import FixedClock
from averment.pipelines.stores.catalog import Catalog
from averment.pipelines.stores.database import writing
from averment.pipelines.stores.schema import documents
from sqlalchemy import update
catalog = Catalog({url!r})
catalog.begin_version(connector="files", source_uri={URI!r})
with writing(catalog._engine) as connection:
    connection.execute(update(documents).values(status="ready", open_version=None))
    os.kill(os.getpid(), signal.SIGKILL)
"""
    done = subprocess.run([sys.executable, "-c", program], check=False, capture_output=True)
    assert done.returncode == -9, done.stderr
    state = Catalog(url).by_source("files")[URI]
    assert state.is_unfinished
    assert state.status is None


def test_deleted_rows_do_not_stay_in_the_file(
    tmp_path: Path, make_document: MakeDocument, make_chunks: MakeChunks
) -> None:
    path = tmp_path / "catalog.sqlite"
    catalog = Catalog(sqlite_url(path))
    opened = catalog.begin_version(connector="files", source_uri=URI)
    document = make_document(document_id=opened.document_id, version=1, parties=("Unforgettable Person",))
    catalog.commit_ready(document, chunks=make_chunks(document), text=stored(document))
    catalog.forget_document(document.document_id)
    catalog.close()
    with sqlite3.connect(path) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()
    left = b"".join(file.read_bytes() for file in tmp_path.iterdir())
    assert b"Unforgettable Person" not in left
