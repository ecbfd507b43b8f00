"""A page of a PDF as a picture with boxes marked on it.

Boxes are in points with the origin at the top left of the rotated, cropped page, which is how pdfium renders it,
so a box only has to be scaled.
"""

import io
from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from averment.core.documents import Box
from averment.core.errors import PartitionFailed, UsageError
from averment.pipelines.ingestion.pdf_second_reading import PDFIUM_LOCK

if TYPE_CHECKING:
    from PIL.Image import Image

MARK_RGB: Final = (255, 214, 10)
MAX_PIXELS: Final = 25_000_000
_MARGIN_POINTS: Final = 1.5


def page_png(content: bytes, *, page: int, boxes: Sequence[Box] = (), dots_per_inch: float = 110.0) -> bytes:
    """Render one page with its marks.

    Args:
        content: The PDF.
        page: 1-based number of the page.
        boxes: What to mark; boxes of other pages are left out.
        dots_per_inch: Resolution; lowered for very large pages.

    Raises:
        UsageError: The document has no such page.
        PartitionFailed: pdfium cannot open or render it.
    """
    with PDFIUM_LOCK:
        picture, scale = _render(content, page=page, dots_per_inch=dots_per_inch)
    marked = _mark(picture, [box for box in boxes if box.page == page], scale)
    stream = io.BytesIO()
    marked.save(stream, format="PNG", optimize=True)
    return stream.getvalue()


def _render(content: bytes, *, page: int, dots_per_inch: float) -> tuple["Image", float]:
    """Render a page and return it with the pixels per point it was rendered at."""
    import pypdfium2

    try:
        document = pypdfium2.PdfDocument(content)
    except pypdfium2.PdfiumError as error:
        raise PartitionFailed("the document cannot be opened to render its pages") from error
    try:
        if not 1 <= page <= len(document):
            raise UsageError(f"the document has {len(document)} pages, there is no page {page}")
        sheet = document[page - 1]
        width, height = sheet.get_size()
        scale = min(dots_per_inch / 72, (MAX_PIXELS / max(width * height, 1)) ** 0.5)
        return sheet.render(scale=scale).to_pil().convert("RGB"), scale
    finally:
        document.close()


def _mark(picture: "Image", boxes: Sequence[Box], scale: float) -> "Image":
    """Multiply yellow onto the boxes, so that dark text stays dark."""
    from PIL import Image, ImageChops, ImageDraw

    if not boxes:
        return picture
    layer = Image.new("RGB", picture.size, (255, 255, 255))
    draw = ImageDraw.Draw(layer)
    for box in boxes:
        corners = (
            (box.x0 - _MARGIN_POINTS) * scale,
            (box.y0 - _MARGIN_POINTS) * scale,
            (box.x1 + _MARGIN_POINTS) * scale,
            (box.y1 + _MARGIN_POINTS) * scale,
        )
        draw.rectangle(corners, fill=MARK_RGB)
    return ImageChops.multiply(picture, layer)
