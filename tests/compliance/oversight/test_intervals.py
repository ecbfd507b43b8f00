"""The exact interval against published values, scipy's inverse beta function, and what it must always hold."""

import pytest

from averment.compliance.oversight.intervals import exact_interval


@pytest.mark.parametrize(
    ("k", "n", "lower", "upper"),
    [(0, 10, 0.0, 0.3085), (2, 20, 0.0123, 0.3170), (5, 10, 0.1871, 0.8129), (20, 20, 0.8316, 1.0), (0, 0, 0.0, 1.0)],
)
def test_known_intervals(k: int, n: int, lower: float, upper: float) -> None:
    found = exact_interval(k, n)
    assert list(found) == pytest.approx([lower, upper], abs=5e-5)


def test_agreement_with_the_inverse_beta_function() -> None:
    special = pytest.importorskip("scipy.special")
    for n in (1, 7, 60, 400):
        for k in range(0, n + 1, max(1, n // 5)):
            lower, upper = exact_interval(k, n, level=0.9)
            assert lower == pytest.approx(special.betaincinv(k, n - k + 1, 0.05) if k else 0.0, abs=1e-9)
            assert upper == pytest.approx(special.betaincinv(k + 1, n - k, 0.95) if k < n else 1.0, abs=1e-9)


@pytest.mark.parametrize(("k", "n", "level"), [(3, 2, 0.95), (-1, 2, 0.95), (1, 2, 1.0)])
def test_what_is_no_share_is_refused(k: int, n: int, level: float) -> None:
    with pytest.raises(ValueError, match="is no share"):
        exact_interval(k, n, level=level)
