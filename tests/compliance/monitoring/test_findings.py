import datetime
import random
from decimal import Decimal
from typing import Literal

import pytest

from averment.compliance.monitoring.findings import Outcome, Rules, find
from averment.compliance.monitoring.indicators import Share
from averment.compliance.monitoring.plan import Threshold

RULES = Rules(alpha=0.01, min_n=50)


def threshold(kind: Literal["at-most", "rise"], value: str, indicator: str = "abstained") -> Threshold:
    return Threshold(indicator=indicator, kind=kind, value=Decimal(value), set_on=datetime.date(2026, 10, 1))


@pytest.mark.parametrize(
    ("kind", "value", "share", "reference", "outcome"),
    [
        ("rise", "0.05", (40, 100), (40, 400), "breached"),
        ("rise", "0.05", (14, 100), (40, 400), "within"),  # higher, by chance
        ("rise", "0.35", (40, 100), (40, 400), "within"),  # surely higher, by less than the threshold
        ("rise", "0.05", (4, 100), (40, 400), "within"),  # lower
        ("rise", "0.05", (49, 49), (0, 400), "too-few"),
        ("rise", "0.05", (100, 100), (0, 49), "too-few"),
        ("rise", "0.05", (100, 100), None, "no-reference"),
        ("at-most", "0.2", (40, 100), None, "breached"),
        ("at-most", "0.2", (24, 100), None, "within"),
        ("at-most", "0.2", (49, 49), None, "too-few"),
    ],
)
def test_only_what_is_surely_beyond_is_a_breach(
    kind: Literal["at-most", "rise"],
    value: str,
    share: tuple[int, int],
    reference: tuple[int, int] | None,
    outcome: Outcome,
) -> None:
    compared = None if reference is None else {"abstained": Share(count=reference[0], n=reference[1])}
    shares = {"abstained": Share(count=share[0], n=share[1])}
    (found,) = find(shares, reference=compared, thresholds=[threshold(kind, value)], rules=RULES)
    assert found.outcome == outcome
    assert (found.p is None) == (outcome in {"too-few", "no-reference"})


def test_indicators_without_a_threshold_are_shown_and_raise_no_alarm() -> None:
    (found,) = find({"failed": Share(count=100, n=100)}, reference=None, thresholds=[], rules=RULES)
    assert (found.outcome, found.threshold, found.p) == ("no-threshold", None, None)


def test_many_thresholds_make_each_harder_to_break() -> None:
    share = {f"i{number}": Share(count=32, n=100) for number in range(20)}
    alone = find({"i0": share["i0"]}, reference=None, thresholds=[threshold("at-most", "0.2", "i0")], rules=RULES)
    calm = share | {f"i{number}": Share(count=10, n=100) for number in range(1, 20)}
    among = find(calm, reference=None, thresholds=[threshold("at-most", "0.2", code) for code in calm], rules=RULES)
    assert [found.outcome for found in alone] == ["breached"]
    assert {found.outcome for found in among} == {"within"}


def test_where_nothing_changed_alarms_are_as_rare_as_the_level_says() -> None:
    draws = random.Random(7)
    indicators = [f"i{number}" for number in range(8)]
    thresholds = [threshold("rise", "0", code) for code in indicators]

    def drawn(n: int) -> dict[str, Share]:
        return {code: Share(count=sum(draws.random() < 0.15 for _ in range(n)), n=n) for code in indicators}

    rules = Rules(alpha=0.1, min_n=50)
    windows = [find(drawn(80), reference=drawn(200), thresholds=thresholds, rules=rules) for _ in range(200)]
    alarms = sum(any(found.outcome == "breached" for found in window) for window in windows)
    assert alarms <= 30  # 20 expected at most; 30 or more have a probability below 2 %
