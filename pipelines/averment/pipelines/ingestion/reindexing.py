"""Reads every document anew into a second index, from the originals that are kept, while the first one serves.

Nothing is asked of the sources, and nothing of what serves is touched. A document is done when the catalog says that
the second index holds the version it made; whatever ends the process, the next one goes on behind the last document.
Documents that change meanwhile are done again, until the two hold the same. The switch is `Catalog.switch_index`.
"""

import mimetypes
from collections.abc import Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Final

from averment.core.audit import AuditEvent, EventType, EventValue
from averment.core.clock import Clock
from averment.core.documents import Attachment, DocumentStatus, DocumentVersion, IngestFailure, ParsedDocument
from averment.core.errors import DocumentError, StoreError
from averment.core.ports import AuditSink, Embedder
from averment.pipelines.ingestion.changes import ATTACHMENT_MARK, MEMBER_MARK, depth
from averment.pipelines.ingestion.completeness import objections
from averment.pipelines.ingestion.inner_files import inner_uris
from averment.pipelines.ingestion.pace import Pace
from averment.pipelines.ingestion.preparing import ParsedSource, Preparer, certificate_facts
from averment.pipelines.ingestion.reading import Partitioner
from averment.pipelines.ingestion.tally import OnProgress, failure_of
from averment.pipelines.ingestion.upkeep import Stores
from averment.pipelines.stores.catalog_types import IndexRecord
from averment.pipelines.stores.filter_terms import file_name

if TYPE_CHECKING:
    from haystack import Pipeline

_DOCUMENTS_PER_BATCH: Final = 8
_PURPOSE: Final = "reindex"


@dataclass(frozen=True, slots=True, kw_only=True)
class BuildReport:
    """What a build came to: documents done in this run, and the ids of those whose original is missing."""

    n_done: int
    n_pages: int
    missing: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Begun:
    version: DocumentVersion
    parsed: "Future[ParsedDocument]"
    started_s: float


class Reindexer:
    """Builds an index from originals.

    Args:
        record: The index that is built.
        stores: Catalog, blobs, texts, and as `index` the one that is built.
        partitioner: Reads files in worker processes.
        preparer: Describes and cuts documents.
        embedder: Makes dense vectors; the one of the record.
        sink: Takes what was done.
    """

    def __init__(
        self,
        record: IndexRecord,
        stores: Stores,
        *,
        partitioner: Partitioner,
        preparer: Preparer,
        embedder: Embedder,
        sink: "Sink",
    ):
        self._record = record
        self._stores = stores
        self._partitioner = partitioner
        self._preparer = preparer
        self._embedder = embedder
        self._sink = sink

    def build(self, *, on_progress: OnProgress | None = None) -> BuildReport:
        """Bring the index up to the catalog; a second call does only what has changed since.

        Raises:
            AuditWriteFailed: The log could not be written; finished documents stay finished.
        """
        from averment.pipelines.ingestion.components import build_ingestion_pipeline

        pipeline = build_ingestion_pipeline(self._preparer, self._embedder)
        catalog, name = self._stores.catalog, self._record.name
        n_all = sum(catalog.counts().values()) - catalog.index_size(name).documents
        pace = Pace(max(n_all, 1), clock=self._sink.clock, on_progress=on_progress)
        done, pages, after, is_changed = 0, 0, "", False
        missing: dict[str, None] = {}
        while True:
            batch = catalog.to_build(name, after=after, limit=_DOCUMENTS_PER_BATCH)
            if not batch and not is_changed:
                break
            if not batch:
                after, is_changed = "", False
                continue
            after = batch[-1].document_id
            n_finished, n_pages = self._build(pipeline, batch, missing)
            done, pages, is_changed = done + n_finished, pages + n_pages, is_changed or n_finished > 0
            pace.advance(n_finished, n_pages=n_pages)
        for document_id in catalog.deleted_since(self._record.created_at):
            self._stores.index.delete_document(document_id)
        self._stores.index.optimize()
        return BuildReport(n_done=done, n_pages=pages, missing=tuple(missing))

    def _build(
        self, pipeline: "Pipeline", batch: Sequence[DocumentVersion], missing: dict[str, None]
    ) -> tuple[int, int]:
        from averment.pipelines.ingestion.components import run_ingestion

        catalog = self._stores.catalog
        ready: list[tuple[_Begun, ParsedSource, bool]] = []
        n_finished = 0
        for begun in [found for document in batch if (found := self._begin(document, missing))]:
            draft = begun.version
            try:
                parsed = begun.parsed.result()
                draft = replace(draft, certificate=parsed.certificate)
                self._require_usable(draft, parsed)
            except DocumentError as error:
                n_finished += self._quarantine(draft, error)
                continue
            stored = self._stores.texts.save(parsed, claim=partial(catalog.claim_blobs, draft.document_id))
            is_partial = self._has_unknown_files(draft, parsed.attachments)
            ready.append((begun, ParsedSource(parsed=parsed, stored=stored, draft=draft), is_partial))
        n_pages = 0
        for (begun, _, is_partial), (prepared, vectors) in zip(
            ready, run_ingestion(pipeline, [source for _, source, _ in ready]), strict=True
        ):
            now = self._sink.clock
            version = replace(prepared.version, ingested_at=now.now())
            self._stores.index.delete_document(version.document_id)
            self._stores.index.write(prepared.points(vectors))
            duration_ms = round((now.monotonic_s() - begun.started_s) * 1000)
            self._sink.log(EventType.DOCUMENT_INGESTED, prepared.log_facts(duration_ms=duration_ms))
            stands = catalog.commit_in_index(
                self._record.name,
                version,
                chunks=prepared.chunks,
                text=self._stores.save_structure(prepared),
                structure=prepared.anatomy,
                is_partial=is_partial,
            )
            n_finished += self._settle(version, stands=stands)
            n_pages += (version.n_pages or 1) if stands else 0
        return n_finished, n_pages

    def _begin(self, document: DocumentVersion, missing: dict[str, None]) -> _Begun | None:
        name = file_name(document.source_uri)
        try:
            content = self._stores.blobs.get(document.content_hash)
        except StoreError:
            if document.status is DocumentStatus.QUARANTINED:
                return self._carry_over(document)
            missing[document.document_id] = None
            return None
        number = self._stores.catalog.begin_in_index(self._record.name, document.document_id)
        media_type = mimetypes.guess_type(name)[0] or document.media_type
        return _Begun(
            version=_draft(document, number=number, title=name, pipeline_version=self._preparer.pipeline_version),
            parsed=self._partitioner.submit(content, name=name, media_type=media_type),
            started_s=self._sink.clock.monotonic_s(),
        )

    def _carry_over(self, document: DocumentVersion) -> _Begun:
        """Keep a document in quarantine whose bytes were never had, for the reason it is in there."""
        number = self._stores.catalog.begin_in_index(self._record.name, document.document_id)
        parsed: Future[ParsedDocument] = Future()
        parsed.set_exception(_again(document))
        version = _draft(
            document, number=number, title=document.title, pipeline_version=self._preparer.pipeline_version
        )
        return _Begun(version=version, parsed=parsed, started_s=self._sink.clock.monotonic_s())

    def _quarantine(self, draft: DocumentVersion, error: DocumentError) -> int:
        failure: IngestFailure = failure_of(draft.source_uri, stage="partition", error=error)
        version = replace(
            draft,
            status=DocumentStatus.QUARANTINED,
            failure_code=failure.code,
            failure_message=failure.message,
            failure_page=failure.page,
            ingested_at=self._sink.clock.now(),
        )
        self._stores.index.delete_document(draft.document_id)
        self._sink.log(
            EventType.DOCUMENT_REJECTED,
            {
                "document_id": draft.document_id,
                "content_hash": draft.content_hash,
                "source": failure.source_uri,
                "code": failure.code,
                "stage": failure.stage,
                "page": failure.page,
                "retryable": failure.retryable,
                **certificate_facts(version.certificate),
            },
        )
        stands = self._stores.catalog.quarantine_in_index(self._record.name, version, failure=failure)
        return self._settle(version, stands=stands)

    def _settle(self, version: DocumentVersion, *, stands: bool) -> int:
        """Take the points of a document away that was changed or removed while it was read."""
        if not stands:
            self._stores.index.delete_document(version.document_id)
        return int(stands)

    def _require_usable(self, draft: DocumentVersion, parsed: ParsedDocument) -> None:
        is_released = partial(self._stores.catalog.is_released, draft.document_id, content_hash=draft.content_hash)
        for objection in objections(parsed.certificate):
            if not is_released(code=objection.code):
                raise objection

    def _has_unknown_files(self, document: DocumentVersion, found: Sequence[Attachment]) -> bool:
        """Tell whether the files found inside a document are others than the catalog knows of."""
        uri = document.source_uri
        below = {
            inner
            for inner in self._stores.catalog.within(document.connector, uri)
            if inner.startswith((uri + ATTACHMENT_MARK, uri + MEMBER_MARK)) and depth(inner) == depth(uri) + 1
        }
        return below != set(inner_uris(uri, found))


@dataclass(frozen=True, slots=True, kw_only=True)
class Sink:
    """Where a build writes what it did, and what tells it the time.

    Args:
        audit: The evidence log.
        clock: Tells the time.
        subject: On whose behalf; pseudonymised in the log.
    """

    audit: AuditSink
    clock: Clock
    subject: str

    def log(self, kind: EventType, data: Mapping[str, EventValue]) -> None:
        """Append an event."""
        self.audit.append(AuditEvent(type=kind, subject=self.subject, purpose=_PURPOSE, data=data))


def _draft(document: DocumentVersion, *, number: int, title: str, pipeline_version: str) -> DocumentVersion:
    return DocumentVersion(
        document_id=document.document_id,
        source_uri=document.source_uri,
        content_hash=document.content_hash,
        text_hash=None,
        version=number,
        media_type=document.media_type,
        kind="other",
        title=title,
        access=document.access,
        status=DocumentStatus.READY,
        revision=document.revision,
        connector=document.connector,
        size_bytes=document.size_bytes,
        pipeline_version=pipeline_version,
        supersedes=document.text_hash,
        duplicate_of=document.duplicate_of,
    )


def _again(document: DocumentVersion) -> DocumentError:
    kinds = [DocumentError]
    for kind in kinds:
        kinds.extend(kind.__subclasses__())
    found = next((kind for kind in kinds if kind.code == document.failure_code), DocumentError)
    details = {} if document.failure_page is None else {"page": document.failure_page}
    return found(document.failure_message or "it could not be read", details=details)
