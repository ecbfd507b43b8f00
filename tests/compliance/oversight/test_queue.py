"""The queue made from events: their order decides, and what does not count does not."""

from typing import cast

import pytest

from averment.compliance.events import Leaf
from averment.compliance.oversight.queue import reviews_of, standing_of, waiting
from averment.core.audit import EventType


def opened(seq: int, review: str, *, answer: str = "a-1", n: int = 1) -> Leaf:
    data = {"review_id": review, "answer_id": answer, "reasons": ["drawn"], "n_reviewers": n}
    return _leaf(seq, EventType.REVIEW_OPENED, "asker", data)


def closed(seq: int, review: str, who: str, *, decision: str = "accept", planted: str | None = None) -> Leaf:
    data = {"review_id": review, "decision": decision, "reason": "confirmed", "seconds_viewed": 4, "flags": []}
    return _leaf(seq, EventType.REVIEW_CLOSED, who, {**data, "planted": planted})


def _leaf(seq: int, kind: EventType, actor: str, data: dict[str, object]) -> Leaf:
    time = f"2026-01-01T00:00:{seq:02}.000Z"
    return cast("Leaf", {"seq": seq, "type": kind.value, "actor": actor, "purpose": "p", "time": time, "data": data})


def test_a_decision_counts_once_a_person_and_not_after_the_last_one_needed() -> None:
    leaves = [opened(0, "r", n=2), closed(1, "r", "b"), closed(2, "r", "b"), closed(3, "r", "c"), closed(4, "r", "d")]
    (review,) = reviews_of(leaves)
    assert [decided.entry for decided in review.decisions] == [1, 3]
    assert [reviews_of(leaves[:n])[0].status for n in (1, 2, 4)] == ["open", "half", "closed"]


def test_events_of_reviews_that_were_never_opened_are_passed_over() -> None:
    assert reviews_of([closed(0, "r", "b")]) == []


def test_reviews_of_one_answer_wait_one_after_the_other() -> None:
    leaves = [opened(0, "r1"), opened(1, "r2"), opened(2, "r3", answer="a-2")]
    assert [review.id for review in waiting(reviews_of(leaves))] == ["r1", "r3"]
    assert [review.id for review in waiting(reviews_of([*leaves, closed(3, "r1", "b")]))] == ["r2", "r3"]


@pytest.mark.parametrize(
    ("leaves", "state"),
    [
        ([], None),
        ([opened(0, "r")], "open"),
        ([opened(0, "r", n=2), closed(1, "r", "b", decision="reject")], "open"),
        ([opened(0, "r"), closed(1, "r", "b", decision="reject")], "reject"),
        ([opened(0, "r"), closed(1, "r", "b", decision="reject"), opened(2, "s"), closed(3, "s", "c")], "accept"),
        ([opened(0, "r"), closed(1, "r", "b", decision="reject", planted="figure")], None),
        ([opened(0, "r"), closed(1, "r", "b", decision="edit"), opened(2, "s")], "edit"),
    ],
)
def test_how_an_answer_stands(leaves: list[Leaf], state: str | None) -> None:
    found = standing_of(reviews_of(leaves))
    assert (found.state if found else None) == state
