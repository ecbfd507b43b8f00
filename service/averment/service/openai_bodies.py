"""Bodies of requests as OpenAI clients send them: chat completions and responses.

Clients and front ends send more members than there is a meaning for here. Those that would only tune the words are
ignored, and the answer names them; those whose sender would read the answer wrongly if they were ignored are refused.
docs/reference/openai.md lists both.
"""

import re
from collections.abc import Iterable, Mapping
from typing import Annotated, Final, Literal

from pydantic import BaseModel, ConfigDict, Field

from averment.core.errors import UsageError

TEXT_PARTS: Final = frozenset({"text", "input_text", "output_text", "refusal"})
MAX_IGNORED: Final = 32
# Items of a conversation that a client sends back and that hold nothing anybody said.
SILENT_ITEMS: Final = frozenset(
    {"reasoning", "function_call", "function_call_output", "custom_tool_call", "custom_tool_call_output"}
)
_NAME: Final = re.compile(r"[A-Za-z][A-Za-z0-9_.-]{0,63}")
_INSTRUCTING: Final = frozenset({"system", "developer"})

Role = Literal["system", "developer", "user", "assistant", "tool", "function"]


class Lenient(BaseModel):
    """A body that takes more members than it knows, as OpenAI's own interface does."""

    model_config = ConfigDict(extra="allow")


class Part(BaseModel):
    """A part of a message."""

    type: Annotated[str, Field(max_length=64)]
    text: str | None = None
    refusal: str | None = None


class Message(BaseModel):
    """A message of a conversation."""

    role: Role
    content: str | list[Part] | None = None

    def text(self) -> str:
        """Return the message's text."""
        if isinstance(self.content, list):
            return "\n".join(part.text or part.refusal or "" for part in self.content)
        return self.content or ""


class StreamOptions(BaseModel):
    """Options of a stream."""

    include_usage: bool = False


class ChatBody(Lenient):
    """A chat completion as OpenAI clients ask for it."""

    model: str
    messages: Annotated[list[Message], Field(min_length=1, max_length=500)]
    stream: bool | None = None
    stream_options: StreamOptions | None = None
    metadata: dict[str, object] | None = None


class InputItem(BaseModel):
    """A message in the input of a response, or another item that a client sends back."""

    type: Annotated[str, Field(max_length=64)] = "message"
    role: Role = "user"
    content: str | list[Part] | None = None


class ResponsesBody(Lenient):
    """A response as OpenAI clients ask for it; `previous_response_id` goes on from an answer of the caller's."""

    model: str
    input: Annotated[str, Field(min_length=1)] | Annotated[list[InputItem], Field(min_length=1, max_length=500)]
    previous_response_id: Annotated[str, Field(pattern=r"^resp_[A-Za-z0-9][A-Za-z0-9_.:-]{0,99}$")] | None = None
    stream: bool | None = None
    metadata: dict[str, object] | None = None

    @property
    def messages(self) -> list[Message]:
        """Return the input as messages.

        Raises:
            UsageError: An item is none, and cannot be left out.
        """
        if isinstance(self.input, str):
            return [Message(role="user", content=self.input)]
        items = [item for item in self.input if item.type not in SILENT_ITEMS]
        for item in items:
            if item.type != "message":
                raise UsageError(f"input holds an item of type {item.type!r}", hint="send messages with text")
        return [Message(role=item.role, content=item.content) for item in items]


def question_of(messages: Iterable[Message]) -> str:
    """Return the last thing the user said.

    Raises:
        UsageError: They said nothing, or a message holds what is no text.
    """
    asked = ""
    for place, message in enumerate(messages):
        for part in message.content if isinstance(message.content, list) else ():
            if part.type not in TEXT_PARTS:
                raise UsageError(
                    f"message {place + 1} holds a part of type {part.type!r}; only text is read here",
                    hint="put the document among the ingested ones, and ask about it in words",
                )
        if message.role == "user":
            asked = message.text()
    if not asked.strip():
        raise UsageError("no message of the user holds a question", hint="end messages with one of role 'user'")
    return asked


def refuse_unmet(body: Lenient) -> None:
    """Refuse members of a request whose sender would read the answer wrongly if they were ignored.

    Raises:
        UsageError: There is one; it is named, with what to do instead.
    """
    given = body.model_extra or {}
    for name, is_unmet, reason, hint in _UNMET:
        if is_unmet(given.get(name)):
            raise UsageError(f"{name} cannot be met: {reason}", hint=hint)


def ignored_members(body: Lenient, messages: Iterable[Message]) -> tuple[str, ...]:
    """Name the members of a request that had no effect, in alphabetical order; at most 32, none with odd characters."""
    found = {name for name, value in (body.model_extra or {}).items() if value is not None}
    found |= {f"messages.{message.role}" for message in messages if message.role in _INSTRUCTING}
    return tuple(name for name in sorted(found) if _NAME.fullmatch(name))[:MAX_IGNORED]


def _is_more_than_one(value: object) -> bool:
    return value is not None and value != 1


def _is_forced(value: object) -> bool:
    return value not in (None, "auto", "none")


def _is_set(value: object) -> bool:
    return bool(value)


def _is_formatted(value: object) -> bool:
    """Tell whether a format other than text is asked for; the responses interface has it one level deeper."""
    wanted = value.get("format", value) if isinstance(value, Mapping) else value
    kind = wanted.get("type", "text") if isinstance(wanted, Mapping) else wanted
    return kind not in (None, "text")


def _is_not_text(value: object) -> bool:
    return value not in (None, ["text"])


_AS_DATA: Final = "set metadata.averment.answer_type and read averment.value, which is typed"
_UNMET: Final = (
    ("n", _is_more_than_one, "a question has one answer", "leave it out or send 1"),
    ("tool_choice", _is_forced, "no tool is ever called", "send 'auto' or 'none', or no tools"),
    ("function_call", _is_forced, "no function is ever called", "send 'auto' or 'none', or no functions"),
    ("response_format", _is_formatted, "answers are sentences", _AS_DATA),
    ("text", _is_formatted, "answers are sentences", _AS_DATA),
    ("logprobs", _is_set, "most words are copied, none has a probability", "leave it out"),
    ("top_logprobs", _is_set, "most words are copied, none has a probability", "leave it out"),
    ("modalities", _is_not_text, "answers are text", "leave it out"),
    ("audio", _is_set, "answers are text", "leave it out"),
    ("background", _is_set, "a response is given while the client waits", "use POST /v1/analyses"),
    ("prompt", _is_set, "no prompts are kept here", "send the text as input"),
    ("conversation", _is_set, "conversations are not kept", "send previous_response_id or the earlier messages"),
)  # fmt: skip
