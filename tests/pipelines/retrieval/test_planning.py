"""What is searched for, and why."""

import pytest

from averment.pipelines.ingestion.sparse import stem
from averment.pipelines.retrieval.planning import Weighing, make_plan, split_parts
from averment.pipelines.retrieval.question import read_question
from averment.pipelines.retrieval.routing import Route
from averment.pipelines.retrieval.understanding import Ignored, without
from averment.pipelines.retrieval.weights import TOPIC_SHARE

ALL = Ignored(frozenset({"all"}))
TWO = "Which contracts satisfy both of the following? (1) Is there a cap on liability? (2) Is it exclusive?"


def test_a_list_question_with_parts_has_a_probe_for_each() -> None:
    plan = make_plan(read_question(TWO), Route(), weighing=Weighing())
    assert [probe.asked for probe in plan.probes] == ["Is there a cap on liability?", "Is it exclusive?"]
    assert plan.interpretation().topics == ("liability_cap", "exclusivity")
    assert len(make_plan(without(read_question(TWO), ALL), Route(), weighing=Weighing(), ignored=ALL).probes) == 1


def test_at_most_four_parts() -> None:
    assert len(split_parts(" ".join(f"({n}) part {n}?" for n in range(1, 9)))) == 4
    assert split_parts("See clause (1) only.") == ("See clause (1) only.",)


@pytest.mark.parametrize(
    ("question", "parts"),
    [
        (
            "Which contracts are governed by the law of Ohio and can be terminated without cause?",
            ("Which contracts are governed by the law of Ohio", "can be terminated without cause?"),
        ),
        (
            "Welche Verträge unterliegen deutschem Recht und enthalten ein Wettbewerbsverbot?",
            ("Welche Verträge unterliegen deutschem Recht", "enthalten ein Wettbewerbsverbot?"),
        ),
        ("Which contracts are made between Halden and Corvid and end in 2027?", None),
        ("Which contracts allow audits of books and records?", None),
        ("Which contracts restrict competing and competition?", None),
    ],
)
def test_an_and_between_two_subjects_makes_parts(question: str, parts: tuple[str, ...] | None) -> None:
    assert split_parts(question) == (parts or (question,))


def test_both_parts_must_be_met() -> None:
    question = "In how many contracts is the law of Ohio the governing law and is there an uncapped liability?"
    plan = make_plan(read_question(question), Route(), weighing=Weighing())
    assert plan.is_survey
    assert [len(probe.demand.topics) for probe in plan.probes if probe.demand] == [1, 1]
    ids = {item.id for item in plan.interpretation().understood}
    assert {"list", "parts", "demand:1", "demand:2"} <= ids


def test_a_comparison_that_names_nothing_looks_at_every_document() -> None:
    plan = make_plan(read_question("Compare the notice periods across our contracts"), Route(), weighing=Weighing())
    assert plan.is_survey
    assert "compare" in {item.id for item in plan.interpretation().understood}
    assert not make_plan(read_question("Compare prices and fees."), Route(), weighing=Weighing()).is_survey


def test_what_is_quoted_in_a_list_is_demanded() -> None:
    (probe,) = make_plan(read_question('Which contracts say "best efforts"?'), Route(), weighing=Weighing()).probes
    assert probe.demand is not None
    assert probe.demand.phrases == ("best efforts",)


def test_words_of_the_topic_weigh_together_no_more_than_a_share_of_the_questions_own() -> None:
    """A single word that a document holds must not drown in the dozen that documents may use instead."""
    (probe,) = make_plan(read_question("Gerichtsstand"), Route(), weighing=Weighing()).probes
    own = probe.weights[stem("gerichtsstand")]
    others = sum(weight for term, weight in probe.weights.items() if term != stem("gerichtsstand"))
    assert own == 1.0
    assert 0 < others <= TOPIC_SHARE * own + 1e-9


def test_a_name_in_a_list_question_is_what_the_clause_must_say() -> None:
    question = read_question("Which contracts are governed by the law of Utah?")
    (probe,) = make_plan(question, Route(), weighing=Weighing()).probes
    assert probe.weights[stem("utah")] > probe.weights["law"] == 1.0
    assert probe.weights[stem("construed")] == 0.7


def test_without_understanding_the_question_is_searched_as_it_is() -> None:
    question = "Which law governs? Answer in percent."
    (probe,) = make_plan(without(read_question(question), ALL), Route(), weighing=Weighing(), ignored=ALL).probes
    assert probe.asked == probe.embedded == question
    assert probe.topics == ()
