import pytest
from hypothesis import given
from hypothesis import strategies as st

from averment.core.ports import ChatMessage
from averment.pipelines.models.profiles import load_profile
from averment.pipelines.models.request import CallRequest, request_body, switched_messages, thinking_tokens

SCHEMA = {"type": "object", "properties": {"a": {"type": "string"}}}
MESSAGES = (ChatMessage(role="system", content="rules"), ChatMessage(role="user", content="question"))


def call(**changes: object) -> CallRequest:
    values: dict[str, object] = {
        "messages": MESSAGES,
        "schema": SCHEMA,
        "max_tokens": 100,
        "seed": 7,
        "purpose": "plan",
        "thinking": True,
    }
    return CallRequest(**{**values, **changes})  # type: ignore[arg-type]  # a test's shorthand


def test_a_template_switch_turns_thinking_on_with_a_budget_and_off_without() -> None:
    profile = load_profile("qwen3-8b")
    on = request_body(profile, call())
    assert on["chat_template_kwargs"] == {"enable_thinking": True}
    assert on["thinking_token_budget"] == 1024
    assert on["max_completion_tokens"] == 1124
    assert (on["temperature"], on["top_k"]) == (0.6, 20)
    off = request_body(profile, call(purpose="select"))
    assert off["chat_template_kwargs"] == {"enable_thinking": False}
    assert "thinking_token_budget" not in off
    assert off["max_completion_tokens"] == 100
    assert off["temperature"] == 0.0


def test_a_model_that_always_thinks_is_cut_off_at_once_in_direct_calls() -> None:
    profile = load_profile("deepseek-r1-distill-llama-8b")
    assert request_body(profile, call(thinking=False))["thinking_token_budget"] == 0
    assert request_body(profile, call())["thinking_token_budget"] == 1024


def test_a_system_prompt_switch_stands_alone_and_gives_way_to_a_schema() -> None:
    profile = load_profile("llama-3.1-nemotron-nano-8b")
    bound = switched_messages(profile, call())
    assert [message.content for message in bound] == ["detailed thinking off", "rules\n\nquestion"]
    free = switched_messages(profile, call(schema=None))
    assert free[0].content == "detailed thinking on"
    assert thinking_tokens(profile, call()) == 0
    only_system = switched_messages(profile, call(messages=MESSAGES[:1]))
    assert [message.role for message in only_system] == ["system", "user"]


def test_the_schema_binds_the_reply_by_the_servers_means() -> None:
    vllm = request_body(load_profile("smollm2-135m"), call())
    assert vllm["response_format"] == {
        "type": "json_schema",
        "json_schema": {"name": "reply", "schema": SCHEMA, "strict": True},
    }
    assert request_body(load_profile("deepseek-r1"), call())["response_format"] == {"type": "json_object"}
    assert "response_format" not in request_body(load_profile("smollm2-135m"), call(schema=None))


def test_a_foreign_endpoint_gets_no_fields_that_only_vllm_knows() -> None:
    body = request_body(load_profile("deepseek-r1"), call(priority=3, cache_salt="s"))
    assert set(body) == {"messages", "seed", "temperature", "top_p", "response_format", "max_tokens"}


def test_priority_and_salt_are_sent_and_the_chain_of_thought_is_not_asked_for() -> None:
    body = request_body(load_profile("qwen3-8b"), call(priority=-2, cache_salt="salt"))
    assert (body["priority"], body["cache_salt"], body["include_reasoning"]) == (-2, "salt", False)
    assert "priority" not in request_body(load_profile("qwen3-8b"), call())


@given(
    st.sampled_from(["qwen3-8b", "deepseek-r1-0528-qwen3-8b", "llama-3.1-nemotron-nano-8b", "smollm2-135m"]),
    st.sampled_from(["plan", "select", "check", "write", "compute", "other"]),
    st.booleans(),
    st.booleans(),
)
def test_a_call_never_thinks_more_than_its_kind_allows(name: str, purpose: str, thinks: bool, bound: bool) -> None:
    profile = load_profile(name)
    tokens = thinking_tokens(profile, call(purpose=purpose, thinking=thinks, schema=SCHEMA if bound else None))
    assert tokens in {0, profile.thinking_budget(purpose)}
    assert thinks or tokens == 0


@pytest.mark.parametrize("name", ["qwen3-8b", "llama-3.1-nemotron-nano-8b", "smollm2-135m"])
def test_no_message_is_lost(name: str) -> None:
    text = "\n".join(message.content for message in switched_messages(load_profile(name), call()))
    assert "rules" in text
    assert "question" in text
