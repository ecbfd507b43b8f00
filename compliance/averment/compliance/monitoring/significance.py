"""Tests whether a share went up, and the correction for asking of many shares at once.

Exact one-sided tests: the binomial distribution against a fixed limit; Fisher's exact test (R. A. Fisher, Statistical
Methods for Research Workers, 5th ed. 1934, section 21.02) against a reference. Correction: S. Holm, A simple
sequentially rejective multiple test procedure, Scandinavian Journal of Statistics 6 (1979), which holds whatever the
dependence between the tests. All take cases as independent of each other; questions of one person about one document
are not quite.
"""

import math
from collections.abc import Sequence

from averment.compliance.oversight.intervals import at_most


def p_above(k: int, n: int, *, limit: float) -> float:
    """Return the probability of `k` or more of `n` where each has the probability `limit` (0-1).

    Example:
        >>> round(p_above(9, 10, limit=0.5), 6)
        0.010742
    """
    _check(k, n)
    return 1.0 if k == 0 else max(0.0, 1 - at_most(k - 1, n, share=limit))


def p_risen(k: int, n: int, *, reference_k: int, reference_n: int) -> float:
    """Return the probability of `k` or more of `n` where the share is that of the reference (Fisher's exact test).

    Example:
        >>> round(p_risen(8, 10, reference_k=1, reference_n=6), 6)
        0.024476
    """
    _check(k, n)
    _check(reference_k, reference_n)
    seen, total = k + reference_k, n + reference_n
    whole = _log_choose(total, n)
    chances = (
        math.exp(_log_choose(seen, i) + _log_choose(total - seen, n - i) - whole)
        for i in range(max(k, n - (total - seen)), min(n, seen) + 1)
    )
    return min(1.0, math.fsum(chances))


def holm(values: Sequence[float]) -> list[float]:
    """Return p-values corrected for their number, in the order given.

    Example:
        >>> holm([0.01, 0.04, 0.03])
        [0.03, 0.06, 0.06]
    """
    corrected = [0.0] * len(values)
    highest = 0.0
    for rank, place in enumerate(sorted(range(len(values)), key=values.__getitem__)):
        highest = max(highest, min(1.0, (len(values) - rank) * values[place]))
        corrected[place] = highest
    return corrected


def _check(k: int, n: int) -> None:
    if not 0 <= k <= n:
        raise ValueError(f"{k} of {n} is no share")


def _log_choose(n: int, k: int) -> float:
    return math.lgamma(n + 1) - math.lgamma(k + 1) - math.lgamma(n - k + 1)
