"""Certificates add up, judge by their thresholds, and come back from JSON as they were."""

import json
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from averment.core.completeness import Certificate, LeftOut, Method, PageCount, Thresholds, Verdict, certify
from averment.core.jsonable import to_json

_COUNT = st.integers(min_value=0, max_value=5)
_PAGES = st.lists(
    st.builds(
        PageCount,
        page=st.just(1),
        n_chars=_COUNT,
        n_accounted=_COUNT,
        left_out=st.dictionaries(st.sampled_from(LeftOut), st.integers(min_value=1, max_value=9)),
        n_unaccounted=_COUNT,
        n_added=_COUNT,
        n_disordered=_COUNT,
        is_ocr=st.booleans(),
        ocr_confidence=st.none() | st.floats(min_value=0, max_value=1),
    ),
    max_size=5,
)
_THRESHOLDS = st.builds(
    Thresholds,
    max_unaccounted=_COUNT,
    max_added=_COUNT,
    max_disordered=_COUNT,
    min_ocr_confidence=st.floats(min_value=0, max_value=1),
)


def _certify(pages: list[PageCount], thresholds: Thresholds) -> Certificate:
    return certify(pages, method=Method.PDFIUM, thresholds=thresholds, n_digits=3, n_numbers=2, n_cells=1)


@given(
    pages=_PAGES,
    thresholds=_THRESHOLDS,
    personal=st.none() | st.dictionaries(st.sampled_from(["email", "person"]), _COUNT),
    refuses=st.booleans(),
)
def test_json_gives_back_what_was_written(
    pages: list[PageCount], thresholds: Thresholds, personal: dict[str, int] | None, refuses: bool
) -> None:
    made = replace(_certify(pages, thresholds), personal_data=personal, refuses_personal_data=refuses)
    assert Certificate.from_json(json.loads(json.dumps(to_json(made)))) == made


@given(pages=_PAGES, thresholds=_THRESHOLDS)
def test_one_page_below_the_thresholds_fails_the_whole(pages: list[PageCount], thresholds: Thresholds) -> None:
    made = _certify(pages, thresholds)
    assert made.is_complete == all(page.meets(thresholds) for page in pages)
    assert len(made.failed_pages) == sum(not page.meets(thresholds) for page in pages)
    assert made.n_pages == len(pages)


def test_sums_and_the_pages_worth_naming() -> None:
    made = _certify(
        [
            PageCount(page=1, n_chars=10, n_accounted=10),
            PageCount(page=2, n_chars=9, n_accounted=7, left_out={LeftOut.PRINTED_TWICE: 2}),
            PageCount(page=3, is_ocr=True, ocr_confidence=0.9),
        ],
        Thresholds(),
    )
    assert made.verdict is Verdict.COMPLETE
    assert (made.whole.n_chars, made.whole.n_accounted, made.whole.left_out) == (19, 17, {LeftOut.PRINTED_TWICE: 2})
    assert [page.page for page in made.pages] == [2, 3]
    assert made.summary == (
        "complete: 17 of 19 letters and digits (pdfium-characters), 2 left out (printed twice), 1 pages read by OCR"
    )
