"""The search benchmark runs at both sizes, and finds the same corpora again."""

import pytest

from averment.evaluation.bench.plan import Plan
from averment.evaluation.bench.search import NAME, measure
from tests.evaluation.bench.conftest import check_rows


@pytest.mark.slow
def test_a_quick_run_gives_figures(plan: Plan) -> None:
    rows = measure(plan)
    check_rows(rows, NAME)
    assert [row.target for row in rows if row.target] == ["< 15 ms"]
    assert len({row.name.split()[0] for row in rows}) == 2
