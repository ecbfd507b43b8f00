"""The certificate of a PDF: nothing to say against an untouched one, something against every fault.

The number of random faults is small here; `make test-long` runs five hundred.
"""

import copy
import os
import random
from pathlib import Path

import pytest

from averment.core.completeness import Thresholds
from averment.core.documents import ParsedDocument
from averment.pipelines.ingestion.partition import partition
from averment.pipelines.ingestion.pdf_certificate import certify_pdf
from tests.pipelines.ingestion.faults import FAULTS, Page, put_together, said, take_apart
from tests.pipelines.ingestion.sample_files import make_pdf

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
