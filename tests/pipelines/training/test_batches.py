"""No batch holds two rows about the same thing."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from averment.pipelines.training.batches import batch_sampler, like_batches, make_batches

KEYS = st.lists(st.frozensets(st.integers(0, 12).map(str), min_size=1, max_size=2), min_size=1, max_size=80)


@given(KEYS, st.integers(1, 8), st.integers(0, 99))
def test_keys_meet_in_no_batch_and_rows_come_once(keys: list[frozenset[str]], size: int, seed: int) -> None:
    batches = make_batches(keys, batch_size=size, seed=seed)
    assert batches == make_batches(keys, batch_size=size, seed=seed)
    assert batches
    rows = [row for batch in batches for row in batch]
    assert len(rows) == len(set(rows))
    for batch in batches:
        assert len(batch) <= size
        assert sum(len(keys[row]) for row in batch) == len(frozenset().union(*(keys[row] for row in batch)))
    assert len(batches) == 1 or all(len(batch) == size for batch in batches)


@pytest.mark.slow
def test_epochs_are_of_one_length_and_another_order() -> None:
    keys = [frozenset([str(number % 30)]) for number in range(100)]
    sampler = batch_sampler(lambda epoch: make_batches(keys, batch_size=8, seed=3 + epoch), batch_size=8)
    first = list(sampler)
    sampler.set_epoch(1)
    second = list(sampler)
    assert len(first) == len(second) == len(sampler)
    assert first != second
    sampler.set_epoch(0)
    assert list(sampler) == first


@given(st.lists(st.integers(0, 500), min_size=1, max_size=300), st.integers(1, 9), st.integers(0, 99))
def test_rows_of_like_length_stand_together(lengths: list[int], size: int, seed: int) -> None:
    batches = like_batches(lengths, batch_size=size, seed=seed)
    assert sorted(row for batch in batches for row in batch) == list(range(len(lengths)))
    assert all(0 < len(batch) <= size for batch in batches)
    if len(lengths) <= 40 * size:
        spans = sorted((min(lengths[row] for row in batch), max(lengths[row] for row in batch)) for batch in batches)
        assert all(one[1] <= other[0] for one, other in pairwise(spans))
