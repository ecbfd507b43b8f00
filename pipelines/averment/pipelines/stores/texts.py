"""Canonical texts and their layouts: where passages, quotations, pages and boxes are read from.

Both are blobs. A text is found by its hash; the layout that goes with it is looked up in the catalog, since the same
text may stand in two documents on different pages. What was read last is kept in memory, bounded by characters.
"""

import threading
from collections import OrderedDict
from collections.abc import Callable, Sequence
from typing import Final, Protocol

from averment.core.documents import Box, Element, PageSpan, ParsedDocument, TableCell, Words
from averment.core.errors import StoreError
from averment.core.ids import sha256_id
from averment.core.ports import BlobStore
from averment.pipelines.stores.catalog_types import StoredText, TextVersion
from averment.pipelines.stores.layout import LayoutReader, to_layout

_KEPT_CHARS: Final = 50_000_000
_KEPT_LAYOUTS: Final = 64


class TextVersions(Protocol):
    """Knows which layout goes with a text; the catalog does."""

    def text_version(self, text_hash: str, *, document_id: str | None = None) -> TextVersion | None:
        """Return a text version: of a document, or the latest of any document with this text."""


class TextStore:
    """Canonical texts and layouts, safe for several threads.

    Args:
        blobs: Where the bytes are.
        versions: Where the layout of a text is looked up.
        kept_chars: How many characters of texts stay in memory.

    Every method that reads raises `StoreError` when a text, a layout or its catalog entry is missing or damaged.
    `document_id` chooses among several documents with the same text; without it the latest layout is read.
    """

    def __init__(self, blobs: BlobStore, versions: TextVersions, *, kept_chars: int = _KEPT_CHARS) -> None:
        self._blobs = blobs
        self._versions = versions
        self._kept_chars = kept_chars
        self._lock = threading.Lock()
        self._texts: OrderedDict[str, str] = OrderedDict()
        self._layouts: OrderedDict[tuple[str, str], LayoutReader] = OrderedDict()

    def save(self, parsed: ParsedDocument, *, claim: Callable[[Sequence[str]], None] | None = None) -> StoredText:
        """Store a parsed document's text and layout; the catalog learns of them with `Catalog.commit_ready`.

        Args:
            parsed: The document.
            claim: Told the names of both blobs before they are stored, so that no sweep takes them.
        """
        text, layout = parsed.text.encode("utf-8"), to_layout(parsed)
        if claim is not None:
            claim((sha256_id(text), sha256_id(layout)))
        text_hash, layout_hash = self._blobs.put(text), self._blobs.put(layout)
        return StoredText(text_hash=text_hash, layout_hash=layout_hash, parser=parsed.parser, n_chars=len(parsed.text))

    def text(self, text_hash: str) -> str:
        """Return a whole canonical text."""
        with self._lock:
            kept = self._texts.get(text_hash)
            if kept is not None:
                self._texts.move_to_end(text_hash)
                return kept
        text = self._blobs.get(text_hash).decode("utf-8")
        with self._lock:
            self._texts[text_hash] = text
            while sum(map(len, self._texts.values())) > self._kept_chars and len(self._texts) > 1:
                self._texts.popitem(last=False)
        return text

    def cut(self, text_hash: str, start: int, end: int) -> str:
        """Return `canonical[start:end]`.

        Raises:
            StoreError: The span is not within the text.
        """
        text = self.text(text_hash)
        if not 0 <= start <= end <= len(text):
            raise StoreError(
                f"the span {start}:{end} is not within the text {text_hash!r} of {len(text)} characters",
                hint="the index and the texts do not belong together; averment ingest --full rebuilds them",
            )
        return text[start:end]

    def pages(self, text_hash: str, *, document_id: str | None = None) -> tuple[PageSpan, ...]:
        """Return the pages in order; empty for formats without pages."""
        return self.layout(text_hash, document_id=document_id).pages()

    def page_at(self, text_hash: str, offset: int, *, document_id: str | None = None) -> int | None:
        """Return the page that holds an offset; None where there are no pages."""
        return self.layout(text_hash, document_id=document_id).page_at(offset)

    def boxes(self, text_hash: str, start: int, end: int, *, document_id: str | None = None) -> tuple[Box, ...]:
        """Return one box for each line that `start:end` touches, in reading order; empty where there are no boxes."""
        return self.layout(text_hash, document_id=document_id).boxes(start, end)

    def words(self, text_hash: str, *, document_id: str | None = None) -> Words:
        """Return the words with their places, in order of the text."""
        return self.layout(text_hash, document_id=document_id).words()

    def elements(self, text_hash: str, *, document_id: str | None = None) -> tuple[Element, ...]:
        """Return the parsed blocks in order."""
        return self.layout(text_hash, document_id=document_id).elements()

    def cells(self, text_hash: str, *, document_id: str | None = None) -> tuple[TableCell, ...]:
        """Return the table cells in order."""
        return self.layout(text_hash, document_id=document_id).cells()

    def layout(self, text_hash: str, *, document_id: str | None = None) -> LayoutReader:
        """Return the reader of a layout, for several questions about one text."""
        version = self._versions.text_version(text_hash, document_id=document_id)
        if version is None:
            raise StoreError(
                f"the catalog knows no layout of the text {text_hash!r}"
                + (f" in document {document_id!r}" if document_id else ""),
                hint="averment ingest --full makes it again",
            )
        # The layout alone is no key: two texts may share one, and cells are cut out of the text.
        key = (text_hash, version.layout_hash)
        with self._lock:
            kept = self._layouts.get(key)
            if kept is not None:
                self._layouts.move_to_end(key)
                return kept
        reader = LayoutReader(self._blobs.get(version.layout_hash), self.text(text_hash))
        with self._lock:
            self._layouts[key] = reader
            while len(self._layouts) > _KEPT_LAYOUTS:
                self._layouts.popitem(last=False)
        return reader

    def forget(self, text_hash: str) -> None:
        """Drop a text and its layouts from memory; the blobs are deleted by whoever erases."""
        with self._lock:
            self._texts.pop(text_hash, None)
            for key in [key for key in self._layouts if key[0] == text_hash]:
                del self._layouts[key]
