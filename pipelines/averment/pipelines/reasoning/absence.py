"""Whether the documents read can be said to have no such clause.

"There is no such clause" is an answer, and a strong one: it is given only to a question of yes or no on a known
topic, or of a statement put to the documents, when every document in scope was read to its end, every page has text,
and no sentence comes near. Where one comes near without being the clause, the question stays open: that is an
abstention.
"""

from typing import Final

from averment.pipelines.reasoning.claims import is_unmentioned
from averment.pipelines.reasoning.findings import Findings
from averment.pipelines.reasoning.planner import QuestionKind
from averment.pipelines.reasoning.scoping import count_unreadable

NEAR_SIMILARITY: Final = 0.5


def is_absent(found: Findings, answer_type: str | None) -> bool:
    """Say whether the answer is that there is no such clause.

    Args:
        found: What was found; its sentences are settled.
        answer_type: The type of answer that the caller wants.
    """
    plan = found.planned
    wants_presence = plan.kind is QuestionKind.PRESENCE or (
        answer_type == "boolean" and plan.kind is QuestionKind.CLAUSE
    )
    is_known = bool(plan.topics) or plan.claim is not None
    if not wants_presence or not is_known or found.sentences or found.refusal is not None or found.n_blocked:
        return False
    if not found.sources or not found.is_exhaustive or count_unreadable(found.sources):
        return False
    if plan.claim is not None:
        return is_unmentioned(found.candidates)
    return not any(item.on_topic or item.similarity >= NEAR_SIMILARITY for item in found.candidates)


def absence_score(found: Findings) -> float:
    """Return how far (0-1) the nearest sentence read is from what was asked for; 1 where there was none to compare."""
    return 1.0 - max((item.similarity for item in found.candidates), default=0.0)
