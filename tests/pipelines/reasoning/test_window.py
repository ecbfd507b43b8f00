"""What a model is shown begins alike for every question about one stretch of a document."""

from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from averment.core.clock import SystemClock
from averment.pipelines.reasoning.evidence import Source
from averment.pipelines.reasoning.prompts import render
from averment.pipelines.reasoning.reader import Candidate, Interest, Reader, Stretch
from averment.pipelines.reasoning.sentences import Span
from averment.pipelines.reasoning.window import CHARS_PER_TOKEN, Shown, show, windows

SUPPLY = "The laws of Utah govern this Agreement. The supplier delivers within ten days of an order.\n"
READER = Reader(None, SystemClock())


def spans(lengths: Sequence[int]) -> list[Span]:
    return [Span(start=number, end=number + 1, text="x" * length) for number, length in enumerate(lengths)]


@given(lengths=st.lists(st.integers(1, 300), max_size=40), max_chars=st.integers(1, 600))
def test_windows_hold_every_sentence_once_and_keep_their_size(lengths: list[int], max_chars: int) -> None:
    found = windows(spans(lengths), max_chars=max_chars)
    assert [number for begin, end in found for number in range(begin, end)] == list(range(len(lengths)))
    for begin, end in found:
        assert end - begin == 1 or sum(length + 1 for length in lengths[begin:end]) <= max_chars


@pytest.fixture
def candidates(desk: Any, parse: Any) -> list[Candidate]:
    desk.corpus.add("supply", parse(SUPPLY), title="Supply Agreement")
    sources = [
        Source(found, text=desk.corpus.text(found.text_hash), layout=desk.corpus.layout(found.text_hash))
        for found in desk.corpus.documents.values()
    ]
    interest = Interest(question="Which law governs?", topics=(), kind=None)
    return READER.read(interest, [Stretch(source=source) for source in sources])[0]


def shown(candidates: Sequence[Candidate], max_tokens: int) -> Shown:
    return show(candidates, sentences_of=READER.sentences, max_tokens=max_tokens)


def test_without_a_window_the_candidates_alone_are_shown(candidates: list[Candidate]) -> None:
    found = shown(candidates[:3], 0)
    assert (found.window, found.title) == ((), "")
    assert list(found.offered) == ["S1", "S2", "S3"]
    assert [label for label, *_ in found.others] == list(found.offered)


def test_every_candidate_is_offered_once_in_the_window_or_beside_it(candidates: list[Candidate]) -> None:
    found = shown(candidates, 100_000)
    assert list(found.offered.values()) == candidates
    texts = dict(found.window) | {label: text for label, _, text in found.others}
    for label, item in found.offered.items():
        assert texts[label] == " ".join(item.span.text.split())
    titles = {item.source.document.title for label, item in found.offered.items() if label in dict(found.window)}
    assert titles == {found.title}
    assert all(label.startswith("X") and title != found.title for label, title, _ in found.others)


def test_questions_about_one_stretch_share_everything_before_the_task(candidates: list[Candidate]) -> None:
    own = [item for item in candidates if item.source is candidates[0].source]
    prompts = [
        render("select", {**shown(some, 100_000).variables(), "question": question}).messages
        for some, question in ((own[:2], "Which law governs?"), (own[-2:], "When is rent due?"))
    ]
    before = [messages[1].content.partition("Task:")[0] for messages in prompts]
    assert before[0] == before[1]
    assert prompts[0][0] == prompts[1][0]
    assert prompts[0][1] != prompts[1][1]


def test_the_window_is_the_one_that_holds_most_candidates(candidates: list[Candidate]) -> None:
    source = candidates[0].source
    sentences = READER.sentences(source)
    last = [item for item in candidates if item.source is source and item.span in sentences[-2:]]
    limit = max(len(span.text) for span in sentences) * 2 // CHARS_PER_TOKEN
    found = shown(last, limit)
    assert len(found.window) < len(sentences)
    assert set(dict(found.window)) & set(found.offered)
    assert found.window[-1][0] == f"S{len(sentences)}"
