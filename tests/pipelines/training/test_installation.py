"""Documents of an installation become the same material as when they were ingested."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from averment.core.clock import SystemClock
from averment.core.documents import DocumentPage, DocumentStatus, DocumentVersion
from averment.pipelines.ingestion.chunking import ChunkSettings
from averment.pipelines.ingestion.partition import partition
from averment.pipelines.ingestion.preparing import PreparedDocument, Preparer
from averment.pipelines.ingestion.sparse import SparseSettings
from averment.pipelines.stores.blobs import FolderBlobStore
from averment.pipelines.stores.catalog import Catalog
from averment.pipelines.stores.texts import TextStore
from averment.pipelines.training.installation import read_installation

from .conftest import made_document, made_text


class Stored:
    """An installation's stores with two contracts, one of them twice."""

    def __init__(self, folder: Path) -> None:
        self.catalog = Catalog(f"sqlite:///{folder / 'catalog.sqlite'}", clock=SystemClock())
        self.texts = TextStore(FolderBlobStore(folder / "blobs"), self.catalog)
        self.prepared: dict[str, PreparedDocument] = {}
        for number, name in ((0, "a.txt"), (1, "b.txt"), (0, "copy.txt")):
            self._ingest(number, name)

    def _ingest(self, number: int, name: str) -> None:
        opened = self.catalog.begin_version(connector="test", source_uri=f"folder/{name}")
        parsed = partition(made_text(number)[0].encode(), name=name)
        draft = replace(
            made_document(number).version,
            document_id=opened.document_id,
            source_uri=f"folder/{name}",
            title=name,
            version=opened.version,
            kind="other",
            parties=(),
            tags=(),
        )
        preparer = Preparer(chunks=ChunkSettings(), weights=SparseSettings(), pipeline_version="p")
        made = preparer.prepare(parsed, self.texts.save(parsed), draft=draft)
        self.catalog.commit_ready(made.version, chunks=made.chunks, text=made.text)
        self.prepared[opened.document_id] = made


@pytest.fixture
def stored(tmp_path: Path) -> Iterator[Stored]:
    made = Stored(tmp_path)
    yield made
    made.catalog.close()


def test_what_is_embedded_is_what_was_indexed(stored: Stored) -> None:
    told: list[tuple[int, int]] = []
    found = read_installation(stored.catalog, stored.texts, on_progress=lambda *at: told.append(at))
    assert len(found) == 2
    assert told == [(1, 2), (2, 2)]
    for name, document in found.items():
        prepared = stored.prepared[name]
        assert [chunk.embedded for chunk in document.chunks] == list(prepared.embed_texts[:-1])
        assert document.version.title == prepared.version.title
        assert document.known.named


class Renamed:
    """Lists documents under another title than reading them again would give."""

    def __init__(self, stored: Stored) -> None:
        self._stored = stored

    def list_documents(
        self, *, status: DocumentStatus | None = None, cursor: str | None = None, limit: int = 100
    ) -> DocumentPage:
        page = self._stored.catalog.list_documents(status=status, cursor=cursor, limit=limit)
        return replace(page, items=tuple(_renamed(version) for version in page.items))


def _renamed(version: DocumentVersion) -> DocumentVersion:
    return replace(version, title="Another Title")


def test_chunks_are_headed_by_the_title_that_ingestion_gave(stored: Stored) -> None:
    found = read_installation(Renamed(stored), stored.texts)
    for document in found.values():
        assert all(chunk.embedded.startswith("Another Title") for chunk in document.chunks)
