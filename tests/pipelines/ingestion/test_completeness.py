"""What a certificate means for a document: it passes, or the pages are named."""

import pytest

from averment.core.completeness import Certificate, Method, PageCount, Thresholds, certify
from averment.core.errors import DocumentIncomplete
from averment.pipelines.ingestion.completeness import require_complete


def _certificate(*pages: PageCount) -> Certificate:
    return certify(pages, method=Method.PDFIUM, thresholds=Thresholds(), n_digits=0, n_numbers=0, n_cells=0)


def test_complete_documents_and_those_without_a_certificate_pass() -> None:
    require_complete(None)
    require_complete(_certificate(PageCount(page=1, n_chars=3, n_accounted=3)))


def test_the_pages_are_named_with_what_they_lack() -> None:
    pages = (
        PageCount(page=1, n_chars=3, n_accounted=3),
        PageCount(page=2, n_chars=9, n_accounted=5, n_unaccounted=4),
        PageCount(page=3, is_ocr=True, ocr_confidence=0.31),
    )
    with pytest.raises(DocumentIncomplete) as caught:
        require_complete(_certificate(*pages))
    assert "2 pages (2, 3)" in caught.value.message
    assert "4 letters and digits unaccounted for" in caught.value.message
    assert "confidence of OCR down to 0.31" in caught.value.message
    assert caught.value.details == {"page": 2, "pages": 2}


def test_many_pages_are_not_all_listed() -> None:
    with pytest.raises(DocumentIncomplete, match=r"40 pages \(1, 2, .*20, …\)"):
        require_complete(_certificate(*(PageCount(page=number, n_added=1) for number in range(1, 41))))
