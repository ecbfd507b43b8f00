"""A learned sparse encoder (SPLADE and its like) of sentence-transformers, beside BM25 in one sparse vector.

It says which words of its vocabulary a text is about, with weights, also such as the text does not hold. Its
dimensions get ids of their own among the terms, so that one vector carries both and one request searches both. The
index weighs its dimensions by their rarity as it does terms, which encoders without a model on the question's side
expect and others bear.

Loads from a local folder only; none is packaged. Which one an index was built with is part of the index's identity.
"""

import json
import threading
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final

from averment.core.errors import ModelUnavailable
from averment.core.ports import SparseVector
from averment.pipelines.ingestion.sparse import term_id
from averment.pipelines.models.model_folder import is_model_folder, model_digest

if TYPE_CHECKING:
    from sentence_transformers import SparseEncoder
    from torch import Tensor

MAX_DOCUMENT_DIMS: Final = 256
MAX_QUERY_DIMS: Final = 64
_BATCH: Final = 16
# No term of a text begins so.
_NAMESPACE: Final = "~learned:"


class LearnedSparseEncoder:
    """Encodes texts with a sparse encoder from a folder. Safe for several threads.

    Args:
        path: The model's folder.

    Raises:
        ModelUnavailable: There is no such folder.
    """

    def __init__(self, path: Path) -> None:
        if not is_model_folder(path) or not _is_sparse(path):
            raise ModelUnavailable(
                f"no sparse encoder in {str(path)!r}: expected config.json, *.safetensors, and modules.json that names "
                "a module of sentence-transformers' sparse_encoder",
                hint="set retrieval.sparse_encoder_path to the folder of a sparse encoder, or unset it",
            )
        self._path = path
        self._loading = threading.Lock()
        self._model: SparseEncoder | None = None
        self.model_id = f"{path.name}@{model_digest(path)}"

    def warm_up(self) -> None:
        """Load the model.

        Raises:
            ModelUnavailable: The folder holds no usable model.
        """
        self._loaded()

    def encode_documents(self, texts: Sequence[str]) -> list[SparseVector]:
        """Return a vector for each text, in order, of at most 256 dimensions."""
        if not texts:
            return []
        model = self._loaded()
        with self._loading:
            rows = model.encode_document(
                list(texts),
                batch_size=_BATCH,
                show_progress_bar=False,
                convert_to_tensor=False,
                max_active_dims=MAX_DOCUMENT_DIMS,
            )
        return [_vector(row, weight=1.0) for row in rows]

    def encode_query(self, text: str, *, weight: float) -> SparseVector:
        """Return the vector of a question, of at most 64 dimensions, each times `weight`."""
        model = self._loaded()
        with self._loading:
            row = model.encode_query(
                text, show_progress_bar=False, convert_to_tensor=True, max_active_dims=MAX_QUERY_DIMS
            )
        return _vector(row, weight=weight)

    def _loaded(self) -> "SparseEncoder":
        with self._loading:
            if self._model is None:
                self._model = self._load()
            return self._model

    def _load(self) -> "SparseEncoder":
        from sentence_transformers import SparseEncoder

        try:
            return SparseEncoder(str(self._path), device="cpu", local_files_only=True, trust_remote_code=False)
        except (OSError, ValueError, KeyError, TypeError, AttributeError, RuntimeError) as cause:
            raise ModelUnavailable(
                f"the sparse encoder in {str(self._path)!r} cannot be loaded ({type(cause).__name__})",
                hint="retrieval.sparse_encoder_path must name a folder that sentence-transformers' SparseEncoder saved",
            ) from cause


def _is_sparse(path: Path) -> bool:
    """Say whether a folder is one that `SparseEncoder` saved: of any other it would make one with random weights."""
    try:
        modules = json.loads((path / "modules.json").read_text(encoding="utf-8"))
        return any("sparse_encoder" in str(module["type"]) for module in modules)
    except (OSError, ValueError, KeyError, TypeError):
        return False


def _vector(row: "Tensor", *, weight: float) -> SparseVector:
    weights = dict(_weights(row, weight=weight))
    ordered = sorted(weights)
    return SparseVector(indices=tuple(ordered), values=tuple(weights[number] for number in ordered))


def _weights(row: "Tensor", *, weight: float) -> Iterator[tuple[int, float]]:
    row = row.coalesce() if row.is_sparse else row.to_sparse().coalesce()
    for dimension, value in zip(row.indices()[0].tolist(), row.values().tolist(), strict=True):
        if value * weight > 0:
            yield term_id(f"{_NAMESPACE}{dimension}"), float(value) * weight
