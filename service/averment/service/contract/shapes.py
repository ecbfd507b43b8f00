"""Bodies of responses as types, for the OpenAPI document; routes write them with `to_json`.

A body that is a type of the vocabulary with members added extends that type, so that the document follows the code.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, make_dataclass
from typing import Literal, get_type_hints

from averment.core.access import Principal
from averment.core.answers import Answer, Claim, Confidence, Coverage, Escalation, Passage, Receipt, TypedValue
from averment.core.desk import FeedbackVerdict
from averment.core.documents import Box, DocumentVersion, Element, PageSpan, StandingFailure, TableCell
from averment.core.interpretation import Interpretation
from averment.core.jsonable import Json
from averment.core.oversight import Review, Standing, Stop
from averment.core.pages import Highlight
from averment.core.structure import AmendmentLink, DocumentStructure
from averment.service.jobs import JobStatus


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """A problem document (RFC 9457). `code` is listed in docs/reference/errors.md; a 500 says no more than that."""

    type: str
    title: str
    status: int
    trace_id: str | None
    code: str | None = None
    detail: str | None = None
    hint: str | None = None
    retryable: bool | None = None


_TYPES = get_type_hints(DocumentVersion)
Document = make_dataclass(
    "Document",
    [(field.name, _TYPES[field.name]) for field in fields(DocumentVersion) if field.name != "access"],
    kw_only=True,
    frozen=True,
)
Document.__doc__ = "One version of a document, without the list of its readers."


@dataclass(frozen=True, slots=True, kw_only=True)
class Documents:
    """Documents by id; `next_cursor` continues the list, null at its end."""

    data: Sequence[Document]  # type: ignore[valid-type]  # made above from DocumentVersion
    next_cursor: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class QuarantineEntry(StandingFailure):
    """What could not be read or was quarantined; `is_releasable` tells whether a person may let it in as it is."""

    is_releasable: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Quarantine:
    """All of it, by source URI."""

    data: Sequence[QuarantineEntry]


@dataclass(frozen=True, slots=True, kw_only=True)
class PageBounds:
    """A page's place in the canonical text, half-open; pages are 1-based."""

    page: int
    start: int
    end: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """A canonical text; offsets everywhere count its code points."""

    document_id: str
    text_hash: str
    text: str
    pages: Sequence[PageBounds]


@dataclass(frozen=True, slots=True, kw_only=True)
class Structure(DocumentStructure):
    """How a document is built, each part with its place in the present text."""

    document_id: str
    text_hash: str | None
    amendments: Sequence[AmendmentLink]  # type: ignore[assignment]  # the links stand in place of what was read


@dataclass(frozen=True, slots=True, kw_only=True)
class Cells:
    """Cells of a document's tables."""

    document_id: str
    text_hash: str
    data: Sequence[TableCell]


@dataclass(frozen=True, slots=True, kw_only=True)
class Hidden:
    """Text that whoever opens the file does not see."""

    document_id: str
    text_hash: str
    data: Sequence[Element]


@dataclass(frozen=True, slots=True, kw_only=True)
class Page(PageSpan):
    """A page: its text, its size in points, boxes of highlights with the origin at the top left."""

    document_id: str
    text_hash: str
    n_pages: int
    has_picture: bool
    text: str
    highlights: Sequence[Highlight]


@dataclass(frozen=True, slots=True, kw_only=True)
class Passages:
    """What a search found, best first, and how it was understood."""

    passages: Sequence[Passage]
    interpretation: Interpretation


@dataclass(frozen=True, slots=True, kw_only=True)
class AnalysisSummary:
    """How far an analysis is. `filters` has those that were set."""

    id: str
    status: JobStatus
    n_events: int
    question: str
    after: str | None
    purpose: str
    as_of: str | None
    filters: Mapping[str, Json]
    asked_at: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Analysis(AnalysisSummary):
    """An analysis with its answer or problem, and what became of it and of the one it follows in reviews."""

    answer: Answer | None
    problem: Problem | None
    review: Standing | None
    after_review: Standing | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Analyses:
    """The caller's analyses, newest first."""

    data: Sequence[AnalysisSummary]


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """A step of an analysis, without document or model text."""

    number: int
    kind: str
    part: int | None
    summary: str
    duration_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Cancelled:
    """That an analysis was cancelled before it began."""

    id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Feedback:
    """What was taken into the log."""

    answer_id: str
    verdict: FeedbackVerdict


@dataclass(frozen=True, slots=True, kw_only=True)
class Reviews:
    """Reviews, oldest first."""

    data: Sequence[Review]


@dataclass(frozen=True, slots=True, kw_only=True)
class Stops:
    """What is stopped or suspended, or what was lifted, oldest first."""

    data: Sequence[Stop]


@dataclass(frozen=True, slots=True, kw_only=True)
class Alive:
    """That the process answers."""

    status: Literal["ok"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Readiness:
    """Each part is `ok` or says why it is not."""

    status: Literal["ready", "not ready"]
    parts: Mapping[Literal["index", "catalog", "log", "model"], str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """Who is signed in; `scopes` narrow what the roles open, all of it when empty."""

    principal: Principal
    way: Literal["key", "session", "token"]
    purpose: str
    scopes: Sequence[str]
    has_issuer: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class SignInWay:
    """Whether browsers sign in with an issuer, or with an API key."""

    has_issuer: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Location:
    """Where a script goes on to."""

    location: str


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
    """Tokens as OpenAI clients read them."""

    prompt_tokens: int
    completion_tokens: int
    total_tokens: int
    prompt_tokens_details: CachedTokens


@dataclass(frozen=True, slots=True, kw_only=True)
class SaidSentence:
    """A sentence of the content, its kind, and what it rests on."""

    kind: Literal["quote", "value", "statement", "notice"]
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
    receipt: Receipt | None


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
