"""A recorded request is asked again as it was asked."""

import json
from collections.abc import Callable
from dataclasses import fields
from typing import Any

import pytest

from averment.core.access import Filters, Principal
from averment.core.analysis import AnalysisRequest, Turn
from averment.core.answers import Answer
from averment.core.errors import AuditIntegrityError, UsageError
from averment.core.jsonable import canonical_json, to_json
from averment.core.testing.audit import MemoryAuditSink
from averment.core.testing.backend import an_answer
from averment.core.testing.clock import FixedClock
from averment.core.testing.gate import plain_recording
from averment.pipelines.analysis import Analyst, Fingerprint, StepListener, request_record
from averment.pipelines.replaying import read_request, replay_analysis, turn_of

REQUEST = AnalysisRequest(
    question="And in 2023?",
    principal=Principal(subject="ada", groups=("legal", "board"), tenant="north"),
    filters=Filters(kind=("contract",), date_from="2024-01-01"),
    answer_type="label",
    labels=("yes", "no"),
    conversation=(Turn(question="What was revenue in 2024?", answer="5", document_ids=("d1",)),),
)
FINGERPRINT = Fingerprint(pipeline_hash="sha256:1", index_version="v1", model=None)


class Answering:
    """Answers, and keeps what it was asked."""

    def __init__(self) -> None:
        self.asked: list[AnalysisRequest] = []

    def answer(
        self,
        request: AnalysisRequest,
        *,
        on_event: StepListener | None = None,
        cancelled: Callable[[], bool] | None = None,
    ) -> Answer:
        self.asked.append(request)
        return an_answer(question=request.question)


def kept(request: AnalysisRequest) -> dict[str, Any]:
    found = json.loads(canonical_json(request_record(request)))
    assert isinstance(found, dict)
    return found


def test_a_request_comes_back_as_it_was_put() -> None:
    again = read_request(REQUEST.question, kept(REQUEST), subject="eve")
    assert again.principal == Principal(subject="eve", groups=("legal", "board"), tenant="north")
    assert (again.filters, again.answer_type, again.labels) == (REQUEST.filters, "label", ("yes", "no"))
    assert again.conversation == REQUEST.conversation


def test_everything_that_decides_an_answer_is_kept() -> None:
    named = {field.name for field in fields(AnalysisRequest)} | {field.name for field in fields(Principal)}
    elsewhere = {"question", "principal", "purpose", "channel", "after", "subject", "roles"}
    assert named - elsewhere == set(request_record(REQUEST))


def test_a_replay_is_neither_logged_as_an_answer_nor_released() -> None:
    sink, answering = MemoryAuditSink(), Answering()
    analyst = Analyst(answering, audit=sink, recording=plain_recording(), clock=FixedClock(), fingerprint=FINGERPRINT)
    recorded = to_json(an_answer(question=REQUEST.question))
    assert isinstance(recorded, dict)
    found = replay_analysis(
        analyst,
        question=REQUEST.question,
        request=kept(REQUEST),
        recorded=recorded,
        stack={"pipeline_hash": "sha256:1", "index_version": "v1"},
        subject="eve",
    )
    assert found.is_same
    assert found.stack == ()
    assert sink.events == []
    assert answering.asked[0].filters == REQUEST.filters
    with pytest.raises(UsageError, match="without its request"):
        replay_analysis(analyst, question="x", request={}, recorded=recorded, stack={}, subject="eve")


def test_an_answer_becomes_a_turn_with_what_it_cites() -> None:
    recorded = to_json(an_answer(question="And in 2023?"))
    assert isinstance(recorded, dict)
    turn = turn_of(recorded)
    assert (turn.question, turn.document_ids) == ("And in 2023?", ("d1",))
    assert turn_of({**recorded, "asked_as": "What was revenue in 2023?"}).question == "What was revenue in 2023?"


def test_what_is_no_record_is_refused() -> None:
    for broken in ({"filters": 5}, {**kept(REQUEST), "groups": None}, {**kept(REQUEST), "filters": {"colour": "red"}}):
        with pytest.raises(AuditIntegrityError):
            read_request("x", broken, subject="eve")
    with pytest.raises(AuditIntegrityError):
        turn_of({"claims": []})
