"""The memory benchmark runs in a process of its own, and a process's family is found."""

import os
import subprocess
import sys

import pytest

from averment.evaluation.bench.memory import NAME, family, measure, resident
from averment.evaluation.bench.plan import Plan
from tests.evaluation.bench.conftest import check_rows


def test_the_family_of_a_process_holds_its_children() -> None:
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as child:
        assert {os.getpid(), child.pid} <= set(family(os.getpid()))
        child.communicate(b"\n")
    assert child.pid not in set(family(os.getpid()))


def test_the_peak_is_at_least_what_is_held_now() -> None:
    now, peak = resident(os.getpid())
    assert 0 < now <= peak
    assert resident(2**22 + 1) == (0, 0)


@pytest.mark.slow
def test_a_quick_run_gives_figures(plan: Plan) -> None:
    rows = measure(plan)
    check_rows(rows, NAME)
    total, own, _, parser, together = (row.value or 0.0 for row in rows)
    assert total == pytest.approx(own + parser)
    # Sampled by different means, the two agree to a hundredth.
    assert 0 < together <= 1.01 * total
