"""Measures of retrieval: character recall within a budget, hits, the right document first, intervals.

Recall@k is the share of gold characters (letters and digits, the ones any extraction has) inside the first
k × 1,350 characters of what was retrieved, best first; the passage in which the budget ends counts up to
there; what is retrieved twice counts once.

For questions about many documents the share of gold documents among the first 2 × |gold| different documents of the
ranking is counted, whatever the passages say: a document stands where its best passage stands.
"""

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from averment.evaluation.alignment import AlignedSpan

if TYPE_CHECKING:
    from numpy.typing import NDArray

BUDGET_CHARS: Final = 1_350
KS: Final = (1, 2, 4, 8, 16, 32, 64)
RESAMPLES: Final = 2_000


@dataclass(frozen=True, slots=True)
class Found:
    """A retrieved span of our canonical text."""

    doc_id: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class GoldUnit:
    """Something that must be found: one span, or one of several alternatives."""

    alternatives: tuple[tuple[str, AlignedSpan], ...]

    @property
    def weight(self) -> float:
        """Return its weight in a question: the mean number of letters and digits of its alternatives."""
        return sum(span.n_letters for _, span in self.alternatives) / len(self.alternatives)


@dataclass(frozen=True, slots=True)
class Score:
    """What one ranking reached on one question; `recall` and `hit` by k."""

    recall: tuple[float, ...]
    hit: tuple[bool, ...]
    is_document_first: bool
    gold_documents_ranked: float


def score(found: Sequence[Found], gold: Sequence[GoldUnit], *, doc_ids: Sequence[str]) -> Score:
    """Score a ranking, best first, against gold that is not empty."""
    covers = [[_Cover(doc_id, span) for doc_id, span in unit.alternatives] for unit in gold]
    total = sum(unit.weight for unit in gold) or 1.0
    recall: list[float] = []
    hit: list[bool] = []
    queue, used = list(found), 0
    for k in KS:
        while queue and used < k * BUDGET_CHARS:
            room = k * BUDGET_CHARS - used
            span = queue.pop(0)
            taken = min(span.end - span.start, room)
            for unit in covers:
                for cover in unit:
                    cover.add(span.doc_id, span.start, span.start + taken)
            used += taken
            if taken < span.end - span.start:
                queue.insert(0, Found(span.doc_id, span.start + taken, span.end))
        shares = [max(cover.share for cover in unit) for unit in covers]
        recall.append(sum(unit.weight * share for unit, share in zip(gold, shares, strict=True)) / total)
        hit.append(any(share > 0 for share in shares))
    return Score(tuple(recall), tuple(hit), _is_first(found, doc_ids), _ranked_documents(found, doc_ids))


class _Cover:
    """Which letters of a gold span were retrieved so far."""

    def __init__(self, doc_id: str, span: AlignedSpan) -> None:
        import numpy as np

        self._doc_id, self._span = doc_id, span
        self._seen: NDArray[np.bool_] = np.zeros(len(span.positions), dtype=bool)

    def add(self, doc_id: str, start: int, end: int) -> None:
        if doc_id == self._doc_id and len(self._seen):
            first, last = self._span.positions.searchsorted([start, end])
            self._seen[first:last] = True

    @property
    def share(self) -> float:
        return float(self._seen.sum()) / self._span.n_letters if self._span.n_letters else 0.0


def _is_first(found: Sequence[Found], doc_ids: Sequence[str]) -> bool:
    return bool(found) and found[0].doc_id in doc_ids


def _ranked_documents(found: Sequence[Found], doc_ids: Sequence[str]) -> float:
    """Return the share of gold documents among the first 2 × |gold| different documents."""
    wanted = set(doc_ids)
    order = list(dict.fromkeys(span.doc_id for span in found))[: 2 * len(wanted)]
    return len(wanted.intersection(order)) / len(wanted) if wanted else 0.0


def mean(values: Sequence[float]) -> float | None:
    """Return the mean, or None of nothing."""
    return sum(values) / len(values) if values else None


def interval(values: Sequence[float], *, seed: int, resamples: int = RESAMPLES) -> tuple[float, float] | None:
    """Return the 95 % bootstrap interval of the mean, or None of nothing."""
    if not values:
        return None
    import numpy as np

    array = np.asarray(values, dtype=float)
    generator = np.random.default_rng(seed)
    means = np.array([array[generator.integers(0, len(array), len(array))].mean() for _ in range(resamples)])
    low, high = np.quantile(means, [0.025, 0.975])
    return float(low), float(high)


def by_category(values: Mapping[str, float], categories: Mapping[str, str]) -> dict[str, tuple[int, float]]:
    """Return count and mean by category, in order of name."""
    groups: dict[str, list[float]] = {}
    for key, value in values.items():
        groups.setdefault(categories[key], []).append(value)
    return {name: (len(rows), sum(rows) / len(rows)) for name, rows in sorted(groups.items())}


def sample(n: int, limit: int | None, *, seed: int) -> list[int]:
    """Return the indices of a seeded sample of at most `limit` out of `n`, in order; all of them without a limit."""
    if limit is None or limit >= n:
        return list(range(n))
    return sorted(random.Random(seed).sample(range(n), limit))
