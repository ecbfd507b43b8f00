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
    ["notice ", "terminate if ", "liability except ", "assign ", "not ", "grant ", "exclusive ", "exceed ", "a "],
)
def test_patterns_end_quickly_on_hostile_text(words: str) -> None:
    hostile = (words * 12_000)[:12_000]
    begun = time.process_time()
    for topic in TOPICS:
        assert isinstance(topic.bears(hostile), bool)
    assert time.process_time() - begun < 5.0
