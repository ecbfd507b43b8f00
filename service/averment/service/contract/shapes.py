"""Bodies of responses as types, for the OpenAPI document; routes write them with `to_json`.

A body that is a type of the vocabulary with members added extends that type, so that the document follows the code.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, make_dataclass
from typing import Literal, get_type_hints

from averment.compliance.readership import Readership
from averment.core.access import Principal
from averment.core.answers import Answer, Passage
from averment.core.desk import FeedbackVerdict
from averment.core.documents import DocumentVersion, Element, PageSpan, StandingFailure, TableCell
from averment.core.interpretation import Interpretation
from averment.core.jsonable import Json
from averment.core.oversight import Review, Standing, Stop
from averment.core.pages import Highlight
from averment.core.structure import AmendmentLink, DocumentStructure
from averment.service.analysis_store import AnalysisStatus
from averment.service.readers import KeyReader


@dataclass(frozen=True, slots=True, kw_only=True)
class ErrorMember:
    """What clients made for OpenAI's interface read of a problem."""

    message: str
    type: str
    code: str
    param: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """A problem document (RFC 9457). `code` is listed in docs/reference/errors.md; a 500 says no more than that.

    `error` is there on the routes of OpenAI's interface.
    """

    type: str
    title: str
    status: int
    trace_id: str | None
    request_id: str | None = None
    code: str | None = None
    detail: str | None = None
    hint: str | None = None
    retryable: bool | None = None
    error: ErrorMember | None = None


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
    """By source URI; `next_cursor` continues the list, null at its end."""

    data: Sequence[QuarantineEntry]
    next_cursor: str | None


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
    status: AnalysisStatus
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
    """The caller's analyses, newest first; `next_cursor` continues the list."""

    data: Sequence[AnalysisSummary]
    next_cursor: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """A step of an analysis, without document or model text; `summary` is `code` with its `facts` in English."""

    number: int
    kind: str
    part: int | None
    code: str
    facts: Mapping[str, Json]
    summary: str
    duration_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class End:
    """The last event of an analysis: how it ended."""

    id: str
    status: AnalysisStatus


@dataclass(frozen=True, slots=True, kw_only=True)
class Removed:
    """That an analysis is in its asker's history no more; the log keeps its record for its time."""

    id: str
    removed: bool
    record_kept: bool


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
    """Reviews, oldest first; `next_cursor` continues the list."""

    data: Sequence[Review]
    next_cursor: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Stops:
    """What is stopped or suspended, oldest first; `next_cursor` continues the list, null at its end."""

    data: Sequence[Stop]
    next_cursor: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class LiftedStops:
    """What was lifted, oldest first."""

    data: Sequence[Stop]


@dataclass(frozen=True, slots=True, kw_only=True)
class Alive:
    """That the process answers."""

    status: Literal["ok"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Readiness:
    """Each part is `ok` or says why it is not."""

    status: Literal["ready", "not ready"]
    parts: Mapping[Literal["index", "catalog", "log", "model", "service"], str]


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
class ProtectedResource:
    """Which issuer gives tokens for the MCP endpoint (RFC 9728)."""

    resource: str
    resource_name: str
    authorization_servers: Sequence[str]
    bearer_methods_supported: Sequence[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Readers(Readership):
    """Who could see what an answer rests on, the keys that open it, and what is not established by that."""

    keys: Sequence[KeyReader]
    not_established: Sequence[str]
