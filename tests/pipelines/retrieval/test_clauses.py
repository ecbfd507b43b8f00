"""The list of topics."""

import pytest

from averment.pipelines.retrieval.clauses import all_topics, document_words, topics, topics_digest


def test_every_topic_is_whole_and_named_once() -> None:
    found = all_topics()
    assert len({topic.name for topic in found}) == len(found) > 40
    assert all(topic.written.strip() for topic in found)
    assert topics_digest().startswith("sha256:")


@pytest.mark.parametrize(
    ("question", "name"),
    [
        ("Which state's law governs the contract?", "governing_law"),
        ("Welchem Recht unterliegt der Vertrag?", "governing_law"),
        ("Can a party terminate without cause?", "convenience"),
        ("Wie lange ist die Kündigungsfrist?", "notice_period"),
        ("What was net income in 2024?", "net_income"),
        ("Does the contract cap a party's liability?", "liability_cap"),
    ],
)
def test_questions_are_recognised(question: str, name: str) -> None:
    assert name in [topic.name for topic in topics(question)]


def test_a_question_about_nothing_known_adds_no_words() -> None:
    assert topics("Who painted the fence?") == ()
    assert document_words(()) == ""


def test_a_long_question_has_few_topics() -> None:
    assert len(topics("law assignment insurance warranty license audit exclusivity renewal")) <= 4
