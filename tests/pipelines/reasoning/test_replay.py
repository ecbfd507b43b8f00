"""Each verdict of a replay, from two records that differ in one thing."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from averment.core.errors import AuditIntegrityError
from averment.core.jsonable import to_json
from averment.pipelines.reasoning.replay import Replay, Stack, Trace, TracedCall, compare, read_stack, read_trace

STACK = Stack(pipeline_hash="sha256:p", index_version="v1", model="m", model_revision="r1", profile_digest="sha256:f")
REPLIES = [
    '{"queries": ["law of the state"]}',
    '{"statement": "The laws of the State of Delaware govern.", "labels": ["S1"]}',
]
LAW = "Which state's law governs the agreement?"


@pytest.fixture
def trace(desk: Any, scripted: Any, trust: Any) -> Trace:
    """Return the trace of an answer in which a model planned and wrote."""
    answer = desk.ask(LAW, model=scripted(list(REPLIES)), profile=trust(("plan", "write")))
    return traced(answer)


def traced(answer: Any) -> Trace:
    read = to_json(answer)
    assert isinstance(read, dict)
    return read_trace(read, STACK)


def compared(recorded: Trace, replayed: Trace) -> Replay:
    return compare(recorded, replayed, answer_id="a")


def with_step(trace: Trace, place: int, **changes: Any) -> Trace:
    steps = list(trace.steps)
    steps[place] = replace(steps[place], **changes)
    return replace(trace, steps=tuple(steps))


def place_of(trace: Trace, kind: str, *, calls: bool = False) -> int:
    return next(
        place for place, step in enumerate(trace.steps) if step.kind == kind and (step.call is not None) == calls
    )


def with_call(trace: Trace, place: int, **changes: Any) -> Trace:
    call = trace.steps[place].call
    assert call is not None
    return with_step(trace, place, call=replace(call, **changes))


def first(found: Replay) -> Any:
    return next(step for step in found.steps if step.verdict != "same")


def test_the_same_run_is_the_same(trace: Trace) -> None:
    found = compared(trace, trace)
    assert found.is_same
    assert {step.verdict for step in found.steps} == {"same"}
    assert found.same_evidence
    assert found.same_calculations
    assert found.same_sentences


def test_the_same_question_on_the_same_stack_is_the_same(desk: Any) -> None:
    assert compared(traced(desk.ask(LAW)), traced(desk.ask(LAW))).is_same


def test_a_changed_document_is_retrieval_drift(desk: Any, parse: Any) -> None:
    before = traced(desk.ask(LAW))
    desk.corpus.add("other", parse("OTHER AGREEMENT\n\n1. Law. The laws of the State of Ohio govern this agreement."))
    found = compared(before, traced(desk.ask(LAW)))
    assert found.verdict == "retrieval_drift"


def test_other_passages_are_retrieval_drift_and_what_follows_drifts_with_them(trace: Trace) -> None:
    place = place_of(trace, "search")
    after = with_step(trace, place, passage_ids=("sha256:other",))
    written = place_of(after, "write", calls=True)
    after = with_call(after, written, input_digest="sha256:x", output_digest="sha256:y")
    found = compared(trace, after)
    assert (found.verdict, first(found).number, first(found).reason) == ("retrieval_drift", place + 1, "passages")
    following = found.steps[written]
    assert (following.verdict, following.reason) == ("retrieval_drift", f"follows_step_{place + 1}")


def test_an_index_of_another_version_is_named(trace: Trace) -> None:
    stack = replace(STACK, index_version="v2")
    after = replace(with_step(trace, place_of(trace, "search"), passage_ids=()), stack=stack)
    found = compared(trace, after)
    step = first(found)
    assert (step.reason, step.recorded, step.replayed) == ("index_version", "v1", "v2")
    assert found.stack == ("index_version",)


@pytest.mark.parametrize(
    ("changes", "verdict", "reason"),
    [
        ({"prompt_hash": "sha256:x", "input_digest": "sha256:x"}, "prompt_drift", "prompt_hash"),
        ({"input_digest": "sha256:x"}, "prompt_drift", "input_digest"),
        ({"model": "another", "output_digest": "sha256:x"}, "model_drift", "model"),
        ({"revision": "r2", "output_digest": "sha256:x"}, "model_drift", "revision"),
        ({"parameters": "{}", "output_digest": "sha256:x"}, "model_drift", "parameters"),
        ({"seed": 7, "output_digest": "sha256:x"}, "model_drift", "seed"),
        ({"output_digest": "sha256:x"}, "engine_nondeterminism", "output_digest"),
    ],
)
def test_what_goes_into_a_call_says_why_something_else_came_out(
    trace: Trace, changes: Mapping[str, Any], verdict: str, reason: str
) -> None:
    place = place_of(trace, "write", calls=True)
    found = compared(trace, with_call(trace, place, **changes))
    assert (found.verdict, first(found).reason) == (verdict, reason)
    assert first(found).recorded != first(found).replayed
    assert not found.is_same


def test_a_model_that_is_not_there_is_model_drift_or_not_comparable(trace: Trace) -> None:
    place = place_of(trace, "plan", calls=True)
    without = with_step(trace, place, call=None)
    assert compared(trace, without).verdict == "not_comparable"
    gone = replace(without, stack=replace(STACK, model=None, profile_digest=None))
    assert compared(trace, gone).verdict == "model_drift"


def test_other_rules_and_other_steps_are_not_comparable(trace: Trace) -> None:
    stack = replace(STACK, pipeline_hash="sha256:q")
    checked = place_of(trace, "check")
    after = replace(with_step(trace, checked, summary="9 checks on 2 sentences; 0 sentences blocked."), stack=stack)
    found = compared(trace, after)
    assert (found.verdict, first(found).reason) == ("not_comparable", "pipeline_hash")
    shorter = replace(trace, steps=trace.steps[:-1])
    assert (compared(trace, shorter).verdict, first(compared(trace, shorter)).reason) == (
        "not_comparable",
        "not_run_again",
    )
    assert first(compared(shorter, trace)).reason == "not_in_the_record"
    assert first(compared(trace, with_step(trace, 1, part=2))).reason == "another_step"
    assert first(compared(trace, with_step(trace, place_of(trace, "search"), query="x"))).reason == "query"


def test_an_answer_that_differs_under_equal_steps_is_not_called_the_same(trace: Trace) -> None:
    found = compared(trace, replace(trace, sentences=("quote: x",)))
    assert (found.verdict, found.same_sentences, found.same_evidence) == ("not_comparable", False, True)


def test_calculations_are_compared_to_the_last_digit(reports: Any) -> None:
    question = "According to Harbor Bright Energy Inc.'s Form 10-K, what was cost of sales in 2018?"
    trace = traced(reports.ask(question))
    assert len(trace.calculations) == 1
    assert not compared(trace, replace(trace, calculations=("sha256:x",))).same_calculations


def test_what_is_no_record_of_an_answer_is_refused() -> None:
    for broken in ({}, {"sentences": 5}, {"sentences": [], "steps": [{}], "status": "answered"}):
        with pytest.raises(AuditIntegrityError):
            read_trace(broken, STACK)


def test_facts_of_the_log_make_a_stack() -> None:
    assert read_stack({"pipeline_hash": "sha256:p", "model": None}).pipeline_hash == "sha256:p"
    assert read_stack({}) == Stack(
        pipeline_hash=None, index_version=None, model=None, model_revision=None, profile_digest=None
    )


def test_a_call_holds_what_is_compared(trace: Trace) -> None:
    call = trace.steps[place_of(trace, "write", calls=True)].call
    assert isinstance(call, TracedCall)
    assert call.input_digest.startswith("sha256:")
    assert call.input_digest != call.prompt_hash
