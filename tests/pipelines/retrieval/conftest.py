"""Stores filled through the product's own ingestion parts, on Qdrant Edge, with an embedder that needs no model."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from averment.core.access import AccessLabel
from averment.core.documents import DocumentStatus, DocumentVersion
from averment.core.ids import content_hash
from averment.core.testing.clock import FixedClock
from averment.core.testing.embedder import HashEmbedder
from averment.pipelines.ingestion.chunking import ChunkSettings
from averment.pipelines.ingestion.partition import partition
from averment.pipelines.ingestion.preparing import DocumentEncoder, Preparer
from averment.pipelines.ingestion.sparse import SparseSettings
from averment.pipelines.retrieval.retriever import HybridRetriever
from averment.pipelines.stores.blobs import FolderBlobStore
from averment.pipelines.stores.catalog import Catalog
from averment.pipelines.stores.qdrant_edge import EdgeIndexStore
from averment.pipelines.stores.texts import TextStore

Put = Callable[..., str]


@dataclass
class Library:
    """Stores and a way to put a text in."""

    catalog: Catalog
    texts: TextStore
    index: EdgeIndexStore
    embedder: HashEmbedder
    learned: DocumentEncoder | None = None

    def put(self, name: str, text: str, *, access: AccessLabel | None = None) -> str:
        """Ingest a text and return its document id."""
        content = text.encode()
        opened = self.catalog.begin_version(connector="test", source_uri=f"file:///{name}")
        parsed = partition(content, name=name)
        draft = DocumentVersion(
            document_id=opened.document_id,
            source_uri=f"file:///{name}",
            content_hash=content_hash(content),
            text_hash=None,
            version=opened.version,
            media_type="text/plain",
            kind="other",
            title=name,
            access=access or AccessLabel(),
            status=DocumentStatus.READY,
            revision="r",
            connector="test",
            size_bytes=len(content),
            pipeline_version="p",
            ingested_at=FixedClock().now(),
        )
        preparer = Preparer(
            chunks=ChunkSettings(), weights=SparseSettings(), pipeline_version="p", learned=self.learned
        )
        prepared = preparer.prepare(parsed, self.texts.save(parsed), draft=draft)
        self.index.delete_document(opened.document_id)
        self.index.write(prepared.points(self.embedder.embed(prepared.embed_texts)))
        stored = self.texts.save_structure(prepared.text, prepared.anatomy)
        self.catalog.commit_ready(prepared.version, chunks=prepared.chunks, text=stored, structure=prepared.anatomy)
        return opened.document_id

    def retriever(self) -> HybridRetriever:
        """Return the retriever over these stores."""
        return HybridRetriever(self.index, catalog=self.catalog, texts=self.texts, embedder=self.embedder)


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    """Return empty stores for a module's tests."""
    folder: Path = tmp_path_factory.mktemp("library")
    catalog = Catalog(f"sqlite:///{folder / 'catalog.sqlite'}", clock=FixedClock())
    embedder = HashEmbedder()
    index = EdgeIndexStore(folder / "index", embedder.dimension, embedder.model_id)
    yield Library(
        catalog=catalog,
        texts=TextStore(FolderBlobStore(folder / "blobs"), catalog),
        index=index,
        embedder=embedder,
    )
    index.close()
    catalog.close()
