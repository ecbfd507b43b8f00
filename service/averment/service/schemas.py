"""Bodies of requests. Answers and passages go out as the JSON of their own types."""

import re
from datetime import date
from typing import Annotated, Final, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StrictBool

from averment.core.access import Filters
from averment.core.oversight import Decision, ReviewReason

OneOrMore = str | list[str]
_TEXT_HASH: Final = r"^sha256:[0-9a-f]{64}$"
_ANSWER_ID: Final = r"^[A-Za-z0-9][A-Za-z0-9_.:-]{0,99}$"


def _printed_day(given: object) -> object:
    if not isinstance(given, str) or re.fullmatch(r"\d{4}-\d{2}-\d{2}", given) is None:
        raise ValueError("expected a day as YYYY-MM-DD")
    return given


class Body(BaseModel):
    """A request body that refuses unknown keys."""

    model_config = ConfigDict(extra="forbid")


class FilterBody(Body):
    """Filter keys; values of one key are alternatives, keys combine."""

    document_id: OneOrMore = []
    source_uri: OneOrMore = []
    file_name: OneOrMore = []
    kind: OneOrMore = []
    media_type: OneOrMore = []
    party: OneOrMore = []
    issuer: OneOrMore = []
    form_type: OneOrMore = []
    period: OneOrMore = []
    tag: OneOrMore = []
    date_from: str | None = Field(default=None, pattern=r"^\d{4}-\d{2}-\d{2}$")
    date_to: str | None = Field(default=None, pattern=r"^\d{4}-\d{2}-\d{2}$")

    def filters(self) -> Filters:
        """Return the filters of the vocabulary."""
        many = {
            name: (value,) if isinstance(value, str) else tuple(value)
            for name, value in self.model_dump(exclude={"date_from", "date_to"}).items()
        }
        return Filters(**many, date_from=self.date_from, date_to=self.date_to)


class DocumentQuery(Body):
    """Which documents a list holds: filter keys that may be repeated, and where it goes on."""

    source_uri: list[str] = []
    file_name: list[str] = []
    kind: list[str] = []
    media_type: list[str] = []
    party: list[str] = []
    issuer: list[str] = []
    form_type: list[str] = []
    period: list[str] = []
    tag: list[str] = []
    date_from: str | None = Field(default=None, pattern=r"^\d{4}-\d{2}-\d{2}$")
    date_to: str | None = Field(default=None, pattern=r"^\d{4}-\d{2}-\d{2}$")
    cursor: str | None = Field(default=None, max_length=100)
    limit: int = Field(default=100, ge=1, le=1000)

    def filters(self) -> Filters:
        """Return the filters of the vocabulary."""
        return FilterBody(**self.model_dump(exclude={"cursor", "limit"})).filters()


class PageQuery(Body):
    """Which of a document's texts a page is of, and what is marked on it: offsets `start-end` into that text."""

    text_hash: str | None = Field(default=None, pattern=_TEXT_HASH)
    highlight: list[Annotated[str, Field(pattern=r"^[0-9]{1,9}-[0-9]{1,9}$")]] = Field(default=[], max_length=64)

    def spans(self) -> list[tuple[int, int]]:
        """Return what is to be marked."""
        parts = (text.partition("-") for text in self.highlight)
        return [(int(start), int(end)) for start, _, end in parts]


class PictureQuery(PageQuery):
    """A page as a picture; the resolution is in dots per inch."""

    resolution: Literal["72", "110", "165", "220"] = "110"


class WindowQuery(Body):
    """A span of a text, and how many characters on both sides of it."""

    text_hash: str | None = Field(default=None, pattern=_TEXT_HASH)
    start: int = Field(ge=0, lt=10**9)
    end: int = Field(ge=1, lt=10**9)
    around: int = Field(default=1_000, ge=0, le=20_000)


class SearchBody(Body):
    """A search; `ignore` are ids from `interpretation.understood` of an earlier one."""

    query: str = Field(max_length=20_000)
    ignore: list[Annotated[str, Field(min_length=1, max_length=200)]] = Field(default=[], max_length=64)
    top_k: int | None = Field(default=None, ge=1, le=200)
    filters: FilterBody = FilterBody()
    purpose: str | None = Field(default=None, pattern=r"^[a-z0-9][a-z0-9_.-]{0,63}$")


# ISO 8601; a moment or a number is no day.
Day = Annotated[date, BeforeValidator(_printed_day)]
AnswerType = Literal["boolean", "label", "date", "duration", "number", "amount", "text", "list"]


class AnalysisBody(Body):
    """A question, answered in the background; `after` is the id of an answer of the caller's that it follows."""

    question: str
    filters: FilterBody = FilterBody()
    purpose: str | None = Field(default=None, pattern=r"^[a-z0-9][a-z0-9_.-]{0,63}$")
    answer_type: AnswerType | None = None
    labels: list[str] = Field(default=[], max_length=64)
    after: str | None = Field(default=None, pattern=_ANSWER_ID)
    as_of: Day | None = None


class FeedbackBody(Body):
    """What somebody says of an answer of theirs."""

    verdict: Literal["correct", "wrong", "remark"]
    comment: str | None = Field(default=None, max_length=2_000)


class DecisionBody(Body):
    """A reviewer's decision; `correction` is the text of an edit or an override."""

    decision: Decision
    reason: ReviewReason
    correction: str | None = None


class StopBody(Body):
    """That answering is stopped or goes on, and why; of one purpose or, without one, of all."""

    reason: str = Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._:+-]{0,99}$")
    purpose: str | None = Field(default=None, pattern=r"^[a-z0-9][a-z0-9_.-]{0,63}$")


class TextPart(BaseModel):
    """A text part of a message; other kinds of parts are refused."""

    type: Literal["text"]
    text: str


class Message(BaseModel):
    """A chat message. Clients send more members than we use; they are ignored as the OpenAI API does."""

    role: Literal["system", "developer", "user", "assistant", "tool"]
    content: str | list[TextPart] | None = None

    def text(self) -> str:
        """Return the message's text."""
        if isinstance(self.content, list):
            return "\n".join(part.text for part in self.content)
        return self.content or ""


class AvermentRequest(Body):
    """Our part of a chat request, under `metadata.averment`.

    `after` is the id of an answer of the caller's that the question follows; the messages before it say the same less
    exactly.
    """

    filters: FilterBody = FilterBody()
    purpose: str | None = Field(default=None, pattern=r"^[a-z0-9][a-z0-9_.-]{0,63}$")
    answer_type: AnswerType | None = None
    labels: list[str] = Field(default=[], max_length=64)
    after: str | None = Field(default=None, pattern=_ANSWER_ID)
    as_of: Day | None = None


class StreamOptions(BaseModel):
    """Options of a stream."""

    include_usage: StrictBool = False


class ChatBody(BaseModel):
    """A chat completion as OpenAI clients ask for it; sampling parameters are ours to set and are ignored."""

    model: str
    messages: Annotated[list[Message], Field(min_length=1, max_length=500)]
    stream: StrictBool = False
    stream_options: StreamOptions | None = None
    n: Literal[1] | None = None
    metadata: dict[str, object] | None = None
