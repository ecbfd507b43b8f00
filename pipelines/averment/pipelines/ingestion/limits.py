"""How much reading one document may cost, and how it is read.

Limits are checked where the cost arises: size and expansion before anything is unpacked, pages before they are
parsed, time and memory by the parent of the worker process. A long scan takes hours and is no fault of the document:
pages done give it more time, and one that makes no headway is stopped all the same.
"""

from dataclasses import dataclass, field
from pathlib import Path

from averment.core.completeness import Thresholds

_MIB = 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class ParseLimits:
    """What one document may cost.

    Args:
        max_bytes: Size of the file.
        max_pages: Pages of a PDF.
        max_expanded_bytes: Sum of the unpacked parts of a zip-based format.
        max_expansion_ratio: Unpacked to packed size of one part of a zip-based format, for parts above one MiB.
        max_parts: Parts of a zip-based format, MIME parts of a mail.
        max_seconds: Wall-clock time of a parse in a worker process, besides that for its pages.
        max_seconds_per_page: What every page done adds to it.
        max_idle_seconds: Wall-clock time between two pages done of a document that tells of pages.
        max_memory_bytes: Resident memory of a worker process.
        max_chars: Characters of the canonical text.
    """

    max_bytes: int = 512 * _MIB
    max_pages: int = 20_000
    max_expanded_bytes: int = 512 * _MIB
    max_expansion_ratio: int = 150
    max_parts: int = 20_000
    max_seconds: float = 300.0
    max_seconds_per_page: float = 20.0
    max_idle_seconds: float = 120.0
    max_memory_bytes: int = 1400 * _MIB
    max_chars: int = 50_000_000

    def seconds_for(self, n_pages: int) -> float:
        """Return the wall-clock time of a document with so many pages done; pages beyond the limit add nothing."""
        return self.max_seconds + self.max_seconds_per_page * min(n_pages, self.max_pages)


@dataclass(frozen=True, slots=True, kw_only=True)
class ParseOptions:
    """How documents are read.

    Args:
        ocr: Whether pages without a text layer are read by OCR.
        ocr_language: Tesseract language codes, joined by `+`; each document is read in the one it is in, the first
            where that cannot be told.
        ocr_dpi: Resolution at which pages are rendered for OCR, in dots per inch.
        tessdata_path: Folder of `*.traineddata`; the usual Debian places are searched when absent.
        second_reading: Whether pdfium looks at every page of a PDF, too: compares its characters, and reads form fields
            and comments. Without it only pages where the parser's own two readings differ are compared.
        hidden_text: Whether text of a PDF that nobody sees is looked for, on the pages that pdfium looks at.
        password: Opens encrypted documents.
        thresholds: How far a page may fall short before its document is quarantined.
        checked_share: Share of the pages of a PDF that are rendered and read by OCR, to find a text layer that does
            not say what the page shows, 0-1; without OCR none is.
        poppler: Whether poppler reads every page of a PDF as well.
    """

    ocr: bool = True
    ocr_language: str = "eng+deu"
    ocr_dpi: int = 300
    tessdata_path: Path | None = None
    second_reading: bool = True
    hidden_text: bool = True
    password: str | None = None
    thresholds: Thresholds = field(default_factory=Thresholds)
    checked_share: float = 0.02
    poppler: bool = False
