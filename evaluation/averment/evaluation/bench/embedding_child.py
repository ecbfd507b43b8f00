"""Our way of embedding in one arithmetic, as a process that is asked: `embedding_child ENGINE PRECISION THREADS CACHE`.

Each line of standard input is a JSON object with `texts`, the path of a JSON file with a list of texts, and perhaps
`out`, where their vectors go; the answer holds the seconds that embedding took. An arithmetic may end its process with
a signal, so each has one of its own.
"""

import json
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from averment.evaluation.bench.installation import embedder_beside
from averment.pipelines.ingestion.embedding_arithmetic import ARITHMETICS
from averment.pipelines.ingestion.embedding_trial_child import documents_encoder


def main(arguments: Sequence[str]) -> int:
    """Answer requests until standard input ends."""
    import numpy as np

    engine, precision, threads, cache = arguments
    one = next(found for found in ARITHMETICS if (found.engine, found.precision) == (engine, precision))
    files = embedder_beside(Path(cache)).files()
    embed = documents_encoder(one, files, threads=int(threads))
    embed(["ready"])
    for line in sys.stdin:
        request: dict[str, Any] = json.loads(line)
        texts = json.loads(Path(request["texts"]).read_text(encoding="utf-8"))
        begin = time.perf_counter()
        vectors = embed(texts)
        taken = time.perf_counter() - begin
        if "out" in request:
            np.save(request["out"], vectors, allow_pickle=False)
        sys.stdout.write(json.dumps({"seconds": taken, "texts": len(vectors)}) + "\n")
        sys.stdout.flush()
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
