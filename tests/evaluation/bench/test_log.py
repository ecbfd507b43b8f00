"""The log benchmark runs on a real log."""

from averment.evaluation.bench.log import NAME, measure
from averment.evaluation.bench.plan import Plan
from tests.evaluation.bench.conftest import check_rows


def test_a_quick_run_gives_figures(plan: Plan) -> None:
    rows = measure(plan)
    check_rows(rows, NAME)
    assert {row.unit for row in rows} == {"entries/s", "ms"}
    assert all(row.detail["entries"] for row in rows if "verification" in row.name)
