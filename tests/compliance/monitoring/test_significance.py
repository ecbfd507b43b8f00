import math
from itertools import pairwise

import pytest

from averment.compliance.monitoring.significance import holm, p_above, p_risen


@pytest.mark.parametrize(("k", "n", "limit"), [(0, 10, 0.2), (3, 10, 0.2), (10, 10, 0.2), (60, 200, 0.2), (5, 9, 0.0)])
def test_the_binomial_tail_is_the_sum_of_its_terms(k: int, n: int, limit: float) -> None:
    terms = [math.comb(n, i) * limit**i * (1 - limit) ** (n - i) for i in range(k, n + 1)]
    assert p_above(k, n, limit=limit) == pytest.approx(math.fsum(terms), abs=1e-12)


@pytest.mark.parametrize(("k", "n", "m", "total"), [(0, 5, 0, 5), (3, 4, 1, 4), (8, 10, 1, 6), (40, 90, 20, 400)])
def test_fishers_test_counts_the_tables_that_are_as_far_off(k: int, n: int, m: int, total: int) -> None:
    seen = k + m
    whole = math.comb(n + total, n)
    tables = [math.comb(seen, i) * math.comb(n + total - seen, n - i) for i in range(k, min(n, seen) + 1)]
    assert p_risen(k, n, reference_k=m, reference_n=total) == pytest.approx(sum(tables) / whole, rel=1e-9)


def test_the_lady_who_tastes_tea() -> None:
    # R. A. Fisher, The Design of Experiments (1935), chapter II: 3 of 4 right give 17 of 70.
    assert p_risen(3, 4, reference_k=1, reference_n=4) == pytest.approx(17 / 70)


def test_more_cases_of_the_kind_are_never_less_striking() -> None:
    chances = [p_risen(k, 60, reference_k=10, reference_n=200) for k in range(61)]
    assert all(later <= earlier for earlier, later in pairwise(chances))


def test_the_correction_follows_holm_and_keeps_the_order() -> None:
    assert holm([0.01, 0.04, 0.03]) == pytest.approx([0.03, 0.06, 0.06])
    assert holm([0.5, 0.9]) == pytest.approx([1.0, 1.0])
    assert holm([]) == []


def test_what_is_no_share_is_refused() -> None:
    with pytest.raises(ValueError, match="3 of 2"):
        p_above(3, 2, limit=0.5)
    with pytest.raises(ValueError, match="2 of 1"):
        p_risen(1, 2, reference_k=2, reference_n=1)
