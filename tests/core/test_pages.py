from averment.core.access import AccessLabel
from averment.core.documents import Box, DocumentStatus, DocumentVersion, PageSpan
from averment.core.pages import Highlight, OpenedPage

DOCUMENT = DocumentVersion(
    document_id="d1", source_uri="file:///a.pdf", content_hash="sha256:c", text_hash="sha256:t", version=1,
    media_type="application/pdf", kind="contract", title="A", access=AccessLabel(), status=DocumentStatus.READY,
    revision="r", connector="c", size_bytes=1,
)  # fmt: skip


def test_a_page_marks_the_boxes_of_all_its_highlights_in_order() -> None:
    first, second = (Box(page=1, x0=x, y0=0, x1=x + 1, y1=1) for x in (1, 5))
    page = OpenedPage(
        document=DOCUMENT, text_hash="sha256:t", span=PageSpan(page=1, start=0, end=9, width=9, height=9), n_pages=1,
        text="text here", content_hash="sha256:c", media_type="application/pdf", has_picture=True,
        highlights=(Highlight(start=0, end=4, boxes=(first,)), Highlight(start=5, end=9, boxes=(second,))),
    )  # fmt: skip
    assert page.boxes == (first, second)
