"""The exact interval of a share (Clopper and Pearson, 1934), by bisection over the binomial distribution."""

import math
from collections.abc import Callable
from typing import Final

LEVEL: Final = 0.95
_HALVINGS: Final = 60


def exact_interval(k: int, n: int, *, level: float = LEVEL) -> tuple[float, float]:
    """Return the lower and upper limit, 0-1, of the share of which `k` of `n` were seen.

    Args:
        k: How many were seen, 0 to n.
        n: Of how many; 0 gives (0, 1): nothing is known.
        level: Confidence, 0-1: each limit is missed with at most half of what it lacks to 1.

    Example:
        >>> [round(limit, 4) for limit in exact_interval(2, 20)]
        [0.0123, 0.317]
    """
    if not 0 <= k <= n or not 0 < level < 1:
        raise ValueError(f"{k} of {n} at level {level} is no share")
    tail = (1 - level) / 2
    lower = 0.0 if k == 0 else _solve(lambda share: 1 - at_most(k - 1, n, share=share), tail)
    upper = 1.0 if k == n else 1 - _solve(lambda share: at_most(k, n, share=1 - share), tail)
    return lower, upper


def _solve(rising: Callable[[float], float], target: float) -> float:
    """Return where a function that rises from 0 to 1 over 0 to 1 reaches a target."""
    low, high = 0.0, 1.0
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        low, high = (middle, high) if rising(middle) < target else (low, middle)
    return (low + high) / 2


def at_most(k: int, n: int, *, share: float) -> float:
    """Return the probability of at most `k` of `n`, each with the probability `share` (0-1)."""
    if share <= 0:
        return 1.0
    if share >= 1:
        return 1.0 if k >= n else 0.0
    chances = (
        math.exp(
            math.lgamma(n + 1)
            - math.lgamma(i + 1)
            - math.lgamma(n - i + 1)
            + i * math.log(share)
            + (n - i) * math.log1p(-share)
        )
        for i in range(k + 1)
    )
    return min(1.0, math.fsum(chances))
