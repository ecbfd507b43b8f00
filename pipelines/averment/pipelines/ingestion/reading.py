"""A file on its way through an ingestion: read and handed to a parser, or found inside another one, not yet begun."""

from concurrent.futures import Future
from dataclasses import dataclass
from typing import Literal, Protocol

from averment.core.documents import Attachment, DocumentStatus, DocumentVersion, ParsedDocument, SourceItem
from averment.pipelines.ingestion.inner_files import Expansion
from averment.pipelines.ingestion.partition_frames import OnPages
from averment.pipelines.stores.catalog_types import OpenVersion


class Partitioner(Protocol):
    """Reads files into parsed documents, off this thread."""

    def submit(
        self, content: bytes, *, name: str, media_type: str | None = None, on_pages: OnPages | None = None
    ) -> Future[ParsedDocument]:
        """Start reading a file; the future raises a `DocumentError`. `on_pages` is told of pages, in any thread."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadFile:
    """A file that was read; `parsed` is what a parser makes of it, or raises a `DocumentError`.

    `started_s` is on the monotonic clock; `expansion` is shared by all files inside one source item.
    """

    item: SourceItem
    change: Literal["added", "changed"]
    content_hash: str
    opened: OpenVersion
    parsed: "Future[ParsedDocument]"
    started_s: float
    expansion: Expansion


@dataclass(frozen=True, slots=True, kw_only=True)
class InnerFile:
    """A file found inside another one, not yet begun."""

    item: SourceItem
    change: Literal["added", "changed"]
    found: Attachment
    expansion: Expansion


def draft_of(read: ReadFile, *, pipeline_version: str) -> DocumentVersion:
    """Return the row of a file's new version as far as it is known before the file is parsed."""
    item, opened = read.item, read.opened
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
