"""How long a search takes at 10,000 and 100,000 chunks: hybrid, filtered, with the embedding of the query.

The figure that counts is the whole retriever: reading the question, routing, embedding, the filtered query of both
branches fused in the engine, catalog lookups and passages cut from the texts. Query embedding and engine are measured
apart, each on other questions in the same loop, so that none finds what another has warmed.
"""

import statistics
import time
from dataclasses import dataclass, field
from functools import partial
from typing import Final

from averment.core.access import EVERYONE, Filters, Principal
from averment.core.ports import IndexQuery
from averment.core.settings import Settings
from averment.evaluation.bench.corpus import contracts, filings, questions
from averment.evaluation.bench.installation import Installation, new_embedder, new_installation
from averment.evaluation.bench.plan import Plan
from averment.evaluation.bench.rows import Baseline, Detail, Figure, Goal, Row, below, measured
from averment.evaluation.bench.search_corpus import Grower, read_prototypes
from averment.evaluation.bench.timing import quantile, seconds
from averment.pipelines.ingestion.embedding import SentenceTransformerEmbedder
from averment.pipelines.ingestion.sparse import query_vector
from averment.pipelines.retrieval.retriever import HybridRetriever, RetrievalSettings

NAME: Final = "search"
GOAL: Final = below(15, "ms")
WHO: Final = Principal(subject="bench", groups=(EVERYONE, "legal"))
WHERE: Final = Filters(kind=("contract",))
TOP_K: Final = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class _Times:
    """Milliseconds of whole searches, of query embeddings, and of the engine."""

    whole: list[float] = field(default_factory=list)
    embedding: list[float] = field(default_factory=list)
    engine: list[float] = field(default_factory=list)
    steps: list[dict[str, float]] = field(default_factory=list)


class _Searcher:
    """Runs searches in one installation and takes their times."""

    def __init__(self, installation: Installation, embedder: SentenceTransformerEmbedder) -> None:
        self._installation = installation
        self._embedder = embedder
        self._prefetch = Settings().retrieval.prefetch
        self._retriever = HybridRetriever(
            installation.index,
            catalog=installation.catalog,
            texts=installation.texts,
            embedder=embedder,
            settings=RetrievalSettings(prefetch=self._prefetch),
        )

    def warm_up(self) -> None:
        """Do what the service does before its first question."""
        self._retriever.warm_up()

    def whole(self, question: str, times: _Times) -> None:
        """Retrieve passages for a question."""
        begin = time.perf_counter()
        found = self._retriever.retrieve(question, principal=WHO, filters=WHERE, top_k=TOP_K)
        times.whole.append(1000 * (time.perf_counter() - begin))
        times.steps.append(dict(found.timings))

    def embedding(self, question: str, times: _Times) -> None:
        """Embed a question."""
        times.embedding.append(1000 * seconds(partial(self._embedder.embed_query, question)))

    def engine(self, question: str, times: _Times) -> None:
        """Ask the index with vectors that are there."""
        query = IndexQuery(
            principal=WHO,
            filters=WHERE,
            limit=TOP_K,
            prefetch=self._prefetch,
            dense=self._embedder.embed_query(question),
            sparse=query_vector(question),
        )
        times.engine.append(1000 * seconds(partial(self._installation.index.search, query)))


def measure(plan: Plan) -> list[Row]:
    """Measure at two sizes of one growing corpus."""
    embedder = new_embedder(plan)
    embedder.warm_up()
    sizes = (plan.count(10_000, quick=300), plan.count(100_000, quick=900))
    asked = questions(plan, plan.count(400, quick=12))
    paths = contracts(plan, plan.count(5, quick=1), pages=(3, 15)) + ([] if plan.is_quick else filings(plan, 1))
    root = plan.work / NAME
    rows: list[Row] = []
    with new_installation(root, dimension=embedder.dimension, model_id=embedder.model_id) as installation:
        grower = Grower(installation, read_prototypes(paths, installation, embedder), seed=plan.seed)
        searcher = _Searcher(installation, embedder)
        for size in sizes:
            grown_s = seconds(partial(grower.grow, size))
            optimized_s = seconds(installation.index.optimize)
            plan.say(f"{NAME}: {grower.n_chunks} chunks in {grown_s:.0f} s, graph in {optimized_s:.0f} s")
            times = _take(searcher, asked)
            detail: Detail = {
                "chunks": grower.n_chunks,
                "documents": grower.n_documents,
                "questions": len(times.whole),
                "top_k": TOP_K,
                "optimize_s": optimized_s,
            }
            rows += _rows(size, times, detail, goal=GOAL if size == sizes[-1] else None)
    return rows


def _take(searcher: _Searcher, asked: list[str]) -> _Times:
    searcher.warm_up()
    for question in asked[: len(asked) // 10 + 1]:
        searcher.whole(question, _Times())
    times = _Times()
    n = len(asked)
    for at in range(n):
        searcher.whole(asked[at], times)
        searcher.embedding(asked[(at + n // 3) % n], times)
        searcher.engine(asked[(at + 2 * n // 3) % n], times)
    return times


def _rows(size: int, times: _Times, detail: Detail, *, goal: Goal | None) -> list[Row]:
    steps = {
        f"median_{name.removesuffix('_s')}_ms": 1000 * statistics.median(step[name] for step in times.steps)
        for name in times.steps[0]
    }
    embedding = Baseline(name="query embedding alone", value=quantile(times.embedding, 0.5))
    place = f"{size:,} chunks"
    return [
        measured(
            (NAME, f"{place}, hybrid with filter, p50"),
            Figure(value=quantile(times.whole, 0.5), unit="ms"),
            baseline=embedding,
            goal=goal,
            detail={**detail, **steps},
        ),
        measured(
            (NAME, f"{place}, hybrid with filter, p99"),
            Figure(value=quantile(times.whole, 0.99), unit="ms"),
            baseline=Baseline(name="query embedding alone", value=quantile(times.embedding, 0.99)),
            detail=detail,
        ),
        measured(
            (NAME, f"{place}, engine alone, p50"),
            Figure(value=quantile(times.engine, 0.5), unit="ms"),
            baseline=embedding,
            detail=detail,
        ),
        measured(
            (NAME, f"{place}, engine alone, p99"), Figure(value=quantile(times.engine, 0.99), unit="ms"), detail=detail
        ),
    ]
