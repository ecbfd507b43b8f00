"""Buckets: a burst of a minute's worth, then as many as the minute gives back."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from averment.core.testing.clock import FixedClock
from averment.service.admission import rates
from averment.service.admission.rates import Rates


def test_a_bucket_holds_a_minutes_worth_and_fills_evenly() -> None:
    clock = FixedClock()
    buckets = Rates(clock)
    assert [buckets.take("a", per_minute=3).remaining for _ in range(3)] == [2, 1, 0]
    refused = buckets.take("a", per_minute=3)
    assert (refused.is_spent, refused.retry_after_s, refused.full_in_s) == (True, 20, 60)
    assert not buckets.take("b", per_minute=3).is_spent, "others have their own"
    clock.advance(20)
    assert not buckets.take("a", per_minute=3).is_spent
    assert buckets.take("a", per_minute=3).is_spent
    clock.advance(60)
    assert buckets.peek("a", per_minute=3).remaining == buckets.peek("a", per_minute=3).remaining == 2


@given(st.integers(1, 50), st.lists(st.floats(0, 90), max_size=200))
def test_no_more_go_through_than_a_burst_and_what_the_time_gives(per_minute: int, pauses_s: list[float]) -> None:
    clock = FixedClock()
    buckets = Rates(clock)
    n_let_in, passed_s = 0, 0.0
    for pause_s in pauses_s:
        clock.advance(pause_s)
        passed_s += pause_s
        found = buckets.take("a", per_minute=per_minute)
        n_let_in += not found.is_spent
        assert 0 <= found.remaining <= per_minute
        assert n_let_in <= per_minute + passed_s * per_minute / 60 + 1e-3


@given(st.integers(1, 600))
def test_waiting_as_long_as_one_is_told_is_enough(per_minute: int) -> None:
    clock = FixedClock()
    buckets = Rates(clock)
    while not (refused := buckets.take("a", per_minute=per_minute)).is_spent:
        pass
    clock.advance(refused.retry_after_s)
    assert not buckets.take("a", per_minute=per_minute).is_spent


def test_names_without_number_cost_no_memory_and_empty_buckets_stay_empty(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rates, "MAX_NAMES", 10)
    buckets = Rates(FixedClock())
    for _ in range(5):
        buckets.take("busy", per_minute=5)
    for number in range(100):
        buckets.take(f"passing {number}", per_minute=5)
    assert len(buckets._full_at_s) <= 11
    assert buckets.take("busy", per_minute=5).is_spent
