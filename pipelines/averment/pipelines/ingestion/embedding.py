"""Dense vectors of a sentence-transformers model, in the arithmetic that suits the processor at hand.

Loads from a local folder only. On a processor, `embedding_trial` finds out once in child processes which arithmetic is
fastest there without moving vectors by more than its bounds; a graphics card is served by torch.

Does not decide *what* is embedded; `averment.pipelines.ingestion.chunking` writes that text.
"""

import os
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, cast

from averment.core.errors import ConfigurationError, ModelUnavailable
from averment.core.settings import EmbeddingSettings
from averment.pipelines.ingestion.embedder_folder import EmbedderFolder, Prompts, packaged_model_path, read_folder
from averment.pipelines.ingestion.embedding_arithmetic import EXACT, Arithmetic, Precision, Wanted
from averment.pipelines.ingestion.embedding_device import BatchPlace, Device, gpu_dtype
from averment.pipelines.ingestion.embedding_torch import TorchEncoder
from averment.pipelines.ingestion.embedding_trial import Verdict, find_arithmetic, remembered_verdict
from averment.pipelines.ingestion.graph_encoder import (
    GraphEncoder,
    GraphFiles,
    GraphPrecision,
    graph_precision,
    open_encoder,
)
from averment.pipelines.models.admission import require_admission

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


class SentenceTransformerEmbedder:
    """Embed texts with a sentence-transformers model from a local folder; safe for several threads.

    Passages and questions take different ways: passages are embedded in the arithmetic that was chosen, questions one
    at a time with onnxruntime where the model could be exported (see `graph_encoder`).

    Args:
        folder: The model's folder; that of the packaged all-MiniLM-L6-v2 when absent.
        wanted: Engine and precision for passages; a trial chooses what is `auto`.
        query_precision: How the weights are kept with which questions are embedded.
        threads: Threads, 1 or more; with torch its own choice when absent, else one a processor.
        place: Where passages are embedded, and in what batches; questions are embedded on the processor.
        caches: Folders where the outcome of the trial and the exported model are looked for; what is in none is
            made in the first. Without any there is only torch, in float32 unless another precision is wanted.

    Raises:
        ConfigurationError: There is no such combination of engine, precision and device.
        ModelUnavailable: The folder is missing or is no sentence-transformers model.

    Example:
        >>> embedder = SentenceTransformerEmbedder()          # doctest: +SKIP
        >>> embedder.embed(["a clause"]).shape                # doctest: +SKIP
        (1, 384)
    """

    def __init__(
        self,
        folder: EmbedderFolder | None = None,
        *,
        wanted: Wanted | None = None,
        query_precision: GraphPrecision = "int8",
        threads: int | None = None,
        place: BatchPlace | None = None,
        caches: Sequence[Path] = (),
    ) -> None:
        self._folder = folder or read_folder(packaged_model_path())
        self.path = self._folder.path
        self.model_id = self._folder.model_id
        self.dimension, self.max_tokens = self._folder.dimension, self._folder.max_tokens
        self.threads = threads
        self.query_precision = query_precision
        self._place = place or BatchPlace()
        self._caches = tuple(caches)
        self._wanted = wanted or Wanted()
        self._allowed = self._allow()
        self._choosing = threading.Lock()
        self._opening = threading.Lock()
        self._verdict: Verdict | None = None
        self._torch: dict[tuple[Precision, Device], TorchEncoder] = {}
        self._graphs: dict[GraphPrecision, GraphEncoder | None] = {}

    def warm_up(self) -> None:
        """Load the model for queries and run it once."""
        self.embed_query("ready")

    def embed(self, texts: Sequence[str]) -> Sequence[Sequence[float]]:
        """Return unit vectors, an array `(len(texts), dimension)` of float32, in order.

        Text beyond `max_tokens` is cut off by the model. With onnxruntime a text has the same vector, to the last bit,
        whatever stands beside it; with torch the last digits may differ.

        Raises:
            ModelUnavailable: The model does not load, or the arithmetic that was forced does not work here.
        """
        import numpy as np

        if not texts:
            return _as_rows(np.zeros((0, self.dimension), dtype=np.float32))
        chosen = self._chosen()
        if chosen.engine == "torch":
            return _as_rows(self._with_torch(chosen.precision, self._place).documents(texts))
        graph = self._graph(graph_precision(chosen))
        if graph is None:
            raise ModelUnavailable(
                f"the model in {str(self.path)!r} can no longer be exported for {chosen.name}",
                hint="set embedding.backend to torch",
            )
        return _as_rows(graph.documents(texts, threads=self.n_threads()))

    def embed_query(self, text: str) -> Sequence[float]:
        """Return one unit vector, an array `(dimension,)` of float32, by the short way."""
        graph = self._graph(self.query_precision) if self._caches else None
        if graph is not None:
            return cast("Sequence[float]", graph.query(text))
        place = self._place if self._place.device == "cpu" else BatchPlace()
        return cast("Sequence[float]", self._with_torch("float32", place).query(text))

    def arithmetic(self) -> str:
        """Name what passages are embedded in, trying it out first if need be."""
        return self._chosen().name

    def verdict(self) -> Verdict | None:
        """Return what was chosen and how each arithmetic did; None where nothing was tried out yet."""
        if self._verdict is None and self._place.device == "cpu":
            return remembered_verdict(self._allowed, self.files(), threads=self.n_threads())
        return self._verdict

    def has_exported_query_model(self) -> bool:
        """Say whether the graph for questions is there; without one the first question has it made."""
        return bool(self._caches) and self.files().graph(self.query_precision).exists()

    def _allow(self) -> tuple[Arithmetic, ...]:
        allowed = self._wanted.allowed()
        if self._place.device == "cuda":
            allowed = tuple(one for one in allowed if one.engine == "torch")
        elif not self._caches:
            allowed = tuple(one for one in allowed if one.engine == "torch")
            allowed = (EXACT,) if EXACT in allowed else allowed
        if not allowed:
            raise ConfigurationError(
                f"embedding.backend {self._wanted.engine!r} with embedding.precision {self._wanted.precision!r} does "
                f"not run on {self._place.device!r} without a folder for what is exported",
                hint="set embedding.backend to torch",
            )
        return allowed

    def _chosen(self) -> Arithmetic:
        with self._choosing:
            if self._verdict is None:
                self._verdict = self._choose()
        if self._verdict.chosen is None:
            raise ModelUnavailable(
                f"documents cannot be embedded as settings want it: {self._verdict.reason}",
                hint="set embedding.precision and embedding.backend to auto",
            )
        return self._verdict.chosen

    def _choose(self) -> Verdict:
        if self._place.device == "cpu":
            return find_arithmetic(self._allowed, self.files(), threads=self.n_threads())
        best = gpu_dtype() if len(self._allowed) > 1 else self._allowed[0].precision
        return Verdict(chosen=next(one for one in self._allowed if one.precision == best))

    def n_threads(self) -> int:
        """Return on how many threads passages are embedded side by side; torch may have another choice of its own."""
        return self.threads or len(os.sched_getaffinity(0))

    def files(self) -> GraphFiles:
        """Return the model and where its exported graphs are kept."""
        return GraphFiles(folder=self._folder, caches=self._caches)

    def _with_torch(self, precision: Precision, place: BatchPlace) -> TorchEncoder:
        """Return torch's way; passages and questions share a model where both are embedded alike."""
        with self._opening:
            key = precision, place.device
            if key not in self._torch:
                self._torch[key] = TorchEncoder(self._folder, precision=precision, threads=self.threads, place=place)
            return self._torch[key]

    def _graph(self, precision: GraphPrecision) -> GraphEncoder | None:
        with self._opening:
            if precision not in self._graphs:
                self._graphs[precision] = open_encoder(self.files(), precision=precision)
            return self._graphs[precision]


def open_embedder(settings: EmbeddingSettings, *, caches: Sequence[Path]) -> SentenceTransformerEmbedder:
    """Return the embedder of the settings; its model loads when it is first used.

    Raises:
        ConfigurationError: There is no such combination of backend, precision and device.
        ModelUnavailable: The folder is missing or is no sentence-transformers model.
        ConfigurationError: It holds a model trained here that was not admitted.
    """
    if settings.model_path is not None:
        require_admission(settings.model_path, setting="embedding.model_path")
    return open_candidate_embedder(settings, caches=caches)


def open_candidate_embedder(settings: EmbeddingSettings, *, caches: Sequence[Path]) -> SentenceTransformerEmbedder:
    """Return the embedder of the settings, admitted or not; for evaluating it.

    Raises:
        ModelUnavailable: The folder is missing or is no sentence-transformers model.
    """
    prompts = Prompts(query=settings.query_prompt, document=settings.document_prompt)
    return SentenceTransformerEmbedder(
        read_folder(settings.model_path or packaged_model_path(), prompts=prompts),
        wanted=Wanted(engine=settings.backend, precision=settings.precision),
        query_precision=settings.query_precision,
        threads=settings.threads,
        place=BatchPlace(device=settings.device, batch_size=settings.batch_size),
        caches=caches,
    )


def _as_rows(array: "NDArray[np.float32]") -> Sequence[Sequence[float]]:
    """Call an array what the port calls it; callers that want an array again get this one from numpy."""
    return cast("Sequence[Sequence[float]]", array)
