"""Brings catalog, blobs and index up to a source, document by document, and reports what became of each.

First what has left the source is taken away and labels are brought up to it; then documents are read. Order for one
document: open a version in the catalog, store original and text, delete the document's points, write the new ones, log
the event, then make the version current in one transaction. Whatever ends the process in between, the next run finds
the version open and does the document again; points have deterministic ids, so the end is that of an undisturbed run. A
file with files inside becomes current after those, so that none of them is forgotten.

A document that cannot be read is quarantined with its reason and the rest goes on. An item that cannot be reached
is a failure and stays as it was.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, replace
from functools import cached_property, partial
from typing import TYPE_CHECKING, Final, Literal

from averment.core.audit import AuditEvent, EventType, EventValue
from averment.core.clock import Clock
from averment.core.documents import (
    Attachment,
    DocumentStatus,
    DocumentVersion,
    IngestReport,
    ParsedDocument,
    SourceItem,
)
from averment.core.errors import DocumentError, SourceError
from averment.core.ids import content_hash
from averment.core.ports import AuditSink, Connector, Embedder
from averment.core.telemetry import span
from averment.pipelines.ingestion.changes import (
    IngestPlan,
    PlannedItem,
    container_uri,
    in_scope,
    lies_within,
    plan_changes,
)
from averment.pipelines.ingestion.completeness import objections
from averment.pipelines.ingestion.inner_files import Expansion, inner_items, level
from averment.pipelines.ingestion.pace import Pace
from averment.pipelines.ingestion.preparing import ParsedSource, Preparer, certificate_facts
from averment.pipelines.ingestion.reading import InnerFile, Partitioner, ReadFile, draft_of
from averment.pipelines.ingestion.tally import (
    OUTCOMES,
    BatchResult,
    OnProgress,
    Tally,
    failure_of,
    report,
    together,
)
from averment.pipelines.ingestion.upkeep import Stores, Upkeep

if TYPE_CHECKING:
    from haystack import Pipeline

DOCUMENTS_PER_BATCH: Final = 8
_PURPOSE: Final = "ingestion"

Wanted = Callable[[str], bool]


@dataclass(frozen=True, slots=True, kw_only=True)
class IngestRun:
    """One run over one source: its plan, and when it started on the monotonic clock."""

    id: str
    connector: Connector
    plan: IngestPlan
    started_s: float
    wanted: Wanted | None = None


_Started = tuple[Tally, list[ReadFile]]
_Ready = tuple[ReadFile, ParsedSource]


class Ingestor:
    """Ingests sources.

    Args:
        stores: Catalog, blobs, texts, index.
        partitioner: Reads files in worker processes.
        preparer: Describes and cuts documents.
        embedder: Makes dense vectors.
        audit: The evidence log.
        clock: Tells the time.
        subject: On whose behalf; pseudonymised in the log.
    """

    def __init__(  # noqa: PLR0913 - the parts of an ingestion, each named
        self,
        stores: Stores,
        *,
        partitioner: Partitioner,
        preparer: Preparer,
        embedder: Embedder,
        audit: AuditSink,
        clock: Clock,
        subject: str,
    ):
        self._stores = stores
        self._partitioner = partitioner
        self._preparer = preparer
        self._embedder = embedder
        self._audit = audit
        self._clock = clock
        self._subject = subject
        self._pace = Pace(0, clock=clock, on_progress=None)
        self.upkeep = Upkeep(stores, audit=audit, subject=subject)

    @cached_property
    def _pipeline(self) -> "Pipeline":
        from averment.pipelines.ingestion.components import build_ingestion_pipeline

        return build_ingestion_pipeline(self._preparer, self._embedder)

    def ingest(
        self,
        connector: Connector,
        *,
        full: bool = False,
        wanted: Wanted | None = None,
        on_progress: OnProgress | None = None,
    ) -> IngestReport:
        """Bring everything up to one source; with `wanted`, only the items whose uri it accepts.

        Raises:
            SourceUnavailable: The source is out of sight; nothing was removed.
            AuditWriteFailed: The log could not be written; finished documents stay finished.
        """
        run = self.begin(connector, full=full, wanted=wanted)
        work = run.plan.work
        results = [self.settle(run)]
        with span("averment.pipelines.ingest", {"averment.items": len(work)}):
            self._pace = Pace(len(work), clock=self._clock, on_progress=on_progress)
            for batch, started in self._ahead(connector, batches(work)):
                results.append(self._complete(connector, started))
                self._pace.advance(len(batch), n_pages=results[-1].n_pages, uris=(done.item.ref.uri for done in batch))
        return self.finish(run, results)

    def begin(self, connector: Connector, *, full: bool = False, wanted: Wanted | None = None) -> IngestRun:
        """Compare the source with the catalog and record the start of a run."""
        started_s = self._clock.monotonic_s()
        known = {
            uri: state
            for uri, state in self._stores.catalog.by_source(connector.name).items()
            if in_scope(uri, connector.scope) and (wanted is None or wanted(container_uri(uri)))
        }
        items = (item for item in connector.list() if wanted is None or wanted(item.ref.uri))
        version = None if self._stores.is_frozen else self._preparer.pipeline_version
        plan = plan_changes(items, known, pipeline_version=version, full=full)
        run_id = self._stores.catalog.begin_run(connector.name)
        return IngestRun(id=run_id, connector=connector, plan=plan, started_s=started_s, wanted=wanted)

    def settle(self, run: IngestRun) -> BatchResult:
        """Do what needs no reading, before anything is read: take away what has left the source, and relabel."""
        removed, relabelled = self.upkeep.remove(run.plan.removed), self.upkeep.relabel(run.plan.relabelled)
        return together([removed, relabelled])

    def process(self, connector: Connector, batch: Sequence[PlannedItem]) -> BatchResult:
        """Read, embed and store a batch of items; each becomes ready, quarantined or failed on its own."""
        return self._complete(connector, self._start(connector, batch))

    def finish(self, run: IngestRun, results: Sequence[BatchResult]) -> IngestReport:
        """Add up a run, record and log its counts, and return the report; the index is left fast to search."""
        self._stores.index.optimize()
        self.upkeep.sweep()
        tally = Tally()
        for state in run.plan.unchanged:
            tally.note(state.source_uri, "unchanged", document_id=state.document_id)
        standing = {failure.source_uri: failure for failure in self._stores.catalog.failures()}
        for state in run.plan.quarantined:
            failure = standing.get(state.source_uri)
            tally.note(state.source_uri, "quarantined", document_id=state.document_id, failure=failure)
        duration_s = self._clock.monotonic_s() - run.started_s
        made = report([tally.result(), *results], duration_s=duration_s, notices=self._stores.notices())
        self._clear_failures(run, made)
        counts: dict[str, int] = {name: getattr(made, name) for name in OUTCOMES}
        self._stores.catalog.finish_run(run.id, status=made.status, counts=counts)
        self._log(
            EventType.INGEST_COMPLETED,
            {
                "run_id": run.id,
                "connector": run.connector.name,
                "status": made.status,
                **counts,
                "chunks": made.n_chunks_embedded,
                "duration_ms": round(duration_s * 1000),
            },
        )
        return made

    def _clear_failures(self, run: IngestRun, made: IngestReport) -> None:
        """Forget failures of items that this run found well, or no longer found."""
        standing = {failure.source_uri for failure in made.failures}
        for failure in self._stores.catalog.failures(connector=run.connector.name):
            uri = failure.source_uri
            is_ours = in_scope(uri, run.connector.scope) and (run.wanted is None or run.wanted(container_uri(uri)))
            if is_ours and uri not in standing:
                self._stores.catalog.clear_failure(connector=run.connector.name, source_uri=uri)

    def _ahead(
        self, connector: Connector, work: Iterable[Sequence[PlannedItem]]
    ) -> Iterator[tuple[Sequence[PlannedItem], _Started]]:
        """Start each batch while the one before it is embedded, so that parsers and embedder work side by side."""
        waiting: tuple[Sequence[PlannedItem], _Started] | None = None
        for batch in work:
            started = self._start(connector, batch)
            if waiting is not None:
                yield waiting
            waiting = (batch, started)
        if waiting is not None:
            yield waiting

    def _start(self, connector: Connector, batch: Sequence[PlannedItem]) -> _Started:
        tally = Tally()
        return tally, [read for planned in batch if (read := self._read(connector, planned, tally))]

    def _complete(self, connector: Connector, started: _Started) -> BatchResult:
        tally, reads = started
        self._finish_level(connector, reads, tally)
        self.upkeep.sweep()
        return tally.result()

    def _finish_level(self, connector: Connector, reads: Sequence[ReadFile], tally: Tally) -> None:
        """Parse and store what was read, the files inside first."""
        ready, inner = self._parse(connector, reads, tally)
        for start in range(0, len(inner), DOCUMENTS_PER_BATCH):
            batch = inner[start : start + DOCUMENTS_PER_BATCH]
            self._finish_level(connector, [self._begin_inner(connector, file) for file in batch], tally)
        self._write(ready, tally)

    def _read(self, connector: Connector, planned: PlannedItem, tally: Tally) -> ReadFile | None:
        item = planned.item
        try:
            content = connector.read(item.ref)
        except SourceError as error:
            failure = failure_of(item.ref.uri, stage="read", error=error)
            self._stores.catalog.record_failure(failure, connector=connector.name)
            tally.note(item.ref.uri, "failed", document_id=planned.document_id, failure=failure)
            return None
        refusal = self._stores.refusal(content_hash(content)) if planned.document_id is None else None
        if refusal is not None:  # nothing is noted of it: its name may be that of the person who was erased
            failure = failure_of(item.ref.uri, stage="read", error=refusal)
            tally.note(item.ref.uri, "quarantined", failure=failure)
            return None
        return self._submit(connector, item, planned.change, content)

    def _submit(
        self,
        connector: Connector,
        item: SourceItem,
        change: Literal["added", "changed"],
        content: bytes,
        *,
        expansion: Expansion | None = None,
        error: DocumentError | None = None,
    ) -> ReadFile:
        digest = content_hash(content)
        error = error or self._stores.refusal(digest)
        claims = (digest,) if error is None else ()
        opened = self._stores.catalog.begin_version(connector=connector.name, source_uri=item.ref.uri, claims=claims)
        if error is None:
            self._stores.keep_original(content, digest)
            watch = self._pace.watch(item.ref.uri)
            parsed = self._partitioner.submit(content, name=item.title, media_type=item.media_type, on_pages=watch)
        else:
            parsed = Future()
            parsed.set_exception(error)
        return ReadFile(
            item=item,
            change=change,
            content_hash=digest,
            opened=opened,
            parsed=parsed,
            started_s=self._clock.monotonic_s(),
            expansion=expansion or Expansion(),
        )

    def _begin_inner(self, connector: Connector, inner: InnerFile) -> ReadFile:
        found = inner.found
        return self._submit(
            connector, inner.item, inner.change, found.content, expansion=inner.expansion, error=found.error
        )

    def _parse(
        self, connector: Connector, reads: Sequence[ReadFile], tally: Tally
    ) -> tuple[list[_Ready], list[InnerFile]]:
        catalog = self._stores.catalog
        ready: list[_Ready] = []
        inner: list[InnerFile] = []
        for read in reads:
            draft = draft_of(read, pipeline_version=self._preparer.pipeline_version)
            try:
                parsed = self._stores.admitted(read.parsed.result(), read.content_hash)
                draft = replace(draft, certificate=parsed.certificate)
                self._require_usable(read, parsed)
                read.expansion.take(parsed.attachments, container_depth=level(read.item))
            except DocumentError as error:
                self._quarantine(read, draft, error, tally)
                self._inner(connector, read, (), tally)
                continue
            stored = self._stores.texts.save(parsed, claim=partial(catalog.claim_blobs, draft.document_id))
            ready.append((read, ParsedSource(parsed=parsed, stored=stored, draft=draft)))
            inner.extend(self._inner(connector, read, parsed.attachments, tally))
        return ready, inner

    def _require_usable(self, read: ReadFile, parsed: ParsedDocument) -> None:
        """Let a document pass that nothing stands against, or nothing that a reviewer has not set aside."""
        is_released = partial(self._stores.catalog.is_released, read.opened.document_id, content_hash=read.content_hash)
        for objection in objections(parsed.certificate):
            if not is_released(code=objection.code):
                raise objection

    def _inner(
        self, connector: Connector, read: ReadFile, found: Sequence[Attachment], tally: Tally
    ) -> list[InnerFile]:
        """Return the files inside a file; those that were inside it and are no longer are removed."""
        uri = read.item.ref.uri
        known = self._stores.catalog.within(connector.name, uri) if read.change == "changed" else {}
        files = []
        for item, attachment in inner_items(read.item, found):
            change: Literal["added", "changed"] = "changed" if item.ref.uri in known else "added"
            files.append(InnerFile(item=item, change=change, found=attachment, expansion=read.expansion))
        kept = {file.item.ref.uri for file in files}
        for state in known.values():
            # What lies deeper is the business of the file that holds it, as long as that is still there.
            if not any(state.source_uri == other or lies_within(state.source_uri, other) for other in kept):
                self.upkeep.leave(state, tally)
        return files

    def _write(self, ready: Sequence[_Ready], tally: Tally) -> None:
        from averment.pipelines.ingestion.components import run_ingestion

        catalog = self._stores.catalog
        done = run_ingestion(self._pipeline, [source for _, source in ready])
        for (read, _), (prepared, vectors) in zip(ready, done, strict=True):
            points = prepared.points(vectors)
            version = replace(
                prepared.version,
                duplicate_of=self._duplicate_of(read.content_hash, prepared.version.document_id),
                ingested_at=self._clock.now(),
            )
            self._stores.index.delete_document(version.document_id)
            self._stores.index.write(points)
            duration_ms = round((self._clock.monotonic_s() - read.started_s) * 1000)
            self._log(EventType.DOCUMENT_INGESTED, prepared.log_facts(duration_ms=duration_ms))
            text = self._stores.save_structure(prepared)
            catalog.commit_ready(
                version, chunks=prepared.chunks, text=text, structure=prepared.anatomy, index=self._stores.index_name
            )
            tally.note(
                version.source_uri, read.change, document_id=version.document_id, warnings=prepared.version.warnings
            )
            tally.n_chunks += len(prepared.chunks)
            tally.n_pages += version.n_pages or 1

    def _duplicate_of(self, digest: str, document_id: str) -> str | None:
        return next((other for other in self._stores.catalog.duplicates(digest) if other != document_id), None)

    def _quarantine(self, read: ReadFile, draft: DocumentVersion, error: DocumentError, tally: Tally) -> None:
        failure = failure_of(read.item.ref.uri, stage="partition", error=error)
        version = replace(
            draft,
            status=DocumentStatus.QUARANTINED,
            failure_code=failure.code,
            failure_message=failure.message,
            failure_page=failure.page,
            ingested_at=self._clock.now(),
        )
        self._stores.index.delete_document(draft.document_id)
        self._log(
            EventType.DOCUMENT_REJECTED,
            {
                "document_id": draft.document_id,
                "content_hash": read.content_hash,
                "source": failure.source_uri,
                "code": failure.code,
                "stage": failure.stage,
                "page": failure.page,
                "retryable": failure.retryable,
                **certificate_facts(version.certificate),
            },
        )
        self._stores.catalog.quarantine(version, failure, index=self._stores.index_name)
        tally.note(failure.source_uri, "quarantined", document_id=draft.document_id, failure=failure)

    def _log(self, kind: EventType, data: Mapping[str, EventValue]) -> None:
        self._audit.append(AuditEvent(type=kind, subject=self._subject, purpose=_PURPOSE, data=data))


def batches(work: Sequence[PlannedItem], size: int = DOCUMENTS_PER_BATCH) -> Iterator[Sequence[PlannedItem]]:
    """Cut the work into batches of a few documents each."""
    for start in range(0, len(work), size):
        yield work[start : start + size]
