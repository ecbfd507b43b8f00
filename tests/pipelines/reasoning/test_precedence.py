"""What a contract ranks first stands first, and the clause that says so is quoted."""

from typing import Any

import pytest

from averment.core.answers import SentenceKind
from averment.pipelines.reasoning.precedence import winner_of
from tests.pipelines.reasoning.contracts_in_force import EXHIBIT, MASTER


@pytest.mark.parametrize(
    ("sentence", "winner"),
    [
        (
            "In a conflict between this Agreement and an Exhibit, this Agreement shall prevail.",
            "agreement",
        ),
        ("If an Order Form conflicts with the Agreement, the terms of the Order Form shall control.", "attachment"),
        ("In case of any conflict, the terms of the applicable Statement of Work shall control.", "attachment"),
        (
            "An inconsistency is resolved in this order of precedence: (a) Schedules; (b) this Agreement.",
            "attachment",
        ),
        ("Bei Widersprüchen gehen die Anlagen diesem Vertrag vor.", "attachment"),
        ("Bei Widersprüchen hat dieser Rahmenvertrag Vorrang vor den Anlagen.", "agreement"),
        ("The laws of Delaware, without regard to conflicts of laws, govern this Agreement.", None),
        ("This Agreement shall be governed by the laws of Delaware.", None),
    ],
)
def test_the_paper_that_prevails_is_read(sentence: str, winner: str | None) -> None:
    assert winner_of(sentence) == winner


@pytest.mark.parametrize(("winner", "days"), [("this Agreement", 30), ("the Exhibit", 14)])
def test_what_prevails_is_quoted_first_with_the_clause(new_desk: type[Any], winner: str, days: int) -> None:
    rule = f"\n13. Order. In the event of a conflict between this Agreement and an Exhibit, {winner} shall prevail.\n"
    exhibit = EXHIBIT + "\nCustomer shall pay each undisputed invoice within fourteen (14) days after receipt.\n"
    desk = new_desk()
    desk.corpus.add_contract("master", MASTER + rule)
    desk.corpus.add_contract("exhibit", exhibit)
    answer = desk.ask("Within how many days must Customer pay an undisputed invoice?")
    assert answer.value.value == days
    quotes = [sentence.text for sentence in answer.sentences if sentence.kind is SentenceKind.QUOTE]
    assert f"({days}) days" in quotes[0]
    assert f"{winner} shall prevail" in quotes[1]
    assert "rank as the contract says" in answer.text
