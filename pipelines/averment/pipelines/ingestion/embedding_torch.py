"""Embeds batches with torch, through sentence-transformers: on a graphics card, or on a processor that does no better.

Texts of a batch are padded to the longest of them, so a vector may differ in its last digits with what stands beside
its text.
"""

import threading
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from averment.core.errors import ModelUnavailable
from averment.pipelines.ingestion.embedder_folder import EmbedderFolder
from averment.pipelines.ingestion.embedding_arithmetic import Precision
from averment.pipelines.ingestion.embedding_device import BatchPlace, Device, fitting_batch, halved_until_it_fits

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from sentence_transformers import SentenceTransformer


class TorchEncoder:
    """A model of sentence-transformers; loads when it is first used, safe for several threads.

    Args:
        folder: The model's folder.
        precision: The numbers it computes in.
        threads: Torch threads, 1 or more; torch's own choice when absent. Torch has one setting for the process.
        place: Where it runs, and how many texts a batch holds.
    """

    def __init__(
        self, folder: EmbedderFolder, *, precision: Precision, threads: int | None = None, place: BatchPlace
    ) -> None:
        self._folder = folder
        self._precision = precision
        self._threads = threads
        self._device: Device = place.device
        self._batch_size = place.batch_size
        self._lock = threading.Lock()
        self._loaded: SentenceTransformer | None = None

    def query(self, text: str) -> "NDArray[np.float32]":
        """Return the unit vector of a question, an array `(dimension,)` of float32."""
        vector: NDArray[np.float32] = self._encode([text], prompt=self._folder.query, size=1)[0]
        return vector

    def documents(self, texts: Sequence[str]) -> "NDArray[np.float32]":
        """Return unit vectors of passages, an array `(len(texts), dimension)` of float32, in order.

        Raises:
            ModelUnavailable: The model does not load, or the card has no room for one text.
        """
        self._batch_size = self._batch_size or fitting_batch(self._device, self._folder)
        vectors, self._batch_size = halved_until_it_fits(
            lambda size: self._encode(texts, prompt=self._folder.document, size=size), self._batch_size
        )
        return vectors

    def _encode(self, texts: Sequence[str], *, prompt: str, size: int) -> "NDArray[np.float32]":
        import numpy as np

        model = self._model()
        _choose_products(self._precision)
        found = model.encode(
            list(texts),
            batch_size=size,
            prompt=prompt,
            normalize_embeddings=True,
            convert_to_numpy=True,
            show_progress_bar=False,
        )
        vectors: NDArray[np.float32] = np.array(found, dtype=np.float32)
        # What was brought to unit length in bfloat16 is off by up to half a percent.
        vectors /= np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-12)
        return vectors

    def _model(self) -> "SentenceTransformer":
        with self._lock:
            if self._loaded is None:
                self._loaded = self._load()
            return self._loaded

    def _load(self) -> "SentenceTransformer":
        import torch
        from sentence_transformers import SentenceTransformer

        if self._threads is not None:
            torch.set_num_threads(self._threads)
        path = str(self._folder.path)
        chosen = {"dtype": getattr(torch, self._precision)}
        try:
            model = SentenceTransformer(path, device=self._device, local_files_only=True, model_kwargs=chosen)
        except (OSError, ValueError, KeyError) as cause:
            raise ModelUnavailable(
                f"the embedding model in {path!r} does not load: {type(cause).__name__}; "
                "expected a sentence-transformers folder with modules.json and weights",
                hint="averment doctor",
            ) from cause
        return model.eval()


def _choose_products(precision: Precision) -> None:
    """Have MKL compute matrix products in float32, oneDNN those in bfloat16.

    In float32 oneDNN is no faster and took 250 MB more while a document of 300 pages was embedded. Torch has one
    setting for the process, so every batch makes it anew and none restores it: threads cannot leave it wrong.
    """
    import torch

    engine: Any = torch.backends.mkldnn
    engine.enabled = precision != "float32" or not torch._C.has_mkl
