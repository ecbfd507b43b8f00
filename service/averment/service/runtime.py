"""One open installation: data directory, owner of the embedded stores, log, documents, model.

The first process to open an installation owns its embedded stores and its log; another one sends what it writes and
searches to the owner, for as long as the owner runs (`averment.core.owner`).
"""

import platform
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from averment.compliance.holds import HoldRegister, held_documents
from averment.compliance.key_encryption import wrapping_key
from averment.compliance.overseer import Oversight
from averment.compliance.pii.detector import open_count
from averment.compliance.purposes.store import PurposeStore
from averment.compliance.recorded import RecordedAnalyses, RecordedAnalysis
from averment.compliance.recorder import SYSTEM_SUBJECT, EvidenceRecorder, open_evidence
from averment.compliance.recording import open_recording
from averment.core.access import Filters, Principal
from averment.core.analysis import AnalysisRequest, SearchRequest, SearchResult
from averment.core.answers import Answer
from averment.core.audit import AuditEvent, EventType, EventValue
from averment.core.clock import Clock, SystemClock
from averment.core.data_dir import DataDir
from averment.core.documents import DocumentPage, DocumentVersion, IngestReport, StandingFailure
from averment.core.errors import AuditWriteFailed, AvermentError, DocumentNotFound
from averment.core.oversight import Standing
from averment.core.ports import Connector
from averment.core.settings import Settings
from averment.pipelines.analysis import Analyst, StepListener
from averment.pipelines.document_views import DocumentViews
from averment.pipelines.ingestion.changes import container_uri
from averment.pipelines.ingestion.tally import OnProgress
from averment.pipelines.likeness import open_likeness
from averment.pipelines.overseen import OverseenAnalyst
from averment.pipelines.page_views import open_pages
from averment.pipelines.reasoning.replay import Replay
from averment.pipelines.reindex import IndexKeeper
from averment.pipelines.replaying import replay_analysis, turn_of
from averment.pipelines.settings_record import settings_digest
from averment.pipelines.stores.advisory_lock import advisory_lock
from averment.pipelines.workspace import Workspace, open_workspace
from averment.service.answer_desk import open_desk
from averment.service.health import IndexCheck, check_health
from averment.service.log_desk import LogDesk
from averment.service.model_watch import CurrentModel, ModelWatch
from averment.service.operations.desk import OperationsDesk
from averment.service.record import Record
from averment.service.recovery import Recovery
from averment.service.reporting import ReportDesk
from averment.service.reviewed import as_reviewed

if TYPE_CHECKING:
    from averment.pipelines.training.material import TrainingDocument


class Runtime:
    """What commands and the service work with.

    Args:
        workspace: Documents and what can be done with them, with the log.
        models: Knows the language model, if one runs.
        root: The folder of the settings file.
        commands: The commands of the command line, which documents name.
    """

    def __init__(self, workspace: Workspace, *, models: ModelWatch, root: Path, commands: Sequence[str] = ()):
        self.settings = workspace.settings
        self.data_dir = workspace.data_dir
        self.views: DocumentViews = workspace.views
        self.record = Record(workspace)
        self.pages = open_pages(workspace)
        self.desk = open_desk(workspace, self.pages)
        self.log_desk = LogDesk(self.record, clock=workspace.clock)
        self._workspace = workspace
        self._evidence = workspace.audit if isinstance(workspace.audit, EvidenceRecorder) else None
        self.oversight = Oversight(
            workspace.data_dir, audit=workspace.audit, settings=self.settings, clock=workspace.clock
        )
        self.reports = ReportDesk(self.record, oversight=self.oversight, root=root, commands=commands)
        self._models = models
        self.operations = OperationsDesk(workspace, record=self.record, models=models, health=self.health)
        self._choosing = threading.Lock()
        self._chosen: tuple[CurrentModel, str, Analyst] | None = None
        self._named: CurrentModel | None = None

    @property
    def _analyst(self) -> Analyst:
        """Return the analyst that uses the model and the index of the moment."""
        current = self.record_model()
        index = self._workspace.indexes.serving_record().name
        with self._choosing:
            if self._chosen is None or self._chosen[0] is not current or self._chosen[1] != index:
                self._chosen = current, index, self._workspace.analyst(current.model, profile=current.profile)
            return self._chosen[2]

    def record_model(self) -> CurrentModel:
        """Return the model of the moment, named in the log as soon as it is ready."""
        current = self._models.current()
        if current.model is not None and self._named is not current and self._workspace.record_model(current.profile):
            self._named = current
        return current

    @contextmanager
    def recorded_service(self) -> Iterator[None]:
        """Log that a service starts and, where it ends in order or by an error, that it stopped and why."""
        recovered = self._evidence.recovered_entries if self._evidence else 0
        discarded = self._evidence.discarded_bytes if self._evidence else 0
        self._workspace.audit.append(
            AuditEvent(
                type=EventType.SYSTEM_STARTED,
                subject=SYSTEM_SUBJECT,
                data={
                    "mode": PurposeStore(self.data_dir.purposes).mode(self.settings.purpose, now=SystemClock().now()),
                    "settings_digest": settings_digest(self.settings),
                    "recovered_entries": recovered,
                    "discarded_bytes": discarded,
                    "python": platform.python_version(),
                },
            )
        )
        reason = "failed"
        try:
            yield
            reason = "asked"
        except (KeyboardInterrupt, SystemExit):
            reason = "asked"
            raise
        finally:
            stopped = AuditEvent(type=EventType.SYSTEM_STOPPED, subject=SYSTEM_SUBJECT, data={"reason": reason})
            with suppress(AuditWriteFailed):  # a log that failed while serving cannot say so
                self._workspace.audit.append(stopped)

    def warm_up(self, announce: Callable[[str], None]) -> None:
        """Load what the first question would otherwise wait for."""
        announce("loading the embedding model")
        self._workspace.retriever.warm_up()
        self._workspace.index.count()
        _ = self._analyst
        if self._models.current().model is None:
            announce("no language model runs: answers are extractive or computed by rules (averment model serve)")

    def ingest(
        self,
        connector: Connector,
        *,
        subject: str,
        full: bool = False,
        jobs: int | None = None,
        on_progress: OnProgress | None = None,
    ) -> IngestReport:
        """Bring everything up to one source."""
        ingestor = self._workspace.ingestor(subject=subject, jobs=jobs)
        return ingestor.ingest(connector, full=full, on_progress=on_progress)

    def retry(self, connector: Connector, failures: Sequence[StandingFailure], *, subject: str) -> IngestReport:
        """Read items of a source again that failed, and nothing else of it."""
        for found in failures:
            if found.document_id is not None:
                self._workspace.catalog.request_retry(found.document_id)
        uris = {container_uri(found.failure.source_uri) for found in failures}
        return self._workspace.ingestor(subject=subject).ingest(connector, wanted=uris.__contains__)

    def index_keeper(self, *, subject: str, jobs: int | None = None, is_change: bool = True) -> IndexKeeper:
        """Return what builds, switches and drops search indexes; no change while an open incident holds the system."""
        if is_change:
            self.oversight.refuse_any_change()
        return IndexKeeper(self._workspace, subject=subject, jobs=jobs)

    def standing_failures(self) -> list[StandingFailure]:
        """Return what is in quarantine or could not be read, by source URI."""
        return self._workspace.catalog.standing_failures()

    def release_document(self, document: DocumentVersion, *, reason: str, subject: str) -> None:
        """Let a quarantined document into the index with the next reading."""
        self._workspace.upkeep(subject=subject).release(document, reason=reason)

    def analyse(
        self,
        request: AnalysisRequest,
        *,
        answer_id: str | None = None,
        on_event: StepListener | None = None,
        cancelled: Callable[[], bool] | None = None,
    ) -> Answer:
        """Answer a question; the answer carries its receipt.

        Raises:
            UsageError: `request.after` names no finished answer of the same subject.
            AnalysisStopped: People stopped it.
        """
        if request.after is not None:
            earlier = self._recorded(request.after, request.principal.subject, reason="follow-up", is_own=True)
            turn = as_reviewed(turn_of(earlier.answer), self.review_of(request.after))
            request = replace(request, conversation=(*request.conversation, turn))
        return self._overseen.analyse(request, answer_id=answer_id, on_event=on_event, cancelled=cancelled)

    def recover(self, request: AnalysisRequest, *, answer_id: str) -> Answer | None:
        """Return the answer to an analysis that did not end, if the log holds it; see `Backend.recover`."""
        wrapping = wrapping_key(self.settings.log)
        analyses = RecordedAnalyses(self.data_dir.evidence, self.data_dir.keys, wrapping=wrapping)
        found = Recovery(self.record.own_log(), analyses).find(request, answer_id=answer_id)
        if found is None:
            return None
        answer = self._analyst.release(found[0], request, index=found[1])
        if self.review_of(answer_id) is None:
            self.oversight.open_for(answer, subject=request.principal.subject)
        return answer

    def refuse_if_stopped(self, purpose: str) -> None:
        """Refuse questions of a purpose whose answering people stopped, as `AnalysisStopped`."""
        self.oversight.refuse(purpose)

    def review_of(self, answer_id: str) -> Standing | None:
        """Return what became of an answer in its reviews; None where it was not put before reviewers."""
        return self.oversight.reviews.standing(answer_id)

    def system_digest(self) -> str:
        """Return the digest of what answers at this moment: pipeline, index, model."""
        return self._overseen.system_digest

    @property
    def _overseen(self) -> OverseenAnalyst:
        return OverseenAnalyst(self._analyst, overseer=self.oversight)

    def replay(self, answer_id: str, *, subject: str) -> Replay:
        """Answer a recorded question again on the present stack and compare; nothing of it is released.

        Raises:
            UsageError: There is no such answer, or its request was not kept.
            StoreError: Its texts were erased.
        """
        recorded = self._recorded(answer_id, subject, reason="replay", is_own=False)
        return replay_analysis(
            self._analyst,
            question=recorded.question,
            request=recorded.request,
            recorded=recorded.answer,
            stack=recorded.stack,
            subject=subject,
        )

    def _recorded(self, answer_id: str, subject: str, *, reason: str, is_own: bool) -> RecordedAnalysis:
        """Open the record of an answer, once the log holds that it is read."""
        wrapping = wrapping_key(self.settings.log)
        analyses = RecordedAnalyses(self.data_dir.evidence, self.data_dir.keys, wrapping=wrapping)
        found = analyses.find(answer_id, subject=subject if is_own else None)
        self._workspace.audit.append(
            AuditEvent(
                type=EventType.ACCESS_READ,
                subject=subject,
                parents=(found.entry,),
                data={"answer_id": found.answer_id, "reason": reason},
            )
        )
        return analyses.open(found)

    def search(self, request: SearchRequest) -> SearchResult:
        """Find passages, best first; the search is logged before they come back."""
        return self._workspace.search(request)

    def record_event(self, event: AuditEvent) -> None:
        """Put an event of the service itself into the log.

        Raises:
            AuditWriteFailed: The log takes none.
        """
        self._workspace.audit.append(event)

    def record_failure(self, error: AvermentError, *, stage: str, cause: str | None) -> None:
        """Put a failure of the service into the log; a log that takes nothing cannot say so."""
        facts: dict[str, EventValue] = {
            "code": error.code,
            "stage": stage,
            "retryable": error.retryable,
            "cause": cause,
        }
        event = AuditEvent(type=EventType.ERROR, subject=SYSTEM_SUBJECT, data=facts)
        with suppress(AuditWriteFailed):
            self._workspace.audit.append(event)

    def list_documents(self, principal: Principal | None, filters: Filters) -> list[DocumentVersion]:
        """List documents: the operator's view, or what a principal may read."""
        found: list[DocumentVersion] = []
        cursor: str | None = None
        while True:
            page = self._workspace.catalog.list_documents(
                principal=principal, filters=filters, cursor=cursor, limit=1000
            )
            found.extend(page.items)
            cursor = page.next_cursor
            if cursor is None:
                return found

    def list_visible(self, principal: Principal, filters: Filters, *, cursor: str | None, limit: int) -> DocumentPage:
        """List what a principal may read, by id, a page at a time."""
        return self._workspace.catalog.list_documents(principal=principal, filters=filters, cursor=cursor, limit=limit)

    def training_documents(self, *, on_progress: Callable[[int, int], None]) -> "dict[str, TrainingDocument]":
        """Return every ready document as training material, by id; the operator's view."""
        from averment.pipelines.training.installation import read_installation

        return read_installation(self._workspace.catalog, self._workspace.texts, on_progress=on_progress)

    def training_finder(self, documents: "Mapping[str, TrainingDocument]") -> "Callable[[str], TrainingDocument]":
        """Return what finds a document that an id, a source uri or a file name names, among some."""
        by_content = {document.version.content_hash: document for document in documents.values()}

        def find(reference: str) -> "TrainingDocument":
            found = self.views.find(reference)
            document = by_content.get(found.content_hash)
            if document is None:
                raise DocumentNotFound(f"document {reference!r} has no text to train on: it is {found.status}")
            return document

        return find

    def remove_document(self, document_id: str, *, subject: str) -> None:
        """Remove a document from index and catalog.

        Raises:
            UnderHold: A legal hold keeps it.
        """
        HoldRegister(self.data_dir.evidence).forbid_removal(document_id, today=self._workspace.clock.now().date())
        upkeep = self._workspace.upkeep(subject=subject)
        upkeep.forget(document_id, reason="operator")
        upkeep.sweep()

    def check_index(self) -> IndexCheck:
        """Compare the points of the index with what the catalog says it must hold."""
        expected = self._workspace.catalog.expected_points()
        index = self._workspace.index
        differing = [identity for identity, number in expected.items() if index.count(document_id=identity) != number]
        return IndexCheck(expected=sum(expected.values()), found=index.count(), differing=tuple(differing))

    def health(self) -> dict[str, str]:
        """Return `ok` or the reason it is not, for index, catalog, log and model."""
        return check_health(self._workspace, evidence=self._evidence, models=self._models)


@contextmanager
def open_runtime(
    settings: Settings,
    *,
    clock: Clock | None = None,
    must_own: bool = False,
    root: Path | None = None,
    commands: Sequence[str] = (),
) -> Iterator[Runtime]:
    """Open an installation for the duration of a command or of the service.

    Args:
        settings: All settings.
        clock: Tells the time.
        must_own: Refuse to work through another process that owns the stores.
        root: The folder of the settings file; that of the data directory when absent.
        commands: The commands of the command line, which documents name.

    Raises:
        ConfigurationError: `averment init` has not been run.
        StoreBusy: Another process owns the stores and does not answer.
    """
    clock = clock or SystemClock()

    def open_log(data_dir: DataDir) -> EvidenceRecorder:
        held.enter_context(advisory_lock(settings.log.lock_url, name=settings.log.origin))
        return open_evidence(data_dir.evidence, data_dir.keys, clock=clock, settings=settings.log)

    likeness = open_likeness(lambda: workspace.embedder, cache=settings.data_dir / "cache")
    recording = partial(open_recording, settings=settings, clock=clock, open_likeness=likeness)
    with (
        ExitStack() as held,
        open_workspace(
            settings, open_log=open_log, open_recording=recording, clock=clock, must_own=must_own
        ) as workspace,
    ):
        workspace.open_count = open_count
        workspace.held_documents = held_documents(workspace.data_dir.evidence, clock=clock)
        root = root or settings.data_dir.parent
        yield Runtime(workspace, models=ModelWatch(settings), root=root, commands=commands)
