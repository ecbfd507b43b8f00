"""Texts are likened to labelled sentences, with whatever embedder there is."""

from collections.abc import Sequence
from pathlib import Path

from averment.core.testing.embedder import HashEmbedder
from averment.pipelines.likeness import LearnedLikeness

OUTSIDE = {
    "hiring": ["which candidate should we hire", "rank the candidates for the job", "whom should we hire for the job"],
    "credit": ["should we lend her money", "can she repay the loan", "should the customer get the loan"],
}
INSIDE = [
    "what is the term of the lease",
    "when does the loan agreement end",
    "which law governs the contract",
    "what notice period does the contract provide",
    "who signed the amendment",
    "how high is the rent under the lease",
]


class CountingEmbedder(HashEmbedder):
    """Knows how often it was asked."""

    query_precision = "int8"

    def __init__(self, model_id: str = "hash-embedder"):
        super().__init__(dimension=64)
        self.model_id = model_id
        self.asked: list[str] = []

    def embed_query(self, text: str) -> list[float]:
        self.asked.append(text)
        return super().embed_query(text)


def likeness(cache: Path, *embedders: CountingEmbedder, inside: Sequence[str] = INSIDE) -> LearnedLikeness:
    """Return a likeness that uses one embedder after another, the last one for good."""
    waiting = list(embedders)
    return LearnedLikeness(
        OUTSIDE, inside, embedder=lambda: waiting.pop(0) if len(waiting) > 1 else waiting[0], cache=cache
    )


def test_a_question_is_like_the_sentences_it_shares_words_and_meaning_with(tmp_path: Path) -> None:
    likened = likeness(tmp_path, CountingEmbedder())
    hiring = likened.liken("Which candidate should we hire for this job?")
    assert (hiring.is_like, hiring.label) == (True, "hiring")
    credit = likened.liken("Should the customer get a loan?")
    assert (credit.is_like, credit.label) == (True, "credit")
    assert not likened.liken("Which law governs the lease?").is_like
    assert not likened.liken("").is_like


def test_no_more_than_its_share_of_the_sentences_inside_lies_beyond_the_threshold_when_left_out(tmp_path: Path) -> None:
    """Six sentences allow none: refitted without one of them, that one stays below the threshold that all give."""
    threshold = likeness(tmp_path, CountingEmbedder()).liken("any").threshold
    left_out = [
        likeness(tmp_path, CountingEmbedder(), inside=[other for other in INSIDE if other != text]).liken(text).score
        for text in INSIDE
    ]
    assert max(left_out) <= threshold + 150, "the closed form stands for refitting; weights differ by a sentence"


def test_vectors_of_the_sentences_are_kept_and_not_mistaken_for_those_of_another_model(tmp_path: Path) -> None:
    first, again, other = CountingEmbedder(), CountingEmbedder(), CountingEmbedder("another")
    score = likeness(tmp_path, first).liken("rank the candidates").score
    assert len(first.asked) == 13
    assert likeness(tmp_path, again).liken("rank the candidates").score == score
    assert again.asked == ["rank the candidates"]
    likeness(tmp_path, other).liken("rank the candidates")
    assert len(other.asked) == 13


def test_an_index_with_another_embedder_is_met_by_fitting_anew(tmp_path: Path) -> None:
    first, other = CountingEmbedder(), CountingEmbedder("another")
    likened = likeness(tmp_path, first, other)
    likened.liken("rank the candidates")
    likened.liken("rank the candidates")
    assert len(other.asked) == 13
