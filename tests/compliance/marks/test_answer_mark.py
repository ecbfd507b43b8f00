"""Marks of answers, wherever their JSON takes them."""

import json
from collections.abc import Callable
from dataclasses import replace

import pytest

from averment.compliance.marks.answer_mark import mark_answer
from averment.compliance.marks.formats import detect
from averment.core.answers import Answer, Sentence, SentenceKind
from averment.core.jsonable import to_json
from averment.core.testing.backend import an_answer
from averment.service.chat_format import completion
from tests.compliance.marks.files import SIGNER

KEYS = [SIGNER.verifier]


def a_marked_answer() -> Answer:
    plain = an_answer("a-1")
    said = Sentence(kind=SentenceKind.STATEMENT, text="So it ends — in May.")
    answer = replace(plain, sentences=(*plain.sentences, said), text=f"{plain.text} {said.text}", disclosure="AI.")
    text, _ = mark_answer(answer, generator="averment 0.1.0", model="m", signer=SIGNER)
    return replace(answer, mark=text)


def as_itself(answer: Answer) -> object:
    return to_json(answer)


def as_analysis(answer: Answer) -> object:
    return {"id": "job", "status": "completed", "answer": to_json(answer)}


def as_completion(answer: Answer) -> object:
    return completion(answer, model="averment")


WAYS = [as_itself, as_analysis, as_completion]


@pytest.mark.parametrize("way", WAYS)
def test_a_mark_is_found_in_the_json_of_an_answer(way: Callable[[Answer], object]) -> None:
    found = detect(json.dumps(way(a_marked_answer())).encode(), keys=KEYS)
    assert found.verdict == "valid"
    assert found.facts is not None
    assert (found.facts.answer_id, found.facts.entry) == ("a-1", "o 4")


@pytest.mark.parametrize("way", WAYS)
def test_a_changed_sentence_is_found_out(way: Callable[[Answer], object]) -> None:
    changed = json.dumps(way(a_marked_answer()), ensure_ascii=False).replace("in May", "in Mai")
    assert detect(changed.encode(), keys=KEYS).verdict == "changed-content"


@pytest.mark.parametrize("way", WAYS)
def test_an_answer_of_copies_alone_has_no_mark(way: Callable[[Answer], object]) -> None:
    assert detect(json.dumps(way(an_answer())).encode(), keys=KEYS).verdict == "no-mark"
