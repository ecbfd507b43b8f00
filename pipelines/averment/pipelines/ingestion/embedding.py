"""Dense vectors through sentence-transformers, on the processor at hand.

Loads from a local folder only. The arithmetic is chosen once per machine: bfloat16 where a child
process shows that it runs and is faster here, float32 otherwise. A processor may advertise matrix
instructions that the machine around it refuses with an illegal-instruction signal, so the trial
never happens in this process.

Does not decide *what* is embedded; `averment.pipelines.ingestion.chunking` writes that text.
"""

import hashlib
import json
import os
import subprocess
import sys
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, cast

from averment.core.errors import ModelUnavailable
from averment.core.settings import EmbeddingSettings
from averment.pipelines.ingestion.embedder_folder import EmbedderFolder, Prompts, packaged_model_path, read_folder
from averment.pipelines.ingestion.embedding_device import (
    BatchPlace,
    Device,
    fitting_batch,
    gpu_dtype,
    halved_until_it_fits,
)
from averment.pipelines.ingestion.query_encoder import EncoderFiles, QueryEncoder, QueryPrecision, open_encoder
from averment.pipelines.models.admission import require_admission

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from sentence_transformers import SentenceTransformer

Dtype = Literal["auto", "float32", "bfloat16"]

_PROBE_TIMEOUT_S = 120
_GAIN_NEEDED = 1.15
_BF16_FLAGS = ("avx512_bf16", "amx_bf16", "bf16")

# Runs in a child: prints seconds for a fixed batch in each arithmetic. Arguments: model folder, threads.
_PROBE = """
import sys, time, json, torch
from sentence_transformers import SentenceTransformer
torch.set_num_threads(int(sys.argv[2]))
texts = ["the party of the first part shall give notice in writing " * 16] * 16
seconds = {}
for name in ("float32", "bfloat16"):
    model = SentenceTransformer(sys.argv[1], device="cpu", local_files_only=True,
                                model_kwargs={"dtype": getattr(torch, name)})
    model.encode(texts[:4], show_progress_bar=False)
    runs = []
    for _ in range(3):
        begin = time.perf_counter()
        model.encode(texts, batch_size=16, show_progress_bar=False)
        runs.append(time.perf_counter() - begin)
    seconds[name] = min(runs)
print(json.dumps(seconds))
"""


class SentenceTransformerEmbedder:
    """Embed texts with a sentence-transformers model from a local folder.

    Long batches and single queries take different ways: a batch is sorted by length and runs in the
    chosen arithmetic with torch; a query runs in float32, on one thread, with onnxruntime where the
    model could be exported (see `query_encoder`).

    Args:
        folder: The model's folder; that of the packaged all-MiniLM-L6-v2 when absent.
        dtype: Arithmetic for batches; `auto` tries bfloat16 in a child process where the processor has it.
        query_precision: How the weights are kept with which queries are embedded.
        threads: Torch threads, 1 or more; torch's own choice when absent. Torch has one setting for the process.
        place: Where batches run, and how large they are; questions run on the processor.
        caches: Folders where the outcome of the trial and the exported model are looked for; what is in none is
            made in the first. Without any, queries run with torch.

    Raises:
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
        dtype: Dtype = "auto",
        query_precision: QueryPrecision = "int8",
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
        self._device: Device = place.device if place else "cpu"
        self._batch_size = place.batch_size if place else None
        self._caches = tuple(caches)
        self._lock = threading.Lock()
        self._seeking = threading.Lock()
        self._models: dict[tuple[str, Device], SentenceTransformer] = {}
        self._chosen: str | None = None if dtype == "auto" else dtype
        self._encoder: QueryEncoder | None = None
        self._is_encoder_sought = False

    def warm_up(self) -> None:
        """Load the model for queries and run it once."""
        self.embed_query("ready")

    def embed(self, texts: Sequence[str]) -> Sequence[Sequence[float]]:
        """Return unit vectors, an array `(len(texts), dimension)` of float32, in order.

        Text beyond `max_tokens` is cut off by the model.
        """
        import numpy as np

        if not texts:
            return _as_rows(np.zeros((0, self.dimension), dtype=np.float32))
        dtype = self.batch_dtype()
        model = self._model(dtype, self._device)
        _choose_products(dtype)
        self._batch_size = self._batch_size or fitting_batch(self._device, self._folder)

        def run(size: int) -> "NDArray[np.float32]":
            found = model.encode(
                list(texts),
                batch_size=size,
                prompt=self._folder.document,
                normalize_embeddings=True,
                convert_to_numpy=True,
                show_progress_bar=False,
            )
            return np.ascontiguousarray(found, dtype=np.float32)

        vectors, self._batch_size = halved_until_it_fits(run, self._batch_size)
        return _as_rows(vectors)

    def embed_query(self, text: str) -> Sequence[float]:
        """Return one unit vector, an array `(dimension,)` of float32, by the short way."""
        encoder = self._query_encoder()
        return cast("Sequence[float]", self._with_torch(text) if encoder is None else encoder.encode(text))

    def _with_torch(self, text: str) -> "NDArray[np.float32]":
        model = self._model("float32", "cpu")
        found = model.encode([text], prompt=self._folder.query, normalize_embeddings=True, show_progress_bar=False)
        return cast("NDArray[np.float32]", found[0])

    def _query_encoder(self) -> QueryEncoder | None:
        if self._is_encoder_sought or not self._caches:
            return self._encoder
        with self._seeking:
            if not self._is_encoder_sought:
                self._encoder = open_encoder(self._encoder_files(), precision=self.query_precision)
                self._is_encoder_sought = True
        return self._encoder

    def has_exported_query_model(self) -> bool:
        """Say whether the graph for questions is there; without one the first question has it made."""
        return bool(self._caches) and self._encoder_files().graph(self.query_precision).exists()

    def _encoder_files(self) -> EncoderFiles:
        return EncoderFiles(folder=self._folder, caches=self._caches)

    def batch_dtype(self) -> str:
        """Name the arithmetic that batches run in, trying it out first if need be."""
        with self._lock:
            if self._chosen is None:
                self._chosen = (
                    choose_dtype(self._folder, threads=self.threads or 1, caches=self._caches)
                    if self._device == "cpu"
                    else gpu_dtype()
                )
            return self._chosen

    def _model(self, dtype: str, device: Device) -> "SentenceTransformer":
        with self._lock:
            if (dtype, device) not in self._models:
                self._models[dtype, device] = self._load(dtype, device)
            return self._models[dtype, device]

    def _load(self, dtype: str, device: Device) -> "SentenceTransformer":
        import torch
        from sentence_transformers import SentenceTransformer

        if self.threads is not None:
            torch.set_num_threads(self.threads)
        try:
            model = SentenceTransformer(
                str(self.path), device=device, local_files_only=True, model_kwargs={"dtype": getattr(torch, dtype)}
            )
        except (OSError, ValueError, KeyError) as cause:
            raise ModelUnavailable(
                f"the embedding model in {str(self.path)!r} does not load: {type(cause).__name__}; "
                "expected a sentence-transformers folder with modules.json and weights",
                hint="averment doctor",
            ) from cause
        return model.eval()


def _choose_products(dtype: str) -> None:
    """Have MKL compute matrix products in float32, oneDNN those in bfloat16.

    In float32 oneDNN is no faster and took 250 MB more while a document of 300 pages was embedded. Torch has one
    setting for the process, so every batch makes it anew and none restores it: threads cannot leave it wrong.
    """
    import torch

    engine: Any = torch.backends.mkldnn
    engine.enabled = dtype != "float32" or not torch._C.has_mkl


def open_embedder(settings: EmbeddingSettings, *, caches: Sequence[Path]) -> SentenceTransformerEmbedder:
    """Return the embedder of the settings; its model loads when it is first used.

    Raises:
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
        dtype=settings.precision,
        query_precision=settings.query_precision,
        threads=settings.threads,
        place=BatchPlace(device=settings.device, batch_size=settings.batch_size),
        caches=caches,
    )


def _as_rows(array: "NDArray[np.float32]") -> Sequence[Sequence[float]]:
    """Call an array what the port calls it; callers that want an array again get this one from numpy."""
    return cast("Sequence[Sequence[float]]", array)


def choose_dtype(folder: EmbedderFolder, *, threads: int, caches: Sequence[Path] = ()) -> str:
    """Say which arithmetic batches should use here: `bfloat16` or `float32`.

    The trial takes some ten seconds and happens only where the processor advertises bfloat16
    instructions; its outcome is remembered in the first of `caches`.
    """
    flags = _cpu_flags()
    if not any(flag in flags for flag in _BF16_FLAGS):
        return "float32"
    key = hashlib.sha256(f"{folder.model_id} {threads} {' '.join(sorted(flags))}".encode()).hexdigest()[:24]
    remembered = caches[0] / f"embedding-dtype-{key}" if caches else None
    if remembered is not None and remembered.exists():
        return "bfloat16" if remembered.read_text("ascii").strip() == "bfloat16" else "float32"
    chosen = _try_out(folder.path, threads)
    if remembered is not None:
        remembered.parent.mkdir(parents=True, exist_ok=True)
        remembered.write_text(chosen + "\n", "ascii")
    return chosen


def _try_out(path: Path, threads: int) -> str:
    command = [sys.executable, "-c", _PROBE, str(path), str(threads)]
    environment = {**os.environ, "HF_HUB_OFFLINE": "1", "TOKENIZERS_PARALLELISM": "false"}
    try:
        done = subprocess.run(
            command, capture_output=True, timeout=_PROBE_TIMEOUT_S, check=False, env=environment, text=True
        )
    except (OSError, subprocess.TimeoutExpired):
        return "float32"
    if done.returncode != 0:
        return "float32"
    seconds = json.loads(done.stdout.strip().splitlines()[-1])
    return "bfloat16" if seconds["float32"] > _GAIN_NEEDED * seconds["bfloat16"] else "float32"


def _cpu_flags() -> frozenset[str]:
    try:
        lines = Path("/proc/cpuinfo").read_text("utf-8", "replace").splitlines()
    except OSError:
        return frozenset()
    found = next((line for line in lines if line.startswith(("flags", "Features"))), "")
    return frozenset(found.partition(":")[2].split())
