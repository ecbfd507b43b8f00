"""Plain retrieval to measure against: 200-word chunks of the same canonical text, question as it is.

Dense only, BM25 only (Okapi, k1 1.5, b 0.75, words of letters and digits), and both fused by reciprocal rank.
Nothing of the product's chunking, routing or term weighing is used here.
"""

import hashlib
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final

from averment.core.ports import Embedder
from averment.evaluation.metrics import Found

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

WORDS_PER_CHUNK: Final = 200
DEPTH: Final = 200
RRF_K: Final = 60
_WORD: Final = re.compile(r"[a-z0-9]+")


def windows(text: str, n_words: int = WORDS_PER_CHUNK) -> list[tuple[int, int]]:
    """Cut a text every so many words."""
    words = [found.span() for found in re.finditer(r"\S+", text)]
    return [(words[at][0], words[min(at + n_words, len(words)) - 1][1]) for at in range(0, len(words), n_words)]


class Okapi:
    """BM25 over token lists; rare terms with a negative weight get a quarter of the mean instead."""

    def __init__(self, texts: Sequence[str], *, k1: float = 1.5, b: float = 0.75) -> None:
        import numpy as np

        counts = [Counter(_WORD.findall(text.lower())) for text in texts]
        lengths = np.array([sum(count.values()) for count in counts], dtype=float)
        norm = k1 * (1 - b + b * lengths / max(lengths.mean() if len(texts) else 1.0, 1e-9))
        places: dict[str, list[tuple[int, int]]] = {}
        for number, count in enumerate(counts):
            for word, times in count.items():
                places.setdefault(word, []).append((number, times))
        self._n = len(texts)
        weights = {word: float(np.log((self._n - len(p) + 0.5) / (len(p) + 0.5))) for word, p in places.items()}
        floor = 0.25 * (sum(weights.values()) / len(weights)) if weights else 0.0
        self._parts = {}
        for word, found in places.items():
            rows = np.array([number for number, _ in found])
            often = np.array([times for _, times in found], dtype=float)
            weight = weights[word] if weights[word] >= 0 else floor
            self._parts[word] = (rows, weight * often * (k1 + 1) / (often + norm[rows]))

    def scores(self, question: str) -> "NDArray[np.float64]":
        """Return the score of every text."""
        import numpy as np

        total = np.zeros(self._n)
        for word in _WORD.findall(question.lower()):
            if word in self._parts:
                rows, values = self._parts[word]
                total[rows] += values
        return total


class NaiveRetrieval:
    """The baselines over a set of documents.

    Args:
        texts: Canonical text by document.
        embedder: The embedder the product uses.
        cache: Folder where vectors are kept between runs.
    """

    def __init__(self, texts: Mapping[str, str], *, embedder: Embedder, cache: Path) -> None:
        self.spans = [Found(doc, start, end) for doc, text in texts.items() for start, end in windows(text)]
        bodies = [texts[span.doc_id][span.start : span.end] for span in self.spans]
        self._embedder, self._cache = embedder, cache
        self._vectors = self._embed(bodies)
        self._okapi = Okapi(bodies)
        self._documents = [span.doc_id for span in self.spans]

    def rank(self, questions: Sequence[str], scopes: Sequence[Sequence[str] | None]) -> list[dict[str, list[Found]]]:
        """Rank chunks for each question by each baseline; a scope limits to its documents."""
        import numpy as np

        similar = self._embed(questions) @ self._vectors.T
        results = []
        for number, (question, scope) in enumerate(zip(questions, scopes, strict=True)):
            mask = None if scope is None else np.isin(self._documents, list(scope))
            dense = _best(similar[number], mask)
            sparse = _best(self._okapi.scores(question), mask)
            orders = {"dense": dense, "bm25": sparse, "fused": _fuse(dense, sparse)}
            results.append({name: [self.spans[place] for place in order] for name, order in orders.items()})
        return results

    def _embed(self, texts: Sequence[str]) -> "NDArray[np.float32]":
        import numpy as np

        digest = hashlib.sha256(f"{self._embedder.model_id} {self._embedder.arithmetic()}".encode())
        for text in texts:
            digest.update(hashlib.sha256(text.encode("utf-8", "replace")).digest())
        kept = self._cache / f"vectors-{digest.hexdigest()[:24]}.npy"
        if kept.exists():
            stored: NDArray[np.float32] = np.load(kept, allow_pickle=False)
            return stored
        vectors = np.asarray(self._embedder.embed(texts), dtype=np.float32)
        self._cache.mkdir(parents=True, exist_ok=True)
        np.save(kept, vectors, allow_pickle=False)
        return vectors


def _best(scores: "NDArray[np.floating]", mask: "NDArray[np.bool_] | None") -> list[int]:
    import numpy as np

    order = np.argsort(-scores, kind="stable")
    if mask is not None:
        order = order[mask[order]]
    return [int(place) for place in order[:DEPTH]]


def _fuse(*orders: Sequence[int]) -> list[int]:
    totals: dict[int, float] = {}
    for order in orders:
        for rank, place in enumerate(order):
            totals[place] = totals.get(place, 0.0) + 1 / (RRF_K + rank)
    return sorted(totals, key=lambda place: (-totals[place], place))[:DEPTH]
