"""How good a ranking or a classifier is, item by item, with intervals over documents.

Questions about one document are no independent observations. Intervals therefore draw documents, not questions.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

RESAMPLES: Final = 1_000
BINS: Final = 10
_DEPTH: Final = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """What one question or claim scored: values by measure, all between 0 and 1, higher is better.

    `document` is the content hash of the document it is about; `score` and `is_right`, where given, are a classifier's
    probability and the label.
    """

    item_id: str
    document: str
    part: str
    values: Mapping[str, float]
    score: float | None = None
    is_right: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """A measure over items: their number, the value, and its 95 % interval; None where it cannot be told."""

    n: int
    value: float | None
    interval: tuple[float, float] | None


def ranking_values(order: Sequence[int], relevant: Sequence[int], *, ks: Sequence[int]) -> dict[str, float]:
    """Return recall at each k, the reciprocal rank of the first right one, and nDCG at 10.

    Args:
        order: What was ranked, best first; what is not in it was not found.
        relevant: What is right, one or more.
        ks: Depths, 1 or more.
    """
    right = frozenset(relevant)
    ranks = [rank for rank, place in enumerate(order, start=1) if place in right]
    gain = sum(1 / math.log2(rank + 1) for rank in ranks if rank <= _DEPTH)
    best = sum(1 / math.log2(rank + 1) for rank in range(1, min(len(right), _DEPTH) + 1))
    return {
        **{f"recall_at_{k}": sum(rank <= k for rank in ranks) / len(right) for k in ks},
        "reciprocal_rank": 1 / ranks[0] if ranks else 0.0,
        "ndcg_10": gain / best,
    }


def auc(scores: "Sequence[float] | NDArray[np.float64]", labels: "Sequence[bool] | NDArray[np.bool_]") -> float | None:
    """Return how likely a right item scores above a wrong one, ties counting half; None without both."""
    import numpy as np

    values, right = np.asarray(scores, dtype=float), np.asarray(labels, dtype=bool)
    n_right, n_wrong = int(right.sum()), int((~right).sum())
    if not n_right or not n_wrong:
        return None
    _, place, counts = np.unique(values, return_inverse=True, return_counts=True)
    ranks = (np.cumsum(counts) - (counts - 1) / 2)[place]
    return float((ranks[right].sum() - n_right * (n_right + 1) / 2) / (n_right * n_wrong))


def calibration_error(
    scores: "Sequence[float] | NDArray[np.float64]", labels: "Sequence[bool] | NDArray[np.bool_]"
) -> float | None:
    """Return the expected calibration error over ten bins of equal width; None of nothing."""
    import numpy as np

    values, right = np.asarray(scores, dtype=float), np.asarray(labels, dtype=float)
    if not len(values):
        return None
    bins = np.minimum((values * BINS).astype(int), BINS - 1)
    error = 0.0
    for number in range(BINS):
        inside = bins == number
        if inside.any():
            error += float(inside.mean() * abs(values[inside].mean() - right[inside].mean()))
    return error


def summarize(items: Sequence[Item], *, seed: int) -> dict[str, dict[str, Figure]]:
    """Return the figures of every part of the items: the mean of each measure, and AUC and calibration of classifiers.

    Args:
        items: What was measured.
        seed: For the intervals.
    """
    parts = dict.fromkeys(item.part for item in items)
    return {part: _part([item for item in items if item.part == part], seed) for part in parts}


def _part(items: Sequence[Item], seed: int) -> dict[str, Figure]:
    import numpy as np

    groups = _groups(items)
    measures = dict.fromkeys(name for item in items for name in item.values)
    figures = {}
    for measure in measures:
        values = np.array([item.values[measure] for item in items])
        figures[measure] = _figure(_mean_of(values), groups, seed=seed)
    rated = [item for item in items if item.score is not None and item.is_right is not None]
    if rated and len(rated) == len(items):
        scores = np.array([item.score for item in items], dtype=float)
        labels = np.array([item.is_right for item in items], dtype=bool)
        for name, measure_of in (("auc", auc), ("calibration_error", calibration_error)):
            figures[name] = _figure(_rate_of(measure_of, scores=scores, labels=labels), groups, seed=seed)
    return figures


def difference(before: Sequence[Item], after: Sequence[Item], *, seed: int) -> dict[str, dict[str, Figure]]:
    """Return what changed between two measurements of the same items, part by part, with paired intervals.

    Raises:
        ValueError: They are not the same items.
    """
    import numpy as np

    if [item.item_id for item in before] != [item.item_id for item in after]:
        raise ValueError("expected two measurements of the same items in the same order")
    found: dict[str, dict[str, Figure]] = {}
    for part in dict.fromkeys(item.part for item in before):
        old = [item for item in before if item.part == part]
        new = [item for item in after if item.part == part]
        groups = _groups(old)
        found[part] = {}
        for measure in old[0].values:
            gains = np.array([b.values[measure] - a.values[measure] for a, b in zip(old, new, strict=True)])
            found[part][measure] = _figure(_mean_of(gains), groups, seed=seed)
    return found


def _mean_of(values: "NDArray[np.float64]") -> "Callable[[NDArray[np.int64]], float | None]":
    return lambda chosen: float(values[chosen].mean())


def _rate_of(
    measure: "Callable[[NDArray[np.float64], NDArray[np.bool_]], float | None]",
    *,
    scores: "NDArray[np.float64]",
    labels: "NDArray[np.bool_]",
) -> "Callable[[NDArray[np.int64]], float | None]":
    return lambda chosen: measure(scores[chosen], labels[chosen])


def _groups(items: Sequence[Item]) -> "list[NDArray[np.int64]]":
    import numpy as np

    places: dict[str, list[int]] = {}
    for place, item in enumerate(items):
        places.setdefault(item.document, []).append(place)
    return [np.array(found, dtype=np.int64) for found in places.values()]


def _figure(
    measure: "Callable[[NDArray[np.int64]], float | None]", groups: "Sequence[NDArray[np.int64]]", *, seed: int
) -> Figure:
    import numpy as np

    everything = np.concatenate(groups)
    value = measure(everything)
    generator = np.random.default_rng(seed)
    drawn = []
    for _ in range(RESAMPLES):
        chosen = generator.integers(0, len(groups), len(groups))
        found = measure(np.concatenate([groups[number] for number in chosen]))
        if found is not None:
            drawn.append(found)
    if value is None or not drawn:
        return Figure(n=len(everything), value=value, interval=None)
    low, high = np.quantile(drawn, [0.025, 0.975])
    return Figure(n=len(everything), value=value, interval=(float(low), float(high)))
