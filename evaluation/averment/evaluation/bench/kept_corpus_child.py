"""The process that makes a corpus for the search benchmark: `kept_corpus_child ORDER`, the order as JSON.

Prints one JSON object with counts and times; progress goes to standard error.
"""

import json
import sys
import time
from functools import partial
from pathlib import Path

from averment.core.ports import Embedder
from averment.evaluation.bench.installation import embedder_beside, open_stores
from averment.evaluation.bench.kept_corpus import GROWN, Order
from averment.evaluation.bench.prototypes import read_prototypes
from averment.evaluation.bench.search_corpus import Grower
from averment.evaluation.bench.timing import seconds


def main(arguments: list[str], *, embedder: Embedder | None = None) -> int:
    """Make a corpus and print what it took."""
    order = Order(**json.loads(arguments[0]))
    embedder = embedder or embedder_beside(Path(order.cache))
    begun_s = time.perf_counter()

    def tell(n_chunks: int) -> None:
        print(f"{n_chunks:,} chunks, {time.perf_counter() - begun_s:.0f} s", file=sys.stderr, flush=True)

    folder = Path(order.folder)
    with open_stores(folder, dimension=embedder.dimension, model_id=embedder.model_id) as stores:
        if not (folder / GROWN).exists():
            prototypes = read_prototypes(
                [Path(path) for path in order.paths], stores.texts, embedder=embedder, kept=Path(order.vectors)
            )
            grower = Grower(stores, prototypes, seed=order.seed, on_progress=tell)
            begun_s = time.perf_counter()
            grown_s = seconds(partial(grower.grow, order.n_chunks))
            grown = {"n_chunks": grower.n_chunks, "n_documents": grower.n_documents, "grown_s": grown_s}
            (folder / GROWN).write_text(json.dumps(grown), encoding="utf-8")
        told = json.loads((folder / GROWN).read_text("utf-8"))
        told["graph_s"] = seconds(stores.index.optimize)
    print(json.dumps(told))
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
