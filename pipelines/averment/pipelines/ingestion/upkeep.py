"""What is done to documents without reading them: removed, given other readers, released from quarantine, swept.

Each step says in the catalog first that the index is about to change, then changes the index, logs, and settles the
catalog, so that a process that dies in between leaves a document that the next run does again. Removals and labels
reach every index there is, the one that serves and those being built or kept for a return: none of them may show more
than the source allows.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Final

from averment.core.audit import AuditEvent, EventType, EventValue, Payload
from averment.core.documents import DocumentStatus, DocumentVersion, ParsedDocument
from averment.core.errors import DocumentError, DocumentWithheld, UsageError
from averment.core.ports import AuditSink, BlobStore
from averment.pipelines.ingestion.changes import Relabelling
from averment.pipelines.ingestion.masking import read_again
from averment.pipelines.ingestion.preparing import PreparedDocument, label_facts
from averment.pipelines.ingestion.tally import KEPT_UNDER_HOLD, BatchResult, Tally
from averment.pipelines.stores.access_filter import READERS_FIELD, TENANT_FIELD
from averment.pipelines.stores.catalog import Catalog
from averment.pipelines.stores.catalog_types import SourceState, StoredText
from averment.pipelines.stores.index_room import WAY_TO_A_SERVER, nearly_full
from averment.pipelines.stores.remote import MaintainedIndexStore
from averment.pipelines.stores.texts import TextStore
from averment.pipelines.stores.withheld import WithheldContents

_PURPOSE: Final = "ingestion"


HeldDocuments = Callable[[], Collection[str]]


def none_held() -> Collection[str]:
    """Say that no hold keeps any document."""
    return ()


def _no_others() -> Sequence[MaintainedIndexStore]:
    return ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Stores:
    """Where documents are kept.

    `others` opens the indexes besides the one that serves. `index_name` is that of `index` in the catalog; where it is
    known, documents are finished only if it still serves. Of a frozen index, what another version of the program has
    read is left as it is. `max_points` is how many points an embedded index takes, None of one on a server. `held`
    tells which documents a legal hold keeps, with their originals and texts of every version.
    """

    catalog: Catalog
    blobs: BlobStore
    texts: TextStore
    index: MaintainedIndexStore
    others: Callable[[], Sequence[MaintainedIndexStore]] = _no_others
    index_name: str | None = None
    is_frozen: bool = False
    max_points: int | None = None
    withheld: WithheldContents = field(default_factory=WithheldContents)
    held: HeldDocuments = none_held

    def notices(self) -> tuple[str, ...]:
        """Return what a person should know of the stores before more comes in."""
        if self.max_points is None or (said := nearly_full(self.index.count(), self.max_points)) is None:
            return ()
        return (f"{said}; {WAY_TO_A_SERVER}",)

    def refusal(self, content_hash: str) -> DocumentError | None:
        """Return why nothing of a content may be kept: it was erased at a person's request."""
        found = self.withheld.get(content_hash)
        if found is None or not found.is_whole:
            return None
        return DocumentWithheld(
            "this content was erased at a person's request",
            hint="take the file away from its source, or put a version there that does not name the person",
        )

    def keep_original(self, content: bytes, content_hash: str) -> None:
        """Store a file's bytes, unless a person was masked in its text."""
        if self.withheld.get(content_hash) is None:
            self.blobs.put(content)

    def admitted(self, parsed: ParsedDocument, content_hash: str) -> ParsedDocument:
        """Return what may be kept of a parsed document: without the places that were masked before.

        Raises:
            DocumentWithheld: It reads differently than when it was masked.
        """
        found = self.withheld.get(content_hash)
        return parsed if found is None else read_again(parsed, found)

    def sweep(self) -> int:
        """Delete blobs that nothing uses and no hold keeps, and return how many there were."""
        return self.catalog.sweep(self.blobs.delete, held=self.held())

    def every_index(self) -> Sequence[MaintainedIndexStore]:
        """Return every index that holds documents of the catalog."""
        return (self.index, *self.others())

    def save_structure(self, prepared: PreparedDocument) -> StoredText:
        """Store how a document is built, claimed before, and return its stored text with it."""
        claim = partial(self.catalog.claim_blobs, prepared.version.document_id)
        return self.texts.save_structure(prepared.text, prepared.anatomy, claim=claim)


class Upkeep:
    """Removes, relabels and releases documents.

    Args:
        stores: Catalog, blobs, texts, indexes.
        audit: The evidence log.
        subject: On whose behalf; pseudonymised in the log.
    """

    def __init__(self, stores: Stores, *, audit: AuditSink, subject: str):
        self._stores = stores
        self._audit = audit
        self._subject = subject

    def forget(self, document_id: str, *, reason: str) -> None:
        """Delete one document from indexes and catalog and log that it was done; `reason` is a code.

        Its canonical texts stay while an answer cites them.
        """
        self._stores.catalog.mark_unfinished(document_id)
        for index in self._stores.every_index():
            index.delete_document(document_id)
        self._log(EventType.DOCUMENT_DELETED, {"document_id": document_id, "reason": reason})
        self._stores.catalog.mark_deleted(document_id)

    def remove(self, states: Sequence[SourceState]) -> BatchResult:
        """Delete what has left the source; what a hold keeps is withdrawn from all readers instead."""
        tally = Tally()
        for state in states:
            self.leave(state, tally)
        self.sweep()
        return tally.result()

    def leave(self, state: SourceState, tally: Tally) -> None:
        """Delete one document that has left the source, or withdraw it from all readers while a hold keeps it.

        Who may read it is said by the source, which no longer knows it: nobody finds it until it is back there. The
        first run after the hold's release deletes it.
        """
        if state.document_id not in self._stores.held():
            self.forget(state.document_id, reason="left-source")
            tally.note(state.source_uri, "removed", document_id=state.document_id)
            return
        if state.access is not None and state.access.readers:
            withdrawn = replace(state.access, readers=())
            self._relabel(Relabelling(state=state, access=withdrawn, is_final=True))
        tally.note(state.source_uri, "unchanged", document_id=state.document_id, warnings={KEPT_UNDER_HOLD: 1})

    def relabel(self, relabellings: Sequence[Relabelling]) -> BatchResult:
        """Give documents the labels that a plan names; what gets its final label is noted as changed."""
        tally = Tally()
        for item in relabellings:
            self._relabel(item)
            if item.is_final and item.state.status is DocumentStatus.READY:
                tally.note(item.state.source_uri, "changed", document_id=item.state.document_id)
        return tally.result()

    def release(self, document: DocumentVersion, *, reason: str) -> None:
        """Let a quarantined document into the index with the next reading, in spite of its failure.

        Args:
            document: It, in its current version.
            reason: The reviewer's words; they go into the log, encrypted.

        Raises:
            UsageError: It is not in quarantine, for a reason that nobody may set aside, or no reason is given.
        """
        code = document.failure_code
        if document.status is not DocumentStatus.QUARANTINED or code is None:
            raise UsageError(
                f"document {document.document_id!r} is {document.status.value}, only quarantined ones are released"
            )
        if not is_releasable(code):
            raise UsageError(
                f"document {document.document_id!r} is quarantined for {code}, which is not a reviewer's to set aside",
                hint="averment documents quarantine shows what mends it; then averment documents retry",
            )
        if not reason.strip():
            raise UsageError("a release needs a reason", hint="say with --reason why the document may be used")
        self._audit.append(
            AuditEvent(
                type=EventType.DOCUMENT_RELEASED,
                subject=self._subject,
                purpose=_PURPOSE,
                data={"document_id": document.document_id, "content_hash": document.content_hash, "code": code},
                payloads=(Payload(name="reason", content=reason.encode("utf-8", errors="replace")),),
            )
        )
        self._stores.catalog.release(document.document_id, content_hash=document.content_hash, code=code)
        self._stores.catalog.request_retry(document.document_id)

    def sweep(self) -> int:
        """Delete blobs that nothing uses and return how many there were."""
        return self._stores.sweep()

    def _relabel(self, item: Relabelling) -> None:
        document_id, access = item.state.document_id, item.access
        catalog = self._stores.catalog
        catalog.mark_unfinished(document_id)
        payload = {
            TENANT_FIELD: access.tenant,
            READERS_FIELD: sorted(set(access.readers)),
            "classification": access.classification,
        }
        for index in self._stores.every_index():
            index.update_document(document_id, payload)
        self._log(
            EventType.DOCUMENT_RELABELLED,
            {
                "document_id": document_id,
                **label_facts(access),
                "is_final": item.is_final,
            },
        )
        catalog.relabel(document_id, access, is_settled=item.is_final)

    def _log(self, kind: EventType, data: Mapping[str, EventValue]) -> None:
        self._audit.append(AuditEvent(type=kind, subject=self._subject, purpose=_PURPOSE, data=data))


def is_releasable(code: str) -> bool:
    """Tell whether a reviewer may set a failure aside, by its code."""
    return any(kind.code == code and kind.releasable for kind in _kinds(DocumentError))


def _kinds(kind: type[DocumentError]) -> list[type[DocumentError]]:
    return [kind, *(below for child in kind.__subclasses__() for below in _kinds(child))]
