"""Bodies in the shapes of OpenAI, as far as this service fills them, for the OpenAPI document."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from averment.core.answers import Claim, Confidence, Coverage, Escalation, Receipt, TypedValue, Usage, Withheld
from averment.core.documents import Box
from averment.core.jsonable import Json
from averment.service.contract.shapes import Problem, Step


@dataclass(frozen=True, slots=True, kw_only=True)
class Model:
    """A model as OpenAI clients list it."""

    id: str
    object: Literal["model"]
    created: int
    owned_by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Models:
    """The models there are."""

    object: Literal["list"]
    data: Sequence[Model]


@dataclass(frozen=True, slots=True, kw_only=True)
class CitedPlace:
    """The exact place of a quotation, for ever."""

    text_hash: str
    start: int
    end: int
    page: int | None
    boxes: Sequence[Box]


@dataclass(frozen=True, slots=True, kw_only=True)
class FileCitation:
    """A citation; `start_index` and `end_index` bound the cited sentence in the message's content."""

    type: Literal["file_citation"]
    file_id: str
    filename: str
    index: int
    start_index: int
    end_index: int
    averment: CitedPlace


@dataclass(frozen=True, slots=True, kw_only=True)
class AssistantMessage:
    """The answer as a message."""

    role: Literal["assistant"]
    content: str
    refusal: None
    annotations: Sequence[FileCitation]


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """The one choice there is."""

    index: int
    message: AssistantMessage
    finish_reason: Literal["stop", "length"]
    logprobs: None


@dataclass(frozen=True, slots=True, kw_only=True)
class CachedTokens:
    """How many prompt tokens the model server had read before."""

    cached_tokens: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ChatUsage:
    """Tokens as OpenAI clients read them; how many were for thinking is only known where no model was asked."""

    prompt_tokens: int
    completion_tokens: int
    total_tokens: int
    prompt_tokens_details: CachedTokens
    completion_tokens_details: "ReasoningTokens | None" = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SaidSentence:
    """A sentence of the content, its kind, and what it rests on."""

    kind: Literal["quote", "value", "statement", "notice"]
    code: str | None
    start_index: int
    end_index: int
    claim: Claim | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ChatExtension:
    """What only Averment says of an answer."""

    answer_id: str
    asked_as: str | None
    status: Literal["answered", "abstained", "refused", "truncated"]
    method: Literal["model", "extractive", "rules", "none"]
    mode: Literal["trial", "assessed"]
    purpose: str
    value: TypedValue | None
    sentences: Sequence[SaidSentence]
    is_generated: bool
    disclosure: str | None
    mark: str | None
    coverage: Coverage
    confidence: Confidence
    escalation: Escalation | None
    warnings: Sequence[str]
    withheld: Sequence[Withheld]
    receipt: Receipt | None
    usage: Usage
    ignored: Sequence[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class ChatCompletion:
    """An answer as a chat completion."""

    id: str
    object: Literal["chat.completion"]
    created: int
    model: str
    choices: Sequence[Choice]
    usage: ChatUsage
    averment: ChatExtension


@dataclass(frozen=True, slots=True, kw_only=True)
class ChatDelta:
    """What a piece of a stream adds to the message; only one of these is there."""

    role: Literal["assistant"] | None = None
    content: str | None = None
    annotations: Sequence[FileCitation] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ChunkChoice:
    """The one choice there is, piece by piece."""

    index: int
    delta: ChatDelta
    finish_reason: Literal["stop", "length"] | None
    logprobs: None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ChatStep:
    """A step of the analysis that runs."""

    step: Step


@dataclass(frozen=True, slots=True, kw_only=True)
class ChatChunk:
    """A piece of a streamed answer; `[DONE]` comes behind the last one, and a piece with `error` in its place."""

    id: str
    object: Literal["chat.completion.chunk"]
    created: int
    model: str
    choices: Sequence[ChunkChoice]
    usage: ChatUsage | None = None
    averment: ChatExtension | ChatStep | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class OutputText:
    """The text of a message with its citations."""

    type: Literal["output_text"]
    text: str
    annotations: Sequence[FileCitation]
    logprobs: Sequence[Json]


@dataclass(frozen=True, slots=True, kw_only=True)
class OutputMessage:
    """The answer as the one item of a response's output."""

    id: str
    type: Literal["message"]
    role: Literal["assistant"]
    status: Literal["completed", "incomplete"]
    content: Sequence[OutputText]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReasoningTokens:
    """Always 0: tokens of reasoning are among the output's and not counted apart."""

    reasoning_tokens: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ResponseUsage:
    """Tokens as clients of responses read them."""

    input_tokens: int
    input_tokens_details: CachedTokens
    output_tokens: int
    output_tokens_details: ReasoningTokens
    total_tokens: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ResponseError:
    """Why a response failed: the code of its problem document and what that says."""

    code: Literal["server_error"]
    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Failed:
    """The problem document of a response that failed."""

    problem: Problem


@dataclass(frozen=True, slots=True, kw_only=True)
class Response:
    """An answer as a response; a spent budget is `incomplete`. `averment` is there once it has ended."""

    id: str
    object: Literal["response"]
    created_at: int
    status: Literal["in_progress", "completed", "incomplete", "failed"]
    model: str
    previous_response_id: str | None
    output: Sequence[OutputMessage]
    error: ResponseError | None
    incomplete_details: Mapping[str, str] | None
    instructions: None
    metadata: Mapping[str, str]
    parallel_tool_calls: bool
    tool_choice: Literal["none"]
    tools: Sequence[Json]
    text: Mapping[str, Json]
    usage: ResponseUsage | None
    averment: ChatExtension | Failed | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ResponseEvent:
    """An event of a streamed response: `type` names it, other members are those that OpenAI gives such events."""

    type: str
    sequence_number: int


PARTIAL: Final = (ChatDelta, ChunkChoice, ChatChunk, Response, ResponseEvent, ChatUsage)
"""Types whose members with a default may be left out."""
