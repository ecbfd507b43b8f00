from copy import deepcopy
from typing import Any

import pytest

from averment.compliance.events import Leaf
from averment.compliance.monitoring.indicators import INDICATORS, Share, count_shares
from averment.core.audit import EventType
from tests.compliance.samples import SAMPLES

DONE, READ = EventType.ANALYSIS_COMPLETED, EventType.DOCUMENT_INGESTED
SLOW_MS = 60_000


def leaf(kind: EventType, **facts: Any) -> Leaf:
    """Return the sample of a type with some of its facts changed."""
    found = deepcopy(SAMPLES[kind])
    assert isinstance(found["data"], dict)
    found["data"].update(facts)
    return found


@pytest.mark.parametrize(
    ("code", "bad", "good"),
    [
        ("abstained", leaf(DONE, status="abstained"), leaf(DONE, status="answered")),
        ("truncated", leaf(DONE, status="truncated"), leaf(DONE, status="answered")),
        ("withheld", leaf(DONE, warnings=["statement_withheld"]), leaf(DONE, warnings=["other"])),
        ("checks-failed", leaf(DONE, checks={"passed": 4, "failed": 1}), leaf(DONE, checks={"passed": 4, "failed": 0})),
        ("without-model", leaf(DONE, method="extractive"), leaf(DONE, method="model")),
        ("escalated", leaf(DONE, escalation={"reason": "abstained"}), leaf(DONE, escalation=None)),
        ("slow", leaf(DONE, usage={"duration_ms": 60_001}), leaf(DONE, usage={"duration_ms": 60_000})),
        ("failed", leaf(EventType.ANALYSIS_FAILED), leaf(DONE)),
        ("outside-purpose", leaf(EventType.ANALYSIS_STARTED, gate="flagged"),
         leaf(EventType.ANALYSIS_STARTED, gate="allowed")),
        ("overridden", leaf(EventType.REVIEW_CLOSED, planted=None, decision="reject"),
         leaf(EventType.REVIEW_CLOSED, planted=None, decision="edit")),
        ("called-wrong", leaf(EventType.FEEDBACK_GIVEN, verdict="wrong"),
         leaf(EventType.FEEDBACK_GIVEN, verdict="correct")),
        ("documents-rejected", leaf(EventType.DOCUMENT_REJECTED), leaf(READ)),
        ("documents-scanned", leaf(READ, ocr_pages=1), leaf(READ, ocr_pages=0)),
        ("documents-incomplete", leaf(READ, certificate="incomplete"), leaf(READ, certificate="complete")),
    ],
)  # fmt: skip
def test_every_indicator_tells_a_case_from_its_contrary(code: str, bad: Leaf, good: Leaf) -> None:
    assert count_shares([bad, good, good], slow_ms=SLOW_MS)[code] == Share(count=1, n=3)


def test_what_is_no_case_is_not_counted() -> None:
    shares = count_shares(
        [
            leaf(EventType.REVIEW_CLOSED, planted="figure", decision="reject"),
            leaf(EventType.REVIEW_CLOSED, planted=None, is_final=False, decision="reject"),
            leaf(EventType.ANALYSIS_STARTED, gate=None),
            leaf(EventType.FEEDBACK_GIVEN, verdict="remark"),
            leaf(EventType.ERROR),
        ],
        slow_ms=SLOW_MS,
    )
    assert set(shares) == set(INDICATORS)
    assert set(shares.values()) == {Share(count=0, n=0)}
    assert Share(count=0, n=0).value == 0
