"""How many clauses of a kind are found where there are some: what "there is no such clause" is worth.

`averment eval calibrate` measures it on questions whose clause a person has marked, and writes it beside the thresholds
(`averment.pipelines.reasoning.calibration`). A share counts only clauses that were cited: an abstention is not found.
"""

from collections.abc import Mapping
from typing import Annotated, Final

from pydantic import BaseModel, ConfigDict, Field

from averment.core.answers import RecallEstimate
from averment.pipelines.reasoning.planner import QuestionKind, QuestionPlan

CLAUSES: Final = "clauses"
"""Clauses of every topic together."""
STATEMENTS: Final = "statements"
"""Passages that bear on a statement which is put to the documents."""
MIN_OF_TOPIC: Final = 20
"""A topic with fewer marked clauses is estimated by all of them."""


class FoundShare(BaseModel):
    """Of `n` clauses that are there `n_found` were cited and `n_denied` were said not to be there.

    `lower` is the exact binomial (Clopper-Pearson) lower limit of the share found at level `1 - delta`.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    n: int = Field(ge=1)
    n_found: int = Field(ge=0)
    n_denied: int = Field(ge=0)
    lower: Annotated[float, Field(ge=0, le=1)]
    delta: Annotated[float, Field(gt=0, lt=1)]


def sought_by(plan: QuestionPlan) -> str | None:
    """Return what a question seeks, as its finding is counted; None where it does not ask whether there is a clause."""
    if plan.claim is not None:
        return STATEMENTS
    if plan.kind is not QuestionKind.PRESENCE or not plan.topics:
        return None
    return plan.topics[0].name if len(plan.topics) == 1 else CLAUSES


def estimated_recall(plan: QuestionPlan, shares: Mapping[str, FoundShare]) -> RecallEstimate | None:
    """Return how many clauses like the one sought are found; None where that was not measured."""
    topic = sought_by(plan)
    share = shares.get(topic) if topic is not None else None
    if topic != STATEMENTS and (share is None or share.n < MIN_OF_TOPIC):
        topic, share = CLAUSES, shares.get(CLAUSES)
    if share is None or topic is None:
        return None
    return RecallEstimate(
        share=share.n_found / share.n,
        lower=share.lower,
        level=1 - share.delta,
        n=share.n,
        n_found=share.n_found,
        n_denied=share.n_denied,
        topic=None if topic == CLAUSES else topic,
    )
