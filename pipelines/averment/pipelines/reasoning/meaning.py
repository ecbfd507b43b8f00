"""Likeness of meaning between what is asked and sentences, by the embedder.

Vectors of sentences are kept: the next question about a document meets most of them again. What is kept is found by
document, text and place, and bounded in number; questions are embedded each time and kept nowhere.
"""

import threading
from collections import OrderedDict
from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from averment.core.clock import Clock
from averment.core.ports import Embedder

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

EMBEDDED_CHARS: Final = 600
KEPT_VECTORS: Final = 20_000

Place = tuple[str, str, int]


class Meaning:
    """Compares meanings and measures what that costs. Safe for several threads.

    Args:
        embedder: Gives vectors; None finds nothing alike.
        clock: Measures the time inside the embedder.
        kept: How many vectors of sentences stay in memory.
    """

    def __init__(self, embedder: Embedder | None, clock: Clock, *, kept: int = KEPT_VECTORS):
        self._embedder = embedder
        self._clock = clock
        self._limit = kept
        self._lock = threading.Lock()
        self._vectors: OrderedDict[Place, NDArray[np.float32]] = OrderedDict()

    def likeness(self, asked: Sequence[str], texts: Sequence[tuple[Place, str]]) -> tuple[list[float], float]:
        """Compare each text with the wording it is most like.

        Args:
            asked: What is asked, in one or more wordings.
            texts: Sentences with their places (document id, text hash, offset).

        Returns:
            The likeness of each text, 0-1, in order, and the seconds spent in the embedder.
        """
        if self._embedder is None or not texts:
            return [0.0] * len(texts), 0.0
        with self._lock:
            known = {place: self._vectors[place] for place, _ in texts if place in self._vectors}
        missing = [(place, text) for place, text in texts if place not in known]
        begun = self._clock.monotonic_s()
        vectors = self._embedder.embed([*asked, *(text[:EMBEDDED_CHARS] for _, text in missing)])
        model_s = self._clock.monotonic_s() - begun
        made = {place: _own(vectors[len(asked) + number]) for number, (place, _) in enumerate(missing)}
        self._keep([place for place, _ in texts], known | made)
        return _nearest(vectors[: len(asked)], [(known | made)[place] for place, _ in texts]), model_s

    def _keep(self, places: Sequence[Place], vectors: "dict[Place, NDArray[np.float32]]") -> None:
        with self._lock:
            for place in places:
                self._vectors[place] = vectors[place]
                self._vectors.move_to_end(place)
            while len(self._vectors) > self._limit:
                self._vectors.popitem(last=False)


def _own(row: Sequence[float]) -> "NDArray[np.float32]":
    """Copy a row, so that keeping it does not keep its whole batch."""
    import numpy as np

    return np.array(row, dtype=np.float32)


def _nearest(asked: Sequence[Sequence[float]], vectors: Sequence["NDArray[np.float32]"]) -> list[float]:
    import numpy as np

    questions = np.asarray(asked, dtype=np.float32)
    likeness = (np.stack(vectors) @ questions.T).max(axis=1)
    return [max(0.0, min(1.0, float(value))) for value in likeness]
