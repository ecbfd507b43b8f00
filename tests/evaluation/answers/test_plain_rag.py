import json
from collections.abc import Sequence

import pytest

from averment.core.errors import ModelUnavailable
from averment.core.ports import ChatMessage
from averment.evaluation.answers.plain_rag import LABELS, PlainRag, messages, read_completion
from averment.evaluation.answers.reply import Place
from averment.evaluation.metrics import Found

from .said import SayingModel, question

TEXTS = {"d1": "The fee is ten euro. The term is two years, whatever the parties may say."}
PLACES = [Place(doc_id="d1", start=0, end=20, text=TEXTS["d1"][:20]), Place(doc_id="d1", start=21, end=73, text="x")]


def said(**reply: object) -> str:
    return json.dumps({"found": True, "answer": "", "passages": [], **reply})


def test_the_passages_come_first_and_the_question_last() -> None:
    system, user = messages("How much?", ["a  b", "c"], labels=LABELS)
    assert system.content.startswith("You answer")
    assert user.content.index("[1] a b") < user.content.index("[2] c") < user.content.index("How much?")
    assert user.content.endswith("supported, contradicted, not_mentioned.")


def test_what_it_cites_are_the_passages_it_was_shown() -> None:
    reply = read_completion(said(answer="ten euro", passages=[2, 1, 2, 9]), PLACES, labels=())
    assert reply.is_answered
    assert reply.places == (PLACES[1], PLACES[0])


@pytest.mark.parametrize("text", ["", "{", "[]", '{"found": true}', said(passages=["one"])])
def test_what_is_no_reply_is_no_answer(text: str) -> None:
    assert read_completion(text, PLACES, labels=()) == read_completion("", PLACES, labels=())
    assert not read_completion(text, PLACES, labels=()).is_answered


def test_nothing_found_is_no_answer() -> None:
    assert not read_completion(said(found=False, answer="No."), PLACES, labels=()).is_answered
    assert not read_completion(said(answer="  "), PLACES, labels=()).is_answered


def test_a_label_is_read_whatever_it_found() -> None:
    reply = read_completion(said(found=False, answer="not_mentioned"), PLACES, labels=LABELS)
    assert (reply.is_answered, reply.is_absence, reply.label) == (False, True, "not_mentioned")
    assert not read_completion(said(answer="perhaps"), PLACES, labels=LABELS).is_answered


def test_a_quotation_of_words_it_was_not_shown_is_fabricated() -> None:
    right = said(answer='It says "The fee is TEN euro" there.')
    wrong = said(answer='It says "The fee is eleven euro" there.')
    assert read_completion(right, PLACES, labels=()).n_fabricated == 0
    assert read_completion(wrong, PLACES, labels=()).n_fabricated == 1


def test_it_asks_once_with_what_a_search_found() -> None:
    seen: list[str] = []

    def say(told: Sequence[ChatMessage]) -> str:
        seen.append(told[-1].content)
        return said(answer="two years", passages=[1])

    model = SayingModel(say)
    arm = PlainRag(model, search=lambda _: [Found("d1", 21, 72)], texts=TEXTS)
    reply = arm.reply(question("value"))
    assert reply.places[0].text == TEXTS["d1"][21:72]
    assert reply.cost.model_calls == model.n_asked == 1
    assert "whatever the parties" in seen[0]
    assert "whatever the parties" not in PlainRag(model, search=None, texts=TEXTS).reply(question("value")).text
    assert "none" in seen[1]


def test_a_model_that_fails_answers_nothing() -> None:
    def fail(_: object) -> str:
        raise ModelUnavailable("down")

    reply = PlainRag(SayingModel(fail), search=None, texts=TEXTS).reply(question("value"))
    assert not reply.is_answered
    assert reply.note == ModelUnavailable("").code
