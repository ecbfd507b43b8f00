"""Analyses under oversight: refused before they begin, ended between steps, reviewed before they are released."""

from collections.abc import Callable

import pytest

from averment.core.access import Principal
from averment.core.analysis import AnalysisRequest
from averment.core.answers import Answer
from averment.core.audit import EventType
from averment.core.errors import AnalysisStopped, AuditWriteFailed
from averment.core.testing.audit import MemoryAuditSink
from averment.core.testing.backend import an_answer
from averment.core.testing.clock import FixedClock
from averment.core.testing.gate import plain_recording
from averment.pipelines.analysis import Analyst, Fingerprint, StepListener
from averment.pipelines.overseen import OverseenAnalyst

REQUEST = AnalysisRequest(question="What is the term?", principal=Principal(subject="ada", groups=("legal",)))


class Answering:
    """Notes whether it was to end when it began."""

    def __init__(self) -> None:
        self.was_ended: bool | None = None

    def answer(
        self,
        request: AnalysisRequest,
        *,
        on_event: StepListener | None = None,
        cancelled: Callable[[], bool] | None = None,
    ) -> Answer:
        self.was_ended = cancelled is not None and cancelled()
        return an_answer(question=request.question)


class Overseeing:
    """Refuses, stops and reviews as a test tells it."""

    def __init__(self) -> None:
        self.refusal: AnalysisStopped | None = None
        self.stopped_purpose = ""
        self.review_error: AuditWriteFailed | None = None
        self.reviewed: list[tuple[str, str, int | None]] = []
        self.systems: list[str] = []

    def refuse(self, purpose: str, *, system: str) -> None:
        self.systems.append(system)
        if self.refusal is not None:
            raise self.refusal

    def is_stopped(self, purpose: str) -> bool:
        return purpose == self.stopped_purpose

    def open_for(self, answer: Answer, *, subject: str) -> None:
        if self.review_error is not None:
            raise self.review_error
        self.reviewed.append((answer.id, subject, answer.receipt.index if answer.receipt else None))


def overseen(
    overseer: Overseeing, *, sink: MemoryAuditSink, answering: Answering | None = None, model: str | None = None
) -> OverseenAnalyst:
    analyst = Analyst(
        answering or Answering(),
        audit=sink,
        recording=plain_recording(),
        clock=FixedClock(),
        fingerprint=Fingerprint(pipeline_hash="sha256:1", index_version="v1", model=model),
    )
    return OverseenAnalyst(analyst, overseer=overseer)


def test_a_stopped_analysis_does_not_begin_and_leaves_no_entry() -> None:
    sink, overseer = MemoryAuditSink(), Overseeing()
    overseer.refusal = AnalysisStopped("stopped")
    with pytest.raises(AnalysisStopped):
        overseen(overseer, sink=sink).analyse(REQUEST)
    assert sink.events == []


@pytest.mark.parametrize(("by_caller", "by_people"), [(False, False), (True, False), (False, True)])
def test_an_analysis_ends_when_its_caller_or_people_end_it(by_caller: bool, by_people: bool) -> None:
    overseer, answering = Overseeing(), Answering()
    overseer.stopped_purpose = REQUEST.purpose if by_people else "another"
    overseen(overseer, sink=MemoryAuditSink(), answering=answering).analyse(REQUEST, cancelled=lambda: by_caller)
    assert answering.was_ended is (by_caller or by_people)


def test_an_answer_is_put_before_reviewers_with_its_receipt_or_not_released() -> None:
    overseer, sink = Overseeing(), MemoryAuditSink()
    answer = overseen(overseer, sink=sink).analyse(REQUEST)
    assert overseer.reviewed == [(answer.id, "ada", 2)]
    kinds = [EventType.ANALYSIS_STARTED, EventType.NOTICE_SHOWN, EventType.ANALYSIS_COMPLETED]
    assert [event.type for event in sink.events] == kinds
    overseer.review_error = AuditWriteFailed("disk full")
    with pytest.raises(AuditWriteFailed):
        overseen(overseer, sink=MemoryAuditSink()).analyse(REQUEST)


def test_another_model_is_another_system() -> None:
    overseer = Overseeing()
    for model in (None, None, "qwen"):
        overseen(overseer, sink=MemoryAuditSink(), model=model).analyse(REQUEST)
    first, second, other = overseer.systems
    assert first == second != other
