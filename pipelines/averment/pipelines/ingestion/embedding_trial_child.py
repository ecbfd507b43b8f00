"""The process that tries out one arithmetic: `embedding_trial_child REQUEST`, a JSON object (see `embedding_trial`).

Embeds the texts of the trial the way documents are embedded, writes the vectors to the file named, and prints one JSON
object with the seconds of the fastest round and the number of texts.
"""

import json
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

from averment.pipelines.ingestion.embedder_folder import Prompts, read_folder
from averment.pipelines.ingestion.embedding_device import BatchPlace
from averment.pipelines.ingestion.embedding_samples import trial_texts
from averment.pipelines.ingestion.embedding_torch import TorchEncoder
from averment.pipelines.ingestion.graph_encoder import GraphEncoder

_ROUNDS: Final = 3
# A large model is slow enough to be judged by one round.
_LONG_S: Final = 10.0


def main(arguments: Sequence[str]) -> int:
    """Embed and tell."""
    import numpy as np

    request: dict[str, Any] = json.loads(arguments[0])
    folder = read_folder(Path(request["model"]), prompts=Prompts(document=request["prompt"]))
    texts, threads = trial_texts(), int(request["threads"])
    if request["engine"] == "onnxruntime":
        graph = GraphEncoder(Path(request["graph"]), folder=folder)

        def embed(chosen: Sequence[str]) -> Any:
            return graph.documents(chosen, threads=threads)
    else:
        torch = TorchEncoder(folder, precision=request["precision"], threads=threads, place=BatchPlace())

        def embed(chosen: Sequence[str]) -> Any:
            return torch.documents(chosen)

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


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
