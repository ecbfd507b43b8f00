"""What documents are called and what stands on their first and last pages, looked up once.

A document is known by what the index says of it: when any of that changes, it is looked up again. Only documents that
hits belong to are asked for, so nobody learns of a document by its being known.
"""

import threading
from collections import OrderedDict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Generic, Protocol, TypeVar

from averment.core.documents import DocumentVersion
from averment.core.ports import IndexHit
from averment.pipelines.ingestion.naming import HEAD_CHARS, TAIL_CHARS, date_term, form_term, label_term, name_text
from averment.pipelines.ingestion.sparse import terms
from averment.pipelines.ingestion.visibility import LaidTexts, read_shown_text
from averment.pipelines.stores.filter_terms import TERM_FIELDS
from averment.pipelines.stores.payload import Payload, document_payload

_KEPT: Final = 4_096
_FIELDS: Final = ("text_hash", *TERM_FIELDS)
_T = TypeVar("_T")


class DocumentReader(Protocol):
    """Looks documents up; the catalog does."""

    def get_many(self, document_ids: Iterable[str]) -> Mapping[str, DocumentVersion]:
        """Return current versions by document; absent ones are left out."""

    def sections(self, chunk_ids: Sequence[str]) -> Mapping[str, str]:
        """Return the section headings of chunks of current versions by id; absent ones are left out."""

    def latest(self, limit: int) -> Sequence[DocumentVersion]:
        """Return the ready documents that came in last, at most `limit`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownDocument:
    """A document and the terms by which questions name it.

    `named` are the terms of its title, parties, issuer and file name, and its form, period and date; `borne` are
    those, its labels, and the words of its first and last page; `title`, `stem`, `issuer` and `parties` are the terms
    of each by itself.
    """

    version: DocumentVersion
    named: frozenset[str]
    borne: frozenset[str]
    title: frozenset[str]
    stem: frozenset[str]
    parties: tuple[frozenset[str], ...]


class KnownDocuments:
    """Documents lately asked for, safe for several threads.

    Args:
        documents: Looks up what a hit is called.
        texts: Reads first and last pages; what is hidden there names no document.
        kept: How many stay in memory.
    """

    def __init__(self, documents: DocumentReader, texts: LaidTexts, *, kept: int = _KEPT) -> None:
        self._documents = documents
        self._texts = texts
        self._kept = kept
        self._versions = _Kept[DocumentVersion](kept)
        self._described = _Kept[KnownDocument](kept)

    def warm_up(self) -> None:
        """Look up the documents that came in last, all at once, so that the first questions need not."""
        found = {version.document_id: version for version in self._documents.latest(self._kept)}
        keys = {
            document_id: _key({**document_payload(version), "text_hash": version.text_hash})
            for document_id, version in found.items()
        }
        self._versions.put(keys, found)

    def versions(self, hits: Sequence[IndexHit]) -> Mapping[str, DocumentVersion]:
        """Return the documents of hits by id; one that is on its way in or out is left out."""
        by_id = {str(hit.payload["document_id"]): hit for hit in hits}
        keys = {document_id: _key(hit.payload) for document_id, hit in by_id.items()}
        found = self._versions.get(keys)
        if unknown := [document_id for document_id in keys if document_id not in found]:
            read = {
                document_id: version
                for document_id, version in self._documents.get_many(unknown).items()
                if version.text_hash is not None and version.text_hash == by_id[document_id].payload.get("text_hash")
            }
            self._versions.put(keys, read)
            found |= read
        return found

    def of(self, hits: Sequence[IndexHit]) -> Mapping[str, KnownDocument]:
        """Return the documents of hits with their terms by id; one that is on its way in or out is left out."""
        keys = {str(hit.payload["document_id"]): _key(hit.payload) for hit in hits}
        found = self._described.get(keys)
        if unknown := [hit for hit in hits if str(hit.payload["document_id"]) not in found]:
            versions = self.versions(unknown)
            read = {document_id: self._describe(version) for document_id, version in versions.items()}
            self._described.put(keys, read)
            found |= read
        return found

    def _describe(self, version: DocumentVersion) -> KnownDocument:
        return describe_document(version, read_shown_text(version, self._texts))


def describe_document(version: DocumentVersion, text: str) -> KnownDocument:
    """Return the terms by which questions name a document.

    Args:
        version: What the catalog says of it.
        text: What is seen of its text.
    """
    called = frozenset(terms(name_text(version.title, version.parties, version.issuer, version.source_uri)))
    named = called | _typed(version)
    head = frozenset(terms(text[:HEAD_CHARS])) | frozenset(terms(text[-TAIL_CHARS:]))
    return KnownDocument(
        version=version,
        named=named,
        borne=named | head | frozenset(label_term(tag) for tag in version.tags),
        title=frozenset(terms(version.title)),
        stem=frozenset(terms(name_text("", (), None, version.source_uri))),
        parties=tuple(frozenset(terms(name)) for name in (version.issuer, *version.parties) if name),
    )


class _Kept(Generic[_T]):
    """Values by document, each valid for what the index said of the document then; bounded."""

    def __init__(self, size: int) -> None:
        self._size = size
        self._lock = threading.Lock()
        self._values: OrderedDict[str, tuple[object, _T]] = OrderedDict()

    def get(self, keys: Mapping[str, object]) -> dict[str, _T]:
        """Return what is there and still valid."""
        found: dict[str, _T] = {}
        with self._lock:
            for document_id, key in keys.items():
                kept = self._values.get(document_id)
                if kept is not None and kept[0] == key:
                    self._values.move_to_end(document_id)
                    found[document_id] = kept[1]
        return found

    def put(self, keys: Mapping[str, object], values: Mapping[str, _T]) -> None:
        """Keep values, and drop those that were not asked for longest."""
        with self._lock:
            for document_id, value in values.items():
                self._values[document_id] = (keys[document_id], value)
                self._values.move_to_end(document_id)
            while len(self._values) > self._size:
                self._values.popitem(last=False)


def _key(payload: Payload) -> object:
    values = (payload.get(field) for field in _FIELDS)
    return tuple(tuple(value) if isinstance(value, list) else value for value in values)


def _typed(version: DocumentVersion) -> frozenset[str]:
    """Return form, period and date as typed terms; the period by its first name only, which others would dispute."""
    labels = [label_term(version.period)] if version.period else []
    labels += [form_term(version.form_type)] if version.form_type else []
    labels += [date_term(version.document_date)] if version.document_date else []
    return frozenset(labels)
