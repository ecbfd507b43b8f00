"""The documents of an installation, looked up and opened: text, structure, tables, hidden text, page images.

Every lookup is for a principal, or for the operator, who sees everything, where that is None.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Final

from averment.core.access import Principal
from averment.core.answers import Citation
from averment.core.documents import DocumentVersion, Element, OpenedText, TableCell
from averment.core.errors import ConfigurationError, DocumentNotFound, UsageError
from averment.core.ports import BlobStore
from averment.core.structure import (
    AmendmentLink,
    DocumentStructure,
    Neighbour,
    Section,
    SectionSpan,
    Surroundings,
)
from averment.pipelines.ingestion.image import to_pdf
from averment.pipelines.ingestion.media_types import IMAGES, PDF
from averment.pipelines.rendering.page_image import page_png
from averment.pipelines.stores.catalog import Catalog
from averment.pipelines.stores.texts import TextStore

MAX_NEIGHBOURS: Final = 10


class DocumentViews:
    """Looks documents up and opens them. Safe for several threads.

    Args:
        catalog: Knows them.
        blobs: Holds their files.
        texts: Holds their texts and layouts.
        max_pages: Most pages of a picture file that are drawn.
    """

    def __init__(self, catalog: Catalog, *, blobs: BlobStore, texts: TextStore, max_pages: int):
        self._catalog = catalog
        self._blobs = blobs
        self._texts = texts
        self._max_pages = max_pages

    def find(self, reference: str, *, principal: Principal | None = None) -> DocumentVersion:
        """Return the document that an id, a source uri or a file name names.

        Raises:
            DocumentNotFound: None does, or several do; those that the principal may not read are not hinted at.
        """
        found = self._catalog.get(self._catalog.resolve(reference, principal=principal))
        if found is None:
            raise DocumentNotFound(f"no document is called {reference!r}")
        return found

    def text(self, reference: str, *, text_hash: str | None = None, principal: Principal | None = None) -> OpenedText:
        """Open one of a document's own canonical texts, the present one without `text_hash`.

        Raises:
            ConfigurationError: It has none.
            DocumentNotFound: There is no such document, it never had this text, or it was swept because no answer
                cites it.
        """
        document = self.find(reference, principal=principal)
        chosen = text_hash or document.text_hash
        if chosen is None:
            raise ConfigurationError(
                f"{document.document_id!r} has no text: it is {document.status}",
                hint="averment documents show tells why",
            )
        if self._catalog.text_version(chosen, document_id=document.document_id) is None:
            raise DocumentNotFound(f"document {document.document_id!r} has no text {chosen!r}")
        pages = self._texts.pages(chosen, document_id=document.document_id)
        return OpenedText(document=document, text_hash=chosen, text=self._texts.text(chosen), pages=pages)

    def structure(
        self, reference: str, *, principal: Principal | None = None
    ) -> tuple[DocumentVersion, DocumentStructure, tuple[AmendmentLink, ...]]:
        """Return a document, with or without a text, what was read of how it is built, and what it changes."""
        document = self.find(reference, principal=principal)
        return document, self.anatomy(document), tuple(self._links(document.document_id, principal))

    def anatomy(self, document: DocumentVersion) -> DocumentStructure:
        """Return what was read of how a document is built, its metadata among it."""
        identity = document.document_id
        read = self._texts.structure(document.text_hash, document_id=identity)
        return replace(read, facts=self._catalog.facts(identity))

    def amendment_links(self, document_id: str, *, principal: Principal) -> tuple[AmendmentLink, ...]:
        """Return what a document changes and what changes it, as far as the principal may know."""
        return tuple(self._links(document_id, principal))

    def surroundings(
        self, reference: str, *, start: int, end: int, n: int = 1, principal: Principal | None = None
    ) -> Surroundings:
        """Return the sections that a span of a document's present text stands in, and the pieces next to it.

        Args:
            reference: What `find` takes.
            start: Where the span begins, 0-based.
            end: Where it ends, exclusive.
            n: How many pieces before and after, 0-10.
            principal: Who asks.

        Raises:
            UsageError: The span is not within the text, or `n` is out of range.
        """
        opened = self.text(reference, principal=principal)
        if not 0 <= start < end <= len(opened.text):
            raise UsageError(
                f"the span {start}:{end} is not within the text of {len(opened.text)} characters",
                hint="start and end of a passage are offsets into its text_hash",
            )
        if not 0 <= n <= MAX_NEIGHBOURS:
            raise UsageError(f"{n} neighbours are asked for, expected 0 to {MAX_NEIGHBOURS}")
        document_id = opened.document.document_id
        sections = self._texts.structure(opened.text_hash, document_id=document_id).sections
        pieces = sorted((piece.start, piece.end) for piece in self._catalog.chunks(document_id))
        earlier = [span for span in pieces if span[1] <= start]
        later = [span for span in pieces if span[0] >= end]
        return Surroundings(
            document_id=document_id,
            text_hash=opened.text_hash,
            start=start,
            end=end,
            sections=sections_at(sections, start, n_chars=len(opened.text)),
            before=tuple(_neighbour(opened.text, span) for span in earlier[len(earlier) - n :] if n),
            after=tuple(_neighbour(opened.text, span) for span in later[:n]),
        )

    def cells(self, opened: OpenedText) -> tuple[TableCell, ...]:
        """Return the table cells of an opened text, in order."""
        return self._texts.cells(opened.text_hash, document_id=opened.document.document_id)

    def hidden(self, opened: OpenedText) -> tuple[Element, ...]:
        """Return the parts of an opened text that whoever opens the file does not see, in order."""
        found = self._texts.elements(opened.text_hash, document_id=opened.document.document_id)
        return tuple(element for element in found if element.is_hidden)

    def page_image(self, citation: Citation) -> bytes | None:
        """Return the page of a citation as PNG with the quotation marked; None for what has no pages."""
        document = self._catalog.get(citation.document_id)
        if document is None or citation.page is None or document.media_type not in (PDF, *IMAGES):
            return None
        content = self._blobs.get(document.content_hash)
        if document.media_type in IMAGES:
            content = to_pdf(content, max_pages=self._max_pages)
        return page_png(content, page=citation.page, boxes=citation.boxes)

    def text_around(self, citation: Citation, n_chars: int) -> tuple[str, str]:
        """Return up to so many characters before and after a citation."""
        text = self._texts.text(citation.text_hash)
        return text[max(0, citation.start - n_chars) : citation.start], text[citation.end : citation.end + n_chars]

    def _links(self, identity: str, principal: Principal | None) -> Iterator[AmendmentLink]:
        """Yield links; of papers that the principal may not read, only that this document says it changes one."""
        for link in self._catalog.amendments(identity):
            if principal is None or link.other_id is None or self._may_read(link.other_id, principal):
                yield link
            elif link.direction == "changes":
                yield replace(link, other_id=None, other_title=None)

    def _may_read(self, identity: str, principal: Principal) -> bool:
        try:
            self._catalog.resolve(identity, principal=principal)
        except DocumentNotFound:
            return False
        return True


def sections_at(sections: Sequence[Section], offset: int, *, n_chars: int) -> tuple[SectionSpan, ...]:
    """Return the sections that hold an offset, outermost first; each goes on to the next of its level or above."""
    found: list[SectionSpan] = []
    for place, section in enumerate(sections):
        if section.start > offset:
            break
        rest = sections[place + 1 :]
        end = next((later.start for later in rest if later.level <= section.level), n_chars)
        if offset < end:
            found.append(SectionSpan(title=section.title, level=section.level, start=section.start, end=end))
    return tuple(found)


def _neighbour(text: str, span: tuple[int, int]) -> Neighbour:
    return Neighbour(start=span[0], end=span[1], text=text[slice(*span)])
