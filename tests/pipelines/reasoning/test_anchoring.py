"""Answers from a contract and its amendments: what is in force on a day is quoted, with the chain that led to it."""

from datetime import date
from typing import Any

import pytest

from averment.core.access import Filters, Principal
from averment.core.answers import Answer, SentenceKind
from averment.pipelines.reasoning.anchoring import asks_of_changes
from tests.pipelines.reasoning.contracts_in_force import FIRST, MASTER, SECOND

PAYMENT = "Within how many days must Customer pay an undisputed invoice?"


@pytest.fixture
def contracts(new_desk: type[Any]) -> Any:
    desk = new_desk()
    desk.corpus.add_contract("master", MASTER)
    desk.corpus.add_contract("first", FIRST)
    desk.corpus.add_contract("second", SECOND, readers=("legal",))
    return desk


EVERYONE = Principal(subject="alice", groups=("everyone",))
LEGAL = Principal(subject="lea", groups=("everyone", "legal"))


def quotes(answer: Answer) -> list[tuple[str, str]]:
    """Return document and first words of every quotation."""
    return [
        (sentence.claim.citations[0].document_id, sentence.text)
        for sentence in answer.sentences
        if sentence.kind is SentenceKind.QUOTE and sentence.claim is not None
    ]


@pytest.mark.parametrize(
    ("as_of", "days", "documents"),
    [
        (date(2022, 6, 1), 30, ["master"]),
        (date(2023, 6, 1), 45, ["first", "master"]),
        (date(2025, 2, 28), 45, ["first", "master"]),
        (date(2025, 3, 1), 60, ["second", "master", "first"]),
        (None, 60, ["second", "master", "first"]),
    ],
)
@pytest.mark.parametrize("picked", [(), ("master",), ("first",)])
def test_the_clause_in_force_is_quoted_first_and_then_what_stood_before(
    contracts: Any, as_of: date | None, days: int, documents: list[str], picked: tuple[str, ...]
) -> None:
    answer = contracts.ask(PAYMENT, as_of=as_of, principal=LEGAL, filters=Filters(document_id=picked))
    assert answer.status == "answered"
    assert (answer.value.value, answer.value.unit) == (days, "day")
    assert [document for document, _ in quotes(answer)] == documents
    assert f"({days}) days" in quotes(answer)[0][1]
    assert {claim.verdict.value for claim in answer.claims} == {"supported"}


def test_the_notices_name_the_chain_and_what_comes_later(contracts: Any) -> None:
    answer = contracts.ask(PAYMENT, as_of=date(2024, 1, 1), principal=LEGAL)
    assert (
        "In force on January 1, 2024: MASTER SERVICES AGREEMENT → AMENDMENT NO. 1 TO MASTER SERVICES AGREEMENT "
        "(effective June 1, 2023): restates Section 4.2." in answer.text
    )
    assert (
        "A later change takes effect after that day: AMENDMENT NO. 2 TO MASTER SERVICES AGREEMENT (effective March 1, "
        "2025): restates Section 4.2." in answer.text
    )


def test_an_amendment_that_the_caller_may_not_read_leaves_no_trace(contracts: Any, new_desk: type[Any]) -> None:
    without = new_desk()
    without.corpus.add_contract("master", MASTER)
    without.corpus.add_contract("first", FIRST)
    for as_of in (None, date(2024, 1, 1)):
        hidden = contracts.ask(PAYMENT, as_of=as_of, principal=EVERYONE)
        absent = without.ask(PAYMENT, as_of=as_of, principal=EVERYONE)
        assert hidden.text == absent.text
        assert hidden.coverage == absent.coverage
        assert hidden.value.value == 45
        assert [step.summary for step in hidden.steps] == [step.summary for step in absent.steps]
        assert [step.facts for step in hidden.steps] == [step.facts for step in absent.steps]


def test_a_deleted_clause_is_answered_with_its_deletion(contracts: Any) -> None:
    answer = contracts.ask("May Customer audit the books and records of Supplier?", principal=EVERYONE)
    assert quotes(answer)[0][0] == "first"
    assert "Section 7.3 of the Agreement is hereby deleted" in quotes(answer)[0][1]
    assert [document for document, _ in quotes(answer)] == ["first", "master"]
    assert "the clause is no longer in force" in answer.text
    assert "deleted" in [sentence.code for sentence in answer.sentences]
    before = contracts.ask("May Customer audit the books and records of Supplier?", as_of=date(2023, 5, 31))
    assert [document for document, _ in quotes(before)] == ["master"]
    assert "takes effect after that day" in before.text
    assert "later_change" in [sentence.code for sentence in before.sentences]


def test_replaced_words_stand_before_the_clause_and_give_the_value(contracts: Any) -> None:
    answer = contracts.ask("What is the limit of the total liability of Supplier?", principal=EVERYONE)
    assert [document for document, _ in quotes(answer)][:2] == ["first", "master"]
    assert "changes Section 8" in answer.text


def test_a_clause_that_was_added_is_quoted(contracts: Any) -> None:
    answer = contracts.ask("What insurance shall Supplier maintain?", principal=LEGAL)
    assert quotes(answer)[0][0] == "second"
    assert "adds Section 6.1" in answer.text
    before = contracts.ask("What insurance shall Supplier maintain?", principal=LEGAL, as_of=date(2024, 1, 1))
    assert not any("2,000,000" in sentence.text for sentence in before.sentences)
    assert "(effective March 1, 2025): adds Section 6.1" in before.text
    absent = contracts.ask("Is there an insurance clause?", principal=LEGAL, as_of=date(2024, 1, 1))
    assert quotes(absent) == []
    assert "adds Section 6.1" in absent.text


def test_words_of_an_amendment_that_change_nothing_do_not_answer_for_the_contract(contracts: Any) -> None:
    answer = contracts.ask("Which law governs the agreement?", filters=Filters(document_id=("master",)))
    assert [document for document, _ in quotes(answer)] == ["master"]
    assert "In force on" not in answer.text


def test_an_ordinary_answer_says_nothing_of_amendments(desk: Any) -> None:
    answer = desk.ask("Which state's law governs the agreement?")
    assert not any("In force on" in sentence.text for sentence in answer.sentences)


def test_a_question_about_an_amendment_is_answered_from_it(contracts: Any) -> None:
    question = "Within how many days must Customer pay an undisputed invoice under Amendment No. 1?"
    assert asks_of_changes(question)
    assert not asks_of_changes(PAYMENT)
    answer = contracts.ask(question, principal=LEGAL, filters=Filters(document_id=("first",)))
    assert [document for document, _ in quotes(answer)] == ["first"]
    assert "(45) days" in answer.text


def test_an_amendment_of_a_restatement_is_followed_from_the_original(new_desk: type[Any]) -> None:
    restated = MASTER.replace("MASTER SERVICES AGREEMENT", "AMENDED AND RESTATED MASTER SERVICES AGREEMENT").replace(
        'This Master Services Agreement (this "Agreement") is made and entered into as of January 10, 2022',
        "This Amended and Restated Master Services Agreement amends and restates the Master Services Agreement dated "
        'January 10, 2022 (this "Agreement") and is made and entered into as of June 1, 2024',
    )
    change = SECOND.replace("January 10, 2022", "June 1, 2024").replace(
        "amends the Master Services Agreement", "amends the Amended and Restated Master Services Agreement"
    )
    desk = new_desk()
    desk.corpus.add_contract("master", MASTER)
    desk.corpus.add_contract("restated", restated.replace("within thirty (30) days", "within twenty (20) days"))
    desk.corpus.add_contract("second", change)
    for as_of, days, document in (
        (date(2024, 5, 31), 30, "master"),
        (date(2024, 6, 1), 20, "restated"),
        (date(2025, 3, 1), 60, "second"),
    ):
        answer = desk.ask(PAYMENT, as_of=as_of, filters=Filters(document_id=("master",)))
        assert answer.value.value == days
        assert quotes(answer)[0][0] == document
