"""What makes vectors of questions: an embedder, and beside it a learned sparse encoder where the index has one."""

from collections.abc import Sequence
from typing import Protocol, runtime_checkable

from averment.core.ports import SparseVector


class QueryEmbedder(Protocol):
    """Embeds one question."""

    model_id: str

    def embed_query(self, text: str) -> Sequence[float]:
        """Return a unit vector."""


@runtime_checkable
class SparseQueryEncoder(Protocol):
    """Makes sparse vectors of questions, with ids of their own among those of terms."""

    def encode_query(self, text: str, *, weight: float) -> SparseVector:
        """Return the vector of a question, each dimension times `weight`."""


class JointQueryEncoder:
    """An embedder and a sparse encoder as one.

    Args:
        embedder: Makes dense vectors.
        learned: Makes sparse ones.
        model_id: What names both.
    """

    def __init__(self, embedder: QueryEmbedder, learned: SparseQueryEncoder, *, model_id: str) -> None:
        self._embedder = embedder
        self._learned = learned
        self.model_id = model_id
        self.query_precision = getattr(embedder, "query_precision", None)

    def embed_query(self, text: str) -> Sequence[float]:
        """Return a unit vector."""
        return self._embedder.embed_query(text)

    def encode_query(self, text: str, *, weight: float) -> SparseVector:
        """Return the sparse vector of a question, each dimension times `weight`."""
        return self._learned.encode_query(text, weight=weight)
