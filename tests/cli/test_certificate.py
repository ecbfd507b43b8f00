"""`averment documents certificate` on an installation with a document."""

from pathlib import Path

import pytest

from averment.cli.certificate import lines
from averment.core.completeness import LeftOut, Means, Method, PageCheck, PageCount, Thresholds, certify
from tests.e2e.installation import make_installation


def test_pages_with_something_to_say_have_a_line() -> None:
    counts = [
        PageCount(page=1, n_chars=9, n_accounted=9),
        PageCount(page=2, n_chars=9, n_accounted=5, n_unaccounted=3, left_out={LeftOut.PRINTED_TWICE: 1}),
        PageCount(page=3, is_ocr=True, ocr_confidence=0.91),
        PageCount(page=4, is_ocr=True, ocr_confidence=0.9, n_unread=61),
        PageCount(page=5, is_blank=True),
        PageCount(page=6, is_unread=True),
    ]
    made = certify(counts, method=Method.PDFIUM, thresholds=Thresholds(), n_digits=1, n_numbers=1, n_cells=0)
    checks = [
        PageCheck(page=1, means=Means.RENDERED, n_words=20, agreement=0.1),
        PageCheck(page=3, means=Means.SECOND_OCR, n_words=20, agreement=0.95),
    ]
    assert list(lines(made.with_checks(checks)))[2:] == [
        "page 2: 5 of 9 letters and digits, 1 left out (printed twice), 3 unaccounted for  BELOW THE THRESHOLDS",
        "page 3: read by OCR, confidence 0.91",
        "page 4: read by OCR, confidence 0.90, 61 letters passed over  BELOW THE THRESHOLDS",
        "page 5: blank",
        "page 6: shows something of which nothing was read",
        "page 1: rendered-and-ocr has 10.0 % of 20 words  SHOWS SOMETHING ELSE THAN ITS TEXT",
        "page 3: second-ocr has 95.0 % of 20 words",
    ]


@pytest.mark.slow
def test_a_document_shows_its_certificate(tmp_path: Path) -> None:
    installation = make_installation(tmp_path)
    folder = tmp_path / "files"
    folder.mkdir()
    (folder / "a.txt").write_text("The rent is due monthly.")
    installation.ok("ingest", str(folder))
    shown = installation.ok("documents", "certificate", "a.txt").stdout
    assert shown.startswith("complete: 19 of 19 letters and digits (file-characters)")
    told = installation.ok("documents", "certificate", "a.txt", "--json").json()
    assert told["certificate"]["whole"]["n_accounted"] == 19
    assert "certificate" in installation.ok("documents", "show", "a.txt").stdout
