"""What each way of keeping vectors costs and finds: `index.quantization`, `index.vectors_on_disk`, `payload_on_disk`.

Each way is built from the same points, first of the 100,000 chunks of the search benchmark, then of the shared pack's
contracts. There the hits are compared with those of an exhaustive search on full vectors; here with the pack's gold.
Runs only when it is named: every way has a graph of its own to build.
"""

import shutil
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from averment.core.clock import SystemClock
from averment.evaluation.bench.installation import fresh_folder, new_embedder, open_stores
from averment.evaluation.bench.kept_corpus import Corpus, disk_bytes, kept_corpus
from averment.evaluation.bench.plan import Plan
from averment.evaluation.bench.rows import Baseline, Figure, Row, measured, not_taken
from averment.evaluation.bench.search import Searched, search_corpus
from averment.evaluation.bench.timing import seconds
from averment.evaluation.corpus import EvaluationStores, IngestedCorpus
from averment.evaluation.gold import align_gold
from averment.evaluation.metrics import KS, GoldUnit, mean
from averment.evaluation.pack import Pack, PackQuestion
from averment.evaluation.progress import Progress
from averment.evaluation.retrieval import ask_all
from averment.pipelines.ingestion.embedding import SentenceTransformerEmbedder
from averment.pipelines.stores.index_options import IndexOptions

NAME: Final = "vectors"
COLLECTION: Final = "cuad"
# The first is what the others are compared with.
WAYS: Final[Mapping[str, IndexOptions]] = {
    "none": IndexOptions(quantization="none"),
    "int8": IndexOptions(quantization="int8"),
    "binary": IndexOptions(quantization="binary"),
    "int8, vectors on disk": IndexOptions(quantization="int8", vectors_on_disk=True),
    "int8, vectors and payload on disk": IndexOptions(quantization="int8", vectors_on_disk=True, payload_on_disk=True),
}
_AT: Final = KS.index(8)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Gold:
    """The pack's questions with gold, in our offsets, and what was ingested."""

    asked: tuple[PackQuestion, ...]
    units: Mapping[str, Sequence[GoldUnit]]
    corpus: IngestedCorpus


def measure(plan: Plan) -> list[Row]:
    """Build and search the same points once for every way of keeping them."""
    embedder = new_embedder(plan)
    embedder.embed_query("ready")  # so that the exported model is there for every process
    corpus = kept_corpus(plan, plan.count(100_000, quick=600), embedder=embedder)
    rows: list[Row] = []
    first: Searched | None = None
    for name, options in ways(plan).items():
        with _rebuilt(plan, corpus, options) as (folder, took_s):
            searched = search_corpus(plan, replace(corpus, folder=folder), embedder=embedder, options=options)
            first = first or searched
            rows += _rows(name, searched, first=first, index_bytes=disk_bytes(folder / "index"), took_s=took_s)
    return rows + _on_pack(plan, embedder)


def ways(plan: Plan) -> Mapping[str, IndexOptions]:
    """Return what is tried: all of it, the first and the last of a quick run."""
    names = [*WAYS][:: len(WAYS) - 1] if plan.is_quick else [*WAYS]
    return {name: WAYS[name] for name in names}


@contextmanager
def _rebuilt(plan: Plan, corpus: Corpus, options: IndexOptions) -> Iterator[tuple[Path, float]]:
    """Copy a corpus's index, build it anew with other options, and delete the copy in the end."""
    folder = fresh_folder(plan.work / NAME)
    for part in ("blobs", "catalog.sqlite"):
        (folder / part).symlink_to((corpus.folder / part).resolve())
    shutil.copytree(corpus.folder / "index", folder / "index")
    with open_stores(folder, dimension=corpus.dimension, model_id=corpus.model_id, options=options) as stores:
        took_s = seconds(stores.index.rebuild)
    yield folder, took_s
    shutil.rmtree(folder)


def _rows(name: str, searched: Searched, *, first: Searched, index_bytes: int, took_s: float) -> list[Row]:
    place = f"{searched.corpus.n_chunks:,} chunks, {name}"
    found: list[tuple[str, float, float, str]] = [
        ("hybrid with filter, p50", searched.p50["whole"], first.p50["whole"], "ms"),
        ("dense branch alone, p50", searched.p50["dense"], first.p50["dense"], "ms"),
        ("memory that is no file's", searched.own_bytes / 1e6, first.own_bytes / 1e6, "MB"),
        ("memory that files have", searched.file_bytes / 1e6, first.file_bytes / 1e6, "MB"),
    ]
    rows = [
        measured(
            (NAME, f"{place}, {text}"),
            Figure(value=value, unit=unit),
            baseline=None if searched is first else Baseline(name="none", value=other),
        )
        for text, value, other, unit in found
    ]
    for k, share in (("10", searched.overlap_10), ("50", searched.overlap_50)):
        if share is not None:
            rows.append(measured((NAME, f"{place}, nearest {k} found"), Figure(value=100 * share, unit="%")))
    rows.append(measured((NAME, f"{place}, index on disk"), Figure(value=index_bytes / 1e6, unit="MB")))
    return [*rows, measured((NAME, f"{place}, building"), Figure(value=took_s, unit="s"))]


def _on_pack(plan: Plan, embedder: SentenceTransformerEmbedder) -> list[Row]:
    """Measure recall@8 on the shared pack for every way; a row that says why not where there is no pack."""
    if plan.is_quick or not (plan.data / "docs.jsonl").exists():
        return [not_taken((NAME, "recall@8 on the pack"), note="needs the data pack: --data DIR, without --quick")]
    folder = plan.corpora / f"pack-{COLLECTION}"
    stores = EvaluationStores(folder, embedder=embedder, clock=SystemClock())
    try:
        gold = _ingest(stores, Pack(plan.data), plan)
    finally:
        stores.close()
    recall = {name: _recall(plan, folder, options, gold=gold, embedder=embedder) for name, options in WAYS.items()}
    baseline = Baseline(name="none", value=recall["none"])
    return [
        measured(
            (NAME, f"recall@8 on the pack, {name}"),
            Figure(value=value, unit="%"),
            baseline=None if name == "none" else baseline,
            detail={"questions": len(gold.asked), "loss_points": recall["none"] - value},
        )
        for name, value in recall.items()
    ]


def _ingest(stores: EvaluationStores, pack: Pack, plan: Plan) -> _Gold:
    questions = pack.questions(COLLECTION)
    documents = pack.collection_of(questions)
    plan.say(f"{NAME}: ingesting {len(documents)} documents of {COLLECTION}")
    with Progress(f"{NAME}: ingest", stream=sys.stderr) as progress:
        corpus = stores.ingest(pack, documents, kind="pdf", on_progress=progress.update)
    texts = {doc_id: stores.texts.text(digest) for doc_id, digest in corpus.text_hashes.items()}
    with Progress(f"{NAME}: align", stream=sys.stderr) as progress:
        units = align_gold(pack, questions, texts=texts, on_progress=progress.update)
    return _Gold(asked=tuple(one for one in questions if one.gold), units=units, corpus=corpus)


def _recall(
    plan: Plan, folder: Path, options: IndexOptions, *, gold: _Gold, embedder: SentenceTransformerEmbedder
) -> float:
    """Return recall@8, percent, of the pack's questions over a copy of its index built with these options."""
    copy = fresh_folder(plan.work / NAME)
    for part in ("blobs", "catalog.sqlite"):
        (copy / part).symlink_to((folder / part).resolve())
    shutil.copytree(folder / "index", copy / "index")
    stores = EvaluationStores(copy, embedder=embedder, clock=SystemClock(), options=options)
    try:
        stores.index.rebuild()
        with Progress(f"{NAME}: retrieve", stream=sys.stderr) as progress:
            scores, _ = ask_all(stores.retriever(), gold.asked, corpus=gold.corpus, gold=gold.units, progress=progress)
    finally:
        stores.close()
    shutil.rmtree(copy)
    return 100 * (mean([one.recall[_AT] for one in scores]) or 0.0)
