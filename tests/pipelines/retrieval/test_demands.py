"""What a list question demands of a document."""

from datetime import date

import pytest

from averment.pipelines.retrieval.demands import NO_DEMAND, Demand, read_demand, sentences
from averment.pipelines.retrieval.question import read_question


def demand(question: str) -> Demand:
    return read_demand(question, names=read_question(question).names)


def is_met(question: str, sentence: str, *, called: frozenset[str] = frozenset(), begins: date | None = None) -> bool:
    return demand(question).is_met(sentence, called=called, begins=begins)


def test_the_clause_must_say_the_name() -> None:
    question = "Which contracts are governed by the law of New York?"
    assert is_met(question, "This Agreement is governed by the laws of the State of New York.")
    assert not is_met(question, "This Agreement is governed by the laws of the State of Ohio.")
    assert not is_met(question, "Notices are to be sent to the office in New York.")


def test_a_law_is_named_by_its_adjective_too() -> None:
    assert is_met(
        "Which contracts are governed by the law of England?", "It shall be construed in accordance with English law."
    )
    assert not is_met(
        "Which contracts are governed by the law of France?", "It shall be construed in accordance with English law."
    )


ENGLAND = "Which contracts are governed by the law of England?"
PRC = "Which contracts are governed by the law of the People's Republic of China?"


@pytest.mark.parametrize(
    ("question", "sentence", "expected"),
    [
        (
            ENGLAND,
            "This Agreement shall be governed by and construed in accordance with the laws of England and Wales.",
            True,
        ),
        (ENGLAND, "The construction of this Agreement shall in all respects be governed by English law.", True),
        (ENGLAND, "Governing Law: England", True),
        (ENGLAND, "Governing Law; English Language. It shall be governed by the laws of Ontario.", False),
        (ENGLAND, "Arbitration is subject to the application of Italian law and is conducted in English.", False),
        (ENGLAND, "The execution of this Agreement by the English branch violates no law applicable to it.", False),
        (PRC, "The interpretation of this Agreement shall be governed by the laws of PRC.", True),
        (PRC, "The interpretation of this Agreement shall be governed by the laws of China.", False),
        (PRC, "It is governed by the laws of the People’s Republic of China.", True),
        (
            "Welche Verträge unterliegen dem Recht von Österreich?",
            "Der Vertrag unterliegt dem Recht der Republik Österreich.",
            True,
        ),
    ],
)
def test_a_law_is_named_beside_the_word(question: str, sentence: str, expected: bool) -> None:
    assert is_met(question, sentence) is expected


def test_the_name_of_the_document_is_no_law() -> None:
    assert not is_met(ENGLAND, "It is governed by the laws of Ohio.", called=frozenset({"england", "steel"}))


def test_a_name_the_document_is_called_by_need_not_be_said_again() -> None:
    question = "Which agreements with Tamarind may be terminated without cause?"
    clause = "Either party may terminate this Agreement at any time without cause upon notice."
    assert is_met(question, clause, called=frozenset({"tamarind", "lease"}))
    assert not is_met(question, clause)


def test_a_term_must_end_in_the_year_asked_for() -> None:
    question = "Which contracts have an initial term that expires in 2021?"
    clause = "The initial term of this Agreement is three (3) years."
    assert demand(question).ends_in == 2021
    assert is_met(question, clause, begins=date(2018, 5, 4))
    assert not is_met(question, clause, begins=date(2016, 5, 4))


def test_what_no_rule_can_tell_is_not_checkable() -> None:
    assert not demand("Which contracts are well written?").is_checkable
    assert not NO_DEMAND.is_met("This Agreement is governed by the laws of Ohio.", called=frozenset(), begins=None)


def test_sentences_end_where_clauses_do() -> None:
    text = "1. Fees. The customer shall pay each invoice within 30 days. Late payments bear interest at 5%.\n\nShort."
    assert [sentence for _, sentence in sentences(text)] == [
        "The customer shall pay each invoice within 30 days.",
        "Late payments bear interest at 5%.",
    ]
    assert all(text[start : start + len(sentence)] == sentence for start, sentence in sentences(text))
