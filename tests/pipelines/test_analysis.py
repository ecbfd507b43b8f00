import json
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from averment.core.access import Principal
from averment.core.analysis import MAX_TURN_CHARS, MAX_TURNS, AnalysisRequest, Turn
from averment.core.answers import Answer, ReasoningStep
from averment.core.audit import EventType
from averment.core.errors import AuditWriteFailed, ModelUnavailable, UsageError
from averment.core.testing.audit import MemoryAuditSink
from averment.core.testing.backend import NOW, an_answer
from averment.core.testing.clock import FixedClock
from averment.pipelines.analysis import Analyst, Fingerprint, StepListener

REQUEST = AnalysisRequest(question="What is the term?", principal=Principal(subject="ada", groups=("legal",)))


class Answering:
    """Reports a step, then answers or fails."""

    def __init__(self, error: Exception | None = None):
        self.error = error

    def answer(
        self,
        request: AnalysisRequest,
        *,
        on_event: StepListener | None = None,
        cancelled: Callable[[], bool] | None = None,
    ) -> Answer:
        if on_event:
            on_event(
                ReasoningStep(
                    number=1,
                    kind="plan",
                    summary="s",
                    query=None,
                    passage_ids=(),
                    model_call=None,
                    started_at=NOW,
                    duration_s=0,
                )
            )
        if self.error:
            raise self.error
        return an_answer(question=request.question)


def analyst(sink: MemoryAuditSink, answering: Answering | None = None) -> Analyst:
    return Analyst(
        answering or Answering(),
        audit=sink,
        record=lambda answer: {"answer_id": answer.id},
        clock=FixedClock(),
        fingerprint=Fingerprint(pipeline_hash="sha256:1", index_version="v1", model=None),
    )


def test_an_answer_leaves_with_the_receipt_of_its_completion() -> None:
    sink = MemoryAuditSink()
    answer = analyst(sink).analyse(REQUEST)
    assert [event.type for event in sink.events] == [EventType.ANALYSIS_STARTED, EventType.ANALYSIS_COMPLETED]
    assert sink.events[1].parents == (0,)
    assert answer.receipt is not None
    assert answer.receipt.index == 1
    assert answer.pipeline_hash == "sha256:1"
    assert sink.events[0].data["answer_id"] == answer.id
    assert [payload.name for event in sink.events for payload in event.payloads] == [
        "question",
        "request",
        "answer",
    ]


def test_the_log_states_the_day_whose_text_was_asked_for() -> None:
    sink = MemoryAuditSink()
    analyst(sink).analyse(replace(REQUEST, as_of=date(2024, 5, 31)))
    analyst(sink).analyse(REQUEST)
    asked, today = (event.data["as_of"] for event in sink.events if event.type is EventType.ANALYSIS_STARTED)
    assert (asked, today) == ("2024-05-31", FixedClock().now().date().isoformat())


def test_the_started_event_is_durable_before_the_first_step() -> None:
    sink = MemoryAuditSink()
    seen: list[int] = []
    analyst(sink).analyse(REQUEST, on_event=lambda step: seen.append(len(sink.events)))
    assert seen == [1]


def test_nothing_is_released_when_the_log_fails_before_or_after() -> None:
    for fail_from, n_steps in ((0, 0), (1, 1)):
        seen: list[int] = []
        with pytest.raises(AuditWriteFailed):
            analyst(MemoryAuditSink(fail_from=fail_from)).analyse(
                REQUEST, on_event=lambda step, seen=seen: seen.append(1)
            )
        assert len(seen) == n_steps


def test_a_failure_is_logged_with_its_code_and_passed_on() -> None:
    sink = MemoryAuditSink()
    with pytest.raises(ModelUnavailable):
        analyst(sink, Answering(ModelUnavailable("down"))).analyse(REQUEST)
    assert sink.events[-1].type is EventType.ANALYSIS_FAILED
    assert sink.events[-1].data["code"] == "MDL002"


def test_no_question_text_is_in_an_events_data() -> None:
    sink = MemoryAuditSink()
    analyst(sink).analyse(REQUEST)
    assert all("term" not in str(event.data) for event in sink.events)


@pytest.mark.parametrize("question", ["", " \n", "x" * 20_001])
def test_an_unusable_question_is_refused_before_anything_is_logged(question: str) -> None:
    sink = MemoryAuditSink()
    with pytest.raises(UsageError):
        analyst(sink).analyse(AnalysisRequest(question=question, principal=REQUEST.principal))
    assert not sink.events


def test_a_conversation_is_kept_as_far_as_it_counts_and_so_is_what_the_question_became() -> None:
    class Rewriting(Answering):
        """Answers as another question."""

        def answer(self, *arguments: Any, **options: Any) -> Answer:
            return replace(super().answer(*arguments, **options), asked_as="What is the term of the lease?")

    sink = MemoryAuditSink()
    turns = tuple(Turn(question=f"Question {number}", answer="x" * 9_000) for number in range(9))
    analyst(sink, Rewriting()).analyse(replace(REQUEST, conversation=turns))
    started, completed = sink.events
    assert started.data["turns"] == MAX_TURNS
    kept = json.loads(started.payloads[1].content)["conversation"]
    assert [len(turn["answer"]) for turn in kept] == [MAX_TURN_CHARS] * MAX_TURNS
    assert kept[-1]["question"] == "Question 8"
    assert (completed.payloads[1].name, completed.payloads[1].content) == (
        "asked_as",
        b"What is the term of the lease?",
    )


def test_a_rehearsal_leaves_no_entry() -> None:
    sink = MemoryAuditSink()
    assert analyst(sink).rehearse(REQUEST).question == REQUEST.question
    assert sink.events == []
