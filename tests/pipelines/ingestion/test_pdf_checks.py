"""Pages checked by other means: a text layer that lies is found, one that does not is not."""

from dataclasses import replace
from pathlib import Path

import pytest

from averment.core.completeness import Certificate, Means, Thresholds
from averment.core.documents import ParsedDocument
from averment.core.jsonable import to_json
from averment.pipelines.ingestion.limits import ParseOptions
from averment.pipelines.ingestion.partition import partition
from averment.pipelines.ingestion.pdf_checks import PageChecker
from averment.pipelines.ingestion.scans import ExtraReadings
from tests.pipelines.ingestion.sample_files import make_pdf

SAID = "The tenant pays the monthly rent before the fifth working day of every calendar month in advance"
SHOWN = "Nobody owes anything under these presents unless both guarantors have consented beforehand in writing"


def _pdf(text: str, n_pages: int = 1) -> bytes:
    words = text.split()
    lines = [(72.0, 100.0 + 20 * row, 12.0, " ".join(words[4 * row : 4 * row + 4])) for row in range(4)]
    return make_pdf([lines] * n_pages)


def _checker(content: bytes, parsed: ParsedDocument, **options: object) -> PageChecker:
    chosen = ParseOptions(**{"checked_share": 1.0, **options})  # type: ignore[arg-type] # fields of every kind
    return PageChecker(content=content, parsed=parsed, options=chosen, language="eng", extra=ExtraReadings(left=9))


@pytest.mark.slow
def test_a_page_that_shows_what_its_text_says_agrees_and_one_that_shows_something_else_does_not() -> None:
    honest = _pdf(SAID)
    parsed = partition(honest, name="a.pdf")
    (check,), warnings = _checker(honest, parsed).check(())
    assert (check.page, check.means, warnings) == (1, Means.RENDERED, {})
    assert check.agreement > 0.9
    (check,), _ = _checker(_pdf(SHOWN), parsed).check(())
    assert check.agreement < 0.2
    made = parsed.certificate
    assert made is not None
    assert made.with_checks([check]).disagreeing_pages == (1,)
    assert made.with_checks([check]).is_complete
    strict = partition(honest, name="a.pdf", options=ParseOptions(thresholds=Thresholds(quarantines_disagreement=True)))
    assert strict.certificate is not None
    judged = strict.certificate.with_checks([check])
    assert (judged.failed_pages, judged.is_complete) == ((1,), False)
    assert Certificate.from_json(to_json(judged)) == judged  # type: ignore[arg-type] # an object


def test_the_sample_is_the_same_every_time_and_as_large_as_asked_for() -> None:
    content = _pdf(SAID, n_pages=300)
    checker = _checker(content, partition(content, name="a.pdf", options=ParseOptions(ocr=False)), checked_share=0.2)
    chosen = [page for page in range(1, 301) if checker._is_chosen(page)]
    assert chosen == [page for page in range(1, 301) if checker._is_chosen(page)]
    assert 30 <= len(chosen) <= 95


def test_pages_that_cannot_be_checked_are_counted(tmp_path: Path) -> None:
    content = _pdf(SAID)
    parsed = partition(content, name="a.pdf", options=ParseOptions(ocr=False))
    assert _checker(content, parsed, tessdata_path=tmp_path).check(()) == ([], {"pages_not_checked": 1})
    assert _checker(content, parsed, ocr=False).check({1}) == ([], {})
    checker = replace(_checker(content, parsed), extra=ExtraReadings(left=0))
    assert checker.check(()) == ([], {"pages_not_checked": 1})
