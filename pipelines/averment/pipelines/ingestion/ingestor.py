"""Brings catalog, blobs and index up to a source, document by document, and reports what became of each.

Order for one document: open a version in the catalog, store original and text, delete the document's points,
write the new ones, log the event, then make the version current in one transaction. Whatever ends the process in
between, the next run finds the version open and does the document again; points have deterministic ids, so the
end is the same as that of an undisturbed run.

A document that cannot be read is quarantined with its reason and the rest goes on. An item that cannot be reached
is a failure and stays as it was.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, replace
from typing import Final, Literal, Protocol
from urllib.parse import quote

from averment.core.audit import AuditEvent, EventType
from averment.core.clock import Clock
from averment.core.documents import (
    DocumentStatus,
    DocumentVersion,
    IngestedItem,
    IngestFailure,
    IngestReport,
    ParsedDocument,
    SourceItem,
    SourceRef,
)
from averment.core.errors import AvermentError, DocumentError, SourceError
from averment.core.ids import content_hash
from averment.core.ports import AuditSink, BlobStore, Connector, Embedder, IndexStore
from averment.core.telemetry import span
from averment.pipelines.ingestion.changes import ATTACHMENT_MARK, IngestPlan, PlannedItem, container_uri, plan_changes
from averment.pipelines.ingestion.preparing import PreparedDocument, prepare
from averment.pipelines.stores.catalog import Catalog
from averment.pipelines.stores.catalog_types import OpenVersion, SourceState
from averment.pipelines.stores.texts import TextStore

Outcome = Literal["added", "changed", "unchanged", "removed", "quarantined", "failed"]
OnProgress = Callable[[int, int, str], None]
DOCUMENTS_PER_BATCH: Final = 8


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
    index: IndexStore


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchResult:
    """What became of a batch of items, attachments included."""

    items: tuple[IngestedItem, ...]
    failures: tuple[IngestFailure, ...]
    n_chunks: int
    n_pages: int


@dataclass(frozen=True, slots=True, kw_only=True)
class _Read:
    """A file that was read, on its way through the parser."""

    item: SourceItem
    change: Literal["added", "changed"]
    content_hash: str
    parsed: "Future[ParsedDocument]"


class Ingestor:
    """Ingests sources.

    Args:
        stores: Catalog, blobs, texts, index.
        embedder: Makes dense vectors.
        partitioner: Reads files in worker processes.
        audit: The evidence log.
        clock: Tells the time.
        pipeline_version: Changes when parsing, chunking or embedding do; documents of another one are read anew.
        subject: On whose behalf; pseudonymised in the log.
    """

    def __init__(
        self,
        stores: Stores,
        *,
        embedder: Embedder,
        partitioner: Partitioner,
        audit: AuditSink,
        clock: Clock,
        pipeline_version: str,
        subject: str,
    ):
        self._stores = stores
        self._embedder = embedder
        self._partitioner = partitioner
        self._audit = audit
        self._clock = clock
        self._pipeline_version = pipeline_version
        self._subject = subject

    def ingest(
        self, connector: Connector, *, full: bool = False, on_progress: OnProgress | None = None
    ) -> IngestReport:
        """Bring everything up to one source.

        Raises:
            SourceUnavailable: The source is out of sight; nothing was removed.
            AuditWriteFailed: The log could not be written; finished documents stay finished.
        """
        started = self._clock.monotonic_s()
        plan = self.plan(connector, full=full)
        results: list[BatchResult] = []
        done, pages = 0, 0
        with span("averment.pipelines.ingest", {"averment.items": len(plan.work)}):
            for batch, started_batch in self._ahead(connector, batches(plan.work)):
                results.append(self._complete(connector, started_batch))
                done += len(batch)
                pages += results[-1].n_pages
                if on_progress:
                    rate = pages / max(self._clock.monotonic_s() - started, 1e-9)
                    on_progress(done, len(plan.work), f"{pages} pages, {rate:.1f} pages/s")
            results.append(self.remove(plan.removed))
        return self.finish(plan, results, duration_s=self._clock.monotonic_s() - started)

    def plan(self, connector: Connector, *, full: bool = False) -> IngestPlan:
        """Compare the source with the catalog."""
        known = {
            uri: state
            for uri, state in self._stores.catalog.by_source(connector.name).items()
            if uri == connector.scope or uri.startswith(connector.scope) or container_uri(uri) == connector.scope
        }
        return plan_changes(connector.list(), known, pipeline_version=self._pipeline_version, full=full)

    def process(self, connector: Connector, batch: Sequence[PlannedItem]) -> BatchResult:
        """Read, embed and store a batch of items; each becomes ready, quarantined or failed on its own."""
        return self._complete(connector, self._start(connector, batch))

    def remove(self, states: Sequence[SourceState]) -> BatchResult:
        """Delete what has left the source: points first, then the catalog's row."""
        tally = _Tally()
        for state in states:
            self.forget(state.document_id)
            self._stores.catalog.clear_failure(connector="", source_uri=state.source_uri)
            tally.note(state.source_uri, "removed", document_id=state.document_id)
        return tally.result()

    def forget(self, document_id: str) -> None:
        """Delete one document from index and catalog and log that it was done."""
        self._stores.catalog.mark_unfinished(document_id)
        self._stores.index.delete_document(document_id)
        self._log(EventType.DOCUMENT_DELETED, {"document_id": document_id})
        self._stores.catalog.mark_deleted(document_id)

    def finish(self, plan: IngestPlan, results: Sequence[BatchResult], *, duration_s: float) -> IngestReport:
        """Add up a run, log its counts, and return the report."""
        tally = _Tally()
        for state in plan.unchanged:
            tally.note(state.source_uri, "unchanged", document_id=state.document_id)
        standing = {failure.source_uri: failure for failure in self._stores.catalog.failures()}
        for state in plan.quarantined:
            failure = standing.get(state.source_uri)
            tally.note(state.source_uri, "quarantined", document_id=state.document_id, failure=failure)
        report = tally.report(results, duration_s=duration_s)
        counts = {name: getattr(report, name) for name in _COUNTS}
        self._log(EventType.INGEST_COMPLETED, {"status": report.status, **counts, "chunks": report.n_chunks_embedded})
        return report

    def _ahead(
        self, connector: Connector, work: Iterable[Sequence[PlannedItem]]
    ) -> Iterator[tuple[Sequence[PlannedItem], "_Started"]]:
        """Start each batch while the one before it is embedded, so that parsers and embedder work side by side."""
        waiting: tuple[Sequence[PlannedItem], _Started] | None = None
        for batch in work:
            started = self._start(connector, batch)
            if waiting is not None:
                yield waiting
            waiting = (batch, started)
        if waiting is not None:
            yield waiting

    def _start(self, connector: Connector, batch: Sequence[PlannedItem]) -> "_Started":
        tally = _Tally()
        return tally, [read for planned in batch if (read := self._read(connector, planned, tally))]

    def _complete(self, connector: Connector, started: "_Started") -> BatchResult:
        tally, reads = started
        while reads:
            prepared, reads = self._parse(connector, reads, tally)
            self._write(prepared, tally)
        return tally.result()

    def _read(self, connector: Connector, planned: PlannedItem, tally: "_Tally") -> _Read | None:
        item = planned.item
        try:
            content = connector.read(item.ref)
        except SourceError as error:
            failure = _failure(item.ref.uri, "read", error)
            self._stores.catalog.record_failure(failure, connector=connector.name)
            tally.note(item.ref.uri, "failed", document_id=planned.document_id, failure=failure)
            return None
        return self._submit(item, planned.change, content)

    def _submit(self, item: SourceItem, change: Literal["added", "changed"], content: bytes) -> _Read:
        self._stores.blobs.put(content)
        parsed = self._partitioner.submit(content, name=item.title, media_type=item.media_type)
        return _Read(item=item, change=change, content_hash=content_hash(content), parsed=parsed)

    def _parse(
        self, connector: Connector, reads: Sequence[_Read], tally: "_Tally"
    ) -> tuple[list["_Ready"], list[_Read]]:
        ready: list[_Ready] = []
        attached: list[_Read] = []
        for read in reads:
            opened = self._stores.catalog.begin_version(connector=connector.name, source_uri=read.item.ref.uri)
            try:
                parsed = read.parsed.result()
                stored = self._stores.texts.save(parsed)
                draft = _draft(read, opened, self._pipeline_version)
                prepared = prepare(parsed, stored, draft=draft, embedder=self._embedder)
            except DocumentError as error:
                self._quarantine(read, opened, error, tally)
                continue
            ready.append((read, prepared))
            attached.extend(self._attachments(connector, read, parsed))
        return ready, attached

    def _attachments(self, connector: Connector, read: _Read, parsed: ParsedDocument) -> Iterator[_Read]:
        """Read the files inside a file as documents of their own, under the container's uri and label."""
        known = self._stores.catalog.by_source(connector.name) if parsed.attachments else {}
        for number, attachment in enumerate(parsed.attachments, start=1):
            name = quote(attachment.name.replace("/", "_"), safe="")
            uri = f"{read.item.ref.uri}{ATTACHMENT_MARK}{number}-{name}"
            item = replace(
                read.item,
                ref=SourceRef(connector=connector.name, uri=uri, revision=read.item.ref.revision),
                media_type=attachment.media_type,
                size_bytes=len(attachment.content),
                title=attachment.name,
            )
            yield self._submit(item, "changed" if uri in known else "added", attachment.content)

    def _write(self, ready: Sequence["_Ready"], tally: "_Tally") -> None:
        texts = [text for _, prepared in ready for text in prepared.embed_texts]
        vectors = self._embedder.embed(texts)
        position = 0
        for read, prepared in ready:
            count = len(prepared.embed_texts)
            points = prepared.points(vectors[position : position + count])
            position += count
            version = replace(
                prepared.version,
                duplicate_of=self._duplicate_of(read.content_hash, prepared.version.document_id),
                ingested_at=self._clock.now(),
            )
            self._stores.index.delete_document(version.document_id)
            self._stores.index.write(points)
            self._log(
                EventType.DOCUMENT_INGESTED,
                {
                    "document_id": version.document_id,
                    "content_hash": version.content_hash,
                    "text_hash": version.text_hash,
                    "version": version.version,
                    "pages": version.n_pages,
                    "chars": version.n_chars,
                    "chunks": version.n_chunks,
                    "parser": prepared.text.parser,
                    "pipeline_version": self._pipeline_version,
                },
            )
            self._stores.catalog.commit_ready(version, chunks=prepared.chunks, text=prepared.text)
            tally.note(version.source_uri, read.change, document_id=version.document_id)
            tally.n_chunks += count
            tally.n_pages += version.n_pages or 1

    def _duplicate_of(self, digest: str, document_id: str) -> str | None:
        return next((other for other in self._stores.catalog.duplicates(digest) if other != document_id), None)

    def _quarantine(self, read: _Read, opened: OpenVersion, error: DocumentError, tally: "_Tally") -> None:
        failure = _failure(read.item.ref.uri, "partition", error)
        version = replace(
            _draft(read, opened, self._pipeline_version),
            status=DocumentStatus.QUARANTINED,
            failure_code=failure.code,
            failure_message=failure.message,
            failure_page=failure.page,
            ingested_at=self._clock.now(),
        )
        self._stores.index.delete_document(opened.document_id)
        self._log(
            EventType.DOCUMENT_REJECTED,
            {
                "document_id": opened.document_id,
                "content_hash": read.content_hash,
                "code": failure.code,
                "stage": failure.stage,
                "page": failure.page,
            },
        )
        self._stores.catalog.quarantine(version, failure)
        tally.note(read.item.ref.uri, "quarantined", document_id=opened.document_id, failure=failure)

    def _log(self, kind: EventType, data: dict[str, str | int | None]) -> None:
        self._audit.append(AuditEvent(type=kind, subject=self._subject, purpose="ingestion", data=data))


_COUNTS: Final = ("added", "changed", "unchanged", "removed", "quarantined", "failed")


class _Tally:
    """Collects what became of items."""

    def __init__(self) -> None:
        self.n_chunks = 0
        self.n_pages = 0
        self._items: list[IngestedItem] = []
        self._failures: list[IngestFailure] = []

    def note(
        self, uri: str, outcome: Outcome, *, document_id: str | None = None, failure: IngestFailure | None = None
    ) -> None:
        self._items.append(
            IngestedItem(
                document_id=document_id,
                source_uri=uri,
                status=outcome,
                code=failure.code if failure else None,
                page=failure.page if failure else None,
                retryable=failure.retryable if failure else False,
            )
        )
        if failure:
            self._failures.append(failure)

    def result(self) -> BatchResult:
        return BatchResult(
            items=tuple(self._items), failures=tuple(self._failures), n_chunks=self.n_chunks, n_pages=self.n_pages
        )

    def report(self, results: Sequence[BatchResult], *, duration_s: float) -> IngestReport:
        items = sorted(
            [*self._items, *(item for result in results for item in result.items)], key=lambda item: item.source_uri
        )
        counts = {name: sum(item.status == name for item in items) for name in _COUNTS}
        trouble = counts["quarantined"] + counts["failed"]
        return IngestReport(
            status="partial" if trouble else "ok",
            **counts,
            n_chunks_embedded=sum(result.n_chunks for result in results),
            n_pages=sum(result.n_pages for result in results),
            duration_s=duration_s,
            items=tuple(items),
            failures=(*self._failures, *(failure for result in results for failure in result.failures)),
        )


_Started = tuple[_Tally, list[_Read]]
_Ready = tuple[_Read, PreparedDocument]


def batches(work: Sequence[PlannedItem], size: int = DOCUMENTS_PER_BATCH) -> Iterator[Sequence[PlannedItem]]:
    """Cut the work into batches of a few documents each."""
    for start in range(0, len(work), size):
        yield work[start : start + size]


def _draft(read: _Read, opened: OpenVersion, pipeline_version: str) -> DocumentVersion:
    item = read.item
    return DocumentVersion(
        document_id=opened.document_id,
        source_uri=item.ref.uri,
        content_hash=read.content_hash,
        text_hash=None,
        version=opened.version,
        media_type=item.media_type,
        kind="other",
        title=item.title,
        access=item.access,
        status=DocumentStatus.READY,
        revision=item.ref.revision,
        connector=item.ref.connector,
        size_bytes=item.size_bytes,
        pipeline_version=pipeline_version,
        supersedes=opened.previous.text_hash if opened.previous else None,
    )


def _failure(uri: str, stage: str, error: AvermentError) -> IngestFailure:
    page = error.details.get("page")
    return IngestFailure(
        source_uri=uri,
        stage=stage,
        category=type(error).__name__,
        code=error.code,
        message=error.message,
        hint=error.hint,
        page=page if isinstance(page, int) else None,
        retryable=error.retryable,
    )
