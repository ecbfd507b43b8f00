"""Puts the best passages in order anew by reading question and passage together, within a time.

Most installations have no reranker: then nothing happens, and the interpretation says so. One that fails or runs out
of time leaves the order as the search made it, which is said as well.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from averment.core.answers import Passage
from averment.core.clock import Clock
from averment.core.errors import ModelError
from averment.core.interpretation import Reranking
from averment.core.ports import Reranker

MAX_READ_CHARS: Final = 2_000


@dataclass(frozen=True, slots=True, kw_only=True)
class RerankingStep:
    """What reranks.

    Args:
        reranker: Scores passages.
        candidates: How many of the best passages are read.
        budget_s: How long that may take, seconds; loading the model is not counted.
        clock: Tells how long it took.
    """

    reranker: Reranker
    candidates: int
    budget_s: float
    clock: Clock

    @property
    def fingerprint(self) -> tuple[str, int, float]:
        """Return what decides the order besides the passages and the speed of the machine."""
        return self.reranker.model_id, self.candidates, self.budget_s


def rerank(step: RerankingStep, passages: Sequence[Passage], *, question: str) -> tuple[tuple[Passage, ...], Reranking]:
    """Order the best passages by the reranker's scores; what it did not reach stays below in its order.

    Scores stay between 0 and 1 and descend: a passage that was not read counts no more than the last one that was.
    """
    texts = [passage.text[:MAX_READ_CHARS] for passage in passages[: step.candidates]]
    model_id = step.reranker.model_id
    if not texts:
        return tuple(passages), Reranking(status="done", model_id=model_id)
    begun = step.clock.monotonic_s()
    try:
        scores = step.reranker.scores(question, texts, budget_s=step.budget_s)
    except ModelError:
        # The search is good without it; that it failed is shown with the passages.
        took = step.clock.monotonic_s() - begun
        return tuple(passages), Reranking(status="failed", model_id=model_id, duration_s=took)
    took = step.clock.monotonic_s() - begun
    if not scores:
        return tuple(passages), Reranking(status="out_of_time", model_id=model_id, duration_s=took)
    read = [
        replace(passage, score=min(1.0, max(0.0, score)), stage="reranked")
        for passage, score in zip(passages, scores, strict=False)
    ]
    read.sort(key=lambda passage: -passage.score)
    rest = [replace(passage, score=min(passage.score, read[-1].score)) for passage in passages[len(read) :]]
    ordered = tuple(replace(passage, rank=rank) for rank, passage in enumerate([*read, *rest], start=1))
    return ordered, Reranking(status="done", model_id=model_id, n_passages=len(read), duration_s=took)
