"""The documents of an installation as training material, read from its own stores: nothing is parsed anew."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Protocol

from averment.core.documents import (
    DocumentPage,
    DocumentStatus,
    DocumentVersion,
    Element,
    ParsedDocument,
    TableCell,
)
from averment.pipelines.stores.filter_terms import file_name
from averment.pipelines.training.material import TrainingDocument, read_document


class Listed(Protocol):
    """Lists documents; the catalog does."""

    def list_documents(
        self, *, status: DocumentStatus | None = None, cursor: str | None = None, limit: int = 100
    ) -> DocumentPage:
        """List documents by id, a page at a time."""


class Laid(Protocol):
    """Reads texts and what points into them."""

    def text(self, text_hash: str) -> str:
        """Return a whole canonical text."""

    def elements(self, text_hash: str, *, document_id: str | None = None) -> tuple[Element, ...]:
        """Return the parsed blocks."""

    def cells(self, text_hash: str, *, document_id: str | None = None) -> tuple[TableCell, ...]:
        """Return the table cells."""


def read_installation(
    catalog: Listed, texts: Laid, *, on_progress: Callable[[int, int], None] = lambda _, __: None
) -> dict[str, TrainingDocument]:
    """Return every ready document, by id; copies of one file count once.

    Args:
        catalog: Lists them, for the operator.
        texts: Their texts.
        on_progress: Told of documents done and their number.
    """
    versions = {version.content_hash: version for version in _ready(catalog)}
    found = {}
    for number, version in enumerate(versions.values(), start=1):
        assert version.text_hash is not None, "a ready document has a text"
        parsed = ParsedDocument(
            text=texts.text(version.text_hash),
            elements=texts.elements(version.text_hash, document_id=version.document_id),
            cells=texts.cells(version.text_hash, document_id=version.document_id),
            media_type=version.media_type,
            parser="",
            language=version.language,
        )
        draft = replace(version, title=file_name(version.source_uri), tags=())
        document = read_document(parsed, draft=draft)
        found[version.document_id] = _called_as_before(document, version)
        on_progress(number, len(versions))
    return found


def _called_as_before(document: TrainingDocument, version: DocumentVersion) -> TrainingDocument:
    """Head chunks by the title that ingestion gave the document, should it be another than what is read now."""
    if document.version.title == version.title:
        return document
    now, then = document.version.title.strip()[:80], version.title.strip()[:80]
    chunks = tuple(
        replace(chunk, embedded=then + chunk.embedded.removeprefix(now)) if chunk.embedded.startswith(now) else chunk
        for chunk in document.chunks
    )
    return replace(document, chunks=chunks, version=replace(document.version, title=version.title))


def _ready(catalog: Listed) -> Iterator[DocumentVersion]:
    cursor: str | None = None
    while True:
        page = catalog.list_documents(status=DocumentStatus.READY, cursor=cursor, limit=500)
        yield from (version for version in page.items if version.text_hash is not None)
        cursor = page.next_cursor
        if cursor is None:
            return
