"""Pages for the eye: drawn from the very file a text was read from, for those who may read it, and no erased word."""

import io
from array import array
from collections.abc import Callable, Iterator
from pathlib import Path

import pypdfium2
import pytest
from PIL import Image

from averment.core.access import AccessLabel, Principal
from averment.core.documents import (
    DocumentStatus,
    DocumentVersion,
    Element,
    ElementKind,
    PageSpan,
    ParsedDocument,
    Words,
)
from averment.core.errors import DocumentNotFound, UsageError
from averment.core.testing.clock import FixedClock
from averment.pipelines.document_views import DocumentViews
from averment.pipelines.ingestion.media_types import PDF, PLAIN, PNG
from averment.pipelines.page_views import PageViews
from averment.pipelines.stores.blobs import FolderBlobStore
from averment.pipelines.stores.catalog import Catalog
from averment.pipelines.stores.texts import TextStore
from averment.pipelines.stores.withheld import Withheld, WithheldContents

ANYONE = Principal(subject="a", groups=("everyone",))
TEXT = "Rent\nis due."  # a word on each page, the rest on the second
WORDS = Words(
    starts=array("i", (0, 5, 8)),
    ends=array("i", (4, 7, 12)),
    pages=array("i", (1, 2, 2)),
    x0=array("f", (10, 10, 30)),
    y0=array("f", (10, 10, 10)),
    x1=array("f", (20, 20, 50)),
    y1=array("f", (20, 20, 20)),
)
Add = Callable[..., str]


def pdf(n_pages: int, *, width: int = 100) -> bytes:
    """Make a file of empty pages."""
    document = pypdfium2.PdfDocument.new()
    for _ in range(n_pages):
        document.new_page(width, 60)
    stream = io.BytesIO()
    document.save(stream)
    return stream.getvalue()


@pytest.fixture
def catalog(tmp_path: Path) -> Iterator[Catalog]:
    made = Catalog(f"sqlite:///{tmp_path / 'catalog.sqlite'}", clock=FixedClock())
    yield made
    made.close()


@pytest.fixture
def blobs(tmp_path: Path) -> FolderBlobStore:
    return FolderBlobStore(tmp_path / "blobs")


@pytest.fixture
def withheld(tmp_path: Path) -> WithheldContents:
    return WithheldContents(tmp_path / "withheld")


@pytest.fixture
def pages(catalog: Catalog, blobs: FolderBlobStore, withheld: WithheldContents) -> PageViews:
    texts = TextStore(blobs, catalog)
    views = DocumentViews(catalog, blobs=blobs, texts=texts, max_pages=10)
    return PageViews(views, catalog=catalog, blobs=blobs, texts=texts, withheld=withheld, max_pages=10)


@pytest.fixture
def add(catalog: Catalog, blobs: FolderBlobStore) -> Add:
    def add(
        content: bytes, *, text: str = TEXT, media_type: str = PDF, readers: tuple[str, ...] = ("everyone",)
    ) -> str:
        opened = catalog.begin_version(connector="c", source_uri="file:///a")
        whole = Element(id="e1", kind=ElementKind.PARAGRAPH, text=text, start=0, end=len(text))
        spans = (
            PageSpan(page=1, start=0, end=5, width=100, height=60),
            PageSpan(page=2, start=5, end=len(text), width=100, height=60),
        )
        has_pages = media_type != PLAIN
        parsed = ParsedDocument(
            text=text, elements=(whole,), pages=spans if has_pages else (), words=WORDS if has_pages else Words(),
            media_type=media_type, parser="p",
        )  # fmt: skip
        stored = TextStore(blobs, catalog).save(parsed)
        version = DocumentVersion(
            document_id=opened.document_id, source_uri="file:///a", content_hash=blobs.put(content),
            text_hash=stored.text_hash, version=opened.version, media_type=media_type, kind="contract", title="Lease",
            access=AccessLabel(readers=readers), status=DocumentStatus.READY, revision=str(len(content)),
            connector="c", size_bytes=len(content), n_chunks=0,
        )  # fmt: skip
        catalog.commit_ready(version, chunks=[], text=stored)
        return opened.document_id

    return add


def size(png: bytes) -> tuple[int, int]:
    return Image.open(io.BytesIO(png)).size


def test_a_page_marks_of_a_span_what_stands_on_it(pages: PageViews, add: Add) -> None:
    identity = add(pdf(2))
    first, second = (pages.page(identity, number, spans=[(0, 7), (8, 12)], principal=ANYONE) for number in (1, 2))
    assert (first.text, second.text, first.n_pages) == ("Rent\n", "is due.", 2)
    assert [(box.page, box.x0, box.x1) for box in first.boxes] == [(1, 10, 20)]
    assert [[box.x0 for box in found.boxes] for found in second.highlights] == [[10], [30]]
    marked, plain = (pages.picture(page, dots_per_inch=72) for page in (first, pages.page(identity, 1)))
    assert size(marked) == (100, 60)
    colours = Image.open(io.BytesIO(marked)).convert("RGB")
    assert colours.getpixel((15, 15)) != (255, 255, 255) == colours.getpixel((35, 15))
    assert marked != plain


def test_who_may_not_read_a_document_opens_no_place_of_it(pages: PageViews, add: Add) -> None:
    identity = add(pdf(2), readers=("board",))
    with pytest.raises(DocumentNotFound):
        pages.page(identity, 1, principal=ANYONE)
    with pytest.raises(DocumentNotFound):
        pages.window(identity, (0, 4), principal=ANYONE)
    assert pages.page(identity, 1, principal=Principal(subject="b", groups=("board",))).has_picture


def test_an_older_text_is_drawn_from_the_file_it_was_read_from(pages: PageViews, add: Add) -> None:
    identity = add(pdf(2, width=100))
    older = pages.page(identity, 1).text_hash
    add(pdf(2, width=200), text="Rent\nwas due.")
    widths = [size(pages.picture(pages.page(identity, 1, text_hash=one), dots_per_inch=72))[0] for one in (older, None)]
    assert widths == [100, 200]
    with pytest.raises(DocumentNotFound):
        pages.page(identity, 1, text_hash="sha256:" + "0" * 64)


def test_no_picture_shows_a_file_of_which_words_were_erased(
    pages: PageViews, add: Add, withheld: WithheldContents, blobs: FolderBlobStore
) -> None:
    identity = add(pdf(2))
    page = pages.page(identity, 1)
    withheld.put(page.content_hash, Withheld(text_hash=page.text_hash, spans=((0, 4),)))
    erased = pages.page(identity, 1)
    assert (page.has_picture, erased.has_picture, erased.text) == (True, False, "Rent\n")
    with pytest.raises(DocumentNotFound, match="no picture"):
        pages.picture(erased, dots_per_inch=72)
    blobs.delete(page.content_hash)
    with pytest.raises(DocumentNotFound, match="not kept"):
        pages.picture(page, dots_per_inch=72)


def test_pages_that_are_not_there_and_spans_outside_the_text_are_named(pages: PageViews, add: Add) -> None:
    identity = add(pdf(2))
    with pytest.raises(DocumentNotFound, match="no page 3, it has 2"):
        pages.page(identity, 3)
    for span in ((0, 99), (4, 4), (5, 3), (-1, 3)):
        with pytest.raises(UsageError, match="not within the text of 12"):
            pages.page(identity, 1, spans=[span])
        with pytest.raises(UsageError, match="not within the text of 12"):
            pages.window(identity, span)
    with pytest.raises(UsageError, match="20001 characters"):
        pages.window(identity, (0, 1), around=20_001)


def test_a_picture_file_has_its_page(pages: PageViews, add: Add) -> None:
    stream = io.BytesIO()
    Image.new("RGB", (200, 120), "white").save(stream, format="PNG", dpi=(144, 144))
    page = pages.page(add(stream.getvalue(), media_type=PNG), 1)
    width, height = size(pages.picture(page, dots_per_inch=72))
    assert (abs(width - 100), abs(height - 60)) <= (1, 1), "a hundredth of a point is a pixel more"


def test_a_text_without_pages_is_opened_at_whole_lines(pages: PageViews, add: Add) -> None:
    text = "".join(f"line {number}\n" for number in range(10))
    identity = add(b"text", text=text, media_type=PLAIN)
    with pytest.raises(DocumentNotFound, match="it has 0"):
        pages.page(identity, 1)
    found = pages.window(identity, (30, 34), around=10)
    assert (found.text, found.start, found.end, found.n_chars) == ("line 3\nline 4\nline 5", 21, 41, 70)
    assert text[found.start : found.end] == found.text
    assert pages.window(identity, (30, 34), around=0).text == text[30:34]
    assert pages.window(identity, (0, 70), around=500).text == text


def test_a_document_that_has_no_text_has_no_places(pages: PageViews, catalog: Catalog) -> None:
    opened = catalog.begin_version(connector="c", source_uri="file:///new.pdf")
    with pytest.raises(DocumentNotFound):
        pages.page(opened.document_id, 1)
