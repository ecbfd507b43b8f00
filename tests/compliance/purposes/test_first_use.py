"""Assessed before first use, as the log tells (R13)."""

from averment.compliance.events import Leaf
from averment.compliance.purposes.first_use import uses_before_assessment


def assessed(seq: int, digest: str, purpose: str = "review") -> Leaf:
    return {
        "seq": seq,
        "type": "purpose.assessed",
        "purpose": "",
        "data": {"purpose": purpose, "assessment_digest": digest},
    }


def started(seq: int, digest: str | None, purpose: str = "review") -> Leaf:
    return {"seq": seq, "type": "analysis.started", "purpose": purpose, "data": {"assessment_digest": digest}}


def test_an_analysis_names_an_assessment_that_the_log_has() -> None:
    sound = [started(0, None), assessed(1, "a"), started(2, "a"), assessed(3, "b"), started(4, "b")]
    assert uses_before_assessment(sound, purpose="review") == []


def test_an_assessment_that_comes_later_or_never_is_found_out() -> None:
    entries = [started(0, "a"), assessed(1, "a"), started(2, "a"), started(3, "never")]
    assert uses_before_assessment(entries, purpose="review") == [0, 3]


def test_other_purposes_do_not_count() -> None:
    entries = [assessed(0, "a", purpose="audit"), started(1, "a"), started(2, "x", purpose="audit")]
    assert uses_before_assessment(entries, purpose="review") == [1]
