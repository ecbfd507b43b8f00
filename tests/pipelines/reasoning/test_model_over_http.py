"""The answerer with the real client over loopback: whatever the endpoint does, the answer is whole or says less."""

import time
from collections.abc import Callable
from typing import Any

import pytest

from averment.core.testing.endpoint import Failure, ModelEndpoint, ScriptedReply
from averment.pipelines.models.client import CallLimits, OpenAIChatModel
from averment.pipelines.models.profiles import load_profile

pytestmark = pytest.mark.slow

LAW = "Which state's law governs the agreement?"
PROFILE = load_profile("smollm2-135m")
QUICK = CallLimits(timeout_s=1.0, retries=0, backoff_s=0.01, max_wait_s=0.1)


@pytest.fixture(scope="module", autouse=True)
def loaded() -> None:
    """Import the client's libraries before the short time limits count."""
    import haystack_integrations.components.generators.vllm  # noqa: F401


def ask(desk: Any, endpoint: ModelEndpoint) -> Any:
    model = OpenAIChatModel(PROFILE, base_url=endpoint.base_url, limits=QUICK)
    try:
        return desk.ask(LAW, model=model, profile=PROFILE)
    finally:
        model.close()


def served(replies: list[ScriptedReply]) -> ModelEndpoint:
    return ModelEndpoint(replies=replies, served=(PROFILE.served_name,))


def test_the_packaged_model_is_asked_once_and_its_plan_is_not_used(desk: Any) -> None:
    with served([ScriptedReply(text='{"queries": ["law of the moon"]}', model=PROFILE.served_name)]) as endpoint:
        answer = ask(desk, endpoint)
    assert len(endpoint.requests) == 1
    assert (answer.status, answer.method, answer.usage.model_calls) == ("answered", "extractive", 1)
    assert answer.value.value == "Delaware"
    assert "law of the moon" not in desk.corpus.searches


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


def test_cancelling_aborts_the_call_in_flight(desk: Any) -> None:
    patient = CallLimits(timeout_s=30.0, retries=0)
    with served([ScriptedReply(failure="hang")]) as endpoint:
        model = OpenAIChatModel(PROFILE, base_url=endpoint.base_url, limits=patient)
        try:
            begun = time.monotonic()
            answer = desk.ask(LAW, model=model, profile=PROFILE, cancelled=lambda: bool(endpoint.requests))
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
