"""Finds the passages for a question: understand, route, search dense and sparse at once, cut, join.

Every search goes through the index port with the caller's principal, so nothing outside the caller's groups is
ever a candidate. What a question names narrows the search and is reported; it never widens it.
"""

import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Final, Protocol

from averment.core.access import Filters, Principal
from averment.core.answers import Passage, Stage
from averment.core.documents import ChunkMeta, DocumentVersion
from averment.core.errors import IndexStoreError, UsageError
from averment.core.ids import sha256_id
from averment.core.interpretation import QuotedPhrase, Reranking, Synonym
from averment.core.ports import Fusion, IndexQuery, SearchIndex, SparseVector
from averment.core.telemetry import span
from averment.pipelines.ingestion.sparse import joined, to_vector
from averment.pipelines.retrieval.clauses import topics_digest
from averment.pipelines.retrieval.defined_names import MAX_DOCUMENTS, DefinedNames, StructureTexts
from averment.pipelines.retrieval.encoding import QueryEmbedder, SparseQueryEncoder
from averment.pipelines.retrieval.known import DocumentReader, KnownDocuments
from averment.pipelines.retrieval.languages import spoken
from averment.pipelines.retrieval.narrowing import Narrowed, Visibility, narrow
from averment.pipelines.retrieval.passages import (
    PassageTexts,
    Ranked,
    below,
    collapse,
    interleave,
    join_neighbours,
    make_passages,
)
from averment.pipelines.retrieval.phrases import lift
from averment.pipelines.retrieval.planning import Plan, Probe, Weighing, make_plan
from averment.pipelines.retrieval.question import read_question
from averment.pipelines.retrieval.reranking import RerankingStep, rerank
from averment.pipelines.retrieval.results import RetrievalResult
from averment.pipelines.retrieval.routing import DocumentRouter, Route, within
from averment.pipelines.retrieval.survey import Survey, SurveyCatalog, Surveyor, SurveyPart
from averment.pipelines.retrieval.understanding import Ignored, route_without, without
from averment.pipelines.stores.payload import from_payload

RETRIEVAL_VERSION: Final = 5
MAX_TOP_K: Final = 500
# How deep passages are looked through for what a question quotes.
_PHRASE_DEPTH: Final = 200


class Texts(PassageTexts, StructureTexts, Protocol):
    """Reads whole texts, spans of them, and how they are built."""


class Documents(DocumentReader, SurveyCatalog, Visibility, Protocol):
    """Looks documents up and tells which there are; the catalog does."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RetrievalSettings:
    """How the search is done.

    Args:
        topic_weight: Weight of a term that documents use for the question's topic, against 1 for its own terms.
        synonym_weight: Weight of a term of the name that a document defines for what the question names; 0 looks for
            none.
        fusion: How the engine joins what words and meaning find.
        rank_constant: Of `rrf`: small, so that what words or meaning rank first stays near the top; 60, the usual
            value, flattens both rankings.
        dense_weight: Share of meaning against words, 0-1.
        learned_weight: Weight of the learned sparse encoder against 1 for the question's words, where there is one.
        phrases: Whether passages that hold what is quoted word for word are put first.
        join: Whether passages that follow each other in the text are joined.
        dense: Whether meaning (dense vectors) is searched.
        sparse: Whether words (sparse vectors) are searched.
        prefetch: Candidates each branch contributes before fusion.
        collapse: Whether copies of a passage in other documents are left out where no document is asked for.
    """

    topic_weight: float = 0.7
    synonym_weight: float = 1.0
    fusion: Fusion = "rrf"
    rank_constant: int = 5
    dense_weight: float = 0.5
    learned_weight: float = 0.5
    phrases: bool = True
    join: bool = True
    dense: bool = True
    sparse: bool = True
    prefetch: int = 200
    collapse: bool = True


def retrieval_fingerprint(
    settings: RetrievalSettings, *, embedder: QueryEmbedder, reranking: RerankingStep | None
) -> str:
    """Identify a retriever that is made of these parts; no model is loaded for it."""
    parts = [
        RETRIEVAL_VERSION,
        topics_digest(),
        sorted(asdict(settings).items()),
        embedder.model_id,
        # Documents are embedded alike whatever this is; questions are not.
        getattr(embedder, "query_precision", None),
        reranking.fingerprint if reranking else None,
    ]
    return sha256_id(repr(parts).encode("utf-8"))


class HybridRetriever:
    """Retrieves passages for questions.

    Args:
        index: The search index.
        catalog: Looks documents up.
        texts: Canonical texts.
        embedder: Embeds questions with the model the index was built with; a `SparseQueryEncoder`, too, where that had
            a learned sparse encoder.
        settings: How the search is done.
        reranking: Puts the best passages in order anew; nothing does when absent.
    """

    def __init__(
        self,
        index: SearchIndex,
        *,
        catalog: Documents,
        texts: Texts,
        embedder: QueryEmbedder,
        settings: RetrievalSettings | None = None,
        reranking: RerankingStep | None = None,
    ) -> None:
        self._index = index
        self._catalog = catalog
        self._texts = texts
        self._embedder = embedder
        self._settings = settings or RetrievalSettings()
        self._reranking = reranking
        self._known = KnownDocuments(catalog)
        self._names = DefinedNames(texts)
        self._router = DocumentRouter(index, known=self._known)
        self._surveyor = Surveyor(index, catalog=catalog, texts=texts)

    def warm_up(self) -> None:
        """Load what the first questions would otherwise wait for: the models, and the documents that came last."""
        self._embedder.embed_query("ready")
        if isinstance(self._embedder, SparseQueryEncoder):
            self._embedder.encode_query("ready", weight=1.0)
        if self._reranking is not None:
            self._reranking.reranker.warm_up()
        self._known.warm_up()

    @property
    def fingerprint(self) -> str:
        """Identify rules, settings and embedder: equal fingerprints retrieve equally from equal stores."""
        return retrieval_fingerprint(self._settings, embedder=self._embedder, reranking=self._reranking)

    def retrieve(
        self,
        question: str,
        *,
        principal: Principal,
        filters: Filters | None = None,
        top_k: int = 16,
        ignore: Sequence[str] = (),
    ) -> RetrievalResult:
        """Return the best passages for a question.

        Args:
            question: What is asked, 1 to 4,000 characters that count; a longer one is searched by its beginning.
            principal: On whose behalf.
            filters: Limits on the documents searched.
            top_k: How many chunks to consider for passages, 1-500; joined ones count together as one passage.
            ignore: Ids of what an earlier search understood and this one must not (`Interpretation.understood`);
                `all` searches the question as it stands.

        Raises:
            UsageError: The question is empty, `top_k` out of range, or an id of `ignore` is none.
            IndexStoreError: The index is empty although there are documents.
        """
        _check_asked(question, top_k=top_k)
        filters, ignored = filters or Filters(), Ignored.of(ignore)
        clock = _Stopwatch()
        with span("averment.pipelines.retrieve", {"averment.top_k": top_k}) as current:
            plan = self._plan(question, principal=principal, filters=filters, ignored=ignored)
            clock.lap("route_s")
            queries = self._queries(plan, principal=principal, top_k=top_k)
            clock.lap("embed_s")
            survey = self._survey(plan, queries, top_k=top_k)
            ranked = list(survey.ranked) if survey else self._search(plan, queries, top_k=top_k)
            ranked, phrases = self._lift(plan, ranked)
            clock.lap("search_s")
            if not ranked:
                self._check_index(principal)
            passages, n_collapsed = self._cut(plan, ranked[:top_k])
            clock.lap("cut_s")
            passages, reranking = self._rerank(plan, passages)
            if self._reranking is not None:
                clock.lap("rerank_s")
            current.set_attribute("averment.passages", len(passages))
            current.set_attribute("averment.documents_named", len(plan.route.documents))
        seen = replace(plan.interpretation(), reranking=reranking, n_collapsed=n_collapsed, phrases=phrases)
        seen = replace(seen, survey=survey.coverage if survey else None)
        return RetrievalResult(passages=passages, interpretation=seen, timings=clock.laps)

    def _check_index(self, principal: Principal) -> None:
        """Tell an index that was deleted from one in which nothing fits.

        Raises:
            IndexStoreError: The index holds nothing, and there are documents that the principal may read.
        """
        if self._index.count() == 0 and (n_documents := self._catalog.count_visible(principal, Filters())):
            raise IndexStoreError(
                f"the search index is empty, expected the passages of {n_documents} documents",
                hint="it was deleted or never filled; run averment ingest for every source",
            )

    def _plan(self, question: str, *, principal: Principal, filters: Filters, ignored: Ignored) -> Plan:
        read = without(read_question(question), ignored)
        route = Route()
        if not ignored.drops("documents"):
            route = route_without(self._router.route(read, principal=principal, filters=filters), ignored)
        narrowed = Narrowed(filters=filters)
        if not route.documents:
            narrowed = narrow(read, filters, principal=principal, catalog=self._catalog)
        documents = self._spoken_of(route, principal=principal, filters=filters)

        def define(asked: str, names: frozenset[str]) -> Sequence[Synonym]:
            return self._names.synonyms(documents, asked=asked, names=names)

        return make_plan(
            read,
            route,
            weighing=Weighing(
                topic=self._settings.topic_weight,
                synonym=self._settings.synonym_weight,
                languages=frozenset()
                if route.documents
                else spoken(read, principal=principal, filters=narrowed.filters, index=self._index),
            ),
            narrowed=narrowed,
            ignored=ignored,
            define=define if self._settings.synonym_weight else None,
        )

    def _spoken_of(self, route: Route, *, principal: Principal, filters: Filters) -> list[DocumentVersion]:
        """Return the documents whose own names for things count: those that the question or the caller names."""
        if route.documents or not 0 < len(filters.document_id) <= MAX_DOCUMENTS:
            return [candidate.version for candidate, _ in route.documents]
        return self._catalog.visible(principal, filters)

    def _queries(self, plan: Plan, *, principal: Principal, top_k: int) -> list[IndexQuery]:
        settings = self._settings
        if plan.phrases and settings.phrases:
            top_k = max(top_k, _PHRASE_DEPTH)
        return [
            IndexQuery(
                principal=principal,
                filters=plan.filters,
                limit=top_k,
                prefetch=max(settings.prefetch, top_k),
                dense=self._embedder.embed_query(probe.embedded) if settings.dense else None,
                sparse=self._sparse(probe) if settings.sparse else None,
                rank_constant=settings.rank_constant,
                fusion=settings.fusion,
                dense_weight=settings.dense_weight,
            )
            for probe in plan.probes
        ]

    def _sparse(self, probe: Probe) -> SparseVector:
        words = to_vector(probe.weights)
        if not isinstance(self._embedder, SparseQueryEncoder):
            return words
        return joined(words, self._embedder.encode_query(probe.asked, weight=self._settings.learned_weight))

    def _survey(self, plan: Plan, queries: Sequence[IndexQuery], *, top_k: int) -> Survey | None:
        """Survey the documents for a question about whatever documents there are; None for any other."""
        demands = [probe.demand for probe in plan.probes if probe.demand is not None]
        if not plan.is_survey:
            return None
        parts = [SurveyPart(query=query, demand=demand) for query, demand in zip(queries, demands, strict=True)]
        return self._surveyor.survey(parts, top_k=top_k)

    def _search(self, plan: Plan, queries: Sequence[IndexQuery], *, top_k: int) -> list[Ranked]:
        """Search; of a question that quotes, more comes back than was asked for."""
        ids = plan.route.document_ids
        top_k = max(top_k, queries[0].limit)
        if not ids:
            return interleave([self._ranked(query) for query in queries])[:top_k]
        groups = [ids] if plan.read.want != "compare" else [(one,) for one in ids]
        inside = interleave(
            self._ranked(replace(query, filters=within(query.filters, group))) for query in queries for group in groups
        )
        if len(inside) < top_k:
            inside += below(self._ranked(queries[0]), inside)
        return inside[:top_k]

    def _lift(self, plan: Plan, ranked: Sequence[Ranked]) -> tuple[list[Ranked], tuple[QuotedPhrase, ...]]:
        phrases = plan.phrases if self._settings.phrases else ()
        return lift(ranked, phrases, texts=self._texts, named=plan.route.document_ids)

    def _cut(self, plan: Plan, ranked: Sequence[Ranked]) -> tuple[tuple[Passage, ...], int]:
        """Make passages of hits, and count the copies that were left out."""
        passages = make_passages(
            ranked, texts=self._texts, documents=self._versions(ranked), chunks=self._chunks(ranked)
        )
        if self._settings.join:
            passages = join_neighbours(passages, texts=self._texts)
        if not self._settings.collapse or plan.read.want == "list" or plan.route.documents:
            return passages, 0
        # Nobody asked for one of the documents, nor for all of them: copies would only crowd others out.
        return collapse(passages)

    def _rerank(self, plan: Plan, passages: tuple[Passage, ...]) -> tuple[tuple[Passage, ...], Reranking]:
        if self._reranking is None:
            return passages, Reranking()
        if plan.read.want != "one":
            # Documents take turns there; the best passages of one of them would push out the others.
            return passages, Reranking(status="not_applicable", model_id=self._reranking.reranker.model_id)
        return rerank(self._reranking, passages, question=plan.probes[0].asked)

    def _ranked(self, query: IndexQuery) -> list[Ranked]:
        """Search, and bring scores to 0-1: fused ones against the best possible, others against the best hit."""
        hits = self._index.search(query)
        stage: Stage = "sparse" if query.dense is None else "dense" if query.sparse is None else "fused"
        best = max((hit.score for hit in hits), default=1.0)
        if stage == "fused" and query.fusion != "dbsf":
            # First in both branches, or 1 in both, is the best a fused hit can be.
            best = 2 / query.rank_constant if query.fusion == "rrf" else 1.0
        return [Ranked(hit=hit, score=min(1.0, max(0.0, hit.score / max(best, 1e-9))), stage=stage) for hit in hits]

    def _versions(self, ranked: Sequence[Ranked]) -> Mapping[str, DocumentVersion]:
        return self._known.versions([entry.hit for entry in ranked])

    def _chunks(self, ranked: Sequence[Ranked]) -> Mapping[str, ChunkMeta]:
        """Return the chunks that current versions still have; the index knows everything of them but the heading."""
        payloads = {str(entry.hit.payload["chunk_id"]): entry.hit.payload for entry in ranked}
        sections = self._catalog.sections(list(payloads))
        return {key: from_payload(payloads[key], section=section) for key, section in sections.items()}


def _check_asked(question: str, *, top_k: int) -> None:
    if not question.strip():
        raise UsageError("the question is empty, expected some words to search for")
    if not 1 <= top_k <= MAX_TOP_K:
        raise UsageError(f"top_k is {top_k!r}, expected 1 to {MAX_TOP_K}")


class _Stopwatch:
    """Seconds by step."""

    def __init__(self) -> None:
        self.laps: dict[str, float] = {}
        self._since = time.perf_counter()

    def lap(self, name: str) -> None:
        now = time.perf_counter()
        self.laps[name] = now - self._since
        self._since = now
