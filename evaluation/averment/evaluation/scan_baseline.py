"""What Tesseract by itself makes of a scanned file: the least that reading it must come to.

Every page is rendered at the resolution that reading takes, and read by the program `tesseract` as it is delivered,
with the same language files; the texts of the pages are joined. Nothing of our own reading is in it.
"""

import subprocess
from io import BytesIO
from typing import TYPE_CHECKING, Final

from averment.core.documents import ParsedDocument
from averment.core.errors import PartitionFailed
from averment.pipelines.ingestion.limits import ParseOptions
from averment.pipelines.ingestion.media_types import IMAGES, PDF
from averment.pipelines.ingestion.ocr import find_tessdata, language_for

if TYPE_CHECKING:
    from PIL.Image import Image

_POINTS_PER_INCH: Final = 72
_PAGE_S: Final = 300


def tesseract_text(content: bytes, parsed: ParsedDocument, *, options: ParseOptions) -> str | None:
    """Return what Tesseract by itself reads of a file.

    Args:
        content: The file.
        parsed: What was made of it; its media type and its language count.
        options: How it was read.

    Returns:
        The pages' texts joined by form feeds; None for a file that is not all scanned pages, and where Tesseract is
        not installed or fails.
    """
    if not parsed.pages or not all(page.is_ocr or page.start == page.end for page in parsed.pages):
        return None
    language = language_for(parsed.language, options)
    try:
        folder = find_tessdata(options, page=1)
        command = ["tesseract", "stdin", "stdout", "--tessdata-dir", str(folder), "-l", language, "--psm", "3"]
        pages = [_read(command, picture) for picture in _pictures(content, parsed, dpi=options.ocr_dpi)]
    except (PartitionFailed, OSError, subprocess.SubprocessError):
        return None
    return "\f".join(pages)


def _read(command: list[str], picture: bytes) -> str:
    done = subprocess.run(command, input=picture, capture_output=True, timeout=_PAGE_S, check=True)
    return done.stdout.decode("utf-8", errors="replace")


def _pictures(content: bytes, parsed: ParsedDocument, *, dpi: int) -> list[bytes]:
    import pypdfium2

    from averment.pipelines.ingestion.image import to_pdf

    if parsed.media_type in IMAGES:
        content = to_pdf(content, max_pages=len(parsed.pages))
    elif parsed.media_type != PDF:
        return []
    document = pypdfium2.PdfDocument(content)
    try:
        return [_png(page.render(scale=dpi / _POINTS_PER_INCH, grayscale=True).to_pil(), dpi=dpi) for page in document]
    finally:
        document.close()


def _png(picture: "Image", *, dpi: int) -> bytes:
    stream = BytesIO()
    picture.save(stream, format="PNG", dpi=(dpi, dpi), compress_level=1)
    return stream.getvalue()
