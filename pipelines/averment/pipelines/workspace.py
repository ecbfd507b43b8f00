"""Puts the parts of pipelines together for one data directory: stores, embedder, retrieval, ingestion, analysis.

Everything heavy is made when it is first used, so that listing documents loads no model. The log, the owner of the
embedded stores and the language model come from outside.
"""

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import replace
from functools import partial
from types import TracebackType
from typing import TYPE_CHECKING, Final, Self

from averment.core.analysis import SearchRequest, SearchResult
from averment.core.clock import Clock
from averment.core.data_dir import DataDir, open_data_dir
from averment.core.foreign import silence_libraries
from averment.core.owner import Caller, Handlers, Owner, OwnerClient, OwnerSession, acquire, acquire_or_connect
from averment.core.owner_audit import RemoteAuditSink, audit_handlers
from averment.core.ports import AuditSink, ChatModel, Recording
from averment.core.settings import Settings
from averment.pipelines.analysis import Analyst, Fingerprint
from averment.pipelines.document_views import DocumentViews
from averment.pipelines.ingestion.chunking import ChunkSettings, pipeline_version
from averment.pipelines.ingestion.embedding import SentenceTransformerEmbedder
from averment.pipelines.ingestion.parsers import open_parsers
from averment.pipelines.ingestion.partition_worker import PartitionPool
from averment.pipelines.ingestion.personal_data import CountingPartitioner, OpenCount, open_count_for
from averment.pipelines.ingestion.preparing import Preparer
from averment.pipelines.ingestion.sparse import SparseSettings
from averment.pipelines.ingestion.upkeep import HeldDocuments, Stores, Upkeep, none_held
from averment.pipelines.model_record import loaded_model, record_encoders, record_model, record_serving
from averment.pipelines.models.configured import within_context
from averment.pipelines.models.profiles import ModelProfile
from averment.pipelines.reranker import open_reranking
from averment.pipelines.retrieval.retriever import HybridRetriever
from averment.pipelines.scoring import budgets, open_decision, open_entailment, retrieval_settings
from averment.pipelines.search import Searcher
from averment.pipelines.second_model import escalating
from averment.pipelines.serving import Indexes, joint_id
from averment.pipelines.settings_record import record_settings
from averment.pipelines.stores.blobs import FolderBlobStore
from averment.pipelines.stores.catalog import Catalog
from averment.pipelines.stores.catalog_types import IndexRecord
from averment.pipelines.stores.remote import MaintainedIndexStore, index_handlers
from averment.pipelines.stores.texts import TextStore
from averment.pipelines.stores.withheld import WithheldContents

if TYPE_CHECKING:
    from averment.pipelines.erasing import CatalogDocuments
    from averment.pipelines.ingestion.ingestor import Ingestor
    from averment.pipelines.ingestion.reading import Partitioner
    from averment.pipelines.ingestion.reindexing import Reindexer

OWNER_WAIT_S: Final = 10.0
WITHHELD: Final = "withheld"
OpenLog = Callable[[DataDir], AbstractContextManager[AuditSink]]
OpenRecording = Callable[[DataDir], Recording]


class Workspace:
    """The documents of one installation and what can be done with them. Safe for several threads.

    Args:
        settings: All settings.
        data_dir: The opened data directory.
        audit: The evidence log.
        recording: What the record asks of an analysis, the gate before it among it.
        clock: Tells the time.
        caller: The way to the process that owns the embedded index; this process opens it itself when None.

    Attributes:
        open_count, held_documents: What counts personal data, what tells the documents that holds keep.
    """

    def __init__(
        self,
        settings: Settings,
        *,
        data_dir: DataDir,
        audit: AuditSink,
        recording: Recording,
        clock: Clock,
        caller: Caller | None = None,
    ):
        self.settings = settings
        self.clock = clock
        self.data_dir = data_dir
        self.audit = audit
        self._recording = recording
        self.open_count: OpenCount | None = None
        self.held_documents: HeldDocuments = none_held
        self._opening = threading.Lock()
        self._pool: PartitionPool | None = None
        self._retriever: tuple[str, HybridRetriever] | None = None
        url = settings.catalog.url.get_secret_value() if settings.catalog.url else f"sqlite:///{data_dir.catalog}"
        self.catalog = Catalog(url, clock=clock)
        self.blobs = FolderBlobStore(data_dir.blobs)
        self.texts = TextStore(self.blobs, self.catalog)
        n_pages = settings.parsing.max_pages
        self.views = DocumentViews(self.catalog, blobs=self.blobs, texts=self.texts, max_pages=n_pages)
        self.indexes = Indexes(settings, data_dir=data_dir, catalog=self.catalog, clock=clock, caller=caller)

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
        self.indexes.close()
        self.catalog.close()

    @property
    def embedder(self) -> SentenceTransformerEmbedder:
        """Return the embedder of the index that serves; its model loads when it is first used."""
        return self.indexes.embedder(self.indexes.serving_record())

    @property
    def index(self) -> MaintainedIndexStore:
        """Return the index that serves."""
        return self.indexes.store(self.indexes.serving_record())

    @property
    def retriever(self) -> HybridRetriever:
        """Return the retriever over the index that serves at this moment."""
        serving = self.indexes.serving()
        with self._opening:
            if self._retriever is None or self._retriever[0] != serving.record.name:
                reranking = open_reranking(self.settings.reranking, clock=self.clock)
                record_serving(serving, reranking, folder=self.data_dir.root, audit=self.audit)
                made = HybridRetriever(
                    serving.store,
                    catalog=self.catalog,
                    texts=self.texts,
                    embedder=serving.query_encoder,
                    settings=retrieval_settings(self.settings),
                    reranking=reranking,
                )
                self._retriever = serving.record.name, made
            return self._retriever[1]

    def ingestor(self, *, subject: str, jobs: int | None = None) -> "Ingestor":
        """Return an ingestor that acts for a subject, with so many parser processes."""
        # Haystack imports torch: only what ingests waits for it.
        from averment.pipelines.ingestion.ingestor import Ingestor

        record_serving(self.indexes.serving(), None, folder=self.data_dir.root, audit=self.audit)
        return Ingestor(
            self._stores,
            partitioner=self._partitioner(jobs or self.settings.parsing.workers),
            preparer=self._preparer(self.indexes.serving_record()),
            embedder=self.embedder,
            audit=self.audit,
            clock=self.clock,
            subject=subject,
        )

    def reindexer(self, record: IndexRecord, *, subject: str, jobs: int | None = None) -> "Reindexer":
        """Return what brings an index that does not serve up to the catalog."""
        from averment.pipelines.ingestion.reindexing import Reindexer, Sink

        return Reindexer(
            record,
            replace(self._stores, index=self.indexes.store(record)),
            partitioner=self._partitioner(jobs or self.settings.parsing.workers),
            preparer=self._preparer(record),
            embedder=self.indexes.embedder(record),
            sink=Sink(audit=self.audit, clock=self.clock, subject=subject),
        )

    def every_index(self) -> Sequence[MaintainedIndexStore]:
        """Return every index there is, the one that serves first."""
        return self._stores.every_index()

    def erasable(self, *, subject: str) -> "CatalogDocuments":
        """Return the documents as an erasure on behalf of a subject reaches them."""
        from averment.pipelines.erasing import CatalogDocuments
        from averment.pipelines.ingestion.reindexing import Sink

        return CatalogDocuments(
            self._stores,
            preparer=self._preparer(self.indexes.serving_record()),
            embedder=self.embedder,
            sink=Sink(audit=self.audit, clock=self.clock, subject=subject),
        )

    def upkeep(self, *, subject: str) -> Upkeep:
        """Return what removes, relabels and releases documents on behalf of a subject."""
        return Upkeep(self._stores, audit=self.audit, subject=subject)

    @property
    def _stores(self) -> Stores:
        record, chosen = self.indexes.serving_record(), self.settings.index
        return Stores(
            catalog=self.catalog,
            blobs=self.blobs,
            texts=self.texts,
            index=self.indexes.store(record),
            others=self.indexes.others,
            index_name=record.name,
            is_frozen=record.is_frozen,
            max_points=chosen.max_embedded_points if chosen.backend == "edge" else None,
            withheld=WithheldContents(self.data_dir.root / WITHHELD),
            held=self.held_documents,
        )

    def analyst(self, model: ChatModel | None, *, profile: ModelProfile) -> Analyst:
        """Return an analyst that may use a language model."""
        from averment.pipelines.reasoning.answerer import Answerer
        from averment.pipelines.reasoning.calendars import open_calendar
        from averment.pipelines.reasoning.calibration import read_calibration

        profile = within_context(profile, self.settings)
        reasoning = self.settings.reasoning
        calibration, calendar = reasoning.calibration_path, reasoning.business_day_calendar
        if calendar is not None:
            open_calendar(calendar)
        entailment = open_entailment(self.settings.verification)
        if entailment is not None:
            record_encoders({"verifier": entailment.verifier.model_id}, self.data_dir.root, audit=self.audit)
        make = partial(
            Answerer,
            self.retriever,
            texts=self.texts,
            catalog=self.catalog,
            embedder=self.embedder,
            clock=self.clock,
            budgets=budgets(self.settings),
            calibration=read_calibration(calibration) if calibration else None,
            entailment=entailment,
            anatomy=self.views,
            calendar=calendar,
        )
        decision = open_decision(self.settings, profile=profile, model=model)
        first = make(model=model, profile=profile, decision=decision)
        answerer = (
            first
            if model is None
            else escalating(first, make, settings=self.settings, folder=self.data_dir.root, clock=self.clock)
        )
        return Analyst(
            answerer,
            audit=self.audit,
            recording=self._recording,
            clock=self.clock,
            keep_cited=self.catalog.keep_cited,
            fingerprint=Fingerprint(
                pipeline_hash=answerer.pipeline_hash,
                index_version=self._index_version(self.indexes.serving_record()),
                model=model.model_id if model else None,
                model_revision=getattr(model, "revision", None),
                profile_digest=profile.digest if model else None,
            ),
        )

    def record_model(self, profile: ModelProfile) -> bool:
        """Name the language model in the log where it is ready and not named yet; tell whether one is ready."""
        found = loaded_model(self.settings, profile)
        if found is not None:
            record_model(found, self.data_dir.root, audit=self.audit)
        return found is not None

    def search(self, request: SearchRequest) -> SearchResult:
        """Find passages, best first; the search is logged before they come back."""
        searcher = Searcher(
            self._find,
            audit=self.audit,
            gate=self._recording.gate,
            clock=self.clock,
            index_version=self._index_version(self.indexes.serving_record()),
        )
        return searcher.search(request)

    def _find(self, request: SearchRequest) -> SearchResult:
        found = self.retriever.retrieve(
            request.query,
            principal=request.principal,
            filters=request.filters,
            top_k=request.top_k,
            ignore=request.ignore,
        )
        return SearchResult(passages=found.passages, interpretation=found.interpretation)

    def _index_version(self, record: IndexRecord) -> str:
        """Return the version of everything that shapes an index."""
        model_id = joint_id(self.indexes.embedder(record).model_id, self.indexes.sparse_encoder(record))
        return pipeline_version(model_id=model_id)

    def _preparer(self, record: IndexRecord) -> Preparer:
        return Preparer(
            chunks=ChunkSettings(),
            weights=SparseSettings(),
            pipeline_version=self._index_version(record),
            learned=self.indexes.sparse_encoder(record),
        )

    def _partitioner(self, n_workers: int) -> "Partitioner":
        policy = self.settings.parsing.personal_data
        count = None if policy == "keep" else open_count_for(policy, self.open_count)
        if self._pool is None:
            self._pool = open_parsers(self.settings.parsing, n_workers=n_workers)
        return CountingPartitioner(self._pool, count, refuses=policy == "quarantine") if count else self._pool


@contextmanager
def open_workspace(
    settings: Settings, *, open_log: OpenLog, open_recording: OpenRecording, clock: Clock, must_own: bool = False
) -> Iterator[Workspace]:
    """Open an installation: as the owner of its embedded stores and log, or as a client of the process that is.

    Args:
        settings: All settings.
        open_log: Opens the evidence log; called only where this process is the owner.
        open_recording: Opens what the record asks of an analysis.
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
                Workspace(settings, data_dir=data_dir, audit=audit, recording=open_recording(data_dir), clock=clock)
            )
            # Clients are turned away before the stores they use are closed.
            stack.callback(hold.stop_serving)
            hold.serve(_handlers(workspace, audit))
        else:
            heir = _Heir(data_dir, open_log, hold)
            workspace = stack.enter_context(
                Workspace(
                    settings,
                    data_dir=data_dir,
                    audit=RemoteAuditSink(heir.session, clock=clock),
                    recording=open_recording(data_dir),
                    clock=clock,
                    caller=heir.session,
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
            opening.callback(self.workspace.indexes.close)
            handlers = _handlers(self.workspace, audit)
            self._stores = opening.pop_all()
        return handlers

    def _close_stores(self) -> None:
        self._stores.close()


def _handlers(workspace: Workspace, audit: AuditSink) -> Handlers:
    """Open what the owner answers for, and return the answers."""
    record_settings(workspace.settings, workspace.data_dir.root, audit)
    indexes = workspace.indexes
    indexes.own_store(None)
    return {**audit_handlers(audit), **index_handlers(indexes.own_store, drop_index=indexes.drop_own)}
