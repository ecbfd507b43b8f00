"""Reranking changes the order of the best passages, and shows whether it did."""

from collections.abc import Sequence

import pytest

from averment.core.access import Principal
from averment.core.answers import Passage
from averment.core.errors import ModelUnavailable
from averment.core.interpretation import Reranking
from averment.core.testing.clock import FixedClock
from averment.pipelines.retrieval.reranking import RerankingStep, rerank
from averment.pipelines.retrieval.retriever import HybridRetriever

from .conftest import Library
from .sample_contracts import contract

WHO = Principal(subject="p", groups=("everyone",))


class WordReranker:
    """Scores by how often a word occurs; reads so many texts, or fails."""

    model_id = "words"

    def __init__(self, word: str = "law", *, reads: int = 100, fails: bool = False) -> None:
        self._word, self._reads, self._fails = word, reads, fails
        self.is_warm = False
        self.asked: list[str] = []

    def warm_up(self) -> None:
        self.is_warm = True

    def scores(self, question: str, texts: Sequence[str], *, budget_s: float) -> list[float]:
        self.asked.append(question)
        if self._fails:
            raise ModelUnavailable("gone")
        return [min(1.0, text.lower().count(self._word) / 4) for text in texts[: self._reads]]


def step(reranker: WordReranker, *, candidates: int = 10) -> RerankingStep:
    return RerankingStep(reranker=reranker, candidates=candidates, budget_s=0.3, clock=FixedClock())


def passage(rank: int, text: str) -> Passage:
    return Passage(
        rank=rank, score=1.0 - rank / 10, chunk_id=f"c{rank}", document_id="d", text_hash="t", source_uri="u",
        title="T", start=rank * 100, end=rank * 100 + len(text), first_page=None, last_page=None, section="", text=text,
        stage="fused",
    )  # fmt: skip


PASSAGES = tuple(passage(rank, text) for rank, text in enumerate(["fees", "law law", "law", "notice law law law"], 1))


def test_the_best_come_in_the_order_of_their_scores() -> None:
    ordered, found = rerank(step(WordReranker()), PASSAGES, question="q")
    assert [p.chunk_id for p in ordered] == ["c4", "c2", "c3", "c1"]
    assert [p.rank for p in ordered] == [1, 2, 3, 4]
    assert {p.stage for p in ordered} == {"reranked"}
    assert (found.status, found.model_id, found.n_passages) == ("done", "words", 4)


def test_what_was_not_reached_stays_below_in_its_order() -> None:
    ordered, found = rerank(step(WordReranker(reads=2)), PASSAGES, question="q")
    assert [p.chunk_id for p in ordered] == ["c2", "c1", "c3", "c4"]
    assert [p.stage for p in ordered] == ["reranked", "reranked", "fused", "fused"]
    assert found.n_passages == 2
    scores = [p.score for p in ordered]
    assert scores == sorted(scores, reverse=True)


def test_only_candidates_are_read() -> None:
    _, found = rerank(step(WordReranker(), candidates=3), PASSAGES, question="q")
    assert found.n_passages == 3


@pytest.mark.parametrize(
    ("reranker", "status"), [(WordReranker(fails=True), "failed"), (WordReranker(reads=0), "out_of_time")]
)
def test_without_scores_the_order_stays_and_that_is_said(reranker: WordReranker, status: str) -> None:
    ordered, found = rerank(step(reranker), PASSAGES, question="q")
    assert ordered == PASSAGES
    assert found.status == status


@pytest.fixture(scope="module")
def filled(library: Library) -> Library:
    """Return a library with a few contracts."""
    for number in range(4):
        library.put(f"c{number}.txt", contract("SUPPLY AGREEMENT", f"Buyer{number} Ltd.", "Seller AG", law="Utah"))
    return library


def retriever(library: Library, reranking: RerankingStep | None) -> HybridRetriever:
    return HybridRetriever(
        library.index, catalog=library.catalog, texts=library.texts, embedder=library.embedder, reranking=reranking
    )


def test_a_search_says_whether_it_was_reranked(filled: Library) -> None:
    plain = retriever(filled, None).retrieve("fees and invoices", principal=WHO)
    assert plain.interpretation.reranking == Reranking(status="off")
    assert "rerank_s" not in plain.timings
    words = WordReranker("confidential")
    made = retriever(filled, step(words))
    made.warm_up()
    assert words.is_warm
    found = made.retrieve("fees and invoices", principal=WHO)
    assert found.interpretation.reranking.status == "done"
    assert "confidential" in found.passages[0].text.lower()
    assert {p.chunk_id for p in found.passages} == {p.chunk_id for p in plain.passages}
    assert made.fingerprint != retriever(filled, None).fingerprint


def test_documents_keep_taking_turns_in_lists_and_comparisons(filled: Library) -> None:
    words = WordReranker()
    found = retriever(filled, step(words)).retrieve("Which contracts are governed by the law of Utah?", principal=WHO)
    assert found.interpretation.reranking.status == "not_applicable"
    assert words.asked == []
