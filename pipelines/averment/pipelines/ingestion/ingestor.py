"""Brings catalog, blobs and index up to a source, document by document, and reports what became of each.

Order for one document: open a version in the catalog, store original and text, delete the document's points,
write the new ones, log the event, then make the version current in one transaction. Whatever ends the process in
between, the next run finds the version open and does the document again; points have deterministic ids, so the
end is the same as that of an undisturbed run. A file with files inside becomes current after those, so that none of
them is forgotten.

A document that cannot be read is quarantined with its reason and the rest goes on. An item that cannot be reached
is a failure and stays as it was.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Final, Literal, Protocol

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
from averment.core.ports import AuditSink, BlobStore, Connector, Embedder
from averment.core.telemetry import span
from averment.pipelines.ingestion.changes import IngestPlan, PlannedItem, lies_within, plan_changes
from averment.pipelines.ingestion.completeness import require_complete
from averment.pipelines.ingestion.inner_files import Expansion, inner_items, level
from averment.pipelines.ingestion.preparing import ParsedSource, Preparer, certificate_facts
from averment.pipelines.ingestion.reading import InnerFile, ReadFile, draft_of
from averment.pipelines.ingestion.tally import OUTCOMES, BatchResult, OnProgress, Tally, failure_of, report
from averment.pipelines.stores.catalog import Catalog
from averment.pipelines.stores.catalog_types import SourceState
from averment.pipelines.stores.remote import MaintainedIndexStore
from averment.pipelines.stores.texts import TextStore

if TYPE_CHECKING:
    from haystack import Pipeline

DOCUMENTS_PER_BATCH: Final = 8
_PURPOSE: Final = "ingestion"


class Partitioner(Protocol):
    """Reads files into parsed documents, off this thread."""

    def submit(self, content: bytes, *, name: str, media_type: str | None = None) -> Future[ParsedDocument]:
        """Start reading a file; the future raises a `DocumentError`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stores:
    """Where documents are kept."""

    catalog: Catalog
    blobs: BlobStore
    texts: TextStore
    index: MaintainedIndexStore


@dataclass(frozen=True, slots=True, kw_only=True)
class IngestRun:
    """One run over one source: its plan, and when it started on the monotonic clock."""

    id: str
    connector: Connector
    plan: IngestPlan
    started_s: float


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

    @cached_property
    def _pipeline(self) -> "Pipeline":
        from averment.pipelines.ingestion.components import build_ingestion_pipeline

        return build_ingestion_pipeline(self._preparer, self._embedder)

    def ingest(
        self, connector: Connector, *, full: bool = False, on_progress: OnProgress | None = None
    ) -> IngestReport:
        """Bring everything up to one source.

        Raises:
            SourceUnavailable: The source is out of sight; nothing was removed.
            AuditWriteFailed: The log could not be written; finished documents stay finished.
        """
        run = self.begin(connector, full=full)
        work = run.plan.work
        results: list[BatchResult] = []
        done, pages = 0, 0
        with span("averment.pipelines.ingest", {"averment.items": len(work)}):
            for batch, started in self._ahead(connector, batches(work)):
                results.append(self._complete(connector, started))
                done, pages = done + len(batch), pages + results[-1].n_pages
                if on_progress:
                    rate = pages / max(self._clock.monotonic_s() - run.started_s, 1e-9)
                    on_progress(done, len(work), f"{pages} pages, {rate:.1f} pages/s")
            results.append(self.remove(run.plan.removed))
        return self.finish(run, results)

    def begin(self, connector: Connector, *, full: bool = False) -> IngestRun:
        """Compare the source with the catalog and record the start of a run."""
        started_s = self._clock.monotonic_s()
        known = {
            uri: state
            for uri, state in self._stores.catalog.by_source(connector.name).items()
            if uri.startswith(connector.scope)
        }
        version = self._preparer.pipeline_version
        plan = plan_changes(connector.list(), known, pipeline_version=version, full=full)
        run_id = self._stores.catalog.begin_run(connector.name)
        return IngestRun(id=run_id, connector=connector, plan=plan, started_s=started_s)

    def process(self, connector: Connector, batch: Sequence[PlannedItem]) -> BatchResult:
        """Read, embed and store a batch of items; each becomes ready, quarantined or failed on its own."""
        return self._complete(connector, self._start(connector, batch))

    def remove(self, states: Sequence[SourceState]) -> BatchResult:
        """Delete what has left the source: points first, then the catalog's row."""
        tally = Tally()
        for state in states:
            self.forget(state.document_id, reason="left-source")
            tally.note(state.source_uri, "removed", document_id=state.document_id)
        return tally.result()

    def forget(self, document_id: str, *, reason: str) -> None:
        """Delete one document from index, catalog and blobs and log that it was done; `reason` is a code.

        Its canonical texts stay: an answer that cites them must remain checkable.
        """
        before = self._stores.catalog.get(document_id)
        self._stores.catalog.mark_unfinished(document_id)
        self._stores.index.delete_document(document_id)
        self._log(EventType.DOCUMENT_DELETED, {"document_id": document_id, "reason": reason})
        self._stores.catalog.mark_deleted(document_id)
        if before is not None:
            self._drop_original(before.content_hash)

    def finish(self, run: IngestRun, results: Sequence[BatchResult]) -> IngestReport:
        """Add up a run, record and log its counts, and return the report; the index is left fast to search."""
        self._stores.index.optimize()
        tally = Tally()
        for state in run.plan.unchanged:
            tally.note(state.source_uri, "unchanged", document_id=state.document_id)
        standing = {failure.source_uri: failure for failure in self._stores.catalog.failures()}
        for state in run.plan.quarantined:
            failure = standing.get(state.source_uri)
            tally.note(state.source_uri, "quarantined", document_id=state.document_id, failure=failure)
        duration_s = self._clock.monotonic_s() - run.started_s
        made = report([tally.result(), *results], duration_s=duration_s)
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
        return tally.result()

    def _finish_level(self, connector: Connector, reads: Sequence[ReadFile], tally: Tally) -> None:
        """Parse and store what was read, the files inside first."""
        ready, inner = self._parse(connector, reads, tally)
        for start in range(0, len(inner), DOCUMENTS_PER_BATCH):
            batch = inner[start : start + DOCUMENTS_PER_BATCH]
            self._finish_level(connector, [self._begin_inner(file) for file in batch], tally)
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
        return self._submit(item, planned.change, content)

    def _submit(
        self,
        item: SourceItem,
        change: Literal["added", "changed"],
        content: bytes,
        *,
        expansion: Expansion | None = None,
        error: DocumentError | None = None,
    ) -> ReadFile:
        if error is None:
            self._stores.blobs.put(content)
            parsed = self._partitioner.submit(content, name=item.title, media_type=item.media_type)
        else:
            parsed = Future()
            parsed.set_exception(error)
        return ReadFile(
            item=item,
            change=change,
            content_hash=content_hash(content),
            parsed=parsed,
            started_s=self._clock.monotonic_s(),
            expansion=expansion or Expansion(),
        )

    def _begin_inner(self, inner: InnerFile) -> ReadFile:
        found = inner.found
        return self._submit(inner.item, inner.change, found.content, expansion=inner.expansion, error=found.error)

    def _parse(
        self, connector: Connector, reads: Sequence[ReadFile], tally: Tally
    ) -> tuple[list[_Ready], list[InnerFile]]:
        ready: list[_Ready] = []
        inner: list[InnerFile] = []
        for read in reads:
            opened = self._stores.catalog.begin_version(connector=connector.name, source_uri=read.item.ref.uri)
            draft = draft_of(read, opened, pipeline_version=self._preparer.pipeline_version)
            try:
                parsed = read.parsed.result()
                draft = replace(draft, certificate=parsed.certificate)
                require_complete(parsed.certificate)
                read.expansion.take(parsed.attachments, container_depth=level(read.item))
            except DocumentError as error:
                self._quarantine(read, draft, error, tally)
                self._inner(connector, read, (), tally)
                continue
            ready.append((read, ParsedSource(parsed=parsed, stored=self._stores.texts.save(parsed), draft=draft)))
            inner.extend(self._inner(connector, read, parsed.attachments, tally))
        return ready, inner

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
                self.forget(state.document_id, reason="left-source")
                tally.note(state.source_uri, "removed", document_id=state.document_id)
        return files

    def _write(self, ready: Sequence[_Ready], tally: Tally) -> None:
        from averment.pipelines.ingestion.components import run_ingestion

        done = run_ingestion(self._pipeline, [source for _, source in ready])
        for (read, _), (prepared, vectors) in zip(ready, done, strict=True):
            points = prepared.points(vectors)
            version = replace(
                prepared.version,
                duplicate_of=self._duplicate_of(read.content_hash, prepared.version.document_id),
                ingested_at=self._clock.now(),
            )
            before = self._stores.catalog.get(version.document_id)
            self._stores.index.delete_document(version.document_id)
            self._stores.index.write(points)
            duration_ms = round((self._clock.monotonic_s() - read.started_s) * 1000)
            self._log(EventType.DOCUMENT_INGESTED, prepared.log_facts(duration_ms=duration_ms))
            self._stores.catalog.commit_ready(version, chunks=prepared.chunks, text=prepared.text)
            if before is not None and before.content_hash != version.content_hash:
                self._drop_original(before.content_hash)
            tally.note(
                version.source_uri, read.change, document_id=version.document_id, warnings=prepared.version.warnings
            )
            tally.n_chunks += len(prepared.chunks)
            tally.n_pages += version.n_pages or 1

    def _drop_original(self, digest: str) -> None:
        if not self._stores.catalog.duplicates(digest):
            self._stores.blobs.delete(digest)

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
        self._stores.catalog.quarantine(version, failure)
        tally.note(failure.source_uri, "quarantined", document_id=draft.document_id, failure=failure)

    def _log(self, kind: EventType, data: Mapping[str, EventValue]) -> None:
        self._audit.append(AuditEvent(type=kind, subject=self._subject, purpose=_PURPOSE, data=data))


def batches(work: Sequence[PlannedItem], size: int = DOCUMENTS_PER_BATCH) -> Iterator[Sequence[PlannedItem]]:
    """Cut the work into batches of a few documents each."""
    for start in range(0, len(work), size):
        yield work[start : start + size]
