"""What is sent to a model for one call: a pure function of profile and call.

Whether a call may think, and how the server is told, follows the profile. A schema binds the text; where the
server cannot both let a call think and bind it, the schema wins.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from averment.core.ports import ChatMessage
from averment.pipelines.models.profiles import ModelProfile, Sampling

_END_OF_THINKING_TOKENS: Final = 8
"""Room for the marks around thinking that is cut off at once."""

# The most that OpenAI's API and vLLM as it is started here tell.
_ALTERNATIVES: Final = 20

WARM_UP_SCHEMA: Final[Mapping[str, object]] = {
    "type": "object",
    "properties": {"ready": {"type": "boolean"}},
    "required": ["ready"],
    "additionalProperties": False,
}
WARM_UP_MESSAGES: Final = (ChatMessage(role="user", content="ready"),)


@dataclass(frozen=True, slots=True, kw_only=True)
class CallRequest:
    """One call. `priority` is lower for what matters more; a `cache_salt` keeps callers' caches apart.

    `tells_first_token` asks for the probabilities of the first token beside it.
    """

    messages: Sequence[ChatMessage]
    schema: Mapping[str, object] | None
    max_tokens: int
    seed: int
    purpose: str
    thinking: bool
    priority: int = 0
    cache_salt: str | None = None
    tells_first_token: bool = False


def first_token_call(messages: Sequence[ChatMessage], *, seed: int, purpose: str) -> CallRequest:
    """Return a call for one token and the probabilities of what it is chosen from."""
    return CallRequest(
        messages=messages,
        schema=None,
        max_tokens=1,
        seed=seed,
        purpose=purpose,
        thinking=False,
        tells_first_token=True,
    )


def thinking_tokens(profile: ModelProfile, call: CallRequest) -> int:
    """Return how many tokens the call may think, 0 where it may not."""
    if not call.thinking or (call.schema is not None and not profile.thinking.schema_after_thinking):
        return 0
    return profile.thinking_budget(call.purpose)


def sampling_of(profile: ModelProfile, call: CallRequest) -> Sampling:
    """Return how the tokens of the call are drawn."""
    return profile.sampling.thinking if thinking_tokens(profile, call) else profile.sampling.direct


def request_body(profile: ModelProfile, call: CallRequest) -> dict[str, object]:
    """Build the JSON body of a chat completion, without the model's name."""
    messages = [{"role": message.role, "content": message.content} for message in switched_messages(profile, call)]
    openai, extra = generation_arguments(profile, call)
    return {"messages": messages, **openai, **extra}


def switched_messages(profile: ModelProfile, call: CallRequest) -> tuple[ChatMessage, ...]:
    """Return the messages, with the words that switch thinking where the model wants them as its system prompt.

    Such a model takes nothing else there: other system messages move to the start of the first user message.
    """
    thinking = profile.thinking
    if thinking.switch != "system_prompt":
        return tuple(call.messages)
    words = thinking.on if thinking_tokens(profile, call) else thinking.off
    switch = ChatMessage(role="system", content=words or "")
    moved = "\n\n".join(message.content for message in call.messages if message.role == "system")
    rest = [message for message in call.messages if message.role != "system"]
    if moved and rest:
        rest[0] = replace(rest[0], content=f"{moved}\n\n{rest[0].content}")
    elif moved:
        rest = [ChatMessage(role="user", content=moved)]
    return (switch, *rest)


def generation_arguments(profile: ModelProfile, call: CallRequest) -> tuple[dict[str, object], dict[str, object]]:
    """Return the parameters that OpenAI's API knows, and those that only vLLM does."""
    budget = thinking_tokens(profile, call)
    sampling = sampling_of(profile, call)
    openai: dict[str, object] = {"seed": call.seed, "temperature": sampling.temperature, "top_p": sampling.top_p}
    response_format = _response_format(profile, call.schema)
    if response_format is not None:
        openai["response_format"] = response_format
    if call.tells_first_token:
        openai |= {"logprobs": True, "top_logprobs": _ALTERNATIVES}
    if profile.dialect == "openai":
        return openai | {"max_tokens": call.max_tokens + budget}, {}
    always_thinks = profile.thinking.switch == "token_budget"
    room = budget or (_END_OF_THINKING_TOKENS if always_thinks else 0)
    openai["max_completion_tokens"] = call.max_tokens + room
    return openai, _vllm_arguments(profile, call, budget=budget)


def _vllm_arguments(profile: ModelProfile, call: CallRequest, *, budget: int) -> dict[str, object]:
    # The server keeps the chain of thought to itself: nothing of it is sent, so nothing can leak.
    extra: dict[str, object] = {"include_reasoning": False}
    sampling = sampling_of(profile, call)
    if sampling.top_k is not None:
        extra["top_k"] = sampling.top_k
    template = dict(profile.chat_template_arguments)
    if profile.thinking.switch == "chat_template" and profile.thinking.argument:
        template[profile.thinking.argument] = budget > 0
    if template:
        extra["chat_template_kwargs"] = template
    if profile.thinking.switch == "token_budget" or (budget and profile.reasoning_parser):
        extra["thinking_token_budget"] = budget
    if call.priority:
        extra["priority"] = call.priority
    if call.cache_salt:
        extra["cache_salt"] = call.cache_salt
    return extra


def _response_format(profile: ModelProfile, schema: Mapping[str, object] | None) -> dict[str, object] | None:
    if schema is None or profile.structured_output == "none":
        return None
    if profile.structured_output == "json_object":
        return {"type": "json_object"}
    return {"type": "json_schema", "json_schema": {"name": "reply", "schema": dict(schema), "strict": True}}
