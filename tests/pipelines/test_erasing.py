"""Documents that name a person: found in every version, removed or masked for good, whatever their source holds."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from averment.connectors.filesystem import FilesystemConnector
from averment.core.access import Filters, Principal
from averment.core.audit import EventType
from averment.core.clock import SystemClock
from averment.core.documents import DocumentStatus
from averment.core.erasure import MASK
from averment.core.errors import UsageError
from averment.core.ports import IndexQuery
from averment.core.testing.embedder import HashEmbedder
from averment.pipelines.erasing import CatalogDocuments, CatalogStore, IndexStores
from averment.pipelines.ingestion.chunking import ChunkSettings
from averment.pipelines.ingestion.preparing import Preparer
from averment.pipelines.ingestion.reindexing import Sink
from averment.pipelines.ingestion.sparse import SparseSettings
from averment.pipelines.stores.blobs import FolderBlobStore
from averment.pipelines.stores.withheld import WithheldContents
from tests.pipelines.ingestion.test_ingestor import LEGAL, World

NAMES = ("Anna Katharina Schmidt",)
LEASE = "LEASE\n\n1. Contact. Notices go to Anna Katharina\nSchmidt, Hamburg.\n\n2. Term. It ends in 2030.\n"
READER = Principal(subject="x", groups=("legal",))


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    made = World(tmp_path)
    made.stores = replace(made.stores, withheld=WithheldContents(tmp_path / "withheld"))
    made.ingestor = made.make_ingestor(made.stores)
    (made.folder / "lease.txt").write_text(LEASE, encoding="utf-8")
    (made.folder / "nda.txt").write_text("NDA\n\nBetween Acme and Beta.\n", encoding="utf-8")
    assert made.ingest().added == 2
    yield made
    made.index.close()
    made.catalog.close()


def documents(world: World) -> CatalogDocuments:
    preparer = Preparer(chunks=ChunkSettings(), weights=SparseSettings(), pipeline_version="p")
    sink = Sink(audit=world.audit, clock=SystemClock(), subject="officer")
    return CatalogDocuments(world.stores, preparer=preparer, embedder=HashEmbedder(), sink=sink)


def lease(world: World) -> str:
    return world.catalog.resolve("lease.txt")


def rest(root: Path) -> list[str]:
    """Return the files besides the source that hold the name."""
    files = [path for path in root.rglob("*") if path.is_file() and "source" not in path.parts]
    return [str(path) for path in files if b"katharina" in path.read_bytes().lower()]


def clean(world: World) -> None:
    assert CatalogStore(world.catalog).clean(NAMES).state == "clean"
    assert IndexStores(lambda: [world.index]).clean(NAMES).state == "clean"


def test_a_document_is_found_by_its_text_its_older_texts_and_its_name(world: World) -> None:
    (found,) = documents(world).naming(NAMES)
    assert (found.document_id, found.n_places, found.in_name) == (lease(world), 1, False)
    (world.folder / "lease.txt").write_text("LEASE\n\nNobody is named.\n", encoding="utf-8")
    (world.folder / "anna-katharina_schmidt.txt").write_text("A letter.\n", encoding="utf-8")
    world.ingest()
    assert sorted((item.n_places, item.in_name) for item in documents(world).naming(NAMES)) == [(1, False), (1, True)]
    assert documents(world).naming([]) == []


@pytest.mark.slow
def test_a_removed_document_leaves_nothing_and_does_not_come_back(world: World, tmp_path: Path) -> None:
    identity = lease(world)
    documents(world).erase(identity)
    clean(world)
    assert rest(tmp_path) == []
    assert world.catalog.get(identity) is None
    assert world.index.count(document_id=identity) == 0
    report = world.ingestor.ingest(connector(world), full=True)
    assert [failure.code for failure in report.failures] == ["DOC010"]
    assert rest(tmp_path) == []


@pytest.mark.slow
def test_a_document_that_bears_the_name_is_not_noted_again(world: World, tmp_path: Path) -> None:
    (world.folder / "anna-katharina_schmidt.txt").write_text("A letter.\n", encoding="utf-8")
    world.ingest()
    for found in documents(world).naming(NAMES):
        documents(world).erase(found.document_id)
    clean(world)
    report = world.ingest()
    assert [failure.code for failure in report.failures] == ["DOC010", "DOC010"]
    assert world.catalog.standing_failures() == []
    clean(world)
    assert rest(tmp_path) == []


@pytest.mark.slow
def test_a_masked_document_answers_what_does_not_name_the_person(world: World, tmp_path: Path) -> None:
    identity = lease(world)
    before = world.catalog.get(identity)
    assert documents(world).mask(identity, NAMES) == 1
    clean(world)
    assert rest(tmp_path) == []
    after = world.catalog.get(identity)
    assert before is not None
    assert after is not None
    assert (after.status, after.version, after.document_id) == (DocumentStatus.READY, 2, identity)
    text = world.text("lease.txt")
    assert len(text) == len(LEASE)
    assert text == LEASE.replace("Anna Katharina\nSchmidt", MASK * 22)
    query = IndexQuery(principal=READER, filters=Filters(), limit=9, dense=HashEmbedder().embed(["term"])[0])
    assert identity in {hit.payload["document_id"] for hit in world.index.search(query)}
    assert not world.blobs.has(before.content_hash)
    (event,) = [item for item in world.audit.events if item.type is EventType.DOCUMENT_MASKED]
    assert (event.data["spans"], event.data["version"]) == (1, 2)
    assert documents(world).naming(NAMES) == []


@pytest.mark.slow
def test_a_masked_document_stays_masked_when_its_source_is_read_again(world: World, tmp_path: Path) -> None:
    documents(world).mask(lease(world), NAMES)
    assert documents(world).mask(lease(world), ["Hamburg"]) == 1, "another person, later"
    assert documents(world).mask(lease(world), NAMES) == 0, "as after a crash"
    assert world.ingest().unchanged == 2
    report = world.ingestor.ingest(connector(world), full=True)
    assert (report.status, report.changed) == ("ok", 2)
    clean(world)
    assert world.text("lease.txt") == LEASE.replace("Anna Katharina\nSchmidt", MASK * 22).replace("Hamburg", MASK * 7)
    assert rest(tmp_path) == []


def test_what_masking_does_not_reach_must_be_removed(world: World) -> None:
    (world.folder / "anna katharina schmidt.txt").write_text("A letter.\n", encoding="utf-8")
    world.ingest()
    with pytest.raises(UsageError, match="in its file name"):
        documents(world).mask(world.catalog.resolve("anna katharina schmidt.txt"), NAMES)
    with pytest.raises(UsageError, match="has no text"):
        documents(world).mask("unknown", NAMES)


def test_another_document_of_the_same_bytes_keeps_its_original(world: World) -> None:
    (world.folder / "copy.txt").write_text(LEASE, encoding="utf-8")
    world.ingest()
    kept = world.catalog.get(world.catalog.resolve("copy.txt"))
    documents(world).mask(lease(world), NAMES)
    assert kept is not None
    assert world.blobs.has(kept.content_hash)
    documents(world).mask(kept.document_id, NAMES)
    assert not world.blobs.has(kept.content_hash)


def test_what_a_killed_erasure_left_of_blobs_goes_with_the_next(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (world.folder / "copy.txt").write_text(LEASE, encoding="utf-8")
    assert world.ingest().added == 1
    original = world.catalog.get_many([lease(world)])[lease(world)].content_hash

    def kill(*_: object) -> None:
        raise KeyboardInterrupt

    for name in ("lease.txt", "copy.txt"):
        with monkeypatch.context() as patched:
            patched.setattr(CatalogDocuments, "_sweep", kill)
            with pytest.raises(KeyboardInterrupt):
                documents(world).mask(world.catalog.resolve(name), NAMES)
        left = documents(world).naming(NAMES)
        assert documents(world).leftovers.clean(NAMES).state == "clean"
        assert (original in _blobs(world)) == bool(left), "a copy that was not masked keeps its original"
    clean(world)
    assert rest(tmp_path) == []


def _blobs(world: World) -> set[str]:
    assert isinstance(world.stores.blobs, FolderBlobStore)
    return set(world.stores.blobs.keys())


def connector(world: World) -> FilesystemConnector:
    return FilesystemConnector(world.folder, access=LEGAL)
