"""A page of a PDF as a picture with boxes marked on it.

Boxes are in points with the origin at the top left of the rotated, cropped page, which is how pdfium renders it,
so a box only has to be scaled.
"""

import io
import math
import time
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final

from averment.core.documents import Box
from averment.core.errors import DocumentLimitExceeded, PartitionFailed, UsageError
from averment.pipelines.ingestion.pdf_second_reading import PDFIUM_LOCK

if TYPE_CHECKING:
    from PIL.Image import Image

MARK_RGB: Final = (255, 214, 10)
MAX_PIXELS: Final = 25_000_000
_MAX_SIDE: Final = 20_000
_MARGIN_POINTS: Final = 1.5


def page_png(
    content: bytes,
    *,
    page: int,
    boxes: Sequence[Box] = (),
    dots_per_inch: float = 110.0,
    max_seconds: float | None = None,
) -> bytes:
    """Render one page with its marks.

    Args:
        content: The PDF.
        page: 1-based number of the page.
        boxes: What to mark; boxes of other pages are left out.
        dots_per_inch: Resolution; lowered for very large pages.
        max_seconds: Wall-clock time for the page itself; no limit where None.

    Raises:
        UsageError: The document has no such page.
        PartitionFailed: pdfium cannot open or render it.
        DocumentLimitExceeded: The page takes longer.
    """
    with PDFIUM_LOCK:
        picture, scale = _render(content, page=page, dots_per_inch=dots_per_inch, max_seconds=max_seconds)
    marked = _mark(picture, [box for box in boxes if box.page == page], scale)
    stream = io.BytesIO()
    marked.save(stream, format="PNG", optimize=True)
    return stream.getvalue()


def _render(content: bytes, *, page: int, dots_per_inch: float, max_seconds: float | None) -> tuple["Image", float]:
    """Render a page and return it with the pixels per point it was rendered at."""
    import pypdfium2

    deadline_s = math.inf if max_seconds is None else time.monotonic() + max_seconds
    try:
        document = pypdfium2.PdfDocument(content)
    except pypdfium2.PdfiumError as error:
        raise PartitionFailed("the document cannot be opened to render its pages") from error
    try:
        if not 1 <= page <= len(document):
            raise UsageError(f"the document has {len(document)} pages, there is no page {page}")
        sheet = document[page - 1]
        scale = _scale(*sheet.get_size(), dots_per_inch=dots_per_inch)
        picture = _draw(sheet, scale=scale, deadline_s=deadline_s)
    except pypdfium2.PdfiumError as error:
        raise PartitionFailed(f"page {page} cannot be drawn") from error
    finally:
        document.close()
    if picture is None:
        raise DocumentLimitExceeded(f"page {page} takes longer than {max_seconds} s to draw")
    return picture, scale


def _scale(width: float, height: float, *, dots_per_inch: float) -> float:
    """Return pixels per point; a page of any size stays within the limits of pixels."""
    by_area = math.sqrt(MAX_PIXELS / max(width * height, 1))
    return min(dots_per_inch / 72, by_area, _MAX_SIDE / max(width, height, 1))


def _draw(sheet: Any, *, scale: float, deadline_s: float) -> "Image | None":
    """Draw a page of pypdfium2; None where that is not done by the deadline, which pdfium looks at between objects."""
    import pypdfium2
    from pypdfium2 import internal, raw

    width, height = (max(1, math.ceil(points * scale)) for points in sheet.get_size())
    bitmap = pypdfium2.PdfBitmap.new_native(width, height, format=raw.FPDFBitmap_BGR)
    bitmap.fill_rect((255, 255, 255, 255), 0, 0, width, height)
    pause = raw.IFSDK_PAUSE(version=1)
    internal.set_callback(pause, "NeedToPauseNow", lambda _: time.monotonic() >= deadline_s)
    status = raw.FPDF_RenderPageBitmap_Start(bitmap, sheet, 0, 0, width, height, 0, raw.FPDF_ANNOT, pause)
    raw.FPDF_RenderPage_Close(sheet)
    if status == raw.FPDF_RENDER_FAILED:
        raise pypdfium2.PdfiumError("the renderer failed")
    return bitmap.to_pil().convert("RGB") if status == raw.FPDF_RENDER_DONE else None


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
