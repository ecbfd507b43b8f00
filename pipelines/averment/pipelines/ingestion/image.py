"""Images of pages (TIFF, PNG, JPEG) through OCR: every frame is a page, every word has its box.

The frames are set into a PDF, unchanged but for their orientation tag, and read as a scan is; `to_pdf` gives the same
PDF to whoever shows a page. A page is as large as the image says it is; an image that does not say is taken to be a
sheet of A4 width.
"""

import zlib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from io import BytesIO
from typing import Any, Final

from averment.core.documents import ParsedDocument
from averment.core.errors import DocumentCorrupt, DocumentLimitExceeded
from averment.pipelines.ingestion.limits import ParseLimits, ParseOptions
from averment.pipelines.ingestion.partition_frames import OnPages

MAX_PIXELS: Final = 200_000_000
_A4_WIDTH_INCHES: Final = 8.27
_MIN_DPI: Final = 50.0
_MAX_DPI: Final = 1200.0
_MAX_PAGE_POINTS: Final = 14_400.0
_POINTS_PER_INCH: Final = 72.0


def partition_image(
    content: bytes,
    *,
    media_type: str,
    limits: ParseLimits,
    options: ParseOptions,
    on_pages: OnPages | None = None,
) -> ParsedDocument:
    """Partition an image.

    Raises:
        DocumentCorrupt: A frame cannot be decoded.
        DocumentLimitExceeded: It has too many frames or pixels.
        PartitionFailed: OCR finds no text, or its language files are missing.
    """
    from averment.pipelines.ingestion.pdf import partition_pdf

    pages = to_pdf(content, max_pages=limits.max_pages)
    parsed = partition_pdf(pages, limits=limits, options=options, on_pages=on_pages)
    return replace(parsed, media_type=media_type, title=None)


def to_pdf(content: bytes, *, max_pages: int) -> bytes:
    """Set the frames of an image into a PDF, one a page, without loss.

    Raises:
        DocumentCorrupt: A frame cannot be decoded.
        DocumentLimitExceeded: It has too many frames or pixels.
    """
    writer = _Writer()
    for frame in _frames(content, max_pages=max_pages):
        writer.add(frame)
    return writer.finish()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Frame:
    """A decoded frame: samples row by row, grey or RGB, and the size of its page in points."""

    width: int
    height: int
    is_grey: bool
    samples: bytes
    page_width: float
    page_height: float


def _frames(content: bytes, *, max_pages: int) -> Iterator[_Frame]:
    from PIL import Image, ImageFile, UnidentifiedImageError

    # Other libraries switch this on for the whole process; a torn image would then be read as far as it goes.
    ImageFile.LOAD_TRUNCATED_IMAGES = False
    try:
        image = Image.open(BytesIO(content), formats=("TIFF", "PNG", "JPEG", "MPO"))
        n_frames = getattr(image, "n_frames", 1)
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        raise _corrupt(1) from error
    if n_frames > max_pages:
        raise DocumentLimitExceeded(f"the image has {n_frames} frames, the limit is {max_pages}", hint="split the file")
    for number in range(n_frames):
        try:
            image.seek(number)
            _check_size(image)
            yield _decode(image)
        except (OSError, ValueError, SyntaxError, EOFError, TypeError, KeyError) as error:
            raise _corrupt(number + 1) from error


def _check_size(image: Any) -> None:
    width, height = image.size
    if width * height > MAX_PIXELS:
        raise DocumentLimitExceeded(
            f"the image has {width} × {height} pixels, the limit is {MAX_PIXELS}",
            hint="scan it at a lower resolution; 300 dots per inch are enough",
            details={"pixels": width * height},
        )


def _corrupt(page: int) -> DocumentCorrupt:
    return DocumentCorrupt(
        f"frame {page} of the image cannot be decoded", hint="deliver the file again", details={"page": page}
    )


def _decode(image: Any) -> _Frame:
    from PIL import Image, ImageOps

    dpi_x, dpi_y = _resolution(image)
    upright = ImageOps.exif_transpose(image)
    if upright.size != image.size:
        dpi_x, dpi_y = dpi_y, dpi_x
    is_grey = upright.mode in ("1", "L", "I;16", "I;16B", "I", "F")
    if upright.mode in ("I;16", "I;16B", "I", "F"):
        upright = upright.point(lambda value: value / 256).convert("L")
    elif "A" in upright.mode or "transparency" in upright.info:
        # What is transparent shows the paper, which is white.
        paper = Image.new("RGBA", upright.size, (255, 255, 255, 255))
        upright = Image.alpha_composite(paper, upright.convert("RGBA"))
    shown = upright.convert("L" if is_grey else "RGB")
    width, height = shown.size
    page = (width / dpi_x * _POINTS_PER_INCH, height / dpi_y * _POINTS_PER_INCH)
    shrink = min(1.0, _MAX_PAGE_POINTS / max(page))
    return _Frame(
        width=width,
        height=height,
        is_grey=is_grey,
        samples=shown.tobytes(),
        page_width=page[0] * shrink,
        page_height=page[1] * shrink,
    )


def _resolution(image: Any) -> tuple[float, float]:
    """Return the dots per inch in both directions: what the image says where that is credible."""
    told = image.info.get("dpi")
    try:
        x, y = (float(value) for value in told)
    except (TypeError, ValueError, ZeroDivisionError):
        x = y = 0.0
    if _MIN_DPI < x < _MAX_DPI and _MIN_DPI < y < _MAX_DPI and 0.5 < x / y < 2 and (x, y) != (72.0, 72.0):
        return x, y
    guess = min(max(min(image.size) / _A4_WIDTH_INCHES, _MIN_DPI), 600.0)
    return guess, guess


class _Writer:
    """Writes a PDF of one image a page."""

    def __init__(self) -> None:
        self._out = BytesIO()
        self._out.write(b"%PDF-1.4\n")
        self._offsets: dict[int, int] = {}
        self._pages: list[int] = []
        self._next = 3

    def add(self, frame: _Frame) -> None:
        """Add a page."""
        image, content, page = self._next, self._next + 1, self._next + 2
        self._next += 3
        colours = b"/DeviceGray" if frame.is_grey else b"/DeviceRGB"
        self._put(
            image,
            b"<< /Type /XObject /Subtype /Image /Width %d /Height %d /BitsPerComponent 8 /ColorSpace %s"
            b" /Filter /FlateDecode" % (frame.width, frame.height, colours),
            stream=zlib.compress(frame.samples, 1),
        )
        drawing = b"q %.4f 0 0 %.4f 0 0 cm /I Do Q" % (frame.page_width, frame.page_height)
        self._put(content, b"<<", stream=drawing)
        self._put(
            page,
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 %.4f %.4f] /Contents %d 0 R"
            b" /Resources << /XObject << /I %d 0 R >> >> >>" % (frame.page_width, frame.page_height, content, image),
        )
        self._pages.append(page)

    def finish(self) -> bytes:
        """Return the file."""
        self._put(1, b"<< /Type /Catalog /Pages 2 0 R >>")
        kids = b" ".join(b"%d 0 R" % page for page in self._pages)
        self._put(2, b"<< /Type /Pages /Kids [%s] /Count %d >>" % (kids, len(self._pages)))
        start = self._out.tell()
        self._out.write(b"xref\n0 %d\n0000000000 65535 f \n" % self._next)
        self._out.write(b"".join(b"%010d 00000 n \n" % self._offsets[number] for number in range(1, self._next)))
        self._out.write(b"trailer << /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (self._next, start))
        return self._out.getvalue()

    def _put(self, number: int, body: bytes, *, stream: bytes | None = None) -> None:
        self._offsets[number] = self._out.tell()
        if stream is None:
            self._out.write(b"%d 0 obj\n%s\nendobj\n" % (number, body))
            return
        head = b"%d 0 obj\n%s /Length %d >>\nstream\n" % (number, body, len(stream))
        self._out.write(head + stream + b"\nendstream\nendobj\n")
