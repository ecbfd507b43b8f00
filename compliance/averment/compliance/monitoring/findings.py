"""Holds the shares of a window against thresholds: what is within, what is beyond, what cannot be told.

Beyond `at-most` is a share that is higher than the limit by more than chance; beyond a `rise` one that is higher than
in the reference by more than chance, and by more than the threshold. Chance is what the exact tests of
`averment.compliance.monitoring.significance` leave at the level alpha, corrected over all thresholds of the window.
With fewer cases than `min_n` nothing is said. Pure.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from averment.compliance.monitoring.indicators import Share
from averment.compliance.monitoring.plan import Threshold
from averment.compliance.monitoring.significance import holm, p_above, p_risen

Outcome = Literal["within", "breached", "too-few", "no-reference", "no-threshold"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """An indicator in a window, against one threshold or none.

    `p` is corrected (0-1), None where nothing was tested; `threshold` is its code.
    """

    indicator: str
    share: Share
    reference: Share | None
    threshold: str | None
    p: float | None
    outcome: Outcome


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """`alpha` for a whole window (0-1), and the least number of cases."""

    alpha: float
    min_n: int


def find(
    shares: Mapping[str, Share],
    *,
    reference: Mapping[str, Share] | None,
    thresholds: Sequence[Threshold],
    rules: Rules,
) -> list[Finding]:
    """Return a finding for every threshold, and one for every indicator that has none.

    Args:
        shares: The window's, by indicator.
        reference: Those it is compared with; None where the window lies in that time or before its end.
        thresholds: Those that were set before the window.
        rules: When to raise an alarm.
    """
    tested = [_tested(one, shares[one.indicator], reference, rules) for one in thresholds]
    asked = [place for place, finding in enumerate(tested) if finding.p is not None]
    for place, p in zip(asked, holm([p for one in tested if (p := one.p) is not None]), strict=True):
        is_beyond = p <= rules.alpha and _exceeds(tested[place], thresholds[place])
        tested[place] = replace(tested[place], p=p, outcome="breached" if is_beyond else "within")
    watched = {one.indicator for one in thresholds}
    bare = [
        Finding(
            indicator=code,
            share=share,
            reference=None if reference is None else reference[code],
            threshold=None,
            p=None,
            outcome="no-threshold",
        )
        for code, share in shares.items()
        if code not in watched
    ]
    return [*tested, *bare]


def _tested(threshold: Threshold, share: Share, reference: Mapping[str, Share] | None, rules: Rules) -> Finding:
    compared = None if reference is None else reference[threshold.indicator]
    p, outcome = _p_value(threshold, share, compared, rules)
    return Finding(
        indicator=threshold.indicator,
        share=share,
        reference=compared,
        threshold=threshold.code,
        p=p,
        outcome=outcome,
    )


def _p_value(threshold: Threshold, share: Share, reference: Share | None, rules: Rules) -> tuple[float | None, Outcome]:
    if share.n < rules.min_n:
        return None, "too-few"
    if threshold.kind == "at-most":
        return p_above(share.count, share.n, limit=float(threshold.value)), "within"
    if reference is None:
        return None, "no-reference"
    if reference.n < rules.min_n:
        return None, "too-few"
    return p_risen(share.count, share.n, reference_k=reference.count, reference_n=reference.n), "within"


def _exceeds(finding: Finding, threshold: Threshold) -> bool:
    if threshold.kind == "at-most" or finding.reference is None:
        return finding.share.value > threshold.value
    return finding.share.value - finding.reference.value > threshold.value
