"""Brings scores to scale: a temperature for logits, a line through log-odds for likenesses."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_COLDEST: Final = 0.25
_HOTTEST: Final = 8.0
_TRIED: Final = 60
_ROUNDS: Final = 50
Line = tuple[float, float]


def fit_temperature(logits: "NDArray[np.floating]", labels: Sequence[int]) -> float:
    """Return by what logits `(n, labels)` are divided so that their probabilities fit best, 0.25 to 8; 1 of nothing."""
    import numpy as np

    values, right = np.asarray(logits, dtype=float), np.asarray(labels, dtype=int)
    if not len(values):
        return 1.0

    def loss(temperature: float) -> float:
        scaled = values / temperature
        scaled = scaled - scaled.max(axis=1, keepdims=True)
        normal = np.log(np.exp(scaled).sum(axis=1))
        return float((normal - scaled[np.arange(len(right)), right]).mean())

    tried = np.geomspace(_COLDEST, _HOTTEST, _TRIED)
    return float(min(tried, key=loss))


def fit_line(values: Sequence[float], labels: Sequence[bool]) -> Line:
    """Return slope and offset of the log-odds that fit best: logistic regression, held back a little."""
    import numpy as np

    x, y = np.asarray(values, dtype=float), np.asarray(labels, dtype=float)
    if not len(x):
        return 0.0, 0.0
    slope, offset = 0.0, 0.0
    for _ in range(_ROUNDS):
        p = 1 / (1 + np.exp(-(slope * x + offset)))
        weight = np.maximum(p * (1 - p), 1e-6)
        gradient = np.array([((p - y) * x).sum() + 1e-3 * slope, (p - y).sum()])
        hessian = np.array(
            [[(weight * x * x).sum() + 1e-3, (weight * x).sum()], [(weight * x).sum(), weight.sum() + 1e-9]]
        )
        step = np.linalg.solve(hessian, gradient)
        slope, offset = slope - float(step[0]), offset - float(step[1])
        if float(np.abs(step).max()) < 1e-8:
            break
    return slope, offset


def line_probability(line: Line, value: float) -> float:
    """Return the probability (0-1) of a value."""
    import math

    slope, offset = line
    return 1 / (1 + math.exp(-max(-60.0, min(60.0, slope * value + offset))))
