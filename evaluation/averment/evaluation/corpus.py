"""Ingests the documents of a benchmark into stores of their own, with the product's parts, resumably.

The same partition, chunking, embedding, index and catalog as in production; only the log is left out, since
nothing is answered here. A document that cannot be read is kept as a failure: its gold counts as missed.
"""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Protocol

from averment.core.access import AccessLabel, Principal
from averment.core.clock import Clock
from averment.core.documents import DocumentStatus, DocumentVersion
from averment.core.errors import DocumentError
from averment.core.ids import content_hash
from averment.core.ports import Embedder
from averment.evaluation.pack import InputKind, Pack, PackDocument
from averment.pipelines.document_views import DocumentViews
from averment.pipelines.ingestion.chunking import ChunkSettings, pipeline_version
from averment.pipelines.ingestion.partition import partition
from averment.pipelines.ingestion.preparing import Preparer
from averment.pipelines.ingestion.sparse import SparseSettings
from averment.pipelines.retrieval.encoding import QueryEmbedder
from averment.pipelines.retrieval.reranking import RerankingStep
from averment.pipelines.retrieval.retriever import HybridRetriever, RetrievalSettings
from averment.pipelines.stores.blobs import FolderBlobStore
from averment.pipelines.stores.catalog import Catalog
from averment.pipelines.stores.index_options import STANDARD, IndexOptions
from averment.pipelines.stores.qdrant_edge import EdgeIndexStore
from averment.pipelines.stores.texts import TextStore

CONNECTOR: Final = "evaluation"
EVALUATOR: Final = Principal(subject="evaluation", groups=("everyone",))
OnProgress = Callable[[int, int], None]


class EvaluationEmbedder(Embedder, QueryEmbedder, Protocol):
    """Embeds documents and questions."""

    model_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class IngestedCorpus:
    """What stands in the stores: catalog id and text by document of the pack, failures by document, and cost."""

    ids: Mapping[str, str]
    text_hashes: Mapping[str, str]
    failures: Mapping[str, str]
    n_chunks: int
    seconds: float


class EvaluationStores:
    """Stores for one evaluation, in a folder.

    Args:
        folder: Where they live; made when absent, reused when there.
        embedder: Makes dense vectors.
        clock: Tells the time.
        options: How the index keeps its vectors.
    """

    def __init__(
        self, folder: Path, *, embedder: EvaluationEmbedder, clock: Clock, options: IndexOptions = STANDARD
    ) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.embedder = embedder
        self.clock = clock
        self.catalog = Catalog(f"sqlite:///{folder / 'catalog.sqlite'}", clock=clock)
        self.blobs = FolderBlobStore(folder / "blobs")
        self.texts = TextStore(self.blobs, self.catalog)
        self.views = DocumentViews(self.catalog, blobs=self.blobs, texts=self.texts, max_pages=1)
        self.index = EdgeIndexStore(folder / "index", embedder.dimension, embedder.model_id, options=options)
        self.version = pipeline_version(model_id=embedder.model_id, parser="")
        self._preparer = Preparer(chunks=ChunkSettings(), weights=SparseSettings(), pipeline_version=self.version)

    def close(self) -> None:
        """Close index and catalog."""
        self.index.close()
        self.catalog.close()

    def retriever(
        self, settings: RetrievalSettings | None = None, *, reranking: RerankingStep | None = None
    ) -> HybridRetriever:
        """Return the product's retriever over these stores."""
        return HybridRetriever(
            self.index,
            catalog=self.catalog,
            texts=self.texts,
            embedder=self.embedder,
            settings=settings,
            reranking=reranking,
        )

    def ingest(
        self, pack: Pack, documents: Sequence[PackDocument], *, kind: InputKind, on_progress: OnProgress
    ) -> IngestedCorpus:
        """Bring the stores up to the documents; what is there already stays.

        Raises:
            ConfigurationError: A document has no file of the wanted kind.
        """
        begin = time.perf_counter()
        failures: dict[str, str] = {}
        known = {state.source_uri: state for state in self.catalog.by_source(CONNECTOR).values()}
        for number, document in enumerate(documents, start=1):
            file = document.required_file(kind)
            content = (pack.root / file.path).read_bytes()
            state = known.get(file.path)
            if state is None or not state.is_current(revision=content_hash(content), pipeline_version=self.version):
                try:
                    self.add(file.path, content)
                except DocumentError as error:
                    failures[document.doc_id] = error.code
            on_progress(number, len(documents))
        return self._corpus(documents, kind, failures=failures, seconds=time.perf_counter() - begin)

    def add(self, path: str, content: bytes, *, access: AccessLabel | None = None) -> str:
        """Ingest one document for everyone, or for whom a label says, and return its id.

        Raises:
            DocumentError: It cannot be read.
        """
        opened = self.catalog.begin_version(connector=CONNECTOR, source_uri=path)
        parsed = partition(content, name=Path(path).name)
        stored = self.texts.save(parsed)
        self.blobs.put(content)
        draft = DocumentVersion(
            document_id=opened.document_id,
            source_uri=path,
            content_hash=content_hash(content),
            text_hash=None,
            version=opened.version,
            media_type=parsed.media_type,
            kind="other",
            title=Path(path).name,
            access=access or AccessLabel(),
            status=DocumentStatus.READY,
            revision=content_hash(content),
            connector=CONNECTOR,
            size_bytes=len(content),
            pipeline_version=self.version,
            ingested_at=self.clock.now(),
        )
        prepared = self._preparer.prepare(parsed, stored, draft=draft)
        points = prepared.points([list(row) for row in self.embedder.embed(prepared.embed_texts)])
        self.index.delete_document(opened.document_id)
        self.index.write(points)
        text = self.texts.save_structure(prepared.text, prepared.anatomy)
        self.catalog.commit_ready(prepared.version, chunks=prepared.chunks, text=text, structure=prepared.anatomy)
        return opened.document_id

    def _corpus(
        self, documents: Sequence[PackDocument], kind: InputKind, *, failures: Mapping[str, str], seconds: float
    ) -> IngestedCorpus:
        chosen = ((document.file(kind), document.doc_id) for document in documents)
        by_path = {file.path: doc_id for file, doc_id in chosen if file is not None}
        ids: dict[str, str] = {}
        hashes: dict[str, str] = {}
        for state in self.catalog.by_source(CONNECTOR).values():
            doc_id = by_path.get(state.source_uri)
            version = self.catalog.get(state.document_id) if doc_id else None
            if doc_id and version and version.text_hash and version.status is DocumentStatus.READY:
                ids[doc_id], hashes[doc_id] = state.document_id, version.text_hash
        return IngestedCorpus(
            ids=ids, text_hashes=hashes, failures=failures, n_chunks=self.index.count() - len(ids), seconds=seconds
        )
