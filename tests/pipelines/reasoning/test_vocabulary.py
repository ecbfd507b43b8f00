"""Every topic knows its own wording, and no wording can be made to run for long."""

import time

import pytest

from averment.pipelines.reasoning.vocabulary import TOPICS


def test_names_are_told_apart() -> None:
    assert len({topic.name for topic in TOPICS}) == len(TOPICS)


def test_every_topic_recognises_its_own_wording() -> None:
    for topic in TOPICS:
        for query in topic.queries:
            assert topic.worded.search(query), topic.name


@pytest.mark.parametrize(
    "words",
    [
        "notice ",
        "terminate if ",
        "liability except ",
        "assign ",
        "not ",
        "grant ",
        "exclusive ",
        "exceed ",
        "a ",
        "may ",
        "instruments of ",
        "any affiliate ",
    ],
)
def test_patterns_end_quickly_on_hostile_text(words: str) -> None:
    hostile = (words * 12_000)[:12_000]
    begun = time.process_time()
    for topic in TOPICS:
        assert isinstance(topic.bears(hostile), bool)
    assert time.process_time() - begun < 5.0


BY_NAME = {topic.name: topic for topic in TOPICS}


@pytest.mark.parametrize(
    ("topic", "sentence", "bears"),
    [
        ("affiliates' licence", "Alder grants Affiliate a revocable right to show the banners.", False),
        ("affiliates' licence", "Alder grants Licensee and its Affiliates a right to show the banners.", True),
        ("affiliates' licence", "The licence is granted to Birch and any affiliate of Birch.", True),
        ("change of control", "A party may assign this Agreement without consent to its successor by merger.", False),
        ("change of control", "Neither party may assign this Agreement, by merger or else, without consent.", True),
        ("change of control", "Birch may terminate this Agreement upon a change of control of Alder.", True),
        ("assignment", "The release is no assignment of any Intellectual Property Rights of Alder.", False),
        ("assignment", "Alder shall execute all instruments of conveyance, assignment and transfer of rights.", False),
        ("assignment", "Birch shall not assign its rights under this Agreement without consent.", True),
    ],
)
def test_what_shares_words_with_a_clause_is_not_the_clause(topic: str, sentence: str, *, bears: bool) -> None:
    assert BY_NAME[topic].bears(sentence) is bears
