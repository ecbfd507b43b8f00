"""Thresholds with a stated bound, by Learn then Test (Angelopoulos, Bates, Candès, Jordan, Lei 2021).

From labelled answers, each a score and whether it was right, comes the lowest threshold such that, with probability
`1 - delta` over the labelled set, at most a share `risk` of the answers at or above it is wrong. Thresholds are a grid
that is fixed beforehand, tested from the highest down, each by the exact binomial test of "more than `risk` are wrong";
the first test that fails ends the sequence, so that no share of `delta` is spent on the number of tests.

The first threshold tested is the highest with enough answers above it. How many are enough follows from the size of
the set alone, never from its labels. Above a fixed threshold the number of wrong answers is binomial given how many
there are, so each test holds at its level. Where risk does not fall as the threshold is lowered, the sequence does,
too: a threshold that comes first because the one before had too few answers is riskier than that one, and so is what
lies between them. Answers must be drawn like those to come; nothing is said about answers of another kind.
"""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from averment.core.errors import UsageError

GRID: Final = tuple(step / 100 for step in range(100, -1, -1))
ERRORS_ALLOWED: Final = 3
"""How many wrong answers the first test shall bear, where the set is large enough: one that bears none often fails."""


@dataclass(frozen=True, slots=True)
class Labelled:
    """An answer that was labelled: its score, 0-1, and whether it was right."""

    score: float
    is_right: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Bound:
    """A threshold: of the `n` labelled answers `n_answered` reach it, of those `n_wrong` are wrong.

    `upper` is the Clopper-Pearson upper limit of the share of wrong answers at level `1 - delta`, at most `risk`.
    """

    threshold: float
    risk: float
    delta: float
    n: int
    n_answered: int
    n_wrong: int
    upper: float

    @property
    def coverage(self) -> float:
        """Return the share of the labelled answers that reach the threshold."""
        return self.n_answered / self.n


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """Why there is no threshold: at the first one tested, `n_wrong` of `n_answered` answers were wrong.

    `n_needed` says with how many answers at that threshold as many wrong ones would have passed; None where more than
    `risk` of them were wrong, so that more labels alone do not help.
    """

    risk: float
    delta: float
    n: int
    n_answered: int
    n_wrong: int
    n_needed: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Splits:
    """What became of thresholds from one half of the set on the other half.

    `n_bounded` halves gave a threshold; on the rest of `n_broken` of these more than `risk` of the answers were wrong.
    Where there was no threshold nothing is broken, as nothing is promised. `coverage` is the mean share of the rest
    that was answered; None where no half gave a threshold. Two halves of one small set are no independent sets: where
    one has few wrong answers the other has the more.
    """

    n_splits: int
    n_bounded: int
    n_broken: int
    coverage: float | None


def answers_needed(risk: float, *, delta: float, errors: int = 0) -> int:
    """Return how many answers it takes to show that at most a share `risk` is wrong when `errors` of them are.

    Raises:
        UsageError: `risk` or `delta` is not between 0 and 1.

    Example:
        >>> answers_needed(0.05, delta=0.05), answers_needed(0.05, delta=0.05, errors=1)
        (59, 93)
    """
    _check_levels(risk, delta)
    low, high = errors, errors + 1
    while _p_value(errors, high, risk) > delta:
        low, high = high, 2 * high
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if _p_value(errors, middle, risk) <= delta else (middle, high)
    return high


def choose_threshold(labelled: Sequence[Labelled], *, risk: float, delta: float) -> Bound | Refusal:
    """Return the lowest threshold that is shown to keep the bound, or why there is none.

    Args:
        labelled: Answers drawn like those to come, in any order.
        risk: Largest share of wrong answers, 0-1.
        delta: Probability, 0-1, of a set that leads to a threshold that does not keep it.

    Raises:
        UsageError: `risk` or `delta` is not between 0 and 1.
    """
    _check_levels(risk, delta)
    enough = _enough(len(labelled), risk=risk, delta=delta)
    last: tuple[float, int, int] | None = None
    for threshold, n_answered, n_wrong in _reaching(labelled):
        if n_answered < enough and threshold > GRID[-1]:
            continue
        if n_answered < enough or _p_value(n_wrong, n_answered, risk) > delta:
            if last is None:
                return _refused(len(labelled), n_answered, n_wrong, risk=risk, delta=delta)
            break
        last = threshold, n_answered, n_wrong
    assert last is not None, "the last threshold is tested or refused"
    threshold, n_answered, n_wrong = last
    return Bound(
        threshold=threshold,
        risk=risk,
        delta=delta,
        n=len(labelled),
        n_answered=n_answered,
        n_wrong=n_wrong,
        upper=upper_limit(n_wrong, n_answered, delta=delta),
    )


def upper_limit(n_wrong: int, n: int, *, delta: float) -> float:
    """Return the Clopper-Pearson upper limit of a share at level `1 - delta`; 1 for no answers."""
    from scipy.special import betaincinv

    return 1.0 if n_wrong >= n else float(betaincinv(n_wrong + 1, n - n_wrong, 1 - delta))


def try_splits(labelled: Sequence[Labelled], *, risk: float, delta: float, n_splits: int, seed: int) -> Splits:
    """Choose a threshold on random halves and count how often the other half keeps the bound."""
    chance = random.Random(seed)
    n_bounded = n_broken = 0
    coverage = 0.0
    for _ in range(n_splits):
        shuffled = chance.sample(list(labelled), len(labelled))
        half = len(shuffled) // 2
        found = choose_threshold(shuffled[:half], risk=risk, delta=delta)
        if isinstance(found, Refusal):
            continue
        rest = shuffled[half:]
        answered = [one for one in rest if one.score >= found.threshold]
        n_bounded += 1
        n_broken += sum(not one.is_right for one in answered) > risk * len(answered)
        coverage += len(answered) / len(rest)
    return Splits(
        n_splits=n_splits, n_bounded=n_bounded, n_broken=n_broken, coverage=coverage / n_bounded if n_bounded else None
    )


def risk_by_coverage(labelled: Sequence[Labelled]) -> list[tuple[float, float]]:
    """Return (coverage, share wrong) from the highest score down, answers of one score together."""
    points: list[tuple[float, float]] = []
    ordered = sorted(labelled, key=lambda one: -one.score)
    n_wrong = 0
    for number, one in enumerate(ordered, start=1):
        n_wrong += not one.is_right
        if number == len(ordered) or ordered[number].score != one.score:
            points.append((number / len(ordered), n_wrong / number))
    return points


def _reaching(labelled: Sequence[Labelled]) -> Iterator[tuple[float, int, int]]:
    """Yield each threshold of the grid with how many answers reach it and how many of those are wrong."""
    ordered = sorted(labelled, key=lambda one: -one.score)
    n_answered = n_wrong = 0
    for threshold in GRID:
        while n_answered < len(ordered) and ordered[n_answered].score >= threshold:
            n_wrong += not ordered[n_answered].is_right
            n_answered += 1
        yield threshold, n_answered, n_wrong


def _enough(n: int, *, risk: float, delta: float) -> int:
    """Return how many answers the first test takes: half of the set, within what bears no and a few wrong answers."""
    least = answers_needed(risk, delta=delta)
    return max(least, min(answers_needed(risk, delta=delta, errors=ERRORS_ALLOWED), n // 2))


def _p_value(n_wrong: int, n: int, risk: float) -> float:
    """Return the probability of at most `n_wrong` among `n` where each is wrong with probability `risk`."""
    from scipy.special import bdtr

    return float(bdtr(n_wrong, n, risk))


def _refused(n: int, n_answered: int, n_wrong: int, *, risk: float, delta: float) -> Refusal:
    is_within = n_answered == 0 or n_wrong / n_answered < risk
    return Refusal(
        risk=risk,
        delta=delta,
        n=n,
        n_answered=n_answered,
        n_wrong=n_wrong,
        n_needed=answers_needed(risk, delta=delta, errors=n_wrong) if is_within else None,
    )


def _check_levels(risk: float, delta: float) -> None:
    for name, value in (("risk", risk), ("delta", delta)):
        if not 0 < value < 1:
            raise UsageError(f"{name} is {value!r}, expected a number between 0 and 1", hint=f"--{name} 0.05")
