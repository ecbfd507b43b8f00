"""Embeds texts with onnxruntime, one at a time, each on one processor.

A text that runs alone has no padding, its numbers fit into a processor's own cache, and its vector depends on nothing
but itself, also where numbers are rounded by the range they span. Several texts run side by side on as many threads.
For the few tokens of a question torch spends most of its time packing weights, anew for every call; onnxruntime packs
them once.

A child process exports the graph the first time (see `graph_export`); `make setup` does it for the packaged model. It
is kept in a cache folder, and later processes embed without torch and transformers.
"""

import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Final, Literal

from averment.core.errors import ModelUnavailable
from averment.pipelines.ingestion.embedder_folder import EmbedderFolder
from averment.pipelines.ingestion.embedding_arithmetic import Arithmetic

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from onnxruntime import InferenceSession
    from tokenizers import Tokenizer

GraphPrecision = Literal["int8", "float32"]

_GRAPH_FORMAT: Final = 1
_EXPORT_MODULE: Final = "averment.pipelines.ingestion.graph_export"
_EXPORT_TIMEOUT_S: Final = 300
# A graph is one protobuf message, and those end at 2 GiB.
_MAX_WEIGHT_BYTES: Final = 1_800_000_000


class GraphEncoder:
    """An exported model, ready to run; safe for several threads.

    Args:
        graph: The ONNX file.
        folder: The model's folder, for its tokenizer, its prompts, and its longest input.

    Raises:
        ModelUnavailable: The graph or the tokenizer does not load.
    """

    def __init__(self, graph: Path, *, folder: EmbedderFolder) -> None:
        self._session = _session(graph)
        self._tokenizer = _tokenizer(folder.path, folder.max_tokens)
        self._folder = folder
        self._inputs = frozenset(entry.name for entry in self._session.get_inputs())

    def query(self, text: str) -> "NDArray[np.float32]":
        """Return the unit vector of a question, an array `(dimension,)` of float32."""
        return self._encode(self._folder.query + text)

    def documents(self, texts: Sequence[str], *, threads: int) -> "NDArray[np.float32]":
        """Return unit vectors of passages, an array `(len(texts), dimension)` of float32, in order.

        Args:
            texts: The passages; each has the same vector whatever stands beside it.
            threads: How many run side by side, 1 or more.
        """
        import numpy as np

        vectors = np.empty((len(texts), self._folder.dimension), dtype=np.float32)

        def fill(place: int) -> None:
            vectors[place] = self._encode(self._folder.document + texts[place])

        # The longest first: none of them is left for one thread when the others have nothing to do any more.
        order = sorted(range(len(texts)), key=lambda place: len(texts[place]), reverse=True)
        if min(threads, len(texts)) <= 1:
            for place in order:
                fill(place)
        else:
            with ThreadPoolExecutor(min(threads, len(texts)), thread_name_prefix="embed") as pool:
                list(pool.map(fill, order))
        return vectors

    def _encode(self, text: str) -> "NDArray[np.float32]":
        import numpy as np

        ids = np.array([self._tokenizer.encode(text).ids], dtype=np.int64)
        given = {"input_ids": ids, "attention_mask": np.ones_like(ids), "token_type_ids": np.zeros_like(ids)}
        found = self._session.run(None, {name: given[name] for name in self._inputs})
        vector: NDArray[np.float32] = np.asarray(found[0], dtype=np.float32)[0]
        return vector / max(float(np.linalg.norm(vector)), 1e-12)


@dataclass(frozen=True, slots=True, kw_only=True)
class GraphFiles:
    """Where an encoder comes from and is kept.

    Args:
        folder: The model's folder.
        caches: Folders where the exported graph is looked for; it is made in the first. Without any there is none.
    """

    folder: EmbedderFolder
    caches: tuple[Path, ...]

    def graph(self, precision: GraphPrecision) -> Path:
        """Return where the exported graph is, or will be."""
        name = f"query-{_GRAPH_FORMAT}-{precision}-{sha256(self.folder.model_id.encode()).hexdigest()[:24]}.onnx"
        return next((cache / name for cache in self.caches if (cache / name).exists()), self.caches[0] / name)

    def has(self, precision: GraphPrecision) -> bool:
        """Say whether the graph is there, exporting the model where that was never done."""
        graph = self.graph(precision)
        return graph.exists() or _export(self, graph, precision)


def graph_precision(one: Arithmetic) -> GraphPrecision:
    """Return which graph computes in an arithmetic of onnxruntime."""
    return "int8" if one.precision == "int8" else "float32"


def open_encoder(files: GraphFiles, *, precision: GraphPrecision) -> GraphEncoder | None:
    """Open the encoder, exporting the model first where that was never done; None where it cannot be exported."""
    return GraphEncoder(files.graph(precision), folder=files.folder) if files.has(precision) else None


def child_environment() -> dict[str, str]:
    """Return the variables of a child process that imports what this one does and reaches for no network."""
    path = os.pathsep.join(entry for entry in sys.path if entry)
    return {**os.environ, "PYTHONPATH": path, "HF_HUB_OFFLINE": "1", "TOKENIZERS_PARALLELISM": "false"}


def _export(files: GraphFiles, graph: Path, precision: GraphPrecision) -> bool:
    if sum(found.stat().st_size for found in files.folder.path.glob("*.safetensors")) > _MAX_WEIGHT_BYTES:
        return False
    graph.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=graph.parent, prefix="query-") as folder:
        target = Path(folder) / "query.onnx"
        command = [
            sys.executable,
            "-m",
            _EXPORT_MODULE,
            str(files.folder.path),
            str(target),
            precision,
            files.folder.query,
        ]
        try:
            done = subprocess.run(
                command, capture_output=True, timeout=_EXPORT_TIMEOUT_S, check=False, env=child_environment()
            )
        except (OSError, subprocess.TimeoutExpired):
            return False
        if done.returncode != 0:
            return False
        target.replace(graph)
    return True


def _session(graph: Path) -> "InferenceSession":
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    try:
        return onnxruntime.InferenceSession(str(graph), options, providers=["CPUExecutionProvider"])
    except Exception as cause:  # onnxruntime's errors share no class but this one
        raise ModelUnavailable(
            f"the exported embedding model {str(graph)!r} does not load: {type(cause).__name__}",
            hint="delete the file; it is made again",
        ) from cause


def _tokenizer(model: Path, max_tokens: int) -> "Tokenizer":
    from tokenizers import Tokenizer

    path = model / "tokenizer.json"
    if not path.exists():
        raise ModelUnavailable(f"{str(path)!r} is missing; expected a fast tokenizer", hint="averment doctor")
    tokenizer = Tokenizer.from_file(str(path))
    tokenizer.no_padding()
    tokenizer.enable_truncation(max_tokens)
    return tokenizer
