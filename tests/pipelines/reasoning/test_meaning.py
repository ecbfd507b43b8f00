"""Meaning is compared once per sentence, and the cost is measured."""

from collections.abc import Sequence

import pytest

from averment.core.clock import SystemClock
from averment.core.testing.embedder import HashEmbedder
from averment.pipelines.reasoning.meaning import Meaning, Place


class Counting(HashEmbedder):
    """An embedder that remembers what it was given."""

    def __init__(self) -> None:
        super().__init__()
        self.given: list[str] = []

    def embed(self, texts: Sequence[str]) -> list[list[float]]:
        self.given += texts
        return super().embed(texts)


def placed(*texts: str) -> list[tuple[Place, str]]:
    return [(("d", "sha256:00", number), text) for number, text in enumerate(texts)]


def test_the_same_words_are_alike_and_order_is_kept() -> None:
    likeness, model_s = Meaning(HashEmbedder(), SystemClock()).likeness(
        ["the law of Delaware"], placed("rent is due monthly", "the law of Delaware")
    )
    assert likeness[1] == pytest.approx(1.0, abs=1e-5)
    assert 0 <= likeness[0] < likeness[1]
    assert model_s > 0


def test_a_sentence_is_embedded_once_and_a_question_each_time() -> None:
    embedder = Counting()
    meaning = Meaning(embedder, SystemClock())
    first, _ = meaning.likeness(["rent"], placed("rent is due", "term of lease"))
    again, _ = meaning.likeness(["rent"], placed("rent is due", "term of lease", "new"))
    assert embedder.given == ["rent", "rent is due", "term of lease", "rent", "new"]
    assert again[:2] == pytest.approx(first, abs=1e-6)


def test_what_is_kept_is_bounded() -> None:
    embedder = Counting()
    meaning = Meaning(embedder, SystemClock(), kept=1)
    meaning.likeness(["q"], placed("one", "two"))
    embedder.given.clear()
    meaning.likeness(["q"], placed("one", "two"))
    assert embedder.given == ["q", "one"]


def test_without_an_embedder_nothing_is_alike() -> None:
    assert Meaning(None, SystemClock()).likeness(["q"], placed("one")) == ([0.0], 0.0)
