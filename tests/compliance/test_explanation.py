"""Explanations: every element names an entry that states it, nothing is made up, and a person's part is said."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast

import pytest

from averment.compliance.explanation import Explanation, explain
from averment.compliance.oversight.queue import TYPES, reviews_of
from averment.core.errors import UsageError
from averment.core.oversight import Decision, Judgement, ReviewReason
from tests.compliance.oversight.office import Office, open_office, reviewer

REJECT = Judgement(decision=Decision.REJECT, reason=ReviewReason.FIGURE)
BERT = reviewer("bert")


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    opened = open_office(tmp_path)
    yield opened
    opened.recorder.close()


def explained(office: Office, **changes: Any) -> Explanation:
    found, recorded = office.record.open_found("a-1", subject="anna", reason="explanation")
    reviews = reviews_of(office.record.leaves(TYPES, answer_id="a-1"))
    return explain(found, recorded, reviews=reviews, **({"question": "full"} | changes))


def values(made: Explanation, name: str) -> list[Any]:
    return [element.value for element in made.elements if element.name == name]


def test_every_element_names_an_entry_of_this_answer(office: Office) -> None:
    desk = office.desk(review_share=1.0)
    office.ask(desk, "a-0")
    answer = office.ask(desk, "a-1")
    (review,) = [one for one in desk.list(BERT) if one.answer_id == "a-1"]
    desk.show(review.id, BERT)
    closed = desk.decide(review.id, BERT, judgement=REJECT)
    made = explained(office)
    assert answer.receipt is not None
    own = {answer.receipt.index - 1, answer.receipt.index, review.entry, closed.decisions[0].entry}
    assert {element.entry for element in made.elements} == own
    assert made.human == "decided"
    (decision,) = values(made, "human_decision")
    assert (decision["decision"], decision["reason"]) == ("reject", "figure")


def test_the_main_elements_are_there_and_no_thoughts(office: Office) -> None:
    office.ask(office.desk(), "a-1")
    made = explained(office)
    assert (made.role, made.human) == ("extractive", "none")
    names = {element.name for element in made.elements}
    assert names >= {"question", "purpose", "documents", "sentence", "coverage", "confidence", "method", "status"}
    assert values(made, "documents") == [["d1"]]
    first = cast("dict[str, Any]", values(made, "sentence")[0])
    assert first["checks"] == [{"name": "verbatim", "passed": True, "detail": ""}]
    assert first["places"][0]["page"] == 2
    assert values(made, "sentence")[1]["calculation"]["expression"] == "a"
    assert "steps" not in names
    assert any("language model" in line for line in made.not_established)


def test_words_are_given_masked_or_withheld_as_asked(office: Office) -> None:
    office.ask(office.desk(), "a-1")
    withheld = explained(office, question="withheld")
    assert values(withheld, "question") == [None]
    assert all(sentence["text"] is None for sentence in values(withheld, "sentence"))
    masked = explained(office, question="masked", mask=lambda text: text.replace("term", "█"))
    assert values(masked, "question") == ["What is the █?"]
    with pytest.raises(UsageError, match="needs what masks"):
        explained(office, question="masked")


def test_a_planted_review_is_no_human_decision(office: Office) -> None:
    desk = office.desk(planted_share=1.0)
    office.ask(desk, "a-1")
    (review,) = desk.list(BERT)
    desk.show(review.id, BERT)
    assert explained(office).human == "undecided"
    desk.decide(review.id, BERT, judgement=REJECT)
    assert explained(office).human == "none"
