"""The documents of an installation, looked up and opened: text, structure, tables, hidden text, page images.

Every lookup is for a principal, or for the operator, who sees everything, where that is None.
"""

from collections.abc import Iterator
from dataclasses import replace

from averment.core.access import Principal
from averment.core.answers import Citation
from averment.core.documents import DocumentVersion, Element, OpenedText, TableCell
from averment.core.errors import ConfigurationError, DocumentNotFound
from averment.core.ports import BlobStore
from averment.core.structure import AmendmentLink, DocumentStructure
from averment.pipelines.ingestion.image import to_pdf
from averment.pipelines.ingestion.media_types import IMAGES, PDF
from averment.pipelines.rendering.page_image import page_png
from averment.pipelines.stores.catalog import Catalog
from averment.pipelines.stores.texts import TextStore


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
        identity = document.document_id
        read = self._texts.structure(document.text_hash, document_id=identity)
        links = tuple(self._links(identity, principal))
        return document, replace(read, facts=self._catalog.facts(identity)), links

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
