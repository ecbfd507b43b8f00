"""The certificate of a PDF: nothing to say against an untouched one, something against every fault.

The number of random faults is small here; `make test-long` runs five hundred.
"""

import copy
import os
import random
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from io import BytesIO
from pathlib import Path

import pypdfium2
import pytest

from averment.core.completeness import Thresholds
from averment.core.documents import ParsedDocument
from averment.core.errors import PartitionFailed
from averment.evaluation.page_faults import FAULTS, PAGE_FAULTS, Page, drop_rows, put_together, said, take_apart
from averment.pipelines.ingestion.limits import ParseOptions
from averment.pipelines.ingestion.ocr import find_tessdata
from averment.pipelines.ingestion.partition import partition
from averment.pipelines.ingestion.pdf_certificate import PdfAccount, certify_pdf
from averment.pipelines.ingestion.pdf_completeness import PageWords
from averment.pipelines.ingestion.pdf_second_reading import SecondReading
from tests.pipelines.ingestion.sample_files import make_pdf, page_pdf

FAULTS_TRIED = 500 if os.environ.get("AVERMENT_TEST_LONG") else 39


def _report(n_pages: int) -> bytes:
    """Make a PDF of prose and rows of figures, with running headers."""
    chance = random.Random(7)
    pages = []
    for number in range(1, n_pages + 1):
        lines = [(72.0, 40.0, 9.0, "Quarterly report"), (300.0, 780.0, 9.0, str(number))]
        lines.extend(
            (72.0, 90.0 + 14 * row, 10.0, f"Clause {number}.{row} holds until notice is given in writing")
            for row in range(12)
        )
        for row in range(12):
            y = 300.0 + 14 * row
            lines.append((72.0, y, 10.0, f"Item {chr(65 + row)} of part {number}"))
            lines.extend((x, y, 10.0, f"{chance.randrange(1000, 99999):,}") for x in (300.0, 400.0, 500.0))
        pages.append(lines)
    return make_pdf(pages)


def _seed() -> int:
    return int(os.environ.get("AVERMENT_TEST_SEED") or random.randrange(1 << 30))


def _certificate_of_fault(
    content: bytes, parsed: ParsedDocument, pages: list[Page], *, number: int, chance: random.Random
) -> tuple[str, bool] | None:
    """Put a fault in; return its name and whether it was found, or None where it changes nothing."""
    fault = FAULTS[number % len(FAULTS)]
    changed = copy.deepcopy(pages)
    fault(changed, chance)
    if said(changed) == said(pages):
        return None
    made = certify_pdf(content, put_together(parsed, changed), thresholds=Thresholds())
    return fault.__name__, not made.is_complete


def test_an_untouched_document_is_complete_and_taking_it_apart_changes_nothing() -> None:
    content = _report(3)
    parsed = partition(content, name="report.pdf")
    assert parsed.certificate is not None
    whole = parsed.certificate.whole
    assert parsed.certificate.is_complete
    assert whole.n_chars == whole.n_accounted == sum(char.isalnum() for char in parsed.text)
    assert parsed.certificate.n_digits == sum(char.isdigit() for char in parsed.text)
    assert parsed.certificate.n_cells == len(parsed.cells) > 0
    again = certify_pdf(content, put_together(parsed, take_apart(parsed)), thresholds=Thresholds())
    assert again == parsed.certificate


@pytest.mark.slow
@pytest.mark.long
def test_every_random_fault_is_found() -> None:
    chance = random.Random(_seed())
    content = _report(4)
    parsed = partition(content, name="report.pdf")
    pages = take_apart(parsed)
    results = [
        _certificate_of_fault(content, parsed, pages, number=number, chance=chance) for number in range(FAULTS_TRIED)
    ]
    done = [result for result in results if result is not None]
    assert len(done) > 0.8 * len(results)
    assert [name for name, is_found in done if not is_found] == []


@pytest.mark.slow
@pytest.mark.long
def test_every_random_fault_in_real_documents_is_found(shared_data: Path) -> None:
    seed = _seed()
    chance = random.Random(seed)
    files = [
        *sorted(shared_data.glob("corpus/cuad/*.pdf"))[:40:8],
        *sorted(shared_data.glob("corpus/sec_10q/*.pdf"))[:2],
    ]
    for position, path in enumerate(files):
        content = path.read_bytes()
        parsed = partition(content, name=path.name)
        if len(parsed.pages) < 2 or any(page.is_ocr for page in parsed.pages):
            continue
        assert parsed.certificate is not None
        assert parsed.certificate.is_complete, path.name
        pages = take_apart(parsed)
        for number in range(position, FAULTS_TRIED, len(files)):
            result = _certificate_of_fault(content, parsed, pages, number=number, chance=chance)
            assert result is None or result[1], (path.name, number, result, seed)


def test_the_page_of_a_fault_is_named() -> None:
    content = _report(3)
    parsed = partition(content, name="report.pdf")
    pages = take_apart(parsed)
    pages[1][3].pop()
    made = certify_pdf(content, put_together(parsed, pages), thresholds=Thresholds())
    assert made.failed_pages == (2,)
    assert made.whole.n_unaccounted == len("writing")


def test_blank_pages_are_told_from_those_that_show_what_nobody_read() -> None:
    drawn = "BT /F1 11 Tf 72 700 Td (The term is one year.) Tj ET"
    pages = [
        page_pdf(drawn),
        page_pdf("0 0 0 rg 72 40 450 1 re f"),  # a rule alone
        page_pdf("q 300 0 0 300 100 300 cm /I1 Do Q"),  # a picture
    ]
    whole = pypdfium2.PdfDocument.new()
    for page in pages:
        whole.import_pages(pypdfium2.PdfDocument(page))
    stream = BytesIO()
    whole.save(stream)
    content = stream.getvalue()
    parsed = partition(content, name="a.pdf", options=ParseOptions(ocr=False))
    made = parsed.certificate
    assert made is not None
    assert (made.blank_pages, made.unread_pages, made.is_complete) == ((2,), (3,), True)
    assert "1 blank pages, 1 pages of which nothing was read" in made.summary
    assert parsed.warnings["pages_without_text"] == 1
    assert certify_pdf(content, parsed, thresholds=Thresholds()) == made


def test_thresholds_decide() -> None:
    content = _report(2)
    parsed = partition(content, name="report.pdf")
    pages = take_apart(parsed)
    pages[0][2].pop()
    changed = put_together(parsed, pages)
    assert certify_pdf(content, changed, thresholds=Thresholds(max_unaccounted=7)).is_complete
    assert not certify_pdf(content, changed, thresholds=Thresholds(max_unaccounted=6)).is_complete


def test_text_printed_twice_is_left_out_with_its_reason_and_a_double_letter_is_not() -> None:
    content = make_pdf(
        [[(72, 100, 11, "Term of lease"), (72.2, 100, 11, "Term of lease"), (72, 130, 11, "allowed 2011")]]
    )
    parsed = partition(content, name="a.pdf")
    assert parsed.certificate is not None
    assert parsed.certificate.is_complete
    pages = take_apart(parsed)
    pages[0][-1][-1].text = "201"
    made = certify_pdf(content, put_together(parsed, pages), thresholds=Thresholds())
    assert (made.whole.n_unaccounted, made.is_complete) == (1, False)


def _scan(n_pages: int, *, degrees: float) -> bytes:
    """Make pictures of pages of prose that lay a little askew in the scanner."""
    from PIL import Image

    chance = random.Random(11)
    words = ["landlord", "may", "end", "this", "agreement", "by", "notice", "in", "writing", "where", "rent", "unpaid"]
    pages = []
    for number in range(1, n_pages + 1):
        rows = [f"{number}.{row} " + " ".join(chance.sample(words, 9)) for row in range(1, 16 + 3 * number)]
        pages.append([(60.0 + 4 * number, 80.0 + (17 + number) * row, 10.0, text) for row, text in enumerate(rows)])
    document = pypdfium2.PdfDocument(make_pdf(pages))
    drawn = [page.render(scale=150 / 72, grayscale=True).to_pil() for page in document]
    pictures = [page.rotate(degrees, fillcolor=255, resample=Image.Resampling.BICUBIC) for page in drawn]
    stream = BytesIO()
    pictures[0].save(stream, "PDF", save_all=True, append_images=pictures[1:], resolution=150)
    return stream.getvalue()


@pytest.mark.slow
@pytest.mark.long
def test_lost_pages_and_lines_of_scans_are_found_and_the_rate_of_smaller_losses_is_printed() -> None:
    try:
        find_tessdata(ParseOptions(), page=1)
    except PartitionFailed as error:
        pytest.skip(str(error))
    chance = random.Random(_seed())
    content = _scan(3, degrees=0.7)
    parsed = partition(content, name="scan.pdf")
    assert all(page.is_ocr for page in parsed.pages)
    assert parsed.certificate is not None
    assert parsed.certificate.is_complete
    pages = take_apart(parsed)
    assert certify_pdf(content, put_together(parsed, pages), thresholds=Thresholds()).is_complete
    results: dict[str, list[bool]] = {}
    for number in range(max(FAULTS_TRIED // 20, len(PAGE_FAULTS))):
        fault = PAGE_FAULTS[number % len(PAGE_FAULTS)]
        losses: dict[str, Callable[[list[Page], random.Random], None]] = {
            fault.__name__: fault,
            **{f"{count} rows": partial(drop_rows, count=count) for count in (1, 2, 3, 6)},
        }
        for name, lose in losses.items():
            changed = copy.deepcopy(pages)
            lose(changed, chance)
            made = certify_pdf(content, put_together(parsed, changed), thresholds=Thresholds())
            results.setdefault(name, []).append(not made.is_complete)
    for name, found in results.items():
        print(f"{name}: {sum(found)} of {len(found)} found")
    assert all(all(found) for name, found in results.items() if name not in ("1 rows", "2 rows"))


def _scan_faults(count: int) -> dict[str, Callable[[list[Page], random.Random], None]]:
    fault = PAGE_FAULTS[count % len(PAGE_FAULTS)]
    return {fault.__name__: fault, **{f"{rows} rows": partial(drop_rows, count=rows) for rows in (1, 2, 3)}}


@pytest.mark.slow
@pytest.mark.long
def test_lost_pages_and_lines_of_real_scans_are_found(shared_data: Path) -> None:
    """What OCR read is known to the certificate; what the picture alone tells, without it, is printed."""
    try:
        find_tessdata(ParseOptions(), page=1)
    except PartitionFailed as error:
        pytest.skip(str(error))
    chance, results = random.Random(_seed()), dict[str, list[tuple[bool, bool]]]()
    path = shared_data / "corpus" / "cuad_scan" / "cuadscan_287.pdf"
    content = path.read_bytes()
    parsed = partition(content, name=path.name)
    assert parsed.certificate is not None
    assert parsed.certificate.is_complete
    assert parsed.certificate.whole.n_accounted == sum(map(str.isalnum, parsed.text))
    alone = replace(parsed, certificate=None)
    pages = take_apart(parsed)
    assert certify_pdf(content, put_together(alone, pages), thresholds=Thresholds()).is_complete
    for number in range(max(FAULTS_TRIED // 10, len(PAGE_FAULTS))):
        for name, lose in _scan_faults(number).items():
            changed = copy.deepcopy(pages)
            lose(changed, chance)
            if sum(map(len, said(changed))) == sum(map(len, said(pages))) and name.endswith("rows"):
                continue  # rows without a letter
            made = (certify_pdf(content, put_together(of, changed), thresholds=Thresholds()) for of in (parsed, alone))
            told, seen = (not certificate.is_complete for certificate in made)
            results.setdefault(name, []).append((told, seen))
    for name, found in results.items():
        told, seen = (sum(which) for which in zip(*found, strict=True))
        print(f"{name}: {told} of {len(found)} found, {seen} by the picture alone")
    assert all(told for found in results.values() for told, _ in found)
    assert all(seen for name, found in results.items() if not name.endswith("rows") for _, seen in found)


def test_letters_that_ocr_read_and_the_text_lacks_are_unaccounted_for() -> None:
    content = page_pdf("BT /F1 12 Tf 72 700 Td (The term is one year.) Tj ET")
    with SecondReading(content) as second:
        account = PdfAccount(second, thresholds=Thresholds())
        box = {"x0": [72.0], "y0": [80.0], "x1": [225.0], "y1": [94.0]}
        ours = PageWords(text="The term is one year.", offset=0, starts=[0], ends=[21], **box)
        for n_read, verdict in ((16, True), (17, False), (15, False), (None, True)):
            account.note_ocr(1, ours, confidence=0.9, n_read=n_read)
            made = account.close(_nothing())
            assert made.is_complete is verdict
        away = replace(ours, y0=[480.0], y1=[494.0])
        account.note_ocr(1, away, confidence=0.9, n_read=16)
        assert account.close(_nothing()).whole.n_added == 16


def _nothing() -> ParsedDocument:
    return ParsedDocument(text="", elements=(), media_type="application/pdf", parser="p")
