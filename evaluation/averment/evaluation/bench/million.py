"""The curve from 10,000 to 1,000,000 chunks: time of a search and of its steps, memory, disk, and the time to build.

Runs only when it is named: making the corpora takes the better part of an hour. They are kept (`kept_corpus`), so that
the second time takes minutes.
"""

from typing import Final

from averment.evaluation.bench.installation import new_embedder
from averment.evaluation.bench.kept_corpus import kept_corpus
from averment.evaluation.bench.plan import Plan
from averment.evaluation.bench.rows import Baseline, Figure, Row, below, measured
from averment.evaluation.bench.search import STEPS, Searched, search_corpus, whole_rows

NAME: Final = "million"
P50: Final = below(40, "ms")
P99: Final = below(150, "ms")
SIZES: Final = (10_000, 30_000, 100_000, 300_000, 1_000_000)
QUICK_SIZES: Final = (100, 200)
# The bars are for a million chunks; a shorter curve has none.
_JUDGED: Final = 1_000_000


def measure(plan: Plan) -> list[Row]:
    """Search corpora of growing size, each in a fresh process."""
    embedder = new_embedder(plan)
    embedder.embed_query("ready")  # so that the exported model is there for every process
    found: list[tuple[int, Searched]] = []
    for size in sizes(plan):
        corpus = kept_corpus(plan, size, embedder=embedder)
        found.append((size, search_corpus(plan, corpus, embedder=embedder)))
    rows: list[Row] = []
    for size, searched in found:
        is_judged = size == _JUDGED
        goals = {"p50": P50, "p99": P99} if is_judged else {}
        rows += whole_rows((NAME, size), searched, p50=goals.get("p50"), p99=goals.get("p99"))
        rows += _rows(size, searched, least=found[0][1])
    return rows


def sizes(plan: Plan) -> list[int]:
    """Return the sizes of the curve: those below the largest one asked for, and that one."""
    if plan.is_quick:
        return list(QUICK_SIZES)
    return [*(size for size in SIZES if size < plan.points), plan.points]


def _rows(size: int, searched: Searched, *, least: Searched) -> list[Row]:
    place = f"{size:,} chunks"
    rows = [
        measured(
            (NAME, f"{place}, {text}, p50"),
            Figure(value=searched.p50[name], unit="ms"),
            baseline=None
            if searched is least
            else Baseline(name=f"{least.corpus.n_chunks:,} chunks", value=least.p50[name]),
            detail={"p99_ms": searched.p99[name], "processor_ms": searched.processor[name]},
        )
        for name, text in STEPS.items()
    ]
    corpus = searched.corpus
    figures = {
        "processor time of a search, p50": Figure(value=searched.processor["whole"], unit="ms"),
        "memory of the process": Figure(value=(searched.own_bytes + searched.file_bytes) / 1e6, unit="MB"),
        "memory of it that is no file's": Figure(value=searched.own_bytes / 1e6, unit="MB"),
        "memory with the embedder alone": Figure(value=searched.before_bytes / 1e6, unit="MB"),
        "disk": Figure(value=sum(corpus.stored_bytes.values()) / 1e6, unit="MB"),
        "making texts, catalog and points": Figure(value=corpus.grown_s, unit="s"),
        "building the graph": Figure(value=corpus.graph_s, unit="s"),
        "most memory while building that is no file's": Figure(value=corpus.build_bytes / 1e6, unit="MB"),
    }
    detail = {f"stored_{part}_bytes": size for part, size in corpus.stored_bytes.items()}
    rows += [measured((NAME, f"{place}, {text}"), figure, detail=detail) for text, figure in figures.items()]
    shares = {"10": searched.overlap_10, "50": searched.overlap_50}
    rows += [
        measured((NAME, f"{place}, nearest {k} vectors that the graph finds"), Figure(value=100 * share, unit="%"))
        for k, share in shares.items()
        if share is not None
    ]
    return rows
