"""Character recall within a budget."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from averment.evaluation.alignment import AlignedSpan
from averment.evaluation.metrics import BUDGET_CHARS, KS, Found, GoldUnit, by_category, interval, mean, sample, score


def unit(*spans: tuple[str, int, int], n_letters: int | None = None) -> GoldUnit:
    return GoldUnit(
        alternatives=tuple(
            (doc, AlignedSpan(n_letters=n_letters or end - start, positions=np.arange(start, end)))
            for doc, start, end in spans
        )
    )


FOUND = st.lists(
    st.tuples(st.sampled_from("ab"), st.integers(0, 9_000), st.integers(1, 3_000)).map(
        lambda t: Found(t[0], t[1], t[1] + t[2])
    ),
    max_size=12,
)


@given(FOUND)
def test_recall_grows_with_k_and_stays_within_bounds(found: list[Found]) -> None:
    result = score(found, [unit(("a", 100, 700)), unit(("b", 0, 50))], doc_ids=["a"])
    assert list(result.recall) == sorted(result.recall)
    assert all(0 <= value <= 1 for value in result.recall)
    assert all(hit == (recall > 0) for hit, recall in zip(result.hit, result.recall, strict=True))


@given(FOUND)
def test_what_is_retrieved_twice_counts_once(found: list[Found]) -> None:
    gold = [unit(("a", 100, 700))]
    once = score(found, gold, doc_ids=["a"]).recall[-1]
    assert score(found + found, gold, doc_ids=["a"]).recall[-1] >= once
    assert score([Found("a", 100, 400)] * 5, gold, doc_ids=["a"]).recall[-1] == pytest.approx(0.5)


def test_the_budget_ends_inside_a_passage() -> None:
    result = score([Found("a", 0, 2 * BUDGET_CHARS)], [unit(("a", 0, 2 * BUDGET_CHARS))], doc_ids=["a"])
    assert result.recall[:2] == (0.5, 1.0)


def test_one_alternative_is_enough_and_every_other_span_is_needed() -> None:
    alternatives = unit(("a", 0, 100), ("b", 0, 100))
    assert score([Found("b", 0, 100)], [alternatives], doc_ids=["a"]).recall[0] == 1.0
    both = [unit(("a", 0, 100)), unit(("b", 0, 300))]
    assert score([Found("b", 0, 300)], both, doc_ids=["a"]).recall[0] == pytest.approx(0.75)


def test_gold_that_was_not_aligned_is_missed() -> None:
    half = unit(("a", 0, 50), n_letters=100)
    assert score([Found("a", 0, 500)], [half], doc_ids=["a"]).recall[-1] == 0.5


def test_documents() -> None:
    found = [Found("x", 0, 1), Found("a", 0, 1), Found("y", 0, 1), Found("z", 0, 1), Found("b", 0, 1)]
    result = score(found, [unit(("a", 0, 1))], doc_ids=["a", "b"])
    assert not result.is_document_first
    assert result.gold_documents_ranked == 0.5
    assert score([], [unit(("a", 0, 1))], doc_ids=["a"]).recall == (0.0,) * len(KS)


def test_summaries() -> None:
    assert mean([]) is None
    assert interval([], seed=1) is None
    low, high = interval([0.0, 1.0] * 50, seed=1) or (0, 0)
    assert 0.35 < low < 0.5 < high < 0.65
    assert interval([0.0, 1.0] * 50, seed=1) == (low, high)
    assert by_category({"q1": 1.0, "q2": 0.0, "q3": 1.0}, {"q1": "b", "q2": "b", "q3": "a"}) == {
        "a": (1, 1.0),
        "b": (2, 0.5),
    }
    assert sample(5, None, seed=0) == [0, 1, 2, 3, 4]
    assert sample(100, 10, seed=3) == sample(100, 10, seed=3) == sorted(sample(100, 10, seed=3))
