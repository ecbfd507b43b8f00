"""The process that searches one corpus of the search benchmark and takes the times: `search_child ORDER`.

The whole retriever is asked every question once. What the engine was asked for an earlier question is asked again with
both branches and with each alone, so that none finds what another has just warmed. A process of its own has the memory
of this corpus and of nothing else. Prints one JSON object.
"""

import json
import os
import statistics
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Final

from averment.core.access import EVERYONE, Filters, Principal
from averment.core.ports import IndexQuery, SparseVector
from averment.core.settings import Settings
from averment.evaluation.bench.installation import SearchStores, open_stores
from averment.evaluation.bench.memory import held
from averment.evaluation.bench.search_steps import Clock, TimedCatalog, TimedIndex, TimedTexts
from averment.evaluation.bench.timing import quantile, seconds
from averment.pipelines.ingestion.embedding import open_embedder
from averment.pipelines.retrieval.retriever import HybridRetriever, QueryEmbedder, RetrievalSettings
from averment.pipelines.stores.index_options import IndexOptions

WHO: Final = Principal(subject="bench", groups=(EVERYONE, "legal"))
WHERE: Final = Filters(kind=("contract",))
TOP_K: Final = 8
# No text holds it: with it the sparse branch finds nothing, and the rest of the query costs what it costs.
_NO_TERM: Final = SparseVector(indices=(1,), values=(1.0,))
_EXACT: Final = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchOrder:
    """What the process is told: the corpus, what was found out about the machine, and the questions."""

    folder: str
    model_id: str
    dimension: int
    cache: str
    options: tuple[str, ...]
    questions: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Times:
    """Milliseconds by step, one number a question; and the likeness of hits to those of an exhaustive search."""

    steps: dict[str, list[float]] = field(default_factory=dict)
    processor: list[float] = field(default_factory=list)

    def add(self, name: str, ms: float) -> None:
        self.steps.setdefault(name, []).append(ms)


class _Searcher:
    """Runs searches over one corpus and takes their times."""

    def __init__(self, stores: SearchStores, embedder: QueryEmbedder) -> None:
        self._stores = stores
        self._clock = Clock()
        self.index = TimedIndex(stores, self._clock)
        self.retriever = HybridRetriever(
            self.index,
            catalog=TimedCatalog(stores, self._clock),
            texts=TimedTexts(stores, self._clock),
            embedder=embedder,
            settings=RetrievalSettings(prefetch=Settings().retrieval.prefetch),
        )

    def whole(self, question: str, times: _Times) -> None:
        """Retrieve passages for a question."""
        self._clock.read()
        processor_s, begin = time.process_time(), time.perf_counter()
        found = self.retriever.retrieve(question, principal=WHO, filters=WHERE, top_k=TOP_K)
        times.add("whole", 1000 * (time.perf_counter() - begin))
        times.processor.append(1000 * (time.process_time() - processor_s))
        for name, lap_s in found.timings.items():
            times.add(name.removesuffix("_s"), 1000 * lap_s)
        spent = self._clock.read()
        for name in ("index_documents", "index_chunks", "catalog", "texts"):
            times.add(name, spent.get(name, 0.0))

    def engine(self, query: IndexQuery, times: _Times) -> None:
        """Ask the index again with both branches, and with each alone."""
        search = self._stores.index.search
        times.add("engine", 1000 * seconds(partial(search, query)))
        if query.dense is not None:
            times.add("engine_dense", 1000 * seconds(partial(search, replace(query, sparse=_NO_TERM))))
        times.add("engine_sparse", 1000 * seconds(partial(search, replace(query, dense=None))))

    def overlap(self, query: IndexQuery) -> tuple[float, float]:
        """Return which share of the 10 and the 50 nearest vectors the graph finds."""
        alone = replace(query, sparse=None, limit=50)
        near = [hit.id for hit in self._stores.index.search(alone)]
        exact = [hit.id for hit in self._stores.index.search_exhaustively(alone)]
        return _share(near[:10], exact[:10]), _share(near, exact)


def main(arguments: list[str], *, embedder: QueryEmbedder | None = None) -> int:
    """Search and print what it took."""
    order = SearchOrder(**json.loads(arguments[0]))
    embedder = embedder or open_embedder(Settings().embedding, caches=(Path(order.cache),))
    embedder.embed_query("ready")
    before = held(os.getpid())
    options = IndexOptions.from_arguments(*order.options)
    folder = Path(order.folder)
    with open_stores(folder, dimension=order.dimension, model_id=order.model_id, options=options) as stores:
        searcher = _Searcher(stores, embedder)
        searcher.retriever.warm_up()
        opened = held(os.getpid())
        times, asked = _take(searcher, order.questions)
        after = held(os.getpid())
        shares = [searcher.overlap(query) for query in asked[:_EXACT] if query.dense is not None]
    told = {
        "questions": len(times.processor),
        "p50": {name: quantile(values, 0.5) for name, values in times.steps.items()},
        "p99": {name: quantile(values, 0.99) for name, values in times.steps.items()},
        "processor_ms": statistics.median(times.processor),
        "overlap_10": statistics.fmean(share for share, _ in shares) if shares else None,
        "overlap_50": statistics.fmean(share for _, share in shares) if shares else None,
        "before_bytes": before.own + before.of_files,
        "opened_own_bytes": opened.own,
        "opened_file_bytes": opened.of_files,
        "own_bytes": after.own,
        "file_bytes": after.of_files,
    }
    print(json.dumps(told))
    return 0


def _take(searcher: _Searcher, questions: Sequence[str]) -> tuple[_Times, list[IndexQuery]]:
    n_warm = len(questions) // 10
    for question in questions[:n_warm]:
        searcher.whole(question, _Times())
    searcher.index.asked.clear()
    times = _Times()
    firsts: list[IndexQuery] = []
    behind = len(questions) // 3
    for number, question in enumerate(questions[n_warm:]):
        searcher.whole(question, times)
        firsts.extend(searcher.index.asked[:1])
        searcher.index.asked.clear()
        if number >= behind:
            searcher.engine(firsts[number - behind], times)
    return times, firsts


def _share(found: Sequence[str], wanted: Sequence[str]) -> float:
    return len(set(found) & set(wanted)) / len(wanted) if wanted else 1.0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
