"""What a model may add comes only through labels that were offered."""

from collections.abc import Callable
from typing import Any

import pytest

from averment.core.clock import SystemClock
from averment.pipelines.reasoning import drafting
from averment.pipelines.reasoning.evidence import Source
from averment.pipelines.reasoning.model_desk import ModelDesk
from averment.pipelines.reasoning.reader import Candidate, Interest, Reader, Stretch

Make = Callable[..., Any]
QUESTION = "Which law governs?"
READER = Reader(None, SystemClock())


@pytest.fixture
def candidates(desk: Any) -> list[Candidate]:
    document = desk.corpus.documents["lease"]
    source = Source(document, text=desk.corpus.text(document.text_hash), layout=desk.corpus.layout(document.text_hash))
    read, _ = READER.read(Interest(question=QUESTION, topics=(), kind=None), [Stretch(source=source)])
    return read


def desk_of(model: Any) -> ModelDesk:
    return ModelDesk(model, trust=None, clock=SystemClock())


def test_labels_pick_candidates_in_order(candidates: list[Candidate], scripted: Make) -> None:
    chosen, call = drafting.select(
        desk_of(scripted(['{"labels": ["S2", "S1", "S2"]}'])), QUESTION, candidates, sentences_of=READER.sentences
    )
    assert chosen == [candidates[1], candidates[0]]
    assert call is not None
    none, _ = drafting.select(
        desk_of(scripted(['{"labels": []}'])), QUESTION, candidates, sentences_of=READER.sentences
    )
    assert none == []


@pytest.mark.parametrize("reply", ['{"labels": ["S99"]}', '{"labels": "S1"}', "S1", '{"labels": ["S1"], "text": "x"}'])
def test_other_labels_are_no_selection(candidates: list[Candidate], scripted: Make, reply: str) -> None:
    assert drafting.select(desk_of(scripted([reply])), QUESTION, candidates, sentences_of=READER.sentences)[0] is None


def test_a_statement_rests_on_labels_and_ends_as_a_sentence(candidates: list[Candidate], scripted: Make) -> None:
    model = scripted(['{"statement": " The laws  of Delaware govern", "labels": ["S1"]}'])
    draft, _ = drafting.state(desk_of(model), QUESTION, candidates, sentences_of=READER.sentences, language="en")
    assert draft is not None
    assert (draft.text, draft.candidates) == ("The laws of Delaware govern.", (candidates[0],))


@pytest.mark.parametrize(
    "reply",
    [
        '{"statement": "", "labels": []}',
        '{"statement": "It is so.", "labels": []}',
        '{"statement": "He said “it is so”.", "labels": ["S1"]}',
        '{"statement": "' + "x" * 800 + '", "labels": ["S1"]}',
    ],
)
def test_no_statement_without_support_or_with_quotation_marks(
    candidates: list[Candidate], scripted: Make, reply: str
) -> None:
    assert (
        drafting.state(desk_of(scripted([reply])), QUESTION, candidates, sentences_of=READER.sentences, language="en")[
            0
        ]
        is None
    )


def test_the_document_comes_before_the_question(candidates: list[Candidate], scripted: Make) -> None:
    model = scripted(['{"labels": []}'])
    drafting.select(desk_of(model), QUESTION, candidates, sentences_of=READER.sentences)
    content = model.asked[0][1][1].content
    assert content.startswith("<sentences>")
    assert content.endswith(f"Question: {QUESTION}")
