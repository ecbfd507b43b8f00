"""The sentences in force of a contract and its amendments, found by pattern and by place."""

import re
from datetime import date
from typing import Any

import pytest

from averment.core.access import Principal
from averment.pipelines.reasoning.evidence import Source
from averment.pipelines.reasoning.findings import Findings
from averment.pipelines.reasoning.following import Follower
from averment.pipelines.reasoning.in_force import InForce
from averment.pipelines.reasoning.prepared import PreparedTexts
from tests.pipelines.reasoning.contracts_in_force import FIRST, MASTER

ALICE = Principal(subject="alice", groups=("everyone",))


@pytest.fixture
def at(new_desk: type[Any]) -> Any:
    desk = new_desk()
    desk.corpus.add_contract("master", MASTER)
    desk.corpus.add_contract("first", FIRST)
    corpus, prepared = desk.corpus, PreparedTexts()

    def made(on: date) -> tuple[InForce, Source]:
        document = corpus.get("master")
        source = Source(document, text=MASTER, layout=corpus.layout(document.text_hash))
        found = Findings(sources=(source,))
        follower = Follower(corpus, catalog=corpus, texts=corpus, prepared=prepared)
        in_force = InForce(found, on=on, follower=follower, prepared=prepared)
        in_force.follow("When is payment due?", ALICE)
        return in_force, source

    return made


@pytest.mark.parametrize(("on", "days"), [(date(2023, 5, 31), "thirty (30)"), (date(2023, 6, 1), "forty-five (45)")])
def test_only_sentences_in_force_are_found(at: Any, on: date, days: str) -> None:
    in_force, master = at(on)
    (found,) = in_force.sentences(master, re.compile("undisputed invoice"))
    assert days in found[1].text
    (same,) = in_force.operative_at(master, MASTER.index("undisputed invoice"))
    assert days in same.span.text


def test_a_deleted_clause_leads_to_its_deletion(at: Any) -> None:
    in_force, master = at(date(2024, 1, 1))
    (found,) = in_force.operative_at(master, MASTER.index("books and records"))
    assert "Section 7.3 of the Agreement is hereby deleted" in found.span.text


def test_words_replaced_come_before_the_sentence_they_are_replaced_in(at: Any) -> None:
    in_force, master = at(date(2024, 1, 1))
    found = in_force.operative_at(master, MASTER.index("The total liability"))
    assert [item.source.document.document_id for item in found] == ["first", "master"]
    changes = in_force.changes(master, [MASTER.index("The total liability")])
    assert [change.old for _, change in changes] == ["EUR 500,000"]


def test_a_question_about_an_amendment_follows_nothing(at: Any) -> None:
    in_force, _ = at(date(2024, 1, 1))
    in_force.found.followed.families.clear()
    in_force.follow("What does Amendment No. 1 change?", ALICE)
    assert in_force.found.followed.families == {}
