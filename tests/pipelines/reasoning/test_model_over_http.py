"""The answerer with the real client over loopback: whatever the endpoint does, the answer is whole or says less."""

import time
from collections.abc import Callable, Mapping
from typing import Any

import pytest

from averment.core.answers import SentenceKind
from averment.core.testing.endpoint import Failure, ModelEndpoint, ScriptedReply
from averment.pipelines.models.client import CallLimits, OpenAIChatModel
from averment.pipelines.models.profiles import ModelProfile, load_profile
from averment.pipelines.reasoning.loop import Budgets

pytestmark = pytest.mark.slow

LAW = "Which state's law governs the agreement?"
PROFILE = load_profile("smollm2-135m")
TRUSTED = PROFILE.model_copy(update={"trusted_for": ("rewrite", "plan", "select", "write", "repair")})
QUICK = CallLimits(timeout_s=1.0, retries=0, backoff_s=0.01, max_wait_s=0.1)


@pytest.fixture(scope="module", autouse=True)
def loaded() -> None:
    """Import the client's libraries before the short time limits count."""
    import haystack_integrations.components.generators.vllm  # noqa: F401


def ask(desk: Any, endpoint: ModelEndpoint, *, profile: ModelProfile = TRUSTED) -> Any:
    model = OpenAIChatModel(PROFILE, base_url=endpoint.base_url, limits=QUICK)
    try:
        return desk.ask(LAW, model=model, profile=profile)
    finally:
        model.close()


def served(replies: list[ScriptedReply]) -> ModelEndpoint:
    return ModelEndpoint(replies=replies, served=(PROFILE.served_name,))


def test_the_packaged_model_is_trusted_with_nothing_and_not_asked(desk: Any) -> None:
    with served([ScriptedReply(text='{"queries": ["law of the moon"]}', model=PROFILE.served_name)]) as endpoint:
        answer = ask(desk, endpoint, profile=PROFILE)
    assert not endpoint.requests
    assert (answer.status, answer.method, answer.usage.model_calls) == ("answered", "extractive", 0)
    assert answer.value.value == "Delaware"


@pytest.mark.parametrize("failure", ["overloaded", "broken", "garbage", "hang", "drop", "half", "context_too_long"])
def test_every_failure_costs_a_warning_only(desk: Any, failure: Failure) -> None:
    with served([ScriptedReply(failure=failure)]) as endpoint:
        answer = ask(desk, endpoint)
    assert (answer.status, answer.method) == ("answered", "extractive")
    assert answer.value.value == "Delaware"
    assert answer.warnings
    assert all(warning.startswith("model_") for warning in answer.warnings)


def test_an_endpoint_that_is_gone_costs_a_warning_only(desk: Any) -> None:
    with served([ScriptedReply(text="{}")]) as endpoint:
        pass
    answer = ask(desk, endpoint)
    assert answer.warnings == ("model_unavailable",)
    assert answer.value.value == "Delaware"


def test_another_model_than_configured_costs_a_warning_only(desk: Any) -> None:
    with ModelEndpoint(replies=[ScriptedReply(text="{}")], served=("other",)) as endpoint:
        answer = ask(desk, endpoint)
    assert answer.warnings == ("model_misconfigured",)
    assert (answer.status, answer.method, answer.value.value) == ("answered", "extractive", "Delaware")
    assert not endpoint.requests


def test_another_model_in_the_reply_costs_a_warning_only(desk: Any) -> None:
    with served([ScriptedReply(text="{}", model="other")]) as endpoint:
        answer = ask(desk, endpoint)
    assert answer.warnings == ("model_output_invalid",)
    assert answer.value.value == "Delaware"


HALF = '{"statement": "The laws of the State of Dela'


@pytest.mark.parametrize(
    ("reply", "warning"),
    [
        (ScriptedReply(text=HALF, finish="length"), "model_output_truncated"),
        (ScriptedReply(text='{"queries": [], "labels": ["S1"]', finish="length"), "model_output_truncated"),
        (ScriptedReply(text=HALF), "model_output_invalid"),
        (ScriptedReply(text="The laws of Mars govern."), "model_output_invalid"),
        (ScriptedReply(text='{"statement": "The laws of Mars govern."}'), "model_output_invalid"),
        (ScriptedReply(text="I cannot help", finish="content_filter"), "model_refused"),
        (ScriptedReply(text=HALF + 'ware", "labels": ["S1"]}', finish="content_filter"), "model_refused"),
        (ScriptedReply(refusal="I cannot help with that."), "model_refused"),
    ],
)
def test_half_a_reply_or_a_refusal_never_becomes_an_answer(desk: Any, reply: ScriptedReply, warning: str) -> None:
    with served([reply]) as endpoint:
        answer = ask(desk, endpoint)
    assert len(endpoint.requests) > 1, "the model was asked again, for a statement"
    assert answer.warnings == (warning,)
    assert (answer.status, answer.method, answer.value.value) == ("answered", "extractive", "Delaware")
    assert not [sentence for sentence in answer.sentences if sentence.kind is SentenceKind.STATEMENT]


def test_a_call_is_aborted_when_the_answers_time_is_up(desk: Any) -> None:
    patient = CallLimits(timeout_s=60.0, retries=0)
    with served([ScriptedReply(failure="hang")]) as endpoint:
        model = OpenAIChatModel(PROFILE, base_url=endpoint.base_url, limits=patient)
        try:
            answer = desk.ask(LAW, model=model, profile=TRUSTED, budgets=Budgets(max_seconds=0.5))
            hung_up = until(lambda: endpoint.requests[0].hung_up)
        finally:
            model.close()
    assert hung_up
    assert (answer.status, answer.warnings) == ("truncated", ("model_out_of_time",))
    assert "The budget for this question was spent (time)" in answer.text


def test_sub_questions_end_with_the_answers_time(leases: Any) -> None:
    def reply(body: Mapping[str, object]) -> ScriptedReply:
        is_plan = "search queries" in str(body["messages"])
        return ScriptedReply(text='{"queries": []}') if is_plan else ScriptedReply(failure="hang")

    question = "Compare the governing law of the Master Lease Agreement and the Harbour Lease."
    with ModelEndpoint(replies=reply, served=(PROFILE.served_name,)) as endpoint:
        model = OpenAIChatModel(PROFILE, base_url=endpoint.base_url, limits=CallLimits(timeout_s=60.0, retries=0))
        try:
            answer = leases.ask(question, model=model, profile=TRUSTED, budgets=Budgets(max_seconds=1.5))
        finally:
            model.close()
    assert answer.warnings == ("model_out_of_time",)
    assert {"Delaware", "Nevada"} <= set(answer.text.replace(".", " ").split()), "the quotes were found before"
    assert not [sentence for sentence in answer.sentences if sentence.kind is SentenceKind.STATEMENT]


def test_cancelling_aborts_the_calls_of_every_sub_question(leases: Any) -> None:
    def reply(body: Mapping[str, object]) -> ScriptedReply:
        is_plan = "search queries" in str(body["messages"])
        return ScriptedReply(text='{"queries": []}') if is_plan else ScriptedReply(failure="hang")

    question = "Compare the governing law of the Master Lease Agreement and the Harbour Lease."
    with ModelEndpoint(replies=reply, served=(PROFILE.served_name,)) as endpoint:
        model = OpenAIChatModel(PROFILE, base_url=endpoint.base_url, limits=CallLimits(timeout_s=60.0, retries=0))
        try:
            answer = leases.ask(question, model=model, profile=TRUSTED, cancelled=lambda: len(endpoint.requests) == 3)
            hung_up = until(lambda: all(request.hung_up for request in endpoint.requests[1:]))
        finally:
            model.close()
    assert hung_up
    assert answer.status == "truncated"
    assert set(answer.warnings) == {"cancelled"}


def test_cancelling_aborts_the_call_in_flight(desk: Any) -> None:
    patient = CallLimits(timeout_s=30.0, retries=0)
    with served([ScriptedReply(failure="hang")]) as endpoint:
        model = OpenAIChatModel(PROFILE, base_url=endpoint.base_url, limits=patient)
        try:
            begun = time.monotonic()
            answer = desk.ask(LAW, model=model, profile=TRUSTED, cancelled=lambda: bool(endpoint.requests))
            took_s = time.monotonic() - begun
            hung_up = until(lambda: endpoint.requests[0].hung_up)
        finally:
            model.close()
    assert took_s < 5.0
    assert hung_up
    assert (answer.status, answer.warnings) == ("truncated", ("cancelled",))
    assert "The question was cancelled." in answer.text


def until(holds: Callable[[], bool], *, seconds: float = 5.0) -> bool:
    """Wait until something holds."""
    deadline = time.monotonic() + seconds
    while not holds() and time.monotonic() < deadline:
        time.sleep(0.02)
    return holds()
