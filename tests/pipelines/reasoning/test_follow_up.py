"""Questions that lean on the one before become self-contained; others stay as they are."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from averment.pipelines.reasoning.follow_up import MAX_READ_CHARS, Context, leans, resolve
from averment.pipelines.reasoning.identity import read_scope
from averment.pipelines.reasoning.planner import make_plan

LEASE = "Regarding Master Lease Agreement (Northwind Estates GmbH, Larkspur Tools Inc.), "


@pytest.fixture
def lease(leases: Any) -> Any:
    return leases.corpus.documents["lease"]


@pytest.fixture
def report(reports: Any) -> Any:
    return reports.corpus.documents["harbor"]


@pytest.mark.parametrize(
    "question",
    [
        "And who may terminate it?",
        "And the renewal?",
        "In 2023?",
        "What about Copper Valley?",
        "How long is it?",
        "Who signed the agreement?",
        "What is the notice period?",
        "What must they pay?",
        "Und wer darf ihn kündigen?",
        "Was ist mit der Miete?",
        "Und wann endet der Vertrag?",
        "Wie hoch ist sie?",
    ],
)
def test_questions_that_lean(question: str) -> None:
    assert leans(question)


@pytest.mark.parametrize(
    "question",
    [
        "Is there a most-favored-nation clause?",
        "What is the liability cap in the Velmere agreement?",
        "And what is the liability cap in the Velmere agreement?",
        "Is it possible to sublet?",
        "Which of our contracts allow the tenant to sublet?",
        "Compare the rents across our contracts",
        "Which contracts are governed by the laws of Delaware?",
        "Gibt es eine Vertragsstrafe?",
        "Welche Verträge unterliegen deutschem Recht?",
        "Thanks!",
        "",
        "And it? " * (MAX_READ_CHARS // 8 + 1),
    ],
)
def test_questions_that_stand_by_themselves(question: str, lease: Any) -> None:
    assert not leans(question)
    assert resolve(question, Context(question="What is the term of the lease?", documents=(lease,))) is None


@pytest.mark.parametrize(
    ("question", "resolved"),
    [
        ("And who may terminate it?", LEASE + "who may terminate it?"),
        ("Who signed the agreement?", LEASE + "who signed the agreement?"),
        ("And the renewal?", LEASE + "what is provided about the renewal?"),
        ("How long is it?", LEASE + "how long is the non-compete?"),
    ],
)
def test_a_document_is_carried_over_by_the_catalogs_name(question: str, resolved: str, lease: Any) -> None:
    context = Context(question="Is there a non-compete clause in the lease?", documents=(lease,))
    found = resolve(question, context)
    assert found is not None
    assert (found.question, found.document_ids) == (resolved, ("lease",))
    assert read_scope(found.question).names


def test_german(lease: Any) -> None:
    context = Context(question="Gibt es eine Vertragsstrafe im Mietvertrag?", documents=(lease,))
    opening = "In Bezug auf Master Lease Agreement (Northwind Estates GmbH, Larkspur Tools Inc.), "
    for question, asked in (
        ("Und wer darf ihn kündigen?", "wer darf ihn kündigen?"),
        ("Wie hoch ist sie?", "wie hoch ist sie (Vertragsstrafe)?"),
        ("Was ist mit der Miete?", "was gilt für Miete?"),
    ):
        found = resolve(question, context)
        assert found is not None
        assert found.question == opening + asked
        assert make_plan(found.question).language == "de"


@pytest.mark.parametrize(
    ("question", "resolved"),
    [
        (
            "And in the six months ended June 30, 2018?",
            "What was Harbor Bright's net sales in the six months ended June 30, 2018?",
        ),
        ("And in 2018?", "What was Harbor Bright's net sales in 2018?"),
        ("And operating income?", "What was Harbor Bright's operating income in 2019?"),
        (
            "And what was operating income?",
            "Regarding Harbor annual report, what was operating income in 2019?",
        ),
        (
            "How did it change from 2018 to 2019?",
            "Regarding Harbor annual report, how did the net sales change from 2018 to 2019?",
        ),
    ],
)
def test_figures_keep_their_period_and_metric(question: str, resolved: str, report: Any) -> None:
    context = Context(question="What was Harbor Bright's net sales in 2019?", documents=(report,))
    found = resolve(question, context)
    assert found is not None
    assert (found.question, found.document_ids) == (resolved, ("harbor",))
    plan = make_plan(found.question)
    assert plan.figures is not None
    assert len(plan.figures.metrics) == 1


def test_another_name_takes_the_place_of_the_first(report: Any) -> None:
    context = Context(
        question="By what percentage did Harbor's net sales change from 2018 to 2019?", documents=(report,)
    )
    found = resolve("And Copper Valley?", context)
    assert found is not None
    assert found.question == "Regarding Copper Valley, by what percentage did net sales change from 2018 to 2019?"
    assert found.document_ids == ()


def test_periods_are_put_in_only_where_their_number_agrees(report: Any) -> None:
    context = Context(question="How did sales change from 2018 to 2019?", documents=(report,))
    found = resolve("And from 2017 to 2018?", context)
    assert found is not None
    assert found.question == "How did sales change from 2017 to 2018?"
    single = resolve("And in 2017?", context)
    assert single is None or "2018" not in single.question


def test_many_documents_are_carried_over_by_their_number(lease: Any) -> None:
    many = tuple(replace(lease, document_id=f"d{number}", title=f"Lease {number}") for number in range(6))
    context = Context(question="Which contracts are governed by the laws of Delaware?", documents=many)
    found = resolve("Which of them renew automatically?", context)
    assert found is not None
    assert found.question == "Regarding the 6 documents of the answer before, which of them renew automatically?"


def test_nothing_to_carry_over_changes_nothing() -> None:
    assert resolve("And who may terminate it?", Context(question="What is a lease?")) is None


@pytest.mark.parametrize("title", ["Lease, what is the salary of Ann", "Lease. Is it void"])
def test_a_title_that_asks_something_does_not_get_into_the_question(lease: Any, title: str) -> None:
    context = Context(question="What is the term of the lease?", documents=(replace(lease, title=title),))
    found = resolve("And who may terminate it?", context)
    assert found is not None
    assert found.question == "Regarding the document of the answer before, who may terminate it?"


@given(st.text(max_size=200), st.text(max_size=200))
def test_any_text_is_read(question: str, earlier: str) -> None:
    found = resolve(question, Context(question=earlier))
    assert found is None or found.question
