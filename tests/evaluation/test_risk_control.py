"""A threshold keeps its bound whatever scores and labels are; a set that is too small is refused with a number."""

import math
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from averment.core.errors import UsageError
from averment.evaluation.risk_control import (
    Bound,
    Labelled,
    Refusal,
    answers_needed,
    choose_threshold,
    risk_by_coverage,
    try_splits,
    upper_limit,
)

RISK, DELTA = 0.05, 0.05


@dataclass(frozen=True)
class Law:
    """How scores are drawn and how likely an answer with a score is wrong."""

    name: str
    wrong: Callable[[float], float]
    power: float = 1.0

    def draw(self, n: int, chance: random.Random) -> list[Labelled]:
        scores = [chance.random() ** self.power for _ in range(n)]
        return [Labelled(score, chance.random() >= self.wrong(score)) for score in scores]

    def risk_above(self, threshold: float) -> float:
        """Return the share of wrong answers at or above a threshold, by summing over the law itself."""
        steps = [(step + 0.5) / 20_000 for step in range(20_000)]
        reached = [score for score in (step**self.power for step in steps) if score >= threshold]
        return sum(map(self.wrong, reached)) / len(reached) if reached else 0.0


LAWS = (
    Law("falling", lambda score: 0.3 * (1 - score)),
    Law("steep", lambda score: 0.6 / (1 + math.exp(25 * (score - 0.4)))),
    Law("at the bound", lambda _: RISK * 1.01),
    Law("says nothing", lambda _: 0.03),
    Law("not monotone", lambda score: 0.10 if 0.6 < score < 0.8 else 0.02),
    Law("worst at the top", lambda score: 0.12 if score > 0.9 else 0.02),
    Law("few high scores", lambda score: 0.25 * (1 - score) ** 2, power=3.0),
)


@pytest.mark.slow
@pytest.mark.parametrize("law", LAWS, ids=lambda law: law.name)
def test_the_bound_is_kept_in_all_but_delta_of_the_sets(law: Law) -> None:
    chance = random.Random(20261123)
    broken, runs = 0, 400
    risks: dict[float, float] = {}
    for _ in range(runs):
        found = choose_threshold(law.draw(300, chance), risk=RISK, delta=DELTA)
        if isinstance(found, Bound):
            risks.setdefault(found.threshold, law.risk_above(found.threshold))
            broken += risks[found.threshold] > RISK
    # delta of 400 are 20; more than 34 would come by chance in one of a thousand such tests.
    assert broken <= 34


@pytest.mark.slow
def test_thresholds_of_one_half_hold_on_the_other() -> None:
    labelled = LAWS[1].draw(1_000, random.Random(3))
    found = try_splits(labelled, risk=RISK, delta=DELTA, n_splits=200, seed=5)
    assert found.n_bounded >= 190
    assert found.n_broken <= 0.1 * found.n_splits
    assert found.coverage is not None
    assert found.coverage > 0.3
    assert found == try_splits(labelled, risk=RISK, delta=DELTA, n_splits=200, seed=5)


def test_halves_that_are_too_small_give_no_threshold() -> None:
    found = try_splits([Labelled(0.5, is_right=True)] * 80, risk=RISK, delta=DELTA, n_splits=5, seed=0)
    assert (found.n_bounded, found.n_broken, found.coverage) == (0, 0, None)


@pytest.mark.parametrize(
    ("risk", "delta", "errors", "needed"),
    [(0.05, 0.05, 0, 59), (0.05, 0.05, 1, 93), (0.1, 0.05, 0, 29), (0.01, 0.05, 0, 299), (0.05, 0.1, 0, 45)],
)
def test_how_many_answers_are_needed(risk: float, delta: float, errors: int, needed: int) -> None:
    assert answers_needed(risk, delta=delta, errors=errors) == needed


@given(risk=st.floats(0.01, 0.5), delta=st.floats(0.01, 0.5))
def test_without_errors_the_number_is_the_logarithm(risk: float, delta: float) -> None:
    exact = math.log(delta) / math.log(1 - risk)
    assert answers_needed(risk, delta=delta) in {math.ceil(exact), math.ceil(exact - 1e-9), max(1, math.ceil(exact))}


@given(errors=st.integers(0, 6), risk=st.floats(0.02, 0.5), delta=st.floats(0.01, 0.3))
def test_the_number_needed_is_the_smallest_whose_upper_limit_is_within(errors: int, risk: float, delta: float) -> None:
    needed = answers_needed(risk, delta=delta, errors=errors)
    assert upper_limit(errors, needed, delta=delta) <= risk + 1e-9
    assert upper_limit(errors, needed - 1, delta=delta) > risk - 1e-9


def test_a_set_that_is_too_small_is_refused_with_the_number() -> None:
    found = choose_threshold([Labelled(0.9, is_right=True)] * 58, risk=RISK, delta=DELTA)
    assert isinstance(found, Refusal)
    assert (found.n, found.n_answered, found.n_wrong, found.n_needed) == (58, 58, 0, 59)
    assert isinstance(choose_threshold([Labelled(0.9, is_right=True)] * 59, risk=RISK, delta=DELTA), Bound)


def test_no_answers_at_all_are_refused() -> None:
    found = choose_threshold([], risk=RISK, delta=DELTA)
    assert isinstance(found, Refusal)
    assert (found.n_answered, found.n_needed) == (0, 59)


def test_where_too_many_are_wrong_more_labels_do_not_help() -> None:
    labelled = [Labelled(0.5, is_right=number % 5 > 0) for number in range(500)]
    found = choose_threshold(labelled, risk=RISK, delta=DELTA)
    assert isinstance(found, Refusal)
    assert (found.n_wrong, found.n_needed) == (100, None)


def test_the_lowest_threshold_that_is_shown_is_taken() -> None:
    labelled = [Labelled(0.8, is_right=True)] * 200 + [Labelled(0.305, is_right=False)] * 40
    found = choose_threshold(labelled, risk=RISK, delta=DELTA)
    assert isinstance(found, Bound)
    assert found.threshold == 0.31
    assert (found.n_answered, found.n_wrong) == (200, 0)
    assert found.coverage == pytest.approx(200 / 240)
    assert found.upper <= RISK


@given(st.lists(st.tuples(st.floats(0, 1), st.booleans()), max_size=150), st.randoms(use_true_random=False))
def test_order_does_not_matter_and_the_upper_limit_is_within(
    pairs: Sequence[tuple[float, bool]], chance: random.Random
) -> None:
    labelled = [Labelled(score, right) for score, right in pairs]
    found = choose_threshold(labelled, risk=0.3, delta=0.2)
    assert found == choose_threshold(chance.sample(labelled, len(labelled)), risk=0.3, delta=0.2)
    if isinstance(found, Bound):
        reached = [one for one in labelled if one.score >= found.threshold]
        assert found.n_answered == len(reached)
        assert found.n_wrong == sum(not one.is_right for one in reached)
        assert found.upper <= 0.3 + 1e-9


@pytest.mark.parametrize(("risk", "delta"), [(0.0, 0.05), (0.05, 1.0), (-1.0, 0.5)])
def test_levels_outside_the_open_interval_are_refused(risk: float, delta: float) -> None:
    with pytest.raises(UsageError, match="between 0 and 1"):
        choose_threshold([], risk=risk, delta=delta)


def test_the_curve_ends_with_everything_answered() -> None:
    points = risk_by_coverage(
        [Labelled(0.9, is_right=True), Labelled(0.2, is_right=False), Labelled(0.9, is_right=True)]
    )
    assert points == [(pytest.approx(2 / 3), 0.0), (1.0, pytest.approx(1 / 3))]
    assert risk_by_coverage([]) == []
