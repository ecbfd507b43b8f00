"""What a trained verifier says of the sentences that reading found: which answers, and how each relates to a claim.

The best few are weighed in one batch, and only for what the verifier's own record shows it to do better than likeness
of meaning. Its word moves scores and relates a sentence to a claim; what rules ask of a sentence, they ask as before.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from averment.core.clock import Clock
from averment.pipelines.reasoning.entailment import EntailmentCheck
from averment.pipelines.reasoning.planner import QuestionPlan
from averment.pipelines.reasoning.reader import Candidate, Interest

WEIGHED: Final = 8
"""How many sentences are weighed for one question."""
ANSWERS_WEIGHT: Final = 0.2
INDIFFERENT: Final = 0.4
"""Probability (0-1) of answering that leaves a score as it is."""
FURTHER: Final = 0.2
"""Probability (0-1) of answering from which a sentence is quoted beside a better one."""


def weigh(
    entailment: EntailmentCheck | None,
    plan: QuestionPlan,
    *,
    interest: Interest,
    candidates: Sequence[Candidate],
    clock: Clock,
) -> tuple[list[Candidate], float]:
    """Weigh the first of the candidates, where there is a verifier that is used for such a question.

    Args:
        entailment: The verifier's check; None weighs nothing.
        plan: What is asked.
        interest: What the candidates were read for.
        candidates: Sentences, best first.
        clock: Measures the time inside the verifier.

    Returns:
        The candidates, best first, and the seconds spent in the verifier.
    """
    if entailment is None or not candidates:
        return list(candidates), 0.0
    begun = clock.monotonic_s()
    first, rest = candidates[:WEIGHED], list(candidates[WEIGHED:])
    texts = [item.span.text for item in first]
    if plan.claim is not None and entailment.uses.relates:
        stances = entailment.verifier.entails(plan.claim, texts)
        weighed = [replace(item, stance=stance) for item, stance in zip(first, stances, strict=True)]
    elif plan.claim is None and entailment.uses.answers and not _is_named(plan):
        chances = entailment.verifier.answers(interest.question, texts)
        weighed = [
            replace(item, answers=chance, score=_moved(item, chance))
            for item, chance in zip(first, chances, strict=True)
        ]
        # What was not asked about must not come first because others were found not to answer.
        rest = [replace(item, score=_moved(item, 0.0)) for item in rest]
    else:
        return list(candidates), 0.0
    found = sorted([*weighed, *rest], key=lambda item: -item.score)
    return found, clock.monotonic_s() - begun


def n_weighed(candidates: Sequence[Candidate]) -> int:
    """Return how many of the sentences a verifier was asked about."""
    return sum(item.stance is not None or item.answers is not None for item in candidates)


def is_further(item: Candidate) -> bool:
    """Say whether a sentence may be quoted beside a better one, as far as a verifier was asked."""
    return item.answers is None or item.answers >= FURTHER


def _moved(item: Candidate, chance: float) -> float:
    return max(0.0, min(1.0, item.score + ANSWERS_WEIGHT * (chance - INDIFFERENT)))


def _is_named(plan: QuestionPlan) -> bool:
    """Say whether the question names the clause by its heading, which tells more than any likeness."""
    return bool(plan.topics) and all(topic.is_named for topic in plan.topics)
