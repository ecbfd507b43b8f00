"""An embedder without a model: words hashed into a vector."""

import hashlib
import math
import re
from collections.abc import Sequence


class HashEmbedder:
    """Sums a signed unit vector per word; equal texts are equal, texts that share words are near."""

    model_id = "hash-embedder"
    max_tokens = 256

    def __init__(self, *, dimension: int = 64):
        self.dimension = dimension

    def embed(self, texts: Sequence[str]) -> list[list[float]]:
        """Return unit vectors, in order; a text without words is the first axis."""
        return [self._vector(text) for text in texts]

    def arithmetic(self) -> str:
        """Name what vectors are computed with."""
        return "python-float64"

    def embed_query(self, text: str) -> list[float]:
        """Return the unit vector of one text."""
        return self._vector(text)

    def _vector(self, text: str) -> list[float]:
        vector = [0.0] * self.dimension
        for word in re.findall(r"\w+", text.lower()):
            digest = hashlib.sha256(word.encode()).digest()
            vector[int.from_bytes(digest[:4], "big") % self.dimension] += 1.0 if digest[4] & 1 else -1.0
        norm = math.sqrt(sum(value * value for value in vector))
        return [value / norm for value in vector] if norm else [1.0] + [0.0] * (self.dimension - 1)
