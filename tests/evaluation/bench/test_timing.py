"""Rounds alternate, and quantiles are values that were really taken."""

import time

from hypothesis import given
from hypothesis import strategies as st

from averment.evaluation.bench.timing import alternate, processor_seconds, quantile, seconds


def test_rounds_alternate_and_take_turns_in_going_first() -> None:
    order: list[str] = []

    def task(name: str) -> float:
        order.append(name)
        return float(len(order))

    pair = alternate(lambda: task("ours"), lambda: task("baseline"), rounds=3)
    assert order == ["ours", "baseline", "baseline", "ours", "ours", "baseline"]
    assert pair.ours == (1.0, 4.0, 5.0)
    assert pair.ours_s == 4.0
    assert pair.baseline_s == 3.0
    assert pair.detail()["rounds"] == 3


def test_seconds_runs_the_task_once() -> None:
    runs: list[int] = []
    assert seconds(lambda: runs.append(1)) >= 0
    assert runs == [1]


def test_waiting_is_no_processor_time() -> None:
    def wait() -> None:
        time.sleep(0.2)

    assert processor_seconds(wait) < 0.15 < seconds(wait)


@given(st.lists(st.floats(allow_nan=False, allow_infinity=False), min_size=1), st.floats(min_value=0, max_value=1))
def test_a_quantile_is_one_of_the_values_and_enough_lie_at_or_below_it(values: list[float], share: float) -> None:
    found = quantile(values, share)
    assert found in values
    assert sum(value <= found for value in values) >= int(share * 1000) * len(values) / 1000


def test_the_known_quantiles_of_a_hundred_values() -> None:
    values = [float(n) for n in range(1, 101)]
    assert (quantile(values, 0.5), quantile(values, 0.99), quantile(values, 1)) == (50.0, 99.0, 100.0)
