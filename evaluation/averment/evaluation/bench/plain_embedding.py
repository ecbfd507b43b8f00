"""The baseline of ingestion, as a program: sentence-transformers with torch in float32, as its own pages show it.

Run by path in a child process: `plain_embedding.py MODEL_FOLDER`. Each line of standard input is a JSON object with
`texts`, the path of a JSON file with a list of texts; the answer holds the seconds that embedding them took and the
number of torch's threads. Where the object has `out`, the vectors are written to that file. Nothing of Averment is
used.
"""

import json
import os
import sys
import time
from pathlib import Path


def main(arguments: list[str]) -> int:
    """Answer requests until standard input ends."""
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    import numpy
    import torch
    from sentence_transformers import SentenceTransformer

    model = SentenceTransformer(
        arguments[0], device="cpu", local_files_only=True, model_kwargs={"dtype": torch.float32}
    )
    model.encode(["ready"], normalize_embeddings=True, show_progress_bar=False)
    for line in sys.stdin:
        request = json.loads(line)
        texts = json.loads(Path(request["texts"]).read_text(encoding="utf-8"))
        begin = time.perf_counter()
        vectors = model.encode(texts, batch_size=32, normalize_embeddings=True, show_progress_bar=False)
        taken = time.perf_counter() - begin
        if "out" in request:
            numpy.save(request["out"], vectors, allow_pickle=False)
        answers.write(json.dumps({"seconds": taken, "texts": len(vectors), "threads": torch.get_num_threads()}) + "\n")
        answers.flush()
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
