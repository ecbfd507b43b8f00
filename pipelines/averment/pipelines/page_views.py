"""Places of documents for the eye: a page as a picture with spans marked on it, or a stretch of text.

Every lookup is for a principal, or for the operator, who sees everything, where that is None. A picture is drawn from
the very file that the text was read from, and from none where words of that file were erased: a picture cannot be
masked.
"""

from collections.abc import Sequence
from typing import Final

from averment.core.access import Principal
from averment.core.documents import OpenedText
from averment.core.errors import DocumentNotFound, StoreError, UsageError
from averment.core.pages import Highlight, OpenedPage, TextWindow
from averment.core.ports import BlobStore
from averment.pipelines.document_views import DocumentViews
from averment.pipelines.ingestion.image import to_pdf
from averment.pipelines.ingestion.media_types import IMAGES, PDF
from averment.pipelines.rendering.page_image import page_png
from averment.pipelines.stores.catalog import Catalog
from averment.pipelines.stores.texts import TextStore
from averment.pipelines.stores.withheld import WithheldContents
from averment.pipelines.workspace import WITHHELD, Workspace

MAX_PICTURE_SECONDS: Final = 10.0
MAX_AROUND_CHARS: Final = 20_000


class PageViews:
    """Opens pages and stretches of text. Safe for several threads.

    Args:
        views: Opens documents for those who may read them.
        catalog: Knows which file a text was read from.
        blobs: Holds the files.
        texts: Holds the layouts.
        withheld: Knows contents of which words were erased.
        max_pages: Most pages of a picture file that are drawn.
    """

    def __init__(
        self,
        views: DocumentViews,
        *,
        catalog: Catalog,
        blobs: BlobStore,
        texts: TextStore,
        withheld: WithheldContents,
        max_pages: int,
    ):
        self._views = views
        self._catalog = catalog
        self._blobs = blobs
        self._texts = texts
        self._withheld = withheld
        self._max_pages = max_pages

    def page(
        self,
        reference: str,
        number: int,
        *,
        spans: Sequence[tuple[int, int]] = (),
        text_hash: str | None = None,
        principal: Principal | None = None,
    ) -> OpenedPage:
        """Open a page of a document's present or older text.

        Args:
            reference: What `DocumentViews.find` takes.
            number: 1-based number of the page.
            spans: What to mark: offsets into the text, half-open; parts on other pages are left out.
            text_hash: Which of the document's texts; the present one where None.
            principal: Who asks.

        Raises:
            DocumentNotFound: There is no such document or text, or it has no such page.
            UsageError: A span is not within the text.
        """
        opened = self._open(reference, text_hash=text_hash, principal=principal)
        document = opened.document
        span = next((page for page in opened.pages if page.page == number), None)
        if span is None:
            raise DocumentNotFound(
                f"document {document.document_id!r} has no page {number}, it has {len(opened.pages)}",
                hint="formats without fixed pages have none; their text is at /v1/documents/{id}/window",
            )
        read_from = self._catalog.read_from(document.document_id, opened.text_hash)
        content_hash, media_type = read_from or (document.content_hash, document.media_type)
        return OpenedPage(
            document=document,
            text_hash=opened.text_hash,
            span=span,
            n_pages=len(opened.pages),
            text=opened.text[span.start : span.end],
            highlights=self._highlights(opened, number, spans),
            content_hash=content_hash,
            media_type=media_type,
            has_picture=self._has_picture(content_hash, media_type) and read_from is not None,
        )

    def picture(self, page: OpenedPage, *, dots_per_inch: float) -> bytes:
        """Draw an opened page as PNG with its highlights.

        Raises:
            DocumentNotFound: It has no picture, or its file is not kept any more.
            DocumentError: Its file cannot be drawn, or not in ten seconds.
        """
        if not page.has_picture:
            raise DocumentNotFound(
                f"document {page.document.document_id!r} has no picture of its page {page.span.page}",
                hint="its file is no longer kept, or words of it were erased; the page's text is there",
            )
        try:
            content = self._blobs.get(page.content_hash)
        except StoreError as error:
            raise DocumentNotFound(
                f"the file that text {page.text_hash!r} was read from is not kept",
                hint="the page's text is there; averment doctor checks the store of files",
            ) from error
        if page.media_type in IMAGES:
            content = to_pdf(content, max_pages=self._max_pages)
        return page_png(
            content,
            page=page.span.page,
            boxes=page.boxes,
            dots_per_inch=dots_per_inch,
            max_seconds=MAX_PICTURE_SECONDS,
        )

    def window(
        self,
        reference: str,
        span: tuple[int, int],
        *,
        around: int = 1_000,
        text_hash: str | None = None,
        principal: Principal | None = None,
    ) -> TextWindow:
        """Return a span of a text with up to so many characters on both sides, cut at line breaks where there are any.

        Raises:
            DocumentNotFound: There is no such document or text.
            UsageError: The span is not within the text, or more characters around it are asked for than are given.
        """
        if not 0 <= around <= MAX_AROUND_CHARS:
            raise UsageError(f"{around} characters around the span are asked for, expected 0 to {MAX_AROUND_CHARS}")
        opened = self._open(reference, text_hash=text_hash, principal=principal)
        text, (start, end) = opened.text, span
        _check_span(start, end, n_chars=len(text))
        first, last = _widened(text, start, end, around=around)
        return TextWindow(
            document_id=opened.document.document_id,
            text_hash=opened.text_hash,
            start=first,
            end=last,
            text=text[first:last],
            n_chars=len(text),
        )

    def _highlights(self, opened: OpenedText, number: int, spans: Sequence[tuple[int, int]]) -> tuple[Highlight, ...]:
        layout = self._texts.layout(opened.text_hash, document_id=opened.document.document_id)
        found = []
        for start, end in spans:
            _check_span(start, end, n_chars=len(opened.text))
            boxes = tuple(box for box in layout.boxes(start, end) if box.page == number)
            found.append(Highlight(start=start, end=end, boxes=boxes))
        return tuple(found)

    def _open(self, reference: str, *, text_hash: str | None, principal: Principal | None) -> OpenedText:
        document = self._views.find(reference, principal=principal)
        if text_hash is None and document.text_hash is None:
            raise DocumentNotFound(f"document {document.document_id!r} has no text: it is {document.status}")
        return self._views.text(document.document_id, text_hash=text_hash, principal=principal)

    def _has_picture(self, content_hash: str, media_type: str) -> bool:
        return media_type in (PDF, *IMAGES) and self._withheld.get(content_hash) is None


def open_pages(workspace: Workspace) -> PageViews:
    """Return the pages of an installation."""
    return PageViews(
        workspace.views,
        catalog=workspace.catalog,
        blobs=workspace.blobs,
        texts=workspace.texts,
        withheld=WithheldContents(workspace.data_dir.root / WITHHELD),
        max_pages=workspace.settings.parsing.max_pages,
    )


def _check_span(start: int, end: int, *, n_chars: int) -> None:
    if not 0 <= start < end <= n_chars:
        raise UsageError(
            f"the span {start}-{end} is not within the text of {n_chars} characters",
            hint="spans are offsets into the text that text_hash names",
        )


def _widened(text: str, start: int, end: int, *, around: int) -> tuple[int, int]:
    """Widen a span by so many characters, less to the first line break there: windows begin and end with lines."""
    first, last = max(0, start - around), min(len(text), end + around)
    if first:
        first = text.find("\n", first, start) + 1 or first
    if last < len(text):
        last = max(text.rfind("\n", end, last), end) if "\n" in text[end:last] else last
    return first, last
