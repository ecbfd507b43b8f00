"""What a certificate means for a document: it passes, or the pages are named."""

import re
from dataclasses import replace

from averment.core.completeness import Certificate, Method, PageCount, Thresholds, certify
from averment.core.errors import DocumentHoldsPersonalData, DocumentIncomplete
from averment.pipelines.ingestion.completeness import objections


def _certificate(*pages: PageCount) -> Certificate:
    return certify(pages, method=Method.PDFIUM, thresholds=Thresholds(), n_digits=0, n_numbers=0, n_cells=0)


def test_complete_documents_and_those_without_a_certificate_pass() -> None:
    assert list(objections(None)) == []
    assert list(objections(_certificate(PageCount(page=1, n_chars=3, n_accounted=3)))) == []


def test_the_pages_are_named_with_what_they_lack() -> None:
    pages = (
        PageCount(page=1, n_chars=3, n_accounted=3),
        PageCount(page=2, n_chars=9, n_accounted=5, n_unaccounted=4),
        PageCount(page=3, is_ocr=True, ocr_confidence=0.31),
    )
    (found,) = objections(_certificate(*pages))
    assert isinstance(found, DocumentIncomplete)
    assert "2 pages (2, 3)" in found.message
    assert "4 letters and digits unaccounted for" in found.message
    assert "confidence of OCR down to 0.31" in found.message
    assert found.details == {"page": 2, "pages": 2}


def test_many_pages_are_not_all_listed() -> None:
    (found,) = objections(_certificate(*(PageCount(page=number, n_added=1) for number in range(1, 41))))
    assert re.search(r"40 pages \(1, 2, .*20, …\)", found.message)


def test_personal_data_stands_against_a_document_only_where_it_is_refused() -> None:
    short = _certificate(PageCount(page=1, n_chars=3, n_accounted=1, n_unaccounted=2))
    found = replace(short, personal_data={"date_of_birth": 2, "iban": 1})
    assert [error.code for error in objections(found)] == [DocumentIncomplete.code]
    refused = list(objections(replace(found, refuses_personal_data=True)))
    assert [error.code for error in refused] == [DocumentIncomplete.code, DocumentHoldsPersonalData.code]
    assert refused[1].message == "personal data was found: 2 date of birth, 1 iban"
    assert all(error.releasable for error in refused)
    nothing = replace(short, personal_data={}, refuses_personal_data=True)
    assert [error.code for error in objections(nothing)] == [DocumentIncomplete.code]
