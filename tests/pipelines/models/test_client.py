import json
import threading
import time
from collections.abc import Mapping

import pytest
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from averment.core.access import Principal
from averment.core.errors import (
    AvermentError,
    ConfigurationError,
    ContextTooLong,
    ModelCancelled,
    ModelOutputInvalid,
    ModelOverloaded,
    ModelUnavailable,
)
from averment.core.ports import REFUSED, ChatMessage, ChatModel
from averment.core.testing.endpoint import ModelEndpoint, ScriptedReply
from averment.pipelines.models.cancellation import Cancellation
from averment.pipelines.models.client import CallLimits, OpenAIChatModel
from averment.pipelines.models.profiles import ModelProfile, load_profile

SCHEMA = {"type": "object", "properties": {"a": {"type": "integer"}}, "required": ["a"]}
MESSAGES = [ChatMessage(role="system", content="rules"), ChatMessage(role="user", content="the secret question")]
QUICK = CallLimits(timeout_s=10.0, retries=2, backoff_s=0.01, max_wait_s=0.5)
ALICE = Principal(subject="alice", groups=("legal", "all"))


def profile(name: str = "qwen3-8b") -> ModelProfile:
    return load_profile(name).model_copy(update={"served_name": "test-model"})


def model_for(endpoint: ModelEndpoint, limits: CallLimits = QUICK, api_key: str | None = None) -> OpenAIChatModel:
    return OpenAIChatModel(profile(), base_url=endpoint.base_url, api_key=api_key, limits=limits)


def ask(model: ChatModel, schema: Mapping[str, object] | None = SCHEMA) -> str:
    return model.complete(MESSAGES, schema=schema, max_tokens=20, seed=3, purpose="plan", thinking=True).text


def test_a_completion_carries_text_usage_and_parameters() -> None:
    with ModelEndpoint(replies=[ScriptedReply(text='{"a": 1}', reasoning="hidden")]) as endpoint:
        model = model_for(endpoint)
        completion = model.complete(MESSAGES, schema=SCHEMA, max_tokens=20, seed=3, purpose="plan", thinking=True)
        model.close()
    assert (completion.text, completion.finish, completion.model) == ('{"a": 1}', "stop", "test-model")
    assert (completion.prompt_tokens, completion.cached_tokens, completion.completion_tokens) == (11, 3, 5)
    assert completion.revision == profile().revision
    assert completion.parameters["seed"] == 3
    assert completion.parameters["thinking_tokens"] == 1024
    assert completion.duration_s > 0


def test_what_is_sent_is_what_the_profile_says() -> None:
    with ModelEndpoint(replies=[ScriptedReply(text='{"a": 1}')], api_key="k") as endpoint:
        model = model_for(endpoint, api_key="k")
        ask(model.for_caller(ALICE, priority=2))
        body, headers = endpoint.requests[0].body, endpoint.requests[0].headers
    assert body["model"] == "test-model"
    assert body["priority"] == 2
    assert body["seed"] == 3
    assert body["include_reasoning"] is False
    assert body["chat_template_kwargs"] == {"enable_thinking": True}
    assert body["response_format"]["json_schema"]["schema"] == SCHEMA  # type: ignore[index]  # JSON of the test
    assert [message["role"] for message in body["messages"]] == ["system", "user"]  # type: ignore[attr-defined]
    assert headers["authorization"] == "Bearer k"


@pytest.mark.parametrize(
    ("reply", "expected"),
    [
        (ScriptedReply(failure="broken"), ModelUnavailable),
        (ScriptedReply(failure="drop"), ModelUnavailable),
        (ScriptedReply(failure="half"), ModelUnavailable),
        (ScriptedReply(failure="overloaded"), ModelOverloaded),
        (ScriptedReply(failure="refusing_key"), ConfigurationError),
        (ScriptedReply(failure="context_too_long"), ContextTooLong),
        (ScriptedReply(failure="garbage"), ModelOutputInvalid),
        (ScriptedReply(text="not JSON"), ModelOutputInvalid),
        (ScriptedReply(text='{"b": "leaked"}'), ModelOutputInvalid),
        (ScriptedReply(text='{"a": 1}', model="another"), ModelOutputInvalid),
    ],
    ids=lambda value: (value.failure or value.text or "none") if isinstance(value, ScriptedReply) else value.__name__,
)
def test_every_failure_is_one_of_ours_without_content(reply: ScriptedReply, expected: type[AvermentError]) -> None:
    with ModelEndpoint(replies=[reply]) as endpoint, pytest.raises(expected) as caught:
        ask(model_for(endpoint))
    assert type(caught.value) is expected
    assert "secret" not in str(caught.value)
    assert "leaked" not in str(caught.value)


def test_a_context_that_is_too_small_is_named_with_both_figures() -> None:
    reply = ScriptedReply(failure="context_too_long")
    with ModelEndpoint(replies=[reply]) as endpoint, pytest.raises(ContextTooLong) as caught:
        ask(model_for(endpoint))
    assert caught.value.details == {"limit": 4096, "got": 5000}


def test_what_can_get_better_is_tried_again_and_what_cannot_is_not() -> None:
    good = ScriptedReply(text='{"a": 1}')
    with ModelEndpoint(replies=[ScriptedReply(failure="broken"), ScriptedReply(failure="overloaded"), good]) as busy:
        assert ask(model_for(busy)) == '{"a": 1}'
        assert len(busy.requests) == 3
    with ModelEndpoint(replies=[ScriptedReply(text="no"), good]) as wrong:
        with pytest.raises(ModelOutputInvalid):
            ask(model_for(wrong))
        assert len(wrong.requests) == 1


def test_a_wait_that_is_too_long_is_handed_to_the_caller() -> None:
    with ModelEndpoint(replies=[ScriptedReply(failure="overloaded", retry_after="30")]) as endpoint:
        began = time.monotonic()
        with pytest.raises(ModelOverloaded) as caught:
            ask(model_for(endpoint))
    assert caught.value.details["retry_after_s"] == 30
    assert len(endpoint.requests) == 1
    assert time.monotonic() - began < 5.0


def test_an_endpoint_that_is_down_is_unavailable_with_the_command_that_mends_it() -> None:
    with ModelEndpoint(replies=[ScriptedReply(text="{}")]) as endpoint:
        url = endpoint.base_url
    model = OpenAIChatModel(profile(), base_url=url, limits=QUICK)
    with pytest.raises(ModelUnavailable) as caught:
        model.warm_up()
    assert "averment model serve" in str(caught.value.hint)


def test_an_endpoint_that_serves_another_model_is_found_out_before_the_first_call() -> None:
    with ModelEndpoint(replies=[ScriptedReply(text='{"a": 1}')], served=("other-model",)) as endpoint:
        with pytest.raises(ConfigurationError, match="other-model"):
            ask(model_for(endpoint))
        assert endpoint.requests == []


def test_a_call_that_takes_too_long_is_given_up_and_the_connection_closed() -> None:
    limits = CallLimits(timeout_s=0.5, retries=0)
    with ModelEndpoint(replies=[ScriptedReply(failure="hang")]) as endpoint:
        with pytest.raises(ModelUnavailable, match="in time"):
            ask(model_for(endpoint, limits))
        assert wait_for_hang_up(endpoint)


@pytest.mark.parametrize("reply", [ScriptedReply(refusal="No."), ScriptedReply(text="No.", finish="content_filter")])
def test_a_refusal_is_a_completion_that_says_so(reply: ScriptedReply) -> None:
    with ModelEndpoint(replies=[reply]) as endpoint:
        model = model_for(endpoint)
        completion = model.complete(MESSAGES, schema=SCHEMA, max_tokens=20, seed=3, purpose="plan")
        model.close()
    assert completion.finish == REFUSED


def test_cancelling_closes_the_connection_and_ends_the_call() -> None:
    cancellation = Cancellation()
    with ModelEndpoint(replies=[ScriptedReply(failure="hang")]) as endpoint:
        model = model_for(endpoint)
        threading.Thread(target=cancel_once_asked, args=(endpoint, cancellation), daemon=True).start()
        with pytest.raises(ModelCancelled):
            ask(model.for_caller(ALICE, cancellation=cancellation))
        assert wait_for_hang_up(endpoint)


def test_a_call_that_is_cancelled_already_is_not_sent() -> None:
    cancellation = Cancellation()
    cancellation.cancel()
    with ModelEndpoint(replies=[ScriptedReply(text='{"a": 1}')]) as endpoint:
        with pytest.raises(ModelCancelled):
            ask(model_for(endpoint).for_caller(ALICE, cancellation=cancellation))
        time.sleep(0.2)
        assert endpoint.requests == []


def test_a_reply_that_was_cut_off_says_so() -> None:
    with ModelEndpoint(replies=[ScriptedReply(text='{"a', finish="length")]) as endpoint:
        completion = model_for(endpoint).complete(MESSAGES, schema=SCHEMA, max_tokens=2, seed=1, purpose="plan")
    assert completion.finish == "length"


def test_thinking_in_the_text_is_dropped() -> None:
    with ModelEndpoint(replies=[ScriptedReply(text="<think>secret</think>\nfine")]) as endpoint:
        assert ask(model_for(endpoint), schema=None) == "fine"


@pytest.mark.slow
def test_many_threads_share_one_client() -> None:
    def reply(body: Mapping[str, object]) -> ScriptedReply:
        return ScriptedReply(text=json.dumps({"a": body["seed"]}), delay_s=0.05)

    with ModelEndpoint(replies=reply) as endpoint:
        model = model_for(endpoint)
        found: dict[int, str] = {}

        def work(seed: int) -> None:
            found[seed] = model.complete(MESSAGES, schema=SCHEMA, max_tokens=5, seed=seed, purpose="plan").text

        threads = [threading.Thread(target=work, args=(seed,)) for seed in range(16)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert found == {seed: json.dumps({"a": seed}) for seed in range(16)}


def test_a_closed_client_can_be_used_again() -> None:
    with ModelEndpoint(replies=[ScriptedReply(text='{"a": 1}')]) as endpoint:
        model = model_for(endpoint)
        ask(model)
        model.close()
        assert ask(model) == '{"a": 1}'
        model.close()


@pytest.mark.parametrize("url", ["ftp://x/v1", "127.0.0.1:8000", "http://user:pass@host/v1", "http://h/v1?key=secret"])
def test_a_url_that_is_none_is_refused_without_its_secrets(url: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        OpenAIChatModel(profile(), base_url=url)
    assert "pass" not in str(caught.value)
    assert "secret" not in str(caught.value)


def test_the_span_holds_names_and_counts_and_no_content(monkeypatch: pytest.MonkeyPatch) -> None:
    spans = InMemorySpanExporter()
    provider = TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(spans))
    monkeypatch.setattr("opentelemetry.trace.get_tracer", provider.get_tracer)
    with ModelEndpoint(replies=[ScriptedReply(text='{"a": 1}')]) as endpoint:
        ask(model_for(endpoint).for_caller(ALICE))
    (finished,) = spans.get_finished_spans()
    assert finished.name == "averment.pipelines.complete"
    attributes = dict(finished.attributes or {})
    assert attributes["gen_ai.request.model"] == "test-model"
    assert attributes["gen_ai.usage.input_tokens"] == 11
    assert attributes["gen_ai.usage.cache_read.input_tokens"] == 3
    assert attributes["averment.purpose"] == "plan"
    assert not any("secret" in str(value) or "rules" in str(value) for value in attributes.values())


def cancel_once_asked(endpoint: ModelEndpoint, cancellation: Cancellation) -> None:
    while not endpoint.requests:
        time.sleep(0.01)
    cancellation.cancel()


def wait_for_hang_up(endpoint: ModelEndpoint) -> bool:
    deadline = time.monotonic() + 5.0
    while time.monotonic() < deadline:
        if endpoint.requests and endpoint.requests[0].hung_up:
            return True
        time.sleep(0.02)
    return False
