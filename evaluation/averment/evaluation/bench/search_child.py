"""The process that searches one corpus of the search benchmark and takes the times: `search_child ORDER`.

The whole retriever is asked every question once. What the engine was asked for an earlier question is asked again with
both branches and with each alone, so that none finds what another has just warmed. A process of its own has the memory
of this corpus and of nothing else. Prints one JSON object.
"""

import json
import os
import statistics
import sys
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Final

from averment.core.access import EVERYONE, Filters, Principal
from averment.core.ports import IndexQuery, SparseVector
from averment.core.settings import Settings
from averment.evaluation.bench.installation import SearchStores, embedder_beside, open_stores
from averment.evaluation.bench.memory import held
from averment.evaluation.bench.search_steps import (
    Clock,
    Spent,
    TimedEmbedder,
    TimedIndex,
    spent,
    timed_catalog,
    timed_texts,
)
from averment.evaluation.bench.timing import quantile
from averment.pipelines.retrieval.encoding import QueryEmbedder
from averment.pipelines.retrieval.retriever import HybridRetriever, RetrievalSettings
from averment.pipelines.stores.index_options import IndexOptions

WHO: Final = Principal(subject="bench", groups=(EVERYONE, "legal"))
WHERE: Final = Filters(kind=("contract",))
TOP_K: Final = 8
# No text holds it: with it the sparse branch finds nothing, and the rest of the query costs what it costs.
_NO_TERM: Final = SparseVector(indices=(1,), values=(1.0,))
# What the retriever asks, each with a clock of its own.
STORES: Final = ("embedding", "names", "passages", "catalog", "texts")
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


class _Times:
    """What steps took, one entry a question."""

    def __init__(self) -> None:
        self.steps: dict[str, list[Spent]] = {}

    def add(self, name: str, took: Spent) -> None:
        """Add an entry of a step."""
        self.steps.setdefault(name, []).append(took)

    def summary(self) -> dict[str, dict[str, float]]:
        """Return by step: the median and the 99th percentile of the clock, and the median of processor time."""
        return {
            "p50": {name: quantile([one.wall for one in found], 0.5) for name, found in self.steps.items()},
            "p99": {name: quantile([one.wall for one in found], 0.99) for name, found in self.steps.items()},
            "processor": {name: quantile([one.processor for one in found], 0.5) for name, found in self.steps.items()},
        }


class _Searcher:
    """Runs searches over one corpus and takes their times."""

    def __init__(self, stores: SearchStores, embedder: QueryEmbedder) -> None:
        self._stores = stores
        self._clock = Clock()
        self.index = TimedIndex(stores, self._clock)
        self.retriever = HybridRetriever(
            self.index,
            catalog=timed_catalog(stores, self._clock),
            texts=timed_texts(stores, self._clock),
            embedder=TimedEmbedder(embedder, self._clock),
            settings=RetrievalSettings(prefetch=Settings().retrieval.prefetch),
        )

    def whole(self, question: str, times: _Times) -> None:
        """Retrieve passages for a question; what no store and no model took is that of the rules."""
        self._clock.read()
        whole = spent(partial(self.retriever.retrieve, question, principal=WHO, filters=WHERE, top_k=TOP_K))
        parts = self._clock.read()
        times.add("whole", whole)
        for name in STORES:
            times.add(name, parts.get(name, Spent()))
        times.add("rules", whole - sum(parts.values(), Spent()))

    def engine(self, query: IndexQuery, times: _Times) -> None:
        """Ask the index again with both branches, and with each alone."""
        search = self._stores.index.search
        times.add("engine", spent(partial(search, query)))
        if query.dense is not None:
            times.add("dense", spent(partial(search, replace(query, sparse=_NO_TERM))))
        times.add("sparse", spent(partial(search, replace(query, dense=None))))

    def overlap(self, query: IndexQuery) -> tuple[float, float]:
        """Return which share of the 10 and the 50 nearest vectors is among the first that the dense branch gives."""
        given = replace(query, sparse=None, limit=query.prefetch)
        near = [hit.id for hit in self._stores.index.search(given)][:50]
        nearest = replace(query, sparse=None, limit=50)
        exact = [hit.id for hit in self._stores.index.search_exhaustively(nearest)]
        return _share(near[:10], exact[:10]), _share(near, exact)


def main(arguments: list[str], *, embedder: QueryEmbedder | None = None) -> int:
    """Search and print what it took."""
    order = SearchOrder(**json.loads(arguments[0]))
    embedder = embedder or embedder_beside(Path(order.cache))
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
        "questions": len(times.steps["whole"]),
        **times.summary(),
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
