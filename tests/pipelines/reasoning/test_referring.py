"""What a quoted sentence rests on is quoted after it, and ordinary answers do not grow."""

from typing import Any

import pytest

from averment.core.access import Principal
from averment.core.answers import Answer, SentenceKind
from tests.pipelines.reasoning.contracts_in_force import EXHIBIT, FIRST, MASTER

SUPPORT = "Within how many hours must Supplier answer requests for support?"
FEES = "Where are the fees set out that Customer shall pay?"


@pytest.fixture
def ask(new_desk: type[Any]) -> Any:
    def asked(question: str, *texts: str, **options: Any) -> Answer:
        desk = new_desk()
        for number, text in enumerate((MASTER, *texts)):
            readers = ("legal",) if text is EXHIBIT else ("everyone",)
            desk.corpus.add_contract(f"document{number}", text, readers=readers)
        answer: Answer = desk.ask(question, **options)
        return answer

    return asked


def quotes(answer: Answer) -> list[str]:
    """Return the quotations of an answer."""
    return [sentence.text for sentence in answer.sentences if sentence.kind is SentenceKind.QUOTE]


def test_the_definition_that_decides_what_is_counted_is_quoted(ask: Any) -> None:
    answer = ask(SUPPORT)
    assert "within four (4) hours during Business Hours" in quotes(answer)[0]
    assert any('“1.1 "Business Hours" means 8 a.m.' in text for text in quotes(answer)[1:])
    assert "What the quotation rests on is quoted after it." in answer.text
    assert {claim.verdict.value for claim in answer.claims} == {"supported"}


def test_a_section_that_the_sentence_is_subject_to_is_quoted(ask: Any) -> None:
    answer = ask("What is the limit of the total liability of Supplier?")
    assert "subject to Section 9.1" in quotes(answer)[0]
    assert "“9.1 Nothing in this Agreement limits" in quotes(answer)[1]


def test_an_exhibit_that_is_incorporated_is_followed_or_said_to_be_missing(ask: Any) -> None:
    legal = Principal(subject="lea", groups=("everyone", "legal"))
    followed = ask(FEES, EXHIBIT, principal=legal)
    assert "set out in Exhibit B" in quotes(followed)[0]
    assert any("EUR 12,500" in text or "EUR 4,200" in text for text in quotes(followed))
    assert "Exhibit B was read in EXHIBIT B TO THE MASTER SERVICES AGREEMENT." in followed.text
    hidden = ask(FEES, EXHIBIT)
    absent = ask(FEES)
    assert "Exhibit B, which the quotation refers to, is not among the documents" in hidden.text
    assert hidden.text == absent.text
    assert hidden.coverage == absent.coverage


@pytest.mark.parametrize(
    "question",
    [
        "Within how many days must Customer pay an undisputed invoice?",
        "Which law governs the agreement?",
        "What interest do late payments bear?",
        "What notice is required for non-renewal?",
    ],
)
def test_ordinary_answers_do_not_grow(ask: Any, question: str) -> None:
    answer = ask(question)
    assert len(quotes(answer)) == 1
    assert "rests on" not in answer.text


def test_at_most_two_quotations_are_added_and_none_twice(ask: Any) -> None:
    crowded = MASTER.replace(
        "within four (4) hours during Business Hours.",
        "within four (4) hours during Business Hours, subject to Section 9.1, Section 4.3 and Section 12.",
    )
    desk_answer = ask(SUPPORT, crowded)
    found = quotes(desk_answer)
    assert len(found) == len(set(found))
    assert len(found) <= 1 + 2 + 2


def test_a_section_that_was_amended_is_quoted_as_amended(ask: Any) -> None:
    changed = FIRST.replace(
        "2. Section 7.3 of the Agreement is hereby deleted in its entirety.",
        (
            "2. Section 9.1 of the Agreement is hereby amended and restated to read as follows:\n\n"
            '"9.1 Nothing in this Agreement shall limit the liability for fraud."'
        ),
    )
    answer = ask("What is the limit of the total liability of Supplier?", changed)
    assert any("shall limit the liability for fraud" in text for text in quotes(answer))
    assert not any("gross negligence" in text for text in quotes(answer))
