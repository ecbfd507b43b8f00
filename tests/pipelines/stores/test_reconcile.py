"""Documents whose points are missing are done again."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from averment.core.documents import ChunkMeta, DocumentVersion
from averment.core.ports import IndexPoint, SparseVector
from averment.pipelines.stores import qdrant_edge
from averment.pipelines.stores.catalog import Catalog
from averment.pipelines.stores.payload import index_point
from averment.pipelines.stores.qdrant_edge import EdgeIndexStore
from averment.pipelines.stores.reconcile import reconcile, reconcile_if_suspect

Add = Callable[..., DocumentVersion]
MakeChunks = Callable[..., list[ChunkMeta]]


def points(document: DocumentVersion, make_chunks: MakeChunks, count: int) -> list[IndexPoint]:
    """Make points of a document; the catalog expects three: two chunks and the names."""
    none = SparseVector(indices=(), values=())
    return [index_point(c, document, dense=[1.0, 0.0], sparse=none) for c in make_chunks(document, count=count)]


@pytest.mark.slow
def test_only_documents_with_other_points_than_expected_are_marked(
    catalog: Catalog, add: Add, make_chunks: MakeChunks, tmp_path: Path
) -> None:
    whole, part, none = add("file:///a.pdf"), add("file:///b.pdf"), add("file:///c.pdf")
    index = EdgeIndexStore(tmp_path / "index", 2, "m")
    index.write(points(whole, make_chunks, 3) + points(part, make_chunks, 2))
    assert reconcile_if_suspect(catalog, index) == ()
    assert reconcile(catalog, index) == tuple(sorted([part.document_id, none.document_id]))
    unfinished = {state.document_id for state in catalog.by_source("files").values() if state.is_unfinished}
    assert unfinished == {part.document_id, none.document_id}
    index.close()


@pytest.mark.slow
def test_a_machine_that_went_down_is_noticed_and_a_killed_process_is_not(
    catalog: Catalog, add: Add, make_chunks: MakeChunks, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    document = add()
    path = tmp_path / "index"
    index = EdgeIndexStore(path, 2, "m")
    index.write(points(document, make_chunks, 2))
    boot_id = (path / "written").read_text()
    index.close()
    assert not (path / "written").exists()
    (path / "written").write_text(boot_id)
    index = EdgeIndexStore(path, 2, "m")
    assert not index.is_suspect, "the same boot: a process was killed, its writes are there"
    index.close()
    (path / "written").write_text(boot_id)
    monkeypatch.setattr(qdrant_edge, "_boot_id", lambda: "another boot")
    index = EdgeIndexStore(path, 2, "m")
    assert index.is_suspect
    index.write(points(document, make_chunks, 2))
    index.close()
    index = EdgeIndexStore(path, 2, "m")
    assert index.is_suspect, "it stays so until it is checked"
    assert reconcile_if_suspect(catalog, index) == (document.document_id,)
    index.close()
    index = EdgeIndexStore(path, 2, "m")
    assert not index.is_suspect
    index.close()


@pytest.mark.slow
def test_an_index_that_was_deleted_is_noticed(
    catalog: Catalog, add: Add, make_chunks: MakeChunks, tmp_path: Path
) -> None:
    document = add()
    index = EdgeIndexStore(tmp_path / "index", 2, "m")
    index.write(points(document, make_chunks, 3))
    index.close()
    shutil.rmtree(tmp_path / "index")
    index = EdgeIndexStore(tmp_path / "index", 2, "m")
    assert not index.is_suspect
    assert reconcile_if_suspect(catalog, index) == (document.document_id,)
    index.close()
