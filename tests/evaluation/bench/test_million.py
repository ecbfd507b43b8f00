"""The curve goes over growing corpora up to the size asked for."""

from dataclasses import replace

import pytest

from averment.evaluation.bench import search
from averment.evaluation.bench.million import NAME, QUICK_SIZES, SIZES, measure, sizes
from averment.evaluation.bench.plan import POINTS, Plan
from averment.evaluation.bench.search import STEPS
from tests.evaluation.bench.conftest import check_rows


def test_the_curve_ends_at_the_size_asked_for(plan: Plan) -> None:
    full = replace(plan, is_quick=False)
    assert sizes(full) == list(SIZES)
    assert sizes(replace(full, points=50_000)) == [10_000, 30_000, 50_000]
    assert SIZES[-1] == POINTS


@pytest.mark.slow
def test_a_quick_run_tells_steps_memory_disk_and_making_at_every_size(plan: Plan) -> None:
    assert search.QUICK_SIZES == QUICK_SIZES, "both search the same corpora"
    rows = [row for row in measure(plan) if "routing" not in row.name]
    check_rows([row for row in rows if row.value], NAME)
    for size in QUICK_SIZES:
        names = [row.name.removeprefix(f"{size:,} chunks, ") for row in rows if row.name.startswith(f"{size:,} ")]
        assert {"disk", "building the graph", "memory of the process", "nearest 10 vectors that the graph finds"} <= {
            *names
        }
        assert {f"{text}, p50" for text in STEPS.values() if text != "routing"} <= set(names)
    assert not [row for row in rows if row.target], "the bars are for a million"
