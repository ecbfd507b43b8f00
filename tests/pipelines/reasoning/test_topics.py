"""Topics recognise how a subject is asked and how clauses word it."""

import re

import pytest

from averment.pipelines.reasoning.topics import topics_of
from averment.pipelines.reasoning.vocabulary import TOPICS


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


def test_every_topic_recognises_its_own_wording() -> None:
    for topic in TOPICS:
        for query in topic.queries:
            assert topic.worded.search(query), topic.name


def test_a_question_without_a_topic_has_none() -> None:
    assert topics_of("What colour is the sky?") == ()


def test_patterns_end_quickly_on_hostile_text() -> None:
    hostile = ("notice " * 3000)[:12_000]
    for topic in TOPICS:
        assert isinstance(topic.worded.search(hostile), re.Match | None)
