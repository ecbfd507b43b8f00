"""Which answers are reviewed, and by how many people: rules over what an answer is, and a draw that can be repeated.

A draw depends on the seed of the settings and the answer's id alone, so that an auditor draws the same answers again.
Whoever asks cannot choose the id.
"""

import hashlib
from dataclasses import dataclass
from typing import Final, Literal

from averment.core.answers import Answer
from averment.core.ids import sha256_id
from averment.core.jsonable import canonical_json
from averment.core.record_settings import OversightSettings

DRAWN: Final = "drawn"
LOW_CONFIDENCE: Final = "low-confidence"
_SCALE: Final = 1 << 64

Use = Literal["review", "planted"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewPolicy:
    """The rules for the answers of one purpose; shares and scores are 0-1."""

    share: float
    four_eyes: bool
    statuses: tuple[str, ...]
    warnings: tuple[str, ...]
    values: tuple[str, ...]
    below: float | None
    seed: int
    planted_share: float

    @property
    def n_reviewers(self) -> int:
        """Return how many people review each answer."""
        return 2 if self.four_eyes else 1

    @property
    def digest(self) -> str:
        """Return the digest that names these rules in the log."""
        return sha256_id(canonical_json(self))


def policy_for(settings: OversightSettings, purpose: str) -> ReviewPolicy:
    """Return the rules for a purpose: its own where it has some, those for all purposes else."""
    share, four_eyes = settings.review_share, settings.four_eyes
    for own in settings.purposes:
        if own.purpose == purpose:
            share = share if own.review_share is None else own.review_share
            four_eyes = four_eyes if own.four_eyes is None else own.four_eyes
    return ReviewPolicy(
        share=share,
        four_eyes=four_eyes,
        statuses=settings.review_statuses,
        warnings=settings.review_warnings,
        values=settings.review_values,
        below=settings.review_below,
        seed=settings.seed,
        planted_share=settings.planted_share,
    )


def reasons_to_review(answer: Answer, policy: ReviewPolicy) -> tuple[str, ...]:
    """Return why an answer is reviewed, as codes; none where it is not.

    Example:
        >>> from averment.core.testing.backend import an_answer
        >>> rules = policy_for(OversightSettings(review_values=("number",), review_below=0.6), "trial")
        >>> reasons_to_review(an_answer(), rules)
        ('value:number', 'low-confidence')
    """
    reasons: list[str] = []
    if answer.status in policy.statuses:
        reasons.append(f"status:{answer.status}")
    reasons += [f"warning:{code}" for code in dict.fromkeys(answer.warnings) if code in policy.warnings]
    if answer.value is not None and answer.value.type in policy.values:
        reasons.append(f"value:{answer.value.type}")
    score = answer.confidence.score
    if policy.below is not None and score is not None and score < policy.below:
        reasons.append(LOW_CONFIDENCE)
    if draw(policy.seed, answer.id, use="review") < policy.share:
        reasons.append(DRAWN)
    return tuple(reasons)


def is_planted_on(answer_id: str, policy: ReviewPolicy) -> bool:
    """Tell whether a wrong copy of an answer is to be put before reviewers."""
    return draw(policy.seed, answer_id, use="planted") < policy.planted_share


def draw(seed: int, answer_id: str, *, use: Use) -> float:
    """Return a number from 0 to below 1 that the seed, the answer and the use alone decide."""
    digest = hashlib.sha256(f"{use}\n{seed}\n{answer_id}".encode()).digest()
    return int.from_bytes(digest[:8], "big") / _SCALE
