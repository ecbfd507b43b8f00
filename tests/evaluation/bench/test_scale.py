"""The scale benchmark ingests folders of growing size, each in a process of its own."""

from pathlib import Path

import pytest

from averment.evaluation.bench.plan import Plan
from averment.evaluation.bench.scale import NAME, QUICK_SIZES, measure, write_documents
from tests.evaluation.bench.conftest import check_rows


def test_documents_are_distinct_and_the_same_for_one_seed(tmp_path: Path) -> None:
    for name in ("one", "other"):
        (tmp_path / name).mkdir()
        write_documents(tmp_path / name, count=20, seed=7)
    texts = [[file.read_text() for file in sorted((tmp_path / name).iterdir())] for name in ("one", "other")]
    assert texts[0] == texts[1]
    assert len(set(texts[0])) == 20


@pytest.mark.slow
def test_a_quick_run_compares_every_size_with_the_smallest(plan: Plan) -> None:
    rows = measure(plan)
    check_rows(rows, NAME)
    assert len(rows) == 2 * len(QUICK_SIZES) + 1
    assert [row.ratio is None for row in rows[:4]] == [True, True, False, False]
