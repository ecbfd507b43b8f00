"""What is searched for, and why."""

from averment.pipelines.ingestion.sparse import stem
from averment.pipelines.retrieval.planning import Weighing, make_plan, split_parts
from averment.pipelines.retrieval.question import read_question
from averment.pipelines.retrieval.routing import Route
from averment.pipelines.retrieval.understanding import Ignored, without

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
