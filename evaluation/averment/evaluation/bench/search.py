"""How long a search takes at 10,000 and 100,000 chunks: hybrid, filtered, with the embedding of the query.

The figure that counts is the whole retriever: reading the question, routing, embedding, the filtered query of both
branches fused in the engine, catalog lookups and passages cut from the texts. Each size is a corpus of its own,
searched in a fresh process; `averment.evaluation.bench.million` goes on to a million chunks.
"""

import json
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Final

from averment.core.errors import ConfigurationError
from averment.evaluation.bench.corpus import questions
from averment.evaluation.bench.installation import new_embedder
from averment.evaluation.bench.kept_corpus import Corpus, kept_corpus
from averment.evaluation.bench.machine import load_average
from averment.evaluation.bench.plan import Plan
from averment.evaluation.bench.rows import Baseline, Detail, Figure, Goal, Row, below, measured
from averment.evaluation.bench.search_child import TOP_K, SearchOrder
from averment.pipelines.ingestion.embedding import SentenceTransformerEmbedder
from averment.pipelines.stores.index_options import STANDARD, IndexOptions

NAME: Final = "search"
GOAL: Final = below(15, "ms")
PROGRAM: Final = "averment.evaluation.bench.search_child"
SIZES: Final = (10_000, 100_000)
QUICK_SIZES: Final = (100, 200)
# What a search spends its time on, step by step, as the table calls it.
STEPS: Final[Mapping[str, str]] = {
    "rules": "rules, in Python",
    "embedding": "query embedding",
    "names": "engine, names of documents",
    "passages": "engine, passages",
    "dense": "dense branch alone",
    "sparse": "sparse branch alone",
    "catalog": "catalog",
    "texts": "texts",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Searched:
    """What searching a corpus took: milliseconds by step, median and 99th percentile of the clock, and memory.

    `overlap_10` and `overlap_50` are the shares of the nearest vectors that the graph finds, null where there is no
    exhaustive search to compare with; `own_bytes` and `file_bytes` what the process held when all was asked,
    `before_bytes` what it held with the embedder alone; `processor` are medians of processor time, milliseconds.
    """

    corpus: Corpus
    questions: int
    p50: Mapping[str, float]
    p99: Mapping[str, float]
    processor: Mapping[str, float]
    overlap_10: float | None
    overlap_50: float | None
    before_bytes: int
    opened_own_bytes: int
    opened_file_bytes: int
    own_bytes: int
    file_bytes: int
    load: float


def measure(plan: Plan) -> list[Row]:
    """Measure at two sizes."""
    embedder = new_embedder(plan)
    embedder.embed_query("ready")  # so that the exported model is there for every process
    rows: list[Row] = []
    sizes = QUICK_SIZES if plan.is_quick else SIZES
    for size in sizes:
        searched = search_corpus(plan, kept_corpus(plan, size, embedder=embedder), embedder=embedder)
        rows += whole_rows((NAME, size), searched, p50=GOAL if size == sizes[-1] else None)
    return rows


def search_corpus(
    plan: Plan, corpus: Corpus, *, embedder: SentenceTransformerEmbedder, options: IndexOptions = STANDARD
) -> Searched:
    """Search a corpus in a fresh process; `options` are those that its index was built with."""
    order = SearchOrder(
        folder=str(corpus.folder),
        model_id=embedder.model_id,
        dimension=embedder.dimension,
        cache=str(plan.cache),
        options=tuple(options.arguments()),
        questions=tuple(questions(plan, plan.count(440, quick=12))),
    )
    load = load_average()
    command = [sys.executable, "-m", PROGRAM, json.dumps(asdict(order))]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        words = done.stderr.strip().splitlines()
        raise ConfigurationError(
            f"the process that searches {str(corpus.folder)!r} ended with {done.returncode}: "
            f"{words[-1] if words else 'no word'}",
            hint="delete the folder to have the corpus made anew",
        )
    found = Searched(corpus=corpus, load=load, **json.loads(done.stdout.strip().splitlines()[-1]))
    plan.say(curve_line(found))
    return found


def whole_rows(
    place: tuple[str, int], searched: Searched, *, p50: Goal | None = None, p99: Goal | None = None
) -> list[Row]:
    """Return the rows of the whole search and of the engine alone; `place` is the benchmark and the size."""
    name, said = place[0], f"{place[1]:,} chunks"
    detail = _detail(searched)
    rows = []
    for share, found, goal in (("p50", searched.p50, p50), ("p99", searched.p99, p99)):
        embedding = Baseline(name="query embedding", value=found["embedding"])
        rows += [
            measured(
                (name, f"{said}, hybrid with filter, {share}"),
                Figure(value=found["whole"], unit="ms"),
                baseline=embedding,
                goal=goal,
                detail=detail,
            ),
            measured(
                (name, f"{said}, engine alone, {share}"),
                Figure(value=found["engine"], unit="ms"),
                baseline=embedding,
                detail=detail,
            ),
        ]
    return rows


def curve_line(searched: Searched) -> str:
    """Write what was measured at one size as a line of text: median, 99th percentile, median of processor time."""
    steps = {"whole": "whole", "engine": "engine", **STEPS}
    written = ", ".join(
        f"{text} {searched.p50[name]:.1f}/{searched.p99[name]:.1f}/{searched.processor[name]:.1f}"
        for name, text in steps.items()
    )
    return f"{searched.corpus.n_chunks:,} chunks, load {searched.load}: p50/p99/processor ms: {written}"


def _detail(searched: Searched) -> Detail:
    corpus = searched.corpus
    steps = {
        f"{share}_{name}_ms": value
        for share, found in (("p50", searched.p50), ("p99", searched.p99), ("processor", searched.processor))
        for name, value in found.items()
    }
    return {
        "chunks": corpus.n_chunks,
        "documents": corpus.n_documents,
        "questions": searched.questions,
        "top_k": TOP_K,
        "load_average": searched.load,
        **steps,
    }
