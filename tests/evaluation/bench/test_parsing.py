"""The parsing benchmark runs, and says what it skips."""

import pytest

from averment.evaluation.bench.parsing import NAME, measure
from averment.evaluation.bench.plan import Plan
from tests.evaluation.bench.conftest import check_rows

pytestmark = pytest.mark.slow


def test_a_quick_run_gives_figures_and_names_what_it_skips(plan: Plan) -> None:
    rows = measure(plan)
    check_rows(rows, NAME)
    assert rows[0].baseline == "pdfium text alone"
    if not plan.bench_python.exists():
        assert "make setup-bench" in rows[-1].note
        assert rows[-1].value is None
