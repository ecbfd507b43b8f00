"""A build from originals: an archive whose members are known, and one with members that are not."""

from dataclasses import replace
from pathlib import Path

import pytest

from averment.core.clock import SystemClock
from averment.core.testing.audit import MemoryAuditSink
from averment.core.testing.embedder import HashEmbedder
from averment.pipelines.ingestion.chunking import ChunkSettings
from averment.pipelines.ingestion.preparing import Preparer
from averment.pipelines.ingestion.reindexing import Reindexer, Sink
from averment.pipelines.ingestion.sparse import SparseSettings
from averment.pipelines.ingestion.upkeep import Stores
from averment.pipelines.stores.catalog_types import IndexRecord, IndexState
from averment.pipelines.stores.qdrant_edge import EdgeIndexStore
from tests.pipelines.ingestion.test_ingestor import HerePartitioner, World, world, zipped

__all__ = ["world"]


@pytest.mark.slow
def test_a_container_with_files_nobody_knew_is_read_from_its_source_after_the_switch(
    world: World, tmp_path: Path
) -> None:
    (world.folder / "all.zip").write_bytes(zipped({"a.txt": b"The rent is due.", "b.txt": b"The fee is due."}))
    world.ingest()
    clock, embedder = SystemClock(), HashEmbedder()
    first = IndexRecord(
        name="1", store="edge", location="index", model_id=embedder.model_id, model_path=None, dimension=64,
        pipeline_version="p", state=IndexState.SERVING, created_at=clock.now(),
    )  # fmt: skip
    second = replace(first, name="2", location="index-2", state=IndexState.BUILDING)
    world.catalog.add_index(first)
    world.catalog.add_index(second)
    lost = world.catalog.by_source("filesystem")[f"{world.folder.as_uri()}/all.zip!/b.txt"]
    world.ingestor.upkeep.forget(lost.document_id, reason="operator")
    store = EdgeIndexStore(tmp_path / "index-2", embedder.dimension, embedder.model_id)
    reindexer = Reindexer(
        second,
        Stores(catalog=world.catalog, blobs=world.blobs, texts=world.texts, index=store),
        partitioner=HerePartitioner(),
        preparer=Preparer(chunks=ChunkSettings(), weights=SparseSettings(), pipeline_version="p2"),
        embedder=embedder,
        sink=Sink(audit=MemoryAuditSink(), clock=clock, subject="test"),
    )
    report = reindexer.build()
    assert (report.n_done, report.missing) == (2, ())
    assert store.count() == world.catalog.index_size("2").points
    assert reindexer.build().n_done == 0
    world.catalog.switch_index("2", store="edge")
    states = world.catalog.by_source("filesystem")
    assert {uri.rpartition("/")[2]: state.is_unfinished for uri, state in states.items()} == {
        "all.zip": True,
        "a.txt": False,
    }
    store.close()
