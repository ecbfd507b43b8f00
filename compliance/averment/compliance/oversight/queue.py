"""The review queue as the log tells it: reviews made from their events, in order, and what became of an answer.

The log is the only store. Its order decides where two people decide at the same time: what comes after the last
decision that was needed, or a second time from the same person, does not count.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Final, cast

from averment.compliance.events import Leaf
from averment.core.audit import EventType
from averment.core.oversight import Decided, Decision, Review, Standing

TYPES: Final = (EventType.REVIEW_OPENED, EventType.REVIEW_TAKEN, EventType.REVIEW_CLOSED)


def reviews_of(leaves: Iterable[Leaf]) -> list[Review]:
    """Return the reviews that events tell of, oldest first.

    Args:
        leaves: Entries of the log in order; those of other types are passed over.
    """
    reviews: dict[str, Review] = {}
    for leaf in leaves:
        kind, data = leaf["type"], cast("Mapping[str, object]", leaf["data"])
        identity = str(data.get("review_id"))
        if kind == EventType.REVIEW_OPENED:
            reviews[identity] = _opened(leaf, data)
        elif kind == EventType.REVIEW_TAKEN and identity in reviews:
            review = reviews[identity]
            taken = {str(leaf["actor"]): str(leaf["time"]), **review.taken}
            reviews[identity] = replace(review, taken=taken)
        elif kind == EventType.REVIEW_CLOSED and identity in reviews:
            reviews[identity] = _decided(reviews[identity], leaf, data)
    return list(reviews.values())


def waiting(reviews: Sequence[Review]) -> list[Review]:
    """Return the reviews that wait for somebody, oldest first, one at a time of each answer.

    Of an answer with a planted copy the two must not stand side by side; which is which does not show.
    """
    found: dict[str, Review] = {}
    for review in reviews:
        if not review.is_closed:
            found.setdefault(review.answer_id, review)
    return list(found.values())


def latest(reviews: Sequence[Review]) -> Review | None:
    """Return the review that decides how an answer stands: the one closed last, else the newest; planted ones never.

    An open review with a planted error cannot be told from others and leaves the answer under review, as others do.
    """
    real = [review for review in reviews if review.planted is None]
    closed = [review for review in real if review.is_closed]
    return max(closed, key=lambda review: review.decisions[-1].entry, default=real[-1] if real else None)


def standing_of(reviews: Sequence[Review]) -> Standing | None:
    """Return what became of the answer of these reviews, without a correction's text; None where none was reviewed."""
    review = latest(reviews)
    if review is None:
        return None
    if not review.is_closed:
        return Standing(
            answer_id=review.answer_id, state="open", reason=None, decided_at=None, correction=None, entry=review.entry
        )
    last = review.decisions[-1]
    return Standing(
        answer_id=review.answer_id,
        state=last.decision.value,
        reason=last.reason,
        decided_at=last.decided_at,
        correction=None,
        entry=last.entry,
    )


def _opened(leaf: Leaf, data: Mapping[str, object]) -> Review:
    return Review(
        id=str(data["review_id"]),
        answer_id=str(data["answer_id"]),
        purpose=str(leaf["purpose"]),
        reasons=tuple(str(reason) for reason in cast("list[object]", data["reasons"])),
        n_reviewers=int(str(data["n_reviewers"])),
        opened_at=str(leaf["time"]),
        entry=int(str(leaf["seq"])),
        asker=str(leaf["actor"]),
        taken={},
        decisions=(),
    )


def _decided(review: Review, leaf: Leaf, data: Mapping[str, object]) -> Review:
    reviewer = str(leaf["actor"])
    if review.is_closed or any(decided.reviewer == reviewer for decided in review.decisions):
        return review
    decided = Decided(
        reviewer=reviewer,
        decision=Decision(str(data["decision"])),
        reason=str(data["reason"]),
        seconds_viewed=int(str(data["seconds_viewed"])),
        flags=tuple(str(flag) for flag in cast("list[object]", data["flags"])),
        decided_at=str(leaf["time"]),
        entry=int(str(leaf["seq"])),
    )
    planted = data.get("planted")
    return replace(
        review, decisions=(*review.decisions, decided), planted=review.planted if planted is None else str(planted)
    )
