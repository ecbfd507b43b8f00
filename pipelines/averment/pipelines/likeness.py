"""Says how much a question is like the sentences of one kind rather than those of another.

A kernel ridge regression over labelled sentences: two texts are alike as far as the vectors of the index's embedder
are, and as they share words and parts of words. The threshold is found when it is fitted, by leaving out one sentence
after another (in closed form), so that it suits whatever embedder an installation has. Vectors of the sentences are
kept in a cache folder; they are no text of anybody.
"""

import re
import threading
import zlib
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final, Protocol

from averment.core.analysis import Likened
from averment.core.ids import sha256_id
from averment.core.jsonable import canonical_json
from averment.core.ports import Likeness

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

FALSE_SHARE: Final = 0.02
"""Share of the sentences inside that may be taken for ones outside when each is left out; the threshold follows."""
_DIMENSION: Final = 4096
_PARTS: Final = (4, 5)
_PART_WEIGHT: Final = 0.5
_SHARPNESS: Final = 3.0
_RIDGE: Final = 0.3


class QueryEmbedder(Protocol):
    """Embeds questions."""

    model_id: str

    @property
    def query_precision(self) -> str:
        """Return how weights are kept: vectors of one precision are not those of another."""

    def embed_query(self, text: str) -> Sequence[float]:
        """Return a unit vector."""


class LearnedLikeness:
    """Likens questions to sentences of an installation's embedder; fitted with the first question.

    Safe for several threads. An index with another embedder is met by fitting anew.

    Args:
        outside: Sentences to recognise, by label.
        inside: Sentences that are like them and are none.
        embedder: Returns the embedder of the moment.
        cache: Folder where vectors of the sentences are kept.
    """

    def __init__(
        self,
        outside: Mapping[str, Sequence[str]],
        inside: Sequence[str],
        *,
        embedder: Callable[[], QueryEmbedder],
        cache: Path,
    ):
        self._labels = tuple(label for label, texts in outside.items() for _ in texts)
        self._texts = (*(text for texts in outside.values() for text in texts), *inside)
        self._embedder = embedder
        self._cache = cache
        self._fitting = threading.Lock()
        self._fitted: _Fitted | None = None

    def liken(self, question: str) -> Likened:
        """Return the label that a question is most like, and how much it is.

        Raises:
            ModelUnavailable: The embedding model does not load.
        """
        embedder = self._embedder()
        with self._fitting:
            if self._fitted is None or self._fitted.model_id != embedder.model_id:
                vectors = self._vectors(embedder)
                self._fitted = _Fitted(vectors, self._texts, labels=self._labels, model_id=embedder.model_id)
            fitted = self._fitted
        return fitted.liken(question, vector=embedder.embed_query(question))

    def _vectors(self, embedder: QueryEmbedder) -> "NDArray[np.float32]":
        import numpy as np

        made_of = {"model": embedder.model_id, "precision": embedder.query_precision, "texts": self._texts}
        path = self._cache / f"likeness-{sha256_id(canonical_json(made_of)).removeprefix('sha256:')[:24]}.npy"
        if path.exists():
            kept: NDArray[np.float32] = np.load(path)
            return kept
        vectors = np.asarray([embedder.embed_query(text) for text in self._texts], dtype=np.float32)
        self._cache.mkdir(parents=True, exist_ok=True)
        waiting = path.with_suffix(f".{threading.get_ident()}.part.npy")
        np.save(waiting, vectors)
        waiting.replace(path)
        return vectors


class _Fitted:
    """The regression for one embedder."""

    def __init__(
        self, vectors: "NDArray[np.float32]", texts: Sequence[str], *, labels: Sequence[str], model_id: str
    ) -> None:
        import numpy as np

        self.model_id = model_id
        self._labels = labels
        self._vectors = vectors
        self._words = np.stack([_words(text) for text in texts])
        n_outside, n_inside = len(labels), len(texts) - len(labels)
        wanted = np.concatenate([np.ones(n_outside), -np.ones(n_inside)])
        share = np.where(wanted > 0, n_outside, n_inside) * 2 / len(texts)
        inverse = np.linalg.inv(self._alike(vectors, self._words) + np.diag(_RIDGE * share))
        self._weights = inverse @ wanted
        left_out = wanted - self._weights / np.diag(inverse)
        mistaken = np.sort(left_out[n_outside:])[::-1]
        self._threshold = round(1000 * float(mistaken[int(FALSE_SHARE * n_inside)]))

    def liken(self, question: str, *, vector: Sequence[float]) -> Likened:
        import numpy as np

        alike = self._alike(np.asarray([vector], dtype=np.float32), _words(question)[None, :])[0]
        return Likened(
            label=self._labels[int(np.argmax(alike[: len(self._labels)]))],
            score=round(1000 * float(alike @ self._weights)),
            threshold=self._threshold,
        )

    def _alike(self, vectors: "NDArray[np.float32]", words: "NDArray[np.float32]") -> "NDArray[np.float64]":
        """Return how alike texts are to the sentences, `(texts, sentences)`."""
        import numpy as np

        meaning = np.exp(-_SHARPNESS * (1 - (vectors @ self._vectors.T).astype(np.float64)))
        alike: NDArray[np.float64] = meaning + words @ self._words.T + 1
        return alike


def open_likeness(
    embedder: Callable[[], QueryEmbedder], *, cache: Path
) -> Callable[[Mapping[str, Sequence[str]], Sequence[str]], Likeness]:
    """Return what makes a likeness of sentences, with the embedder of the moment.

    Args:
        embedder: Returns it.
        cache: Folder where vectors of the sentences are kept.
    """

    def make(outside: Mapping[str, Sequence[str]], inside: Sequence[str]) -> Likeness:
        return LearnedLikeness(outside, inside, embedder=embedder, cache=cache)

    return make


def _words(text: str) -> "NDArray[np.float32]":
    """Return the unit vector of a text's words and of what they are made of, hashed into 4096 dimensions."""
    import numpy as np

    counts = np.zeros(_DIMENSION, dtype=np.float32)
    for word in re.findall(r"\w+", text.lower()):
        counts[zlib.crc32(f" {word}".encode()) % _DIMENSION] += 1
        bounded = f"<{word}>"
        for size in _PARTS:
            for start in range(len(bounded) - size + 1):
                counts[zlib.crc32(bounded[start : start + size].encode()) % _DIMENSION] += _PART_WEIGHT
    rooted = np.sqrt(counts)
    unit: NDArray[np.float32] = (rooted / (np.linalg.norm(rooted) or 1)).astype(np.float32)
    return unit
