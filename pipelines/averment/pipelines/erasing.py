"""The documents and embedded stores of this area as an erasure reaches them: find, remove, mask, leave nothing behind.

Masking makes a new version from the text that is kept, without reading the file again: the names become black marks of
the same length, so that every place in the document stays what it was. The original file, which cannot be masked, and
every older version go.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import partial
from typing import Final
from urllib.parse import unquote

from averment.core.audit import EventType
from averment.core.documents import DocumentStatus, DocumentVersion, ParsedDocument
from averment.core.erasure import CleanedStore, NamedDocument, masked, name_pattern
from averment.core.errors import DocumentNotFound, UsageError
from averment.core.ports import Embedder
from averment.pipelines.ingestion.components import build_ingestion_pipeline, run_ingestion
from averment.pipelines.ingestion.masking import mask_document
from averment.pipelines.ingestion.preparing import ParsedSource, Preparer
from averment.pipelines.ingestion.reindexing import Sink
from averment.pipelines.ingestion.upkeep import Stores
from averment.pipelines.stores.catalog import Catalog
from averment.pipelines.stores.qdrant_edge import EdgeIndexStore
from averment.pipelines.stores.remote import MaintainedIndexStore
from averment.pipelines.stores.withheld import Withheld

_REASON: Final = "erasure"


class CatalogDocuments:
    """The documents of a catalog: `averment.core.erasure.NamedDocuments`.

    Args:
        stores: Catalog, blobs, texts, indexes.
        preparer: Describes and cuts documents.
        embedder: Makes dense vectors.
        sink: Where it is logged, and on whose behalf.
    """

    def __init__(self, stores: Stores, *, preparer: Preparer, embedder: Embedder, sink: Sink):
        self._stores = stores
        self._preparer = preparer
        self._embedder = embedder
        self._sink = sink

    def naming(self, names: Sequence[str]) -> list[NamedDocument]:
        """Return the documents whose text, in any version, metadata or file name names somebody, by id."""
        pattern = name_pattern(names)
        if pattern is None:
            return []
        texts: dict[str, int] = {}
        for document_id, text_hash in self._stores.catalog.texts_of_all():
            n_places = sum(1 for _ in pattern.finditer(self._stores.texts.text(text_hash)))
            texts[document_id] = max(texts.get(document_id, 0), n_places)
        found = []
        for document in self._every_document():
            written = " ".join(filter(None, (document.title, document.issuer, *document.parties, *document.tags)))
            in_name = pattern.search(_spaced(document.source_uri)) is not None
            n_places = texts.get(document.document_id, 0) or (1 if pattern.search(written) else 0)
            if n_places or in_name:
                found.append(
                    NamedDocument(
                        document_id=document.document_id,
                        source_uri=document.source_uri,
                        title=document.title,
                        n_places=n_places,
                        in_name=in_name,
                    )
                )
        return sorted(found, key=lambda item: item.document_id)

    def erase(self, document_id: str) -> None:
        """Remove a document with everything kept of it; a file of the same bytes is not read again."""
        hashes = set(self.blobs(document_id))
        version = self._stores.catalog.get(document_id)
        if version is not None:
            self._stores.withheld.put(version.content_hash, Withheld())
        self._stores.catalog.mark_unfinished(document_id)
        for index in self._stores.every_index():
            index.delete_document(document_id)
        self._sink.log(EventType.DOCUMENT_DELETED, {"document_id": document_id, "reason": _REASON})
        self._stores.catalog.erase_document(document_id)
        self._sweep(hashes)

    def mask(self, document_id: str, names: Sequence[str]) -> int:
        """Make a new version without the names, drop the older ones and the original; return how many places."""
        before, pattern = self._stores.catalog.get(document_id), name_pattern(names)
        if before is None or before.text_hash is None or before.status is not DocumentStatus.READY or pattern is None:
            raise UsageError(f"document {document_id!r} has no text that could be masked", hint="remove it instead")
        if pattern.search(_spaced(before.source_uri)):
            raise UsageError(
                f"document {document_id!r} names the person in its file name, which masking does not reach",
                hint="rename the file at its source and ingest it, or remove the document",
            )
        hashes = set(self.blobs(document_id))
        parsed = self._kept(before)
        spans = tuple(found.span() for found in pattern.finditer(parsed.text))
        self._withhold(before, spans)
        version = self._rewrite(before, mask_document(parsed, pattern), title=masked(before.title, pattern))
        self._stores.catalog.erase_versions(document_id, before=version.version)
        self._sweep(hashes)
        if not self._is_read_elsewhere(before, pattern):
            self._stores.blobs.delete(before.content_hash)
        self._sink.log(
            EventType.DOCUMENT_MASKED,
            {
                "document_id": document_id,
                "content_hash": before.content_hash,
                "before": before.text_hash,
                "text_hash": version.text_hash,
                "version": version.version,
                "spans": len(spans),
            },
        )
        return len(spans)

    def blobs(self, document_id: str) -> list[str]:
        """Return the keys of the blobs that are kept of a document."""
        return self._stores.catalog.blobs_of(document_id)

    def _withhold(self, version: DocumentVersion, spans: tuple[tuple[int, int], ...]) -> None:
        """Remember what was masked, with what was before: marks are as long as names, so that offsets stay."""
        known = self._stores.withheld.get(version.content_hash)
        if known is None or known.is_whole:
            known = Withheld(text_hash=version.text_hash)
        merged = tuple(sorted({*known.spans, *spans}))
        self._stores.withheld.put(version.content_hash, replace(known, spans=merged))

    def _is_read_elsewhere(self, version: DocumentVersion, pattern: re.Pattern[str]) -> bool:
        """Tell whether another document of the same bytes still shows what was masked in this one."""
        catalog, texts = self._stores.catalog, self._stores.texts
        others = catalog.get_many(catalog.duplicates(version.content_hash)).values()
        return any(other.text_hash and pattern.search(texts.text(other.text_hash)) for other in others)

    def _every_document(self) -> Iterator[DocumentVersion]:
        for status in (None, DocumentStatus.DELETED):
            cursor: str | None = None
            while True:
                page = self._stores.catalog.list_documents(status=status, cursor=cursor, limit=1000)
                yield from page.items
                cursor = page.next_cursor
                if cursor is None:
                    break

    def _kept(self, version: DocumentVersion) -> ParsedDocument:
        """Return the document as it was read, from what is kept of it."""
        assert version.text_hash is not None
        identity, texts = version.document_id, self._stores.texts
        layout = texts.layout(version.text_hash, document_id=identity)
        structure = texts.structure(version.text_hash, document_id=identity)
        kept = self._stores.catalog.text_version(version.text_hash, document_id=identity)
        if kept is None:
            raise DocumentNotFound(f"document {identity!r} has no text {version.text_hash!r}")
        return ParsedDocument(
            text=texts.text(version.text_hash),
            elements=layout.elements(),
            pages=layout.pages(),
            words=layout.words(),
            cells=layout.cells(),
            media_type=version.media_type,
            parser=kept.parser,
            language=version.language,
            title=version.title,
            warnings=version.warnings,
            tags=tuple(structure.tags),
            conflicts=tuple(structure.conflicts),
            certificate=version.certificate,
        )

    def _rewrite(self, before: DocumentVersion, parsed: ParsedDocument, *, title: str) -> DocumentVersion:
        """Put a text in the place of a document's present one: catalog, blobs and the index that serves."""
        catalog, identity = self._stores.catalog, before.document_id
        opened = catalog.begin_version(connector=before.connector, source_uri=before.source_uri)
        draft = replace(
            before,
            version=opened.version,
            text_hash=None,
            title=title,
            supersedes=None,
            tags=(),
            parties=(),
            issuer=None,
        )
        stored = self._stores.texts.save(parsed, claim=partial(catalog.claim_blobs, identity))
        pipeline = build_ingestion_pipeline(self._preparer, self._embedder)
        ((prepared, vectors),) = run_ingestion(pipeline, [ParsedSource(parsed=parsed, stored=stored, draft=draft)])
        version = replace(prepared.version, ingested_at=self._sink.clock.now())
        for index in self._stores.every_index():
            index.delete_document(identity)
        self._stores.index.write(prepared.points(vectors))
        catalog.commit_ready(
            version,
            chunks=prepared.chunks,
            text=self._stores.save_structure(prepared),
            structure=prepared.anatomy,
            index=self._stores.index_name,
        )
        return version

    def _sweep(self, hashes: set[str]) -> None:
        """Delete the blobs that nothing uses by now, and forget what of them is in memory."""
        self._stores.sweep()
        for key in hashes:
            self._stores.texts.forget(key)


class CatalogStore:
    """The catalog's database."""

    name = "catalog"

    def __init__(self, catalog: Catalog):
        self._catalog = catalog

    def clean(self, names: Sequence[str], *, person: str | None = None) -> CleanedStore:  # noqa: ARG002 - rows that name anybody are gone by now
        """Rewrite the file and cut its write-ahead log; another database keeps its own house."""
        if self._catalog.compact():
            return CleanedStore(name=self.name, state="clean")
        return CleanedStore(name=self.name, state="not-reached", detail="a database server: vacuum it there")


class IndexStores:
    """Every search index of the installation.

    Args:
        indexes: Opens them.
    """

    name = "index"

    def __init__(self, indexes: Callable[[], Sequence[MaintainedIndexStore]]):
        self._indexes = indexes

    def clean(self, names: Sequence[str], *, person: str | None = None) -> CleanedStore:  # noqa: ARG002 - points that name anybody are gone by now
        """Write every embedded index anew: what was deleted stays in its segments and log until then.

        Raises:
            IndexStoreError: One could not be written anew.
        """
        elsewhere = False
        for index in self._indexes():
            if isinstance(index, EdgeIndexStore):
                index.rebuild()
            else:
                elsewhere = True
        if elsewhere:
            return CleanedStore(name=self.name, state="not-reached", detail="an index server: points deleted, not disk")
        return CleanedStore(name=self.name, state="clean")


def _spaced(uri: str) -> str:
    """Return a name of a file with blanks where such names have marks."""
    return unquote(uri).replace("_", " ").replace("-", " ").replace(".", " ")
