import json
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from averment.core.access import Principal
from averment.core.analysis import MAX_TURN_CHARS, MAX_TURNS, Admission, AnalysisRequest, Turn
from averment.core.answers import Answer, ReasoningStep, Sentence, SentenceKind
from averment.core.audit import EventType
from averment.core.errors import AuditWriteFailed, ModelUnavailable, PurposeNotUsable, UsageError
from averment.core.testing.audit import MemoryAuditSink
from averment.core.testing.backend import NOW, an_answer
from averment.core.testing.clock import FixedClock
from averment.core.testing.gate import OpenGate, ToldOnce, plain_recording
from averment.pipelines.analysis import Analyst, Fingerprint, StepListener

REQUEST = AnalysisRequest(question="What is the term?", principal=Principal(subject="ada", groups=("legal",)))

STEPS = [EventType.ANALYSIS_STARTED, EventType.NOTICE_SHOWN, EventType.ANALYSIS_COMPLETED]


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


def analyst(
    sink: MemoryAuditSink,
    answering: Answering | None = None,
    *,
    gate: OpenGate | None = None,
    notices: ToldOnce | None = None,
) -> Analyst:
    return Analyst(
        answering or Answering(),
        audit=sink,
        recording=plain_recording(gate=gate, notices=notices),
        clock=FixedClock(),
        fingerprint=Fingerprint(pipeline_hash="sha256:1", index_version="v1", model=None),
    )


def test_an_answer_leaves_with_the_receipt_of_its_completion() -> None:
    sink = MemoryAuditSink()
    answer = analyst(sink).analyse(REQUEST)
    assert [event.type for event in sink.events] == STEPS
    assert sink.events[2].parents == (0,)
    assert answer.receipt is not None
    assert answer.receipt.index == 2
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
    started, _, completed = sink.events
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


BLOCKED = Admission(outcome="blocked", codes=("annex-iii.4.a", "decision.rate"))


def test_a_question_outside_the_purpose_is_refused_with_codes_and_nothing_is_looked_at() -> None:
    sink, gate = MemoryAuditSink(), OpenGate(BLOCKED)
    seen: list[int] = []
    answer = analyst(sink, gate=gate).analyse(REQUEST, on_event=lambda step: seen.append(step.number))
    assert (answer.status, answer.steps, seen, answer.warnings) == ("refused", (), [], ("outside_purpose",))
    assert "annex-iii.4.a, decision.rate" in answer.text
    assert gate.asked == [("What is the term?", "trial")]
    started, hit = sink.events[:2]
    assert started.data["gate"] == "blocked"
    assert (hit.type, hit.parents, hit.data["codes"]) == (EventType.GUARDRAIL_HIT, (0,), BLOCKED.codes)
    assert sink.events[-1].type is EventType.ANALYSIS_COMPLETED
    assert answer.receipt is not None


def test_a_flagged_question_is_answered_with_a_warning_and_is_in_the_log() -> None:
    sink = MemoryAuditSink()
    answer = analyst(sink, gate=OpenGate(replace(BLOCKED, outcome="flagged"))).analyse(REQUEST)
    assert (answer.status, answer.warnings[-1]) == ("answered", "outside_purpose")
    assert [event.data["outcome"] for event in sink.events if event.type is EventType.GUARDRAIL_HIT] == ["flagged"]


def test_a_follow_up_is_judged_as_it_was_understood() -> None:
    class Understanding(Answering):
        """Understands the question as one about candidates."""

        def answer(self, *arguments: Any, **options: Any) -> Answer:
            return replace(super().answer(*arguments, **options), asked_as="Rank the candidates.")

    class Gate(OpenGate):
        """Blocks what speaks of candidates."""

        def admit(self, question: str, *, purpose: str) -> Admission:
            return BLOCKED if "candidates" in question else super().admit(question, purpose=purpose)

    sink = MemoryAuditSink()
    answer = analyst(sink, Understanding(), gate=Gate()).analyse(REQUEST)
    assert (answer.status, answer.sentences[0].kind) == ("refused", SentenceKind.NOTICE)
    assert [event.data.get("gate") for event in sink.events[:1]] == ["allowed"]
    assert EventType.GUARDRAIL_HIT in [event.type for event in sink.events]


def test_a_purpose_that_may_not_be_used_answers_nothing_and_starts_nothing() -> None:
    sink = MemoryAuditSink()
    with pytest.raises(PurposeNotUsable):
        analyst(sink, gate=OpenGate(error=PurposeNotUsable("no"))).analyse(REQUEST)
    assert [event.type for event in sink.events] == [EventType.GUARDRAIL_HIT]


def test_the_mode_of_the_purpose_is_in_the_log_and_on_the_answer() -> None:
    sink = MemoryAuditSink()
    signed = Admission(mode="assessed", classification="not-high-risk", assessment_digest="sha256:1")
    answer = analyst(sink, gate=OpenGate(signed)).analyse(REQUEST)
    facts = sink.events[0].data
    assert answer.mode == "assessed"
    assert (facts["mode"], facts["classification"], facts["assessment_digest"]) == (
        "assessed",
        "not-high-risk",
        "sha256:1",
    )


def test_who_asks_first_is_told_that_an_ai_system_answers_once_and_so_it_is_logged() -> None:
    sink = MemoryAuditSink()
    asking = analyst(sink)
    other = replace(REQUEST, principal=Principal(subject="bob", groups=()))
    told = [asking.analyse(request).disclosure for request in (REQUEST, REQUEST, other)]
    assert [text is not None for text in told] == [True, False, True]
    assert "AI system" in str(told[0])
    notices = [event for event in sink.events if event.type is EventType.NOTICE_SHOWN]
    assert [(event.subject, event.data["shown"]) for event in notices] == [("ada", True), ("bob", True)]


def test_on_the_command_line_a_person_is_told_once_of_a_configuration_by_all_commands() -> None:
    sink, notices = MemoryAuditSink(), ToldOnce()

    def ask(*, model: str | None = None, **changed: Any) -> bool:
        asking = analyst(sink, notices=notices)
        asking.fingerprint = replace(asking.fingerprint, model=model)
        return asking.analyse(replace(REQUEST, **{"channel": "cli", **changed})).disclosure is not None

    assert [ask(), ask(), ask(model="other"), ask(model="other"), ask(purpose="review")] == [
        True, False, True, False, True,
    ]  # fmt: skip
    assert ask(principal=Principal(subject="bob", groups=()))
    assert [event.type for event in sink.events].count(EventType.NOTICE_SHOWN) == 4
    assert [ask(channel="chat"), ask(channel="chat")] == [True, True], "each service tells its callers anew"


def test_where_it_is_obvious_the_reason_is_logged_instead_of_the_notice() -> None:
    sink = MemoryAuditSink()
    assert analyst(sink, gate=OpenGate(Admission(is_obvious_ai=True))).analyse(REQUEST).disclosure is None
    assert [event.data["shown"] for event in sink.events if event.type is EventType.NOTICE_SHOWN] == [False]


def test_a_first_interaction_without_notice_or_reason_gives_no_answer() -> None:
    with pytest.raises(AuditWriteFailed):
        analyst(MemoryAuditSink(fail_from=1)).analyse(REQUEST)


def test_batches_are_told_nothing() -> None:
    sink = MemoryAuditSink()
    assert analyst(sink).analyse(replace(REQUEST, channel="batch")).disclosure is None
    assert EventType.NOTICE_SHOWN not in [event.type for event in sink.events]


def test_generated_sentences_are_marked_before_they_leave_and_copied_ones_are_not() -> None:
    class Writing(Answering):
        """Adds a sentence of its own."""

        def answer(self, *arguments: Any, **options: Any) -> Answer:
            draft = super().answer(*arguments, **options)
            return replace(draft, sentences=(*draft.sentences, Sentence(kind=SentenceKind.STATEMENT, text="So it is.")))

    sink = MemoryAuditSink()
    assert analyst(sink).analyse(REQUEST).mark is None
    assert EventType.MARK_APPLIED not in [event.type for event in sink.events]
    answer = analyst(sink, Writing()).analyse(REQUEST)
    assert answer.mark == "marked "
    assert answer.receipt is not None
    assert (sink.events[-1].type, sink.events[-1].parents) == (EventType.MARK_APPLIED, (answer.receipt.index,))
