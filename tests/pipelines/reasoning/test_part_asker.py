"""Sub-questions run side by side, within one budget and one cancellation, and leave one record."""

import threading
from itertools import count
from typing import Any

import pytest

from averment.core.access import Principal
from averment.core.analysis import AnalysisRequest
from averment.core.answers import ReasoningStep
from averment.core.clock import SystemClock
from averment.core.errors import IndexUnavailable
from averment.core.ports import Completion
from averment.pipelines.models.cancellation import Cancellation
from averment.pipelines.reasoning.inquiry import Tools
from averment.pipelines.reasoning.loop import Budgets
from averment.pipelines.reasoning.model_desk import ModelDesk
from averment.pipelines.reasoning.part_asker import PartAsker
from averment.pipelines.reasoning.parts import Part
from averment.pipelines.reasoning.reader import Reader
from averment.pipelines.reasoning.running import Trail

READER = Principal(subject="alice", groups=("everyone",))
QUESTION = "Compare the governing law of the Master Lease Agreement, the Harbour Lease and the Supply Agreement."


def test_steps_are_noted_part_by_part_and_numbered_through(leases: Any) -> None:
    events: list[ReasoningStep] = []
    answer = leases.ask(QUESTION, on_event=events.append)
    parts = [step.part for step in answer.steps if step.part is not None]
    assert parts == sorted(parts)
    assert set(parts) == {1, 2, 3}
    assert [step.number for step in answer.steps] == list(range(1, len(answer.steps) + 1))
    assert [event.number for event in events] == [step.number for step in answer.steps]
    assert all(event.query is None for event in events)


def test_the_same_question_leaves_the_same_record(leases: Any) -> None:
    def record(answer: Any) -> list[object]:
        return [(step.kind, step.part, step.summary, step.query, step.passage_ids) for step in answer.steps]

    first, again = leases.ask(QUESTION), leases.ask(QUESTION)
    assert record(first) == record(again)
    assert first.sentences == again.sentences


def test_parts_wait_for_the_model_side_by_side(leases: Any, scripted: Any, trust: Any) -> None:
    together = threading.Barrier(2, timeout=30.0)

    class Meeting(scripted):  # type: ignore[misc]  # the fixture is a class
        def complete(self, *arguments: Any, **options: Any) -> Completion:
            if options["purpose"] == "write":
                together.wait()
            return super().complete(*arguments, **options)  # type: ignore[no-any-return]  # as the class does

    model = Meeting(['{"statement": "", "labels": []}'] * 2)
    question = "Compare the governing law of the Master Lease Agreement and the Harbour Lease."
    answer = leases.ask(question, model=model, profile=trust(("write",)))
    assert answer.status == "answered"
    assert answer.usage.model_calls == 2
    assert 0.25 <= answer.usage.model_s < 0.5, "the longer one of two side by side"


def test_cancelling_at_any_moment_leaves_a_sound_answer(leases: Any) -> None:
    for after in range(0, 30, 3):
        asked = count()
        answer = leases.ask(QUESTION, cancelled=lambda asked=asked, after=after: next(asked) >= after)
        assert answer.status in ("truncated", "answered")
        assert answer.status == "answered" or "cancelled" in answer.text
        assert all(sentence.claim is None or sentence.claim.citations for sentence in answer.sentences)


def test_a_sub_question_that_spends_its_budget_says_why_it_stopped(leases: Any) -> None:
    clock = SystemClock()
    tools = Tools(
        retriever=leases.corpus,
        texts=leases.corpus,
        catalog=leases.corpus,
        reader=Reader(leases.embedder, clock),
        clock=clock,
    )
    desk = ModelDesk(None, trust=None, clock=clock)
    asker = PartAsker(tools, desk, trail=Trail(), cancelled=None, cancellation=Cancellation())
    part = Part(
        document_id="lease", title="Master Lease Agreement", question="What is the governing law?", aspect="law"
    )
    request = AnalysisRequest(question=QUESTION, principal=READER)
    (answered,), tokens = asker.ask([part], request, budgets=Budgets(max_steps=3))
    assert (answered.stopped, answered.holds, tokens) == ("steps", False, 0)
    (answered,), _ = asker.ask([part], request, budgets=Budgets())
    assert (answered.stopped, answered.holds) == (None, True)


def test_a_sub_question_that_fails_fails_the_question_and_stops_the_others(
    leases: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    find = leases.corpus.retrieve

    def failing(question: str, **options: Any) -> Any:
        if options["filters"].document_id == ("lease",):
            raise IndexUnavailable("the index is away")
        return find(question, **options)

    monkeypatch.setattr(leases.corpus, "retrieve", failing)
    with pytest.raises(IndexUnavailable):
        leases.ask(QUESTION)
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("averment-part")]


def test_a_part_searches_its_own_document_alone(leases: Any) -> None:
    answer = leases.ask(QUESTION)
    found: dict[int, set[str]] = {}
    by_chunk = {
        passage.chunk_id: passage.document_id
        for passage in leases.corpus.retrieve("agreement term law goods quality", principal=READER, top_k=99).passages
    }
    for step in answer.steps:
        if step.part is not None:
            found.setdefault(step.part, set()).update(by_chunk[one] for one in step.passage_ids if one in by_chunk)
    assert found == {1: {"lease"}, 2: {"harbour"}, 3: {"supply"}}
