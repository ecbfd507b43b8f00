"""Puts the parts of pipelines together for one data directory: stores, embedder, retrieval, ingestion, analysis.

Everything heavy is made when it is first used, so that listing documents loads no model. The log, the owner of the
embedded stores and the language model come from outside.
"""

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager
from functools import cached_property
from types import TracebackType
from typing import TYPE_CHECKING, Final, Self

from averment.core.analysis import SearchRequest
from averment.core.answers import Citation, Passage
from averment.core.clock import Clock
from averment.core.completeness import Thresholds
from averment.core.data_dir import DataDir, open_data_dir
from averment.core.documents import DocumentVersion, PageSpan
from averment.core.errors import ConfigurationError
from averment.core.foreign import silence_libraries
from averment.core.owner import Handlers, Owner, OwnerClient, OwnerSession, acquire, acquire_or_connect
from averment.core.owner_audit import RemoteAuditSink, audit_handlers
from averment.core.ports import AuditSink, ChatModel
from averment.core.settings import ParsingSettings, Settings
from averment.pipelines.analysis import Analyst, AnswerRecord, Fingerprint
from averment.pipelines.ingestion.chunking import ChunkSettings, pipeline_version
from averment.pipelines.ingestion.embedding import SentenceTransformerEmbedder, open_embedder
from averment.pipelines.ingestion.image import to_pdf
from averment.pipelines.ingestion.limits import ParseLimits, ParseOptions
from averment.pipelines.ingestion.media_types import IMAGES, PDF
from averment.pipelines.ingestion.partition_worker import PartitionPool
from averment.pipelines.ingestion.preparing import Preparer
from averment.pipelines.ingestion.sparse import SparseSettings
from averment.pipelines.model_record import loaded_model, record_model
from averment.pipelines.models.profiles import ModelProfile
from averment.pipelines.rendering.page_image import page_png
from averment.pipelines.retrieval.retriever import HybridRetriever
from averment.pipelines.search import Searcher
from averment.pipelines.settings_record import record_settings
from averment.pipelines.stores.blobs import FolderBlobStore
from averment.pipelines.stores.catalog import Catalog
from averment.pipelines.stores.qdrant_edge import EdgeIndexStore
from averment.pipelines.stores.qdrant_server import QdrantIndexStore, connect
from averment.pipelines.stores.reconcile import reconcile_if_suspect
from averment.pipelines.stores.remote import MaintainedIndexStore, RemoteIndexStore, index_handlers
from averment.pipelines.stores.texts import TextStore

if TYPE_CHECKING:
    from averment.pipelines.ingestion.ingestor import Ingestor

OWNER_WAIT_S: Final = 10.0
OpenLog = Callable[[DataDir], AbstractContextManager[AuditSink]]


class Workspace:
    """The documents of one installation and what can be done with them. Safe for several threads.

    Args:
        settings: All settings.
        data_dir: The opened data directory.
        audit: The evidence log.
        record: Makes the facts that the log states of a finished answer.
        clock: Tells the time.
        index: The index of another process that owns it; this process opens its own when None.
    """

    def __init__(
        self,
        settings: Settings,
        *,
        data_dir: DataDir,
        audit: AuditSink,
        record: AnswerRecord,
        clock: Clock,
        index: MaintainedIndexStore | None = None,
    ):
        self.settings = settings
        self.clock = clock
        self.data_dir = data_dir
        self.audit = audit
        self._record = record
        self._given_index = index
        self._opening = threading.Lock()
        self._pool: PartitionPool | None = None
        self._own_index: EdgeIndexStore | QdrantIndexStore | None = None
        url = settings.catalog.url.get_secret_value() if settings.catalog.url else f"sqlite:///{data_dir.catalog}"
        self.catalog = Catalog(url, clock=clock)
        self.blobs = FolderBlobStore(data_dir.blobs)
        self.texts = TextStore(self.blobs, self.catalog)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Stop parser processes and close stores."""
        if self._pool is not None:
            self._pool.close()
        self.close_own_index()
        self.catalog.close()

    def close_own_index(self) -> None:
        """Close this process's own index, if it is open."""
        with self._opening:
            if self._own_index is not None:
                self._own_index.close()
                self._own_index = None

    @cached_property
    def embedder(self) -> SentenceTransformerEmbedder:
        """Return the embedder; its model loads when it is first used."""
        caches = (self.data_dir.root / "cache", self.settings.model.models_dir)
        return open_embedder(self.settings.embedding, caches=caches)

    @property
    def index(self) -> MaintainedIndexStore:
        """Return the index: the one given, or this process's own."""
        return self._given_index if self._given_index is not None else self.own_index

    @property
    def own_index(self) -> EdgeIndexStore | QdrantIndexStore:
        """Return this process's own index, opened on first use."""
        with self._opening:
            if self._own_index is None:
                self._own_index = self._open_index()
                if isinstance(self._own_index, EdgeIndexStore):
                    reconcile_if_suspect(self.catalog, self._own_index)
            return self._own_index

    @cached_property
    def retriever(self) -> HybridRetriever:
        """Return the retriever."""
        return HybridRetriever(
            self.index,
            catalog=self.catalog,
            texts=self.texts,
            embedder=self.embedder,
            prefetch=self.settings.retrieval.prefetch,
        )

    def ingestor(self, *, subject: str, jobs: int | None = None) -> "Ingestor":
        """Return an ingestor that acts for a subject, with so many parser processes."""
        # Haystack imports torch: only what ingests waits for it.
        from averment.pipelines.ingestion.ingestor import Ingestor, Stores

        return Ingestor(
            Stores(catalog=self.catalog, blobs=self.blobs, texts=self.texts, index=self.index),
            partitioner=self._partitioner(jobs or self.settings.parsing.workers),
            preparer=Preparer(
                chunks=ChunkSettings(),
                weights=SparseSettings(),
                pipeline_version=pipeline_version(model_id=self.embedder.model_id),
            ),
            embedder=self.embedder,
            audit=self.audit,
            clock=self.clock,
            subject=subject,
        )

    def analyst(self, model: ChatModel | None, *, profile: ModelProfile) -> Analyst:
        """Return an analyst that may use a language model."""
        from averment.pipelines.reasoning.answerer import Answerer, Budgets

        limits = self.settings.reasoning
        answerer = Answerer(
            self.retriever,
            texts=self.texts,
            catalog=self.catalog,
            embedder=self.embedder,
            clock=self.clock,
            model=model,
            profile=profile,
            budgets=Budgets(max_steps=limits.max_steps, max_tokens=limits.max_tokens, max_seconds=limits.max_seconds),
        )
        return Analyst(
            answerer,
            audit=self.audit,
            record=self._record,
            clock=self.clock,
            fingerprint=Fingerprint(
                pipeline_hash=answerer.pipeline_hash,
                index_version=pipeline_version(model_id=self.embedder.model_id),
                model=model.model_id if model else None,
                profile_digest=profile.digest if model else None,
            ),
        )

    def record_model(self, profile: ModelProfile) -> bool:
        """Name the language model in the log where it is ready and not named yet; tell whether one is ready."""
        found = loaded_model(self.settings, profile)
        if found is not None:
            record_model(found, self.data_dir.root, audit=self.audit)
        return found is not None

    def search(self, request: SearchRequest) -> list[Passage]:
        """Find passages, best first; the search is logged before they come back."""
        searcher = Searcher(
            self._find,
            audit=self.audit,
            clock=self.clock,
            index_version=pipeline_version(model_id=self.embedder.model_id),
        )
        return searcher.search(request)

    def document(self, reference: str) -> DocumentVersion:
        """Return the document that a reference names, as the operator sees it."""
        found = self.catalog.get(self.catalog.resolve(reference))
        if found is None:
            raise ConfigurationError(f"the document {reference!r} was removed meanwhile")
        return found

    def text(
        self, reference: str, *, text_hash: str | None = None
    ) -> tuple[DocumentVersion, str, tuple[PageSpan, ...]]:
        """Return a document with one of its canonical texts and the text's pages."""
        document = self.document(reference)
        chosen = text_hash or document.text_hash
        if chosen is None:
            raise ConfigurationError(
                f"{reference!r} has no text: it is {document.status}", hint="averment documents show tells why"
            )
        pages = self.texts.pages(chosen, document_id=document.document_id)
        return document, self.texts.text(chosen), tuple(pages)

    def page_image(self, citation: Citation) -> bytes | None:
        """Return the page of a citation as PNG with the quotation marked; None for what has no pages."""
        document = self.catalog.get(citation.document_id)
        if document is None or citation.page is None or document.media_type not in (PDF, *IMAGES):
            return None
        content = self.blobs.get(document.content_hash)
        if document.media_type in IMAGES:
            content = to_pdf(content, max_pages=self.settings.parsing.max_pages)
        return page_png(content, page=citation.page, boxes=citation.boxes)

    def text_around(self, citation: Citation, n_chars: int) -> tuple[str, str]:
        """Return up to so many characters before and after a citation."""
        text = self.texts.text(citation.text_hash)
        return text[max(0, citation.start - n_chars) : citation.start], text[citation.end : citation.end + n_chars]

    def _find(self, request: SearchRequest) -> Sequence[Passage]:
        found = self.retriever.retrieve(
            request.query, principal=request.principal, filters=request.filters, top_k=request.top_k
        )
        return found.passages

    def _partitioner(self, n_workers: int) -> PartitionPool:
        if self._pool is None:
            limits = self.settings.parsing
            self._pool = PartitionPool(
                limits=ParseLimits(
                    max_bytes=limits.max_item_bytes,
                    max_pages=limits.max_pages,
                    max_expansion_ratio=limits.max_expansion,
                    max_seconds=limits.max_seconds,
                    max_memory_bytes=limits.max_memory_bytes,
                ),
                options=parse_options(limits),
                n_workers=n_workers,
            )
        return self._pool

    def _open_index(self) -> EdgeIndexStore | QdrantIndexStore:
        chosen = self.settings.index
        dimension, model_id = self.embedder.dimension, self.embedder.model_id
        if chosen.backend == "edge":
            return EdgeIndexStore(self.data_dir.index, dimension, model_id)
        if not chosen.url:
            raise ConfigurationError("index.backend is 'server', but index.url is not set", hint="set index.url")
        key = chosen.api_key.get_secret_value() if chosen.api_key else None
        return QdrantIndexStore(
            connect(chosen.url, api_key=key), chosen.collection, dimension=dimension, model_id=model_id
        )


@contextmanager
def open_workspace(
    settings: Settings, *, open_log: OpenLog, record: AnswerRecord, clock: Clock, must_own: bool = False
) -> Iterator[Workspace]:
    """Open an installation: as the owner of its embedded stores and log, or as a client of the process that is.

    Args:
        settings: All settings.
        open_log: Opens the evidence log; called only where this process is the owner.
        record: Makes the facts that the log states of a finished answer.
        clock: Tells the time.
        must_own: Refuse to be a client; for a process that outlives the commands of others.

    Raises:
        ConfigurationError: `averment init` has not been run.
        StoreBusy: Another process owns the stores and does not answer, or is in the way of `must_own`.
    """
    silence_libraries()
    data_dir = open_data_dir(settings.data_dir, create=False)
    hold: Owner | OwnerClient
    hold = acquire(data_dir, wait_s=OWNER_WAIT_S, clock=clock) if must_own else acquire_or_connect(data_dir)
    with ExitStack() as stack:
        stack.callback(hold.close)
        if isinstance(hold, Owner):
            audit = stack.enter_context(open_log(data_dir))
            workspace = stack.enter_context(
                Workspace(settings, data_dir=data_dir, audit=audit, record=record, clock=clock)
            )
            # Clients are turned away before the stores they use are closed.
            stack.callback(hold.stop_serving)
            hold.serve(_handlers(workspace, audit))
        else:
            heir = _Heir(data_dir, open_log, hold)
            index = None if settings.index.backend == "server" else RemoteIndexStore(heir.session)
            workspace = stack.enter_context(
                Workspace(
                    settings,
                    data_dir=data_dir,
                    audit=RemoteAuditSink(heir.session, clock=clock),
                    record=record,
                    clock=clock,
                    index=index,
                )
            )
            stack.callback(heir.session.close)
            heir.workspace = workspace
        yield workspace


class _Heir:
    """A client that opens log and index itself when the owner it works through ends, and then serves others.

    Args:
        data_dir: The data directory.
        open_log: Opens the evidence log.
        owner: The owner there is now.
    """

    def __init__(self, data_dir: DataDir, open_log: OpenLog, owner: OwnerClient):
        self.workspace: Workspace | None = None
        self._data_dir = data_dir
        self._open_log = open_log
        self._stores = ExitStack()
        self.session = OwnerSession(
            data_dir,
            self._open_stores,
            close_stores=self._close_stores,
            repeatable=("index.", "audit.append_once", "audit.find", "audit.receipt"),
            first=owner,
        )

    def _open_stores(self) -> Handlers:
        assert self.workspace is not None, "requests are sent by a workspace"
        with ExitStack() as opening:
            audit = opening.enter_context(self._open_log(self._data_dir))
            opening.callback(self.workspace.close_own_index)
            handlers = _handlers(self.workspace, audit)
            self._stores = opening.pop_all()
        return handlers

    def _close_stores(self) -> None:
        self._stores.close()


def _handlers(workspace: Workspace, audit: AuditSink) -> Handlers:
    """Open what the owner answers for, and return the answers."""
    record_settings(workspace.settings, workspace.data_dir.root, audit)
    return {**audit_handlers(audit), **index_handlers(workspace.own_index)}


def parse_options(settings: ParsingSettings) -> ParseOptions:
    """Return how documents are read, as the settings say."""
    return ParseOptions(
        ocr_language="+".join(settings.ocr_languages),
        tessdata_path=settings.tessdata_path,
        thresholds=Thresholds(
            max_unaccounted=settings.max_unaccounted_chars,
            max_added=settings.max_added_chars,
            max_disordered=settings.max_disordered_words,
            min_ocr_confidence=settings.min_ocr_confidence,
            min_agreement=settings.min_page_agreement,
            quarantines_disagreement=settings.on_disagreement == "quarantine",
        ),
        checked_share=settings.checked_page_share,
        poppler=settings.poppler,
    )
