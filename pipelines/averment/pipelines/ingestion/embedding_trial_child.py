"""The process that tries out one arithmetic: `embedding_trial_child REQUEST`, a JSON object (see `embedding_trial`).

Embeds the texts of the trial the way documents are embedded, writes the vectors to the file named, and prints one JSON
object with the seconds of the fastest round and the number of texts.
"""

import json
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from averment.core.errors import ModelUnavailable
from averment.pipelines.ingestion.embedder_folder import Prompts, read_folder
from averment.pipelines.ingestion.embedding_arithmetic import Arithmetic
from averment.pipelines.ingestion.embedding_device import BatchPlace
from averment.pipelines.ingestion.embedding_samples import trial_texts
from averment.pipelines.ingestion.embedding_torch import TorchEncoder
from averment.pipelines.ingestion.graph_encoder import GraphFiles, graph_precision, open_encoder

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_ROUNDS: Final = 3
# A large model, or a slow arithmetic, may be judged by one round.
_LONG_S: Final = 5.0


def main(arguments: Sequence[str]) -> int:
    """Embed and tell."""
    import numpy as np

    request: dict[str, Any] = json.loads(arguments[0])
    prompts = Prompts(query=request["query"], document=request["document"])
    files = GraphFiles(
        folder=read_folder(Path(request["model"]), prompts=prompts),
        caches=tuple(Path(cache) for cache in request["caches"]),
    )
    one = Arithmetic(engine=request["engine"], precision=request["precision"])
    embed, texts = documents_encoder(one, files, threads=int(request["threads"])), trial_texts()
    embed(texts[:2])
    seconds = []
    for _ in range(_ROUNDS):
        begin = time.perf_counter()
        vectors = embed(texts)
        seconds.append(time.perf_counter() - begin)
        if sum(seconds) > _LONG_S:
            break
    np.save(request["out"], vectors, allow_pickle=False)
    sys.stdout.write(json.dumps({"seconds": min(seconds), "texts": len(texts)}) + "\n")
    return 0


def documents_encoder(
    one: Arithmetic, files: GraphFiles, *, threads: int
) -> "Callable[[Sequence[str]], NDArray[np.float32]]":
    """Return what embeds passages on this processor in one arithmetic, untried.

    Raises:
        ModelUnavailable: The model cannot be exported, or does not load.
    """
    if one.engine == "torch":
        return TorchEncoder(files.folder, precision=one.precision, threads=threads, place=BatchPlace()).documents
    graph = open_encoder(files, precision=graph_precision(one))
    if graph is None:
        raise ModelUnavailable(f"the model in {str(files.folder.path)!r} cannot be exported", hint="averment doctor")
    return lambda texts: graph.documents(texts, threads=threads)


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
