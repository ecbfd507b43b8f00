"""Documents from source to chunk, and what an ingestion reports.

Offsets are 0-based, half-open, counted in Unicode code points of the canonical text.
Pages are 1-based. Boxes are in points with the origin at the top left of the rotated, cropped page.
"""

from array import array
from bisect import bisect_right
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import BinaryIO, Literal

from averment.core.access import AccessLabel
from averment.core.completeness import Certificate
from averment.core.errors import DocumentError
from averment.core.structure import TagConflict, TaggedFact


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceRef:
    """Where an item comes from; `revision` changes whenever its content does."""

    connector: str
    uri: str
    revision: str
    modified_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceItem:
    """One file of a source, listed but not yet read."""

    ref: SourceRef
    media_type: str
    size_bytes: int
    title: str
    access: AccessLabel
    open: Callable[[], BinaryIO]


class ElementKind(StrEnum):
    """What a parsed block is."""

    TITLE = "title"
    HEADING = "heading"
    PARAGRAPH = "paragraph"
    LIST_ITEM = "list_item"
    TABLE = "table"
    TABLE_ROW = "table_row"
    HEADER = "header"
    FOOTER = "footer"
    FOOTNOTE = "footnote"
    OTHER = "other"


@dataclass(frozen=True, slots=True, kw_only=True)
class Box:
    """A rectangle on a page, in points, `x0 <= x1` and `y0 <= y1`."""

    page: int
    x0: float
    y0: float
    x1: float
    y1: float


@dataclass(frozen=True, slots=True, kw_only=True)
class PageSpan:
    """The part of the canonical text that a page holds, with the page's size in points.

    Pages cover the text without gap or overlap; the separator belongs to the page before it.
    """

    page: int
    start: int
    end: int
    width: float
    height: float
    is_ocr: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Element:
    """A parsed block; `start:end` cuts `text` out of the canonical text.

    `is_hidden` marks text that whoever opens the file does not see; `hidden_reason` is a code that says why.
    """

    id: str
    kind: ElementKind
    text: str
    start: int
    end: int
    page: int | None = None
    box: Box | None = None
    section: tuple[str, ...] = ()
    confidence: float | None = None
    is_hidden: bool = False
    hidden_reason: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class WordBox:
    """A word of the canonical text and its place on the page."""

    start: int
    end: int
    page: int
    x0: float
    y0: float
    x1: float
    y1: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """The words of a text with their places, in order of the text, as columns.

    A report of three hundred pages has two hundred thousand words: columns pickle and pack as bytes, objects do not.
    All columns have one length; `starts` and `ends` ascend; coordinates are single precision, in points.
    """

    starts: "array[int]" = field(default_factory=lambda: array("i"))
    ends: "array[int]" = field(default_factory=lambda: array("i"))
    pages: "array[int]" = field(default_factory=lambda: array("i"))
    x0: "array[float]" = field(default_factory=lambda: array("f"))
    y0: "array[float]" = field(default_factory=lambda: array("f"))
    x1: "array[float]" = field(default_factory=lambda: array("f"))
    y1: "array[float]" = field(default_factory=lambda: array("f"))

    def __len__(self) -> int:
        return len(self.starts)

    def __iter__(self) -> Iterator[WordBox]:
        columns = zip(self.starts, self.ends, self.pages, self.x0, self.y0, self.x1, self.y1, strict=True)
        for start, end, page, x0, y0, x1, y1 in columns:
            yield WordBox(start=start, end=end, page=page, x0=x0, y0=y0, x1=x1, y1=y1)

    def cut(self, length: int) -> None:
        """Forget the words after the first `length`; for whoever builds the columns."""
        for column in (self.starts, self.ends, self.pages, self.x0, self.y0, self.x1, self.y1):
            del column[length:]

    def boxes(self, start: int, end: int) -> tuple[Box, ...]:
        """Cover `start:end` of the text with boxes, one a line, in order; words touched in part count whole."""
        merged: list[Box] = []
        for index in range(bisect_right(self.ends, start), len(self.starts)):
            if self.starts[index] >= end:
                break
            word = Box(
                page=self.pages[index],
                x0=self.x0[index],
                y0=self.y0[index],
                x1=self.x1[index],
                y1=self.y1[index],
            )
            if merged and _on_one_line(merged[-1], word):
                merged[-1] = _union(merged[-1], word)
            else:
                merged.append(word)
        return tuple(merged)


def _on_one_line(first: Box, second: Box) -> bool:
    overlap = min(first.y1, second.y1) - max(first.y0, second.y0)
    height = min(first.y1 - first.y0, second.y1 - second.y0)
    return first.page == second.page and overlap > 0.5 * height and second.x1 > first.x0


def _union(first: Box, second: Box) -> Box:
    return Box(
        page=first.page,
        x0=min(first.x0, second.x0),
        y0=min(first.y0, second.y0),
        x1=max(first.x1, second.x1),
        y1=max(first.y1, second.y1),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class TableCell:
    """One cell of a table with the headers that give it meaning.

    `start:end` is the cell's text in the canonical text. `value` is the exact decimal as printed
    (sign applied, before scale) or None for a cell that is no number. `unit` is an ISO 4217 code, `%`, `shares`, or
    None where nothing tells it. `period` keeps the words of its kind: `as of 2023-06-30`, `3 months ended 2023-06-30`,
    `2023-06-30` where no length is printed, `Q2 2023`, `2023`. Headers of several rows are joined by " | ".
    """

    id: str
    table: str
    row: int
    column: int
    start: int
    end: int
    text: str
    row_header: str
    column_header: str
    value: str | None = None
    unit: str | None = None
    scale: int = 1
    period: str | None = None
    page: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ParsedDocument:
    """What partitioning makes of a file: canonical text and everything that points into it.

    `pages` is empty for formats without fixed pages; `words` is empty where no boxes exist.
    `warnings` are codes with counts, never content. `tags` are the figures that a filing tags, `conflicts` those whose
    tag says something else than what is printed. `certificate` is None where there was no second reading.
    """

    text: str
    elements: tuple[Element, ...]
    pages: tuple[PageSpan, ...] = ()
    words: Words = field(default_factory=Words)
    cells: tuple[TableCell, ...] = ()
    media_type: str
    parser: str
    language: str | None = None
    title: str | None = None
    warnings: Mapping[str, int] = field(default_factory=dict)
    attachments: tuple["Attachment", ...] = ()
    tags: tuple[TaggedFact, ...] = ()
    conflicts: tuple[TagConflict, ...] = ()
    certificate: Certificate | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Attachment:
    """A file found inside another one, to be ingested as a document of its own.

    `name` is safe to show and, for a member of an archive (`is_member`), its path inside it, parted by `/`, unique in
    its container. `error` says why a file that is there could not be taken out; `content` is empty then.
    """

    name: str
    media_type: str
    content: bytes
    is_member: bool = False
    error: DocumentError | None = None


class DocumentStatus(StrEnum):
    """Where a document version stands."""

    READY = "ready"
    QUARANTINED = "quarantined"
    DELETED = "deleted"


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentVersion:
    """A document as the catalog knows it, in one of its text versions.

    `language` is an ISO 639-1 code; `warnings` are what reading it brought up, codes with counts; `arithmetic` is what
    its vectors were computed with.
    """

    document_id: str
    source_uri: str
    content_hash: str
    text_hash: str | None
    version: int
    media_type: str
    kind: Literal["contract", "filing", "other"]
    title: str
    access: AccessLabel
    status: DocumentStatus
    revision: str
    connector: str
    size_bytes: int
    n_chars: int | None = None
    n_pages: int | None = None
    n_chunks: int | None = None
    parties: tuple[str, ...] = ()
    issuer: str | None = None
    form_type: str | None = None
    period: str | None = None
    document_date: str | None = None
    tags: tuple[str, ...] = ()
    supersedes: str | None = None
    duplicate_of: str | None = None
    failure_code: str | None = None
    failure_message: str | None = None
    failure_page: int | None = None
    pipeline_version: str | None = None
    ingested_at: datetime | None = None
    language: str | None = None
    warnings: Mapping[str, int] = field(default_factory=dict)
    certificate: Certificate | None = None
    arithmetic: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenedText:
    """One of a document's canonical texts, with its pages; none for formats without."""

    document: DocumentVersion
    text_hash: str
    text: str
    pages: tuple[PageSpan, ...] = ()

    def page_at(self, offset: int) -> int | None:
        """Return the page that holds an offset; None where there are no pages."""
        return next((page.page for page in self.pages if page.start <= offset < page.end), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentPage:
    """A stretch of a list of documents; `next_cursor` continues it, None at the end."""

    items: tuple[DocumentVersion, ...]
    next_cursor: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ChunkMeta:
    """What a chunk carries on the wires of a pipeline and, without text, into the index."""

    chunk_id: str
    document_id: str
    text_hash: str
    start: int
    end: int
    first_page: int | None
    last_page: int | None
    section: str
    ordinal: int
    token_count: int
    access: AccessLabel
    pipeline_version: str


@dataclass(frozen=True, slots=True, kw_only=True)
class IngestFailure:
    """Why an item did not become ready; `message` names no content of the document."""

    source_uri: str
    stage: str
    category: str
    code: str
    message: str
    hint: str | None = None
    page: int | None = None
    retryable: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class StandingFailure:
    """A failure that stands, with the item it is of; `document_id` is None where the item was never read."""

    connector: str
    document_id: str | None
    failure: IngestFailure
    failed_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class IngestedItem:
    """What became of one item of a source; `warnings` are what reading it brought up, codes with counts."""

    document_id: str | None
    source_uri: str
    status: Literal["added", "changed", "unchanged", "removed", "quarantined", "failed"]
    code: str | None = None
    page: int | None = None
    retryable: bool = False
    warnings: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class IngestReport:
    """The result of one ingestion. Any failure or quarantine means `status` is not `ok`.

    `notices` are in words what a person should know of the stores: that the embedded index is nearly full.
    """

    status: Literal["ok", "partial", "failed"]
    added: int
    changed: int
    unchanged: int
    removed: int
    quarantined: int
    failed: int
    n_chunks_embedded: int
    n_pages: int
    duration_s: float
    items: tuple[IngestedItem, ...]
    failures: tuple[IngestFailure, ...]
    notices: tuple[str, ...] = ()
