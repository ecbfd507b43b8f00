"""No such clause: said only where everything was read and nothing comes near."""

from dataclasses import replace
from typing import Any

import pytest

from averment.core.documents import PageSpan
from averment.pipelines.reasoning.absence import NEAR_SIMILARITY, is_absent
from averment.pipelines.reasoning.evidence import Source
from averment.pipelines.reasoning.findings import Findings
from averment.pipelines.reasoning.planner import make_plan
from averment.pipelines.reasoning.reader import Candidate
from averment.pipelines.reasoning.sentences import Span

ASKED = "Is there an escrow clause?"


def findings(desk: Any, question: str = ASKED) -> Findings:
    document = desk.corpus.documents["lease"]
    source = Source(document, text=desk.corpus.text(document.text_hash), layout=desk.corpus.layout(document.text_hash))
    return Findings(plan=make_plan(question), sources=(source,), is_exhaustive=True)


def candidate(found: Findings, *, similarity: float, on_topic: bool = False) -> Candidate:
    return Candidate(
        source=found.sources[0],
        span=Span(start=0, end=4, text="Rent"),
        score=0.1,
        similarity=similarity,
        lexical=0.0,
        on_topic=on_topic,
        holds_kind=False,
    )


def test_nothing_near_in_a_document_read_to_the_end_is_absence(desk: Any) -> None:
    found = findings(desk)
    found.candidates = [candidate(found, similarity=NEAR_SIMILARITY - 0.01)]
    assert is_absent(found, None)


@pytest.mark.parametrize(("similarity", "on_topic"), [(NEAR_SIMILARITY, False), (0.1, True)])
def test_a_sentence_that_comes_near_leaves_it_open(desk: Any, similarity: float, on_topic: bool) -> None:
    found = findings(desk)
    found.candidates = [candidate(found, similarity=similarity, on_topic=on_topic)]
    assert not is_absent(found, None)


@pytest.mark.parametrize("question", ["What is the escrow agent's fee?", "Is the sky blue?"])
def test_only_questions_of_presence_on_a_known_topic(desk: Any, question: str) -> None:
    assert not is_absent(findings(desk, question), None)


def test_what_was_not_read_may_hold_it(desk: Any) -> None:
    found = findings(desk)
    found.is_exhaustive = False
    assert not is_absent(found, None)
    found = findings(desk)
    document, text = found.sources[0].document, found.sources[0].text
    empty = PageSpan(page=1, start=len(text), end=len(text), width=612.0, height=792.0)
    layout = desk.corpus.layout(document.text_hash)
    blank = replace(layout, parsed=replace(layout.parsed, pages=(empty,)))
    found.sources = (Source(document, text=text, layout=blank),)
    assert not is_absent(found, None)
