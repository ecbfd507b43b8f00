"""`averment eval retrieval`: the product's retriever against plain baselines, on the same texts, in one run.

Writes `OUT/result.json` and `OUT/report.html`. Stores and vectors stay under `OUT/work`, so that a run cut off
goes on where it was with `resume`.
"""

import json
import platform
import shutil
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Final

from averment.core.access import Filters
from averment.core.clock import Clock, SystemClock
from averment.core.errors import UsageError
from averment.core.ids import sha256_id
from averment.core.jsonable import canonical_json
from averment.evaluation.ablations import ABLATIONS
from averment.evaluation.baselines import NaiveRetrieval
from averment.evaluation.corpus import EVALUATOR, EvaluationEmbedder, EvaluationStores, IngestedCorpus
from averment.evaluation.gold import align_gold
from averment.evaluation.held_out import asked_documents, document_digest, only_about
from averment.evaluation.metrics import (
    BUDGET_CHARS,
    KS,
    Found,
    GoldUnit,
    Score,
    by_category,
    interval,
    mean,
    sample,
    score,
)
from averment.evaluation.pack import InputKind, Pack, PackDocument, PackQuestion
from averment.evaluation.progress import Progress
from averment.evaluation.report import write_report
from averment.pipelines.ingestion.embedding import SentenceTransformerEmbedder
from averment.pipelines.retrieval.reranking import RerankingStep
from averment.pipelines.retrieval.retriever import HybridRetriever

SCHEMA_VERSION: Final = 1
SYSTEM: Final = "averment"
BASELINES: Final = ("dense", "bm25", "fused")
# Enough chunks to fill the largest budget, joined or not.
TOP_K: Final = 250
_WELL_ALIGNED: Final = 0.9


@dataclass(frozen=True, slots=True, kw_only=True)
class EvaluationOptions:
    """What to run.

    Args:
        input: Which file of each document is ingested.
        limit: At most so many questions a benchmark, sampled with `seed`; all when absent.
        seed: For sampling and intervals.
        resume: Keep what an earlier run left under `OUT/work`.
        ablations: Measure retrieval without each of its parts as well; takes about eight times as long.
        held_out: Ask only about documents with these content hashes, which a model was not trained on; about all of
            them when absent. The whole collection is searched either way.
    """

    input: InputKind = "pdf"
    limit: int | None = None
    seed: int = 0
    resume: bool = False
    ablations: bool = False
    held_out: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class EvaluatedParts:
    """What retrieval is put together from.

    Args:
        embedder: The embedder.
        reranking: Puts the best passages in order anew; nothing does when absent.
        clock: Tells the time.
    """

    embedder: EvaluationEmbedder = field(default_factory=SentenceTransformerEmbedder)
    reranking: RerankingStep | None = None
    clock: Clock = field(default_factory=SystemClock)


def run_retrieval_eval(
    pack: Path,
    collections: Sequence[str],
    *,
    out: Path,
    options: EvaluationOptions | None = None,
    parts: EvaluatedParts | None = None,
) -> dict[str, object]:
    """Evaluate retrieval and write `result.json` and `report.html`.

    Args:
        pack: The data pack's folder.
        collections: Names of benchmarks in the pack.
        out: Where results and stores go; made when absent.
        options: What to run.
        parts: Embedder and reranker; the packaged embedder and none when absent.

    Returns:
        What `result.json` holds.

    Raises:
        ConfigurationError: The pack breaks its schema, or a document has no file of the kind asked for.
        UsageError: No benchmark is named, or no question is about a document held out.
    """
    options = options or EvaluationOptions()
    if not collections:
        raise UsageError("no benchmark named", hint="--collection cuad, for example")
    opened = Pack(pack)
    opened.require_files(collections, options.input)
    parts = parts or EvaluatedParts()
    out.mkdir(parents=True, exist_ok=True)
    if not options.resume:
        shutil.rmtree(out / "work", ignore_errors=True)
    runs = {name: _run(opened, name, out=out, options=options, parts=parts) for name in collections}
    result: dict[str, object] = {
        "schema_version": SCHEMA_VERSION,
        "kind": "retrieval",
        "created_at": parts.clock.now().strftime("%Y-%m-%dT%H:%M:%SZ"),
        "settings": {**asdict(options), "budget_chars": BUDGET_CHARS, "ks": list(KS)},
        "reranker": _reranker_facts(parts.reranking),
        "model": _embedder_facts(parts.embedder),
        "machine": {"python": platform.python_version(), "processor": platform.machine()},
        "benchmarks": runs,
    }
    (out / "result.json").write_text(json.dumps(result, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    write_report(result, out / "report.html")
    return result


def _embedder_facts(embedder: EvaluationEmbedder) -> dict[str, object]:
    return {"id": embedder.model_id, "dimension": embedder.dimension, "precision": embedder.arithmetic()}


def _reranker_facts(reranking: RerankingStep | None) -> dict[str, object] | None:
    if reranking is None:
        return None
    model_id, candidates, budget_s = reranking.fingerprint
    return {"id": model_id, "candidates": candidates, "budget_ms": round(1000 * budget_s)}


def _run(pack: Pack, name: str, *, out: Path, options: EvaluationOptions, parts: EvaluatedParts) -> dict[str, object]:
    embedder = parts.embedder
    questions = pack.questions(name)
    documents = pack.collection_of(questions)
    asked = only_about(
        pack, [question for question in questions if question.gold], allowed=options.held_out, kind=options.input
    )
    asked = [asked[place] for place in sample(len(asked), options.limit, seed=options.seed)]
    folder = out / "work" / f"{'-'.join(sorted({d.collection for d in documents}))}-{options.input}"
    stores = EvaluationStores(folder, embedder=embedder, clock=parts.clock)
    try:
        with Progress(f"{name}: ingest", stream=sys.stderr) as progress:
            corpus = stores.ingest(pack, documents, kind=options.input, on_progress=progress.update)
        texts = {doc_id: stores.texts.text(digest) for doc_id, digest in corpus.text_hashes.items()}
        with Progress(f"{name}: align", stream=sys.stderr) as progress:
            gold = align_gold(pack, questions, texts=texts, on_progress=progress.update)
        naive = NaiveRetrieval(texts, embedder=embedder, cache=folder / "vectors")
        scopes = [list(question.doc_ids) if question.scope == "document" else None for question in asked]
        rankings = naive.rank([question.question for question in asked], scopes)
        retriever = stores.retriever(reranking=parts.reranking)
        scores: dict[str, list[Score]] = {}
        with Progress(f"{name}: retrieve", stream=sys.stderr) as progress:
            scores[SYSTEM], seconds = ask_all(retriever, asked, corpus=corpus, gold=gold, progress=progress)
        without = _ablations(stores, asked, corpus, gold=gold, name=name) if options.ablations else {}
        for system in BASELINES:
            found = zip(asked, rankings, strict=True)
            scores[system] = [score(got[system], gold[one.id], doc_ids=one.doc_ids) for one, got in found]
    finally:
        stores.close()
    return {
        "questions": len(asked),
        "questions_without_gold": sum(not question.gold for question in questions),
        "corpus": {
            "documents": len(documents),
            **_corpus_facts(corpus),
            "characters": sum(map(len, texts.values())),
            "baseline_chunks": len(naive.spans),
        },
        **_digests(pack, asked, documents, kind=options.input),
        "texts_digest": _digest(sorted(corpus.text_hashes.items())),
        "retriever": retriever.fingerprint,
        "pipeline_version": stores.version,
        "alignment": _alignment_summary([gold[question.id] for question in asked]),
        "query_ms": _latency(seconds),
        "systems": {system: _summary(rows, asked, seed=options.seed) for system, rows in scores.items()},
        "against_naive": _against_naive(scores, seed=options.seed),
        "rows": _rows(asked, scores, seconds),
        "ablations": without,
    }


def _ablations(
    stores: EvaluationStores,
    asked: Sequence[PackQuestion],
    corpus: IngestedCorpus,
    *,
    gold: Mapping[str, Sequence[GoldUnit]],
    name: str,
) -> dict[str, object]:
    """Ask every question again without each part of retrieval in turn."""
    found: dict[str, object] = {}
    for part, ablation in ABLATIONS.items():
        retriever = stores.retriever(ablation.settings)
        with Progress(f"{name}: {part}", stream=sys.stderr) as progress:
            rows, _ = ask_all(retriever, asked, corpus=corpus, gold=gold, progress=progress, ignore=ablation.ignore)
        found[part] = {
            "recall_8": mean([row.recall[KS.index(8)] for row in rows]),
            "recall_32": mean([row.recall[KS.index(32)] for row in rows]),
            "gold_documents_ranked": mean([row.gold_documents_ranked for row in rows]),
        }
    return found


def _rows(
    asked: Sequence[PackQuestion], scores: Mapping[str, Sequence[Score]], seconds: Sequence[float]
) -> list[dict[str, object]]:
    return [
        {
            "id": question.id,
            "category": question.category,
            "ms": round(1000 * seconds[n], 2),
            **{system: _row(rows[n]) for system, rows in scores.items()},
        }
        for n, question in enumerate(asked)
    ]


def _digests(
    pack: Pack, asked: Sequence[PackQuestion], documents: Sequence[PackDocument], *, kind: InputKind
) -> dict[str, object]:
    """Return what the gate compares by: digests of the questions with their gold and of the files ingested."""
    return {
        "questions_digest": _digest([asdict(question) for question in asked]),
        "documents_digest": _digest([document_digest(pack, document, kind=kind) for document in documents]),
        "asked_documents": sorted({found for found in asked_documents(pack, asked, kind=kind).values() if found}),
    }


def _digest(value: object) -> str:
    return sha256_id(canonical_json(value))


def ask_all(
    retriever: HybridRetriever,
    asked: Sequence[PackQuestion],
    *,
    corpus: IngestedCorpus,
    gold: Mapping[str, Sequence[GoldUnit]],
    progress: Progress,
    ignore: Sequence[str] = (),
) -> tuple[list[Score], list[float]]:
    """Return the score and the seconds of every question, in order."""
    scores: list[Score] = []
    seconds: list[float] = []
    for number, question in enumerate(asked, start=1):
        begin = time.perf_counter()
        found = _retrieve(retriever, question, corpus, ignore=ignore)
        seconds.append(time.perf_counter() - begin)
        scores.append(score(found, gold[question.id], doc_ids=question.doc_ids))
        progress.update(number, len(asked))
    return scores, seconds


def _corpus_facts(corpus: IngestedCorpus) -> dict[str, object]:
    return {
        "ingested": len(corpus.ids),
        "failures": dict(corpus.failures),
        "chunks": corpus.n_chunks,
        "ingest_s": round(corpus.seconds, 1),
    }


def _retrieve(
    retriever: HybridRetriever, question: PackQuestion, corpus: IngestedCorpus, *, ignore: Sequence[str]
) -> list[Found]:
    names = {document_id: doc_id for doc_id, document_id in corpus.ids.items()}
    filters = Filters()
    if question.scope == "document":
        # An id that was not ingested stays in the filter: it finds nothing, as it should.
        filters = Filters(document_id=tuple(corpus.ids.get(doc_id, doc_id) for doc_id in question.doc_ids))
    result = retriever.retrieve(question.question, principal=EVALUATOR, filters=filters, top_k=TOP_K, ignore=ignore)
    return [Found(names[p.document_id], p.start, p.end) for p in result.passages]


def _alignment_summary(gold: Sequence[Sequence[GoldUnit]]) -> dict[str, object]:
    spans = [span for units in gold for unit in units for _, span in unit.alternatives]
    return {
        "spans": len(spans),
        "well_aligned": sum(span.share >= _WELL_ALIGNED for span in spans),
        "not_found": sum(len(span.positions) == 0 for span in spans),
        "mean_share": mean([span.share for span in spans]),
    }


def _summary(rows: Sequence[Score], questions: Sequence[PackQuestion], *, seed: int) -> dict[str, object]:
    at_8 = {question.id: row.recall[KS.index(8)] for question, row in zip(questions, rows, strict=True)}
    categories = {question.id: question.category for question in questions}
    return {
        "recall": {
            str(k): {
                "mean": mean([row.recall[n] for row in rows]),
                "interval": interval([row.recall[n] for row in rows], seed=seed),
            }
            for n, k in enumerate(KS)
        },
        "hit": {str(k): mean([float(row.hit[n]) for row in rows]) for n, k in enumerate(KS)},
        "document_first": mean([float(row.is_document_first) for row in rows]),
        "gold_documents_ranked": mean([row.gold_documents_ranked for row in rows]),
        "recall_8_by_category": {name: list(pair) for name, pair in by_category(at_8, categories).items()},
    }


def _against_naive(scores: Mapping[str, Sequence[Score]], *, seed: int) -> dict[str, object]:
    """Compare with the better of dense only and BM25 only, k by k, with an interval over paired questions."""
    differences: dict[str, object] = {}
    for n, k in enumerate(KS):
        means = {system: mean([row.recall[n] for row in scores[system]]) or 0.0 for system in ("dense", "bm25")}
        naive = max(means, key=lambda system: means[system])
        pairs = zip(scores[SYSTEM], scores[naive], strict=True)
        gains = [ours.recall[n] - theirs.recall[n] for ours, theirs in pairs]
        differences[str(k)] = {"naive": naive, "gain": mean(gains), "interval": interval(gains, seed=seed)}
    return differences


def _row(row: Score) -> dict[str, object]:
    return {
        "recall": [round(value, 4) for value in row.recall],
        "document_first": row.is_document_first,
        "gold_documents_ranked": round(row.gold_documents_ranked, 4),
    }


def _latency(seconds: Sequence[float]) -> dict[str, float | None]:
    ordered = sorted(seconds)
    if not ordered:
        return {"p50": None, "p99": None}
    return {
        "p50": round(1000 * ordered[len(ordered) // 2], 1),
        "p99": round(1000 * ordered[int(0.99 * (len(ordered) - 1))], 1),
    }
