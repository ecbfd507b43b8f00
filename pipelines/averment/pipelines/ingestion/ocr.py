"""Where Tesseract's language files are, and when a page needs them.

The files come with the system packages; nothing is ever downloaded. A missing file is an error that names it.
"""

import re
from dataclasses import replace
from pathlib import Path
from typing import Final

from averment.core.errors import PartitionFailed
from averment.pipelines.ingestion.limits import ParseOptions
from averment.pipelines.ingestion.pdf_objects import PageObjects, places_of
from averment.pipelines.ingestion.tesseract import Tesseract

_PLACES: Final = (
    "/usr/share/tesseract-ocr/5/tessdata",
    "/usr/share/tesseract-ocr/4.00/tessdata",
    "/usr/share/tesseract-ocr/tessdata",
    "/usr/share/tessdata",
    "/usr/local/share/tessdata",
    "/opt/homebrew/share/tessdata",
)
# A page with fewer letters and digits than this has no text layer worth the name.
SPARSE_CHARS: Final = 40
# An image over less than this share of a page is a logo or a signature.
MIN_PICTURE_SHARE: Final = 0.2
# On a page without any letter a picture of this share is what the page has to say.
MIN_LONE_PICTURE_SHARE: Final = 0.01
# Tesseract's names of languages.
TESSERACT: Final = {
    "en": "eng", "de": "deu", "fr": "fra", "es": "spa", "it": "ita", "nl": "nld", "pt": "por", "pl": "pol",
    "sv": "swe", "da": "dan", "no": "nor", "fi": "fin", "cs": "ces", "hu": "hun", "ro": "ron", "tr": "tur",
}  # fmt: skip
_MIN_PATHS: Final = 400
_MEANINGLESS: Final = re.compile("[\ufffd\ue000-\uf8ff\x00-\x1f\x7f-\x9f]")


def language_for(detected: str | None, options: ParseOptions) -> str:
    """Return in which of the languages that OCR was set up for a document is read again: its own, or the first."""
    allowed = options.ocr_language.split("+")
    told = TESSERACT.get(detected or "")
    return told if told in allowed else allowed[0]


def find_tessdata(options: ParseOptions, *, page: int) -> Path:
    """Return the folder that holds every language asked for.

    Raises:
        PartitionFailed: A file is missing; `page` is the page that needs it.
    """
    languages = options.ocr_language.split("+")
    places = [options.tessdata_path] if options.tessdata_path else [Path(place) for place in _PLACES]
    for place in places:
        if all((place / f"{language}.traineddata").is_file() for language in languages):
            return place
    wanted = ", ".join(f"{language}.traineddata" for language in languages)
    raise PartitionFailed(
        f"page {page} is an image and needs OCR, but {wanted} is in none of {', '.join(map(str, places))}",
        hint="run `make setup-system`, or set the folder of the Tesseract language files",
        details={"page": page},
    )


def open_tesseract(options: ParseOptions, *, language: str, page: int) -> Tesseract:
    """Open Tesseract for a language.

    Args:
        options: Where its language files are.
        language: Its name for the language, or several joined by `+`.
        page: The page (1-based) that needs it.

    Raises:
        PartitionFailed: The library or a file is missing.
    """
    return Tesseract(find_tessdata(replace(options, ocr_language=language), page=page), language)


def is_sparse(text: str) -> bool:
    """Tell a text with too few letters and digits to be a page's text layer."""
    return len(text) < 20 * SPARSE_CHARS and sum(map(str.isalnum, text)) < SPARSE_CHARS


def is_garbled(text: str) -> bool:
    """Tell text without spaces whose characters have no meaning: private use, replacement and control characters."""
    return len(_MEANINGLESS.findall(text)) > 0.3 * len(text) > 0.3 * SPARSE_CHARS


def has_picture(objects: PageObjects, size: tuple[float, float], *, least: float = MIN_PICTURE_SHARE) -> bool:
    """Tell whether an image covers a good part of a page, or it has so many paths that they may be letters.

    Forms count with all of their area, as they may hold an image.

    Args:
        objects: The objects of the page.
        size: Its width and height, in points.
        least: The share of the page that counts as a good part, 0-1.
    """
    import numpy as np
    import pypdfium2.raw as pdfium

    if objects.n_paths >= _MIN_PATHS:
        return True
    items = objects.pictures.items[np.isin(objects.kinds, (pdfium.FPDF_PAGEOBJ_IMAGE, pdfium.FPDF_PAGEOBJ_FORM))]
    x0, y0, x1, y1 = places_of(items).T
    areas = np.nan_to_num((x1 - x0) * (y1 - y0))
    return bool((areas >= least * max(size[0] * size[1], 1.0)).any())
