"""Measures against values worked out by hand, and the laws they obey."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from averment.pipelines.training.scores import Item, auc, calibration_error, difference, ranking_values, summarize


def test_a_ranking_is_measured() -> None:
    values = ranking_values([4, 2, 9, 7], [2, 7, 100], ks=(1, 2, 4))
    assert values["recall_at_1"] == 0
    assert values["recall_at_2"] == pytest.approx(1 / 3)
    assert values["recall_at_4"] == pytest.approx(2 / 3)
    assert values["reciprocal_rank"] == 0.5
    assert values["ndcg_10"] == pytest.approx((0.6309298 + 0.4306766) / (1 + 0.6309298 + 0.5))


@given(st.permutations(range(8)), st.sets(st.integers(0, 7), min_size=1))
def test_measures_of_rankings_stay_in_bounds_and_recall_grows(order: list[int], right: set[int]) -> None:
    values = ranking_values(order, sorted(right), ks=(1, 3, 8))
    assert all(0 <= value <= 1 + 1e-9 for value in values.values())
    assert values["recall_at_1"] <= values["recall_at_3"] <= values["recall_at_8"] == 1


def test_auc_counts_pairs() -> None:
    assert auc([0.1, 0.4, 0.35, 0.8], [False, False, True, True]) == 0.75
    assert auc([0.5, 0.5], [True, False]) == 0.5
    assert auc([0.5], [True]) is None


@given(st.lists(st.tuples(st.floats(0, 1), st.booleans()), min_size=2, max_size=30))
def test_turning_scores_round_turns_auc_round(rows: list[tuple[float, bool]]) -> None:
    scores, labels = [score for score, _ in rows], [label for _, label in rows]
    found = auc(scores, labels)
    if found is not None:
        turned = auc([-score for score in scores], labels)
        assert turned is not None
        assert found + turned == pytest.approx(1)


def test_calibration_compares_what_is_said_with_what_is() -> None:
    assert calibration_error([0.75] * 4, [True, True, True, False]) == pytest.approx(0)
    assert calibration_error([1.0, 1.0], [False, False]) == pytest.approx(1)
    assert calibration_error([], []) is None


def _items(values: list[float]) -> list[Item]:
    return [
        Item(item_id=str(n), document=str(n % 5), part="p", values={"m": value}, score=value, is_right=n % 2 == 0)
        for n, value in enumerate(values)
    ]


def test_figures_have_intervals_around_them() -> None:
    items = _items([n / 40 for n in range(40)])
    figures = summarize(items, seed=1)["p"]
    assert figures == summarize(items, seed=1)["p"]
    assert set(figures) == {"m", "auc", "calibration_error"}
    assert figures["m"].interval is not None
    assert figures["m"].value is not None
    assert figures["m"].interval[0] <= figures["m"].value <= figures["m"].interval[1]
    assert figures["m"].n == 40


def test_differences_are_paired() -> None:
    before, after = _items([n / 40 for n in range(40)]), _items([n / 40 + 0.1 for n in range(40)])
    gained = difference(before, after, seed=0)["p"]["m"]
    assert gained.value == pytest.approx(0.1)
    assert gained.interval == pytest.approx((0.1, 0.1))
    with pytest.raises(ValueError, match="same items"):
        difference(before, after[1:], seed=0)
