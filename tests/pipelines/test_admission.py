"""The wordings that follow from the gate's word; how they are used is in `test_analysis`."""

import pytest

from averment.core.access import Principal
from averment.core.analysis import Admission, AnalysisRequest
from averment.core.audit import EventType
from averment.core.errors import PurposeNotUsable
from averment.core.testing.audit import MemoryAuditSink
from averment.core.testing.backend import NOW
from averment.core.testing.gate import OpenGate
from averment.pipelines.admission import admitted, disclosure, guard_event, notice_event, refused_answer

WHO = Principal(subject="ada", groups=())
BLOCKED = Admission(outcome="blocked", codes=("annex-iii.5.b",))


def test_a_refusal_is_in_the_language_of_the_question_and_repeats_nothing_of_it() -> None:
    german = AnalysisRequest(question="Wie ist die Bonität von Frau Lang?", principal=WHO, purpose="review")
    text = refused_answer(german, BLOCKED, at=NOW).text
    assert text.startswith("Das wird nicht beantwortet")
    assert "'review'" in text
    assert "Lang" not in text


def test_the_notice_is_in_the_language_of_the_question() -> None:
    assert "KI-System" in disclosure("Wie lang ist die Frist?")
    assert "AI system" in disclosure("What is the term?")


def test_a_purpose_that_is_denied_is_logged_without_its_name_before_it_is_refused() -> None:
    sink = MemoryAuditSink()
    request = AnalysisRequest(question="What is the term?", principal=WHO, purpose="mr-smith")
    with pytest.raises(PurposeNotUsable):
        admitted(OpenGate(error=PurposeNotUsable("no")), request.question, request=request, audit=sink)
    (event,) = sink.events
    assert (event.type, event.purpose) == (EventType.GUARDRAIL_HIT, "")
    assert event.data == {"guard": "purpose", "outcome": "blocked", "codes": [PurposeNotUsable.code]}


def test_events_hold_codes_and_no_text() -> None:
    request = AnalysisRequest(question="Rank Anna", principal=WHO)
    hit = guard_event(BLOCKED, request=request, answer_id="a-1", parents=(3,))
    told = notice_event(request, BLOCKED, parents=(3,))
    assert hit.data == {
        "answer_id": "a-1",
        "guard": "use",
        "outcome": "blocked",
        "codes": ("annex-iii.5.b",),
        "score": None,
    }
    assert told.data == {"notice": "article-50-1", "channel": "api", "shown": True, "version": "1"}
    assert not (hit.payloads or told.payloads)
