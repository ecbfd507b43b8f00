"""Faults of pages: each changes what the pages say."""

import copy
import random

import pytest

from averment.evaluation.page_faults import FAULTS, drop_rows, put_together, said, take_apart
from averment.pipelines.ingestion.partition import partition
from tests.pipelines.ingestion.sample_files import make_pdf

PAGES = [
    [(72.0, 90.0 + 14 * row, 10.0, f"Clause {page}.{row} holds for {37 * row + page} days") for row in range(9)]
    for page in range(1, 4)
]


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.__name__)
def test_a_fault_changes_what_pages_say(fault: object) -> None:
    parsed = partition(make_pdf(PAGES), name="a.pdf")
    pages = take_apart(parsed)
    assert put_together(parsed, pages).text.split() == parsed.text.split()
    changed = copy.deepcopy(pages)
    fault(changed, random.Random(3))  # type: ignore[operator] # pytest hands parameters over untyped
    assert said(changed) != said(pages)
    assert put_together(parsed, changed).text != parsed.text


def test_rows_that_follow_each_other_are_dropped_together() -> None:
    pages = take_apart(partition(make_pdf(PAGES), name="a.pdf"))
    changed = copy.deepcopy(pages)
    drop_rows(changed, random.Random(1), count=4)
    assert sum(map(len, said(pages))) - sum(map(len, said(changed))) == 4
