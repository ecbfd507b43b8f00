"""Topics recognise how a subject is asked and how clauses word it."""

import pytest

from averment.pipelines.reasoning.topics import topics_of


@pytest.mark.parametrize(
    ("question", "name"),
    [
        ("Which state's law governs the contract?", "governing law"),
        ("What is the date of the contract?", "agreement date"),
        ("Can a party terminate the contract without cause?", "convenience termination"),
        ("Is consent required if the contract is assigned?", "assignment"),
        ("What notice period is required to prevent renewal?", "notice to end renewal"),
        ("Does the contract cap a party's liability?", "liability cap"),
        ("Welches Recht gilt für den Vertrag?", "governing law"),
        ("Wie lange ist die Kündigungsfrist?", "notice to end renewal"),
    ],
)
def test_a_question_has_its_topic_first(question: str, name: str) -> None:
    assert topics_of(question)[0].name == name


def test_a_question_without_a_topic_has_none() -> None:
    assert topics_of("What colour is the sky?") == ()


def test_a_special_topic_leaves_out_the_general_one() -> None:
    assert [topic.name for topic in topics_of("Is there an exception to the non-compete or exclusivity?")] == [
        "exception to a restriction"
    ]
    assert [topic.name for topic in topics_of("Are there obligations after termination or expiration?")] == [
        "after termination"
    ]


def test_a_clause_named_by_its_heading_is_the_only_topic() -> None:
    (named,) = topics_of('What does the clause headed "Insurance" say about assignment?')
    assert named.is_named
