"""The answer benchmark runs, and claims no share where no language model answered."""

import pytest

from averment.evaluation.bench.answer import NAME, measure
from averment.evaluation.bench.plan import Plan
from tests.evaluation.bench.conftest import check_rows


@pytest.mark.slow
def test_a_quick_run_gives_figures_and_leaves_the_shares_open(plan: Plan) -> None:
    rows = measure(plan)
    check_rows(rows, NAME)
    shares = [row for row in rows if row.name.startswith("share")]
    assert [(share.value, "averment model serve" in share.note) for share in shares] == [(None, True)] * 2
    assert all("no language model" in row.name for row in rows if row not in shares)
