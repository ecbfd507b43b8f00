"""The order in which retrieval would show the chunks of one document, made in memory: by words, by meaning, fused."""

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Final

from averment.core.ports import SparseVector
from averment.pipelines.training.material import TrainingDocument

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

# As in the search: small, so that what words or meaning rank first stays near the top.
_RANK_CONSTANT: Final = 5


class WordRanking:
    """Ranks the chunks of a document by words; a word weighs more the fewer chunks of all documents have it.

    Args:
        documents: All documents.
    """

    def __init__(self, documents: Iterable[TrainingDocument]) -> None:
        spread: Counter[int] = Counter()
        n_chunks = 0
        for document in documents:
            for chunk in document.chunks:
                spread.update(chunk.sparse.indices)
                n_chunks += 1
        self._rarity = {term: math.log(1 + (n_chunks - count + 0.5) / (count + 0.5)) for term, count in spread.items()}

    def scores(self, terms: SparseVector, document: TrainingDocument) -> list[float]:
        """Return the score of every chunk, in order; 0 where no word is shared."""
        weights = {
            term: weight * self._rarity.get(term, 0.0) for term, weight in zip(terms.indices, terms.values, strict=True)
        }
        return [_dot(weights, chunk.sparse) for chunk in document.chunks]


def _dot(weights: Mapping[int, float], chunk: SparseVector) -> float:
    pairs = zip(chunk.indices, chunk.values, strict=True)
    return sum(weights[term] * value for term, value in pairs if term in weights)


def order_by(scores: Sequence[float]) -> list[int]:
    """Return the places of scores, best first, equal ones in order."""
    return sorted(range(len(scores)), key=lambda place: -scores[place])


def fused_order(words: Sequence[float], meaning: "NDArray[np.float32] | Sequence[float]") -> list[int]:
    """Return the places of chunks, best first, by reciprocal ranks among words and meaning; no shared word, no rank."""
    fused = [0.0] * len(words)
    for rank, place in enumerate(order_by(words)):
        if words[place] > 0:
            fused[place] += 1 / (_RANK_CONSTANT + rank)
    for rank, place in enumerate(order_by([float(value) for value in meaning])):
        fused[place] += 1 / (_RANK_CONSTANT + rank)
    return order_by(fused)
