"""What every route answers with, in one place; a route that is not here is not described, and a test says so.

What follows from a route's rule, path and parameters (401, 403, 404, 422 and so on) is not here: `document` adds it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from averment.compliance.oversight.report import OversightReport
from averment.core.answers import Answer
from averment.core.desk import About
from averment.core.jsonable import Json
from averment.core.oversight import Review, ReviewCase, Stop
from averment.core.pages import TextWindow
from averment.core.structure import Surroundings
from averment.service.contract import openai_shapes, shapes
from averment.service.log_schemas import (
    CoverageBody,
    DutiesBody,
    EntryPage,
    EntryProof,
    KindsBody,
    LogStateBody,
    VerdictBody,
    VerificationBody,
)
from averment.service.operations.desk import Costs
from averment.service.operations.schemas import EndpointsBody, FlowsBody, OverviewBody

JSON: Final = "application/json"
EVENTS: Final = "text/event-stream"
HTML: Final = "text/html"
FILES: Final = (
    JSON,
    HTML,
    "application/jsonl",
    "application/pdf",
    "application/zip",
    "application/octet-stream",
    "text/csv",
)
FORM: Final = "application/x-www-form-urlencoded"


@dataclass(frozen=True, slots=True, kw_only=True)
class Described:
    """What a route answers with when all is well, and what it takes.

    Args:
        body: Type of the JSON body; None where there is none.
        status: Status of success.
        media: Media types of bodies that are no JSON.
        events: Events of a `text/event-stream`, by name, with the types of their data.
        redirects: Whether a browser is sent on instead (303).
        unchanged: Whether `If-None-Match` is heeded (304).
        problems: Statuses of problem documents that do not follow from the route itself.
        example: A request body.
        form: Fields of a form that is the request body.
        also: Bodies of other statuses, by status.
    """

    body: Any = None
    status: int = 200
    media: tuple[str, ...] = ()
    events: Mapping[str, Any] = field(default_factory=dict)
    redirects: bool = False
    unchanged: bool = False
    problems: tuple[int, ...] = ()
    example: Mapping[str, Json] | None = None
    form: tuple[str, ...] = ()
    also: Mapping[int, Any] = field(default_factory=dict)


_QUESTION: Final = "How long is the notice period?"
_STOP: Final[Mapping[str, Json]] = {"reason": "drift", "purpose": "contract-review"}

DESCRIBED: Final[Mapping[str, Described]] = {
    "GET /": Described(media=(HTML,)),
    "GET /static/{path:path}": Described(
        media=(HTML, "text/css", "text/javascript", JSON, "image/svg+xml"), unchanged=True, problems=(404,)
    ),
    "GET /openapi.json": Described(body=dict[str, Json]),
    "GET /healthz": Described(body=shapes.Alive),
    "GET /readyz": Described(body=shapes.Readiness, also={503: shapes.Readiness}),
    "GET /metrics": Described(media=("text/plain",)),
    "GET /auth/login": Described(body=shapes.SignInWay, media=(HTML,), redirects=True, problems=(503,)),
    "GET /auth/callback": Described(body=shapes.Location, redirects=True, problems=(401, 403, 503)),
    "GET /auth/link": Described(body=shapes.Location, media=(HTML,), redirects=True, problems=(401, 403)),
    "POST /auth/session": Described(
        body=shapes.Location, media=(HTML,), redirects=True, problems=(401, 403), form=("key",)
    ),
    "GET /auth/session": Described(body=shapes.Session),
    "POST /auth/logout": Described(body=shapes.Location, redirects=True, problems=(403,)),
    "GET /v1/models": Described(body=openai_shapes.Models),
    "POST /v1/chat/completions": Described(
        body=openai_shapes.ChatCompletion,
        events={"message": openai_shapes.ChatChunk},
        problems=(404, 409),
        example={
            "model": "averment",
            "messages": [{"role": "user", "content": _QUESTION}],
            "metadata": {"averment": {"filters": {"kind": "contract"}}},
        },
    ),
    "GET /v1/models/{model}": Described(body=openai_shapes.Model, problems=(404,)),
    "POST /v1/responses": Described(
        body=openai_shapes.Response,
        events={"response": openai_shapes.ResponseEvent},
        problems=(404, 409),
        example={"model": "averment", "input": _QUESTION},
    ),
    "GET /v1/responses/{response_id}": Described(body=openai_shapes.Response),
    "POST /mcp": Described(media=(JSON, EVENTS), problems=(400, 404, 406, 415)),
    "GET /.well-known/oauth-protected-resource": Described(body=shapes.ProtectedResource, problems=(404,)),
    "GET /.well-known/oauth-protected-resource/mcp": Described(body=shapes.ProtectedResource, problems=(404,)),
    "POST /v1/search": Described(body=shapes.Passages, example={"query": "notice period", "top_k": 5}),
    "GET /v1/documents": Described(body=shapes.Documents),
    "GET /v1/documents/quarantine": Described(body=shapes.Quarantine),
    "GET /v1/documents/{document_id}": Described(body=shapes.Document),
    "GET /v1/documents/{document_id}/text": Described(body=shapes.Text),
    "GET /v1/documents/{document_id}/structure": Described(body=shapes.Structure),
    "GET /v1/documents/{document_id}/surroundings": Described(body=Surroundings),
    "GET /v1/documents/{document_id}/cells": Described(body=shapes.Cells),
    "GET /v1/documents/{document_id}/hidden": Described(body=shapes.Hidden),
    "GET /v1/documents/{document_id}/pages/{number}": Described(body=shapes.Page),
    "GET /v1/documents/{document_id}/pages/{number}.png": Described(media=("image/png",), unchanged=True),
    "GET /v1/documents/{document_id}/window": Described(body=TextWindow),
    "GET /v1/about": Described(body=About),
    "GET /v1/answers/{answer_id}/export": Described(body=dict[str, Json], media=(HTML,)),
    "POST /v1/answers/{answer_id}/feedback": Described(
        body=shapes.Feedback, status=201, example={"verdict": "wrong", "comment": "the amendment changes it"}
    ),
    "POST /v1/analyses": Described(
        body=shapes.AnalysisSummary, status=202, problems=(404, 409), example={"question": _QUESTION}
    ),
    "GET /v1/analyses": Described(body=shapes.Analyses),
    "GET /v1/analyses/{analysis_id}": Described(body=shapes.Analysis),
    "DELETE /v1/analyses/{analysis_id}": Described(body=shapes.AnalysisSummary, status=202),
    "GET /v1/analyses/{analysis_id}/events": Described(
        events={
            "step": shapes.Step,
            "answer": Answer,
            "error": shapes.Problem,
            "cancelled": shapes.Cancelled,
            "end": shapes.End,
        }
    ),
    "DELETE /v1/analyses/{analysis_id}/history": Described(body=shapes.Removed, problems=(422,)),
    "GET /v1/audit/entries": Described(body=EntryPage),
    "GET /v1/audit/entries/{index}": Described(body=EntryProof, problems=(404,)),
    "POST /v1/audit/checks": Described(body=VerdictBody),
    "GET /v1/audit/state": Described(body=LogStateBody),
    "POST /v1/audit/verification": Described(body=VerificationBody),
    "GET /v1/audit/policy": Described(media=("text/plain",)),
    "GET /v1/audit/coverage": Described(body=CoverageBody),
    "GET /v1/audit/readers/{answer_id}": Described(body=shapes.Readers),
    "POST /v1/audit/exports": Described(media=FILES, example={"kind": "bundle", "type": ["analysis.completed"]}),
    "GET /v1/obligations": Described(body=DutiesBody),
    "GET /v1/reports": Described(body=KindsBody),
    "POST /v1/reports/{kind}": Described(media=FILES, problems=(404,), example={"format": "json", "language": "en"}),
    "GET /v1/operations": Described(body=OverviewBody),
    "GET /v1/operations/endpoints": Described(body=EndpointsBody),
    "GET /v1/operations/flows": Described(body=FlowsBody),
    "GET /v1/operations/costs": Described(body=Costs),
    "GET /v1/oversight/reviews": Described(body=shapes.Reviews),
    "GET /v1/oversight/reviews/{review_id}": Described(body=ReviewCase),
    "POST /v1/oversight/reviews/{review_id}/take": Described(body=ReviewCase),
    "POST /v1/oversight/reviews/{review_id}/decision": Described(
        body=Review, example={"decision": "accept", "reason": "confirmed"}
    ),
    "GET /v1/oversight/stops": Described(body=shapes.Stops),
    "POST /v1/oversight/stop": Described(body=Stop, example=_STOP),
    "POST /v1/oversight/resume": Described(body=shapes.LiftedStops, example={**_STOP, "reason": "mended"}),
    "GET /v1/oversight/report": Described(body=OversightReport),
}

# Every parameter by name: what it means, and an example where any will do.
PARAMETERS: Final[Mapping[str, tuple[str, Json]]] = {
    "document_id": ("Id of a document, as lists, passages and citations give it", None),
    "analysis_id": ("Id of an analysis, as its creation gave it", None),
    "answer_id": ("Id of an answer: that of its analysis", None),
    "review_id": ("Id of a review, as the queue gives it", None),
    "response_id": ("Id of a response, as its creation gave it", None),
    "model": ("Id of the model, as the list gives it", "averment"),
    "idempotency-key": ("Names the request: sent again with the same body, it starts nothing anew", None),
    "type": ("Only entries of this type; may be repeated", None),
    "since": ("First instant of the period (RFC 3339 or a day)", None),
    "until": ("End of the period, exclusive", None),
    "user": ("Only entries that this person caused; asking so is an entry itself", None),
    "purpose": ("Only entries of this purpose", None),
    "document": ("Only entries about this document", None),
    "answer": ("Only entries about this answer", None),
    "index": ("Number of the entry, from 0", 0),
    "on": ("The day that is asked about", "2026-08-02"),
    "who": ("Only duties of this role: provider, deployer and so on", None),
    "scope": ("Only duties of this scope, as the answer lists them", None),
    "every": ("Also duties that do not apply yet or no more", False),
    "language": ("Language of titles: en or de", "en"),
    "days": ("How many days back", 30),
    "number": ("Number of the page, from 1", 1),
    "path": ("Name of a file of the page", "page.css"),
    "text_hash": ("Which of the document's texts is meant; the present one where it is not given", None),
    "highlight": ("What is marked: offsets `start-end` into the text; may be repeated", ["0-20"]),
    "resolution": ("Dots per inch", "110"),
    "start": ("First code point, from 0", 0),
    "end": ("Behind the last code point", 20),
    "around": ("Characters on both sides", 1000),
    "n": ("How many pieces of text on both sides", 1),
    "source_uri": ("Only documents of this source URI; may be repeated", None),
    "file_name": ("Only documents of this file name; may be repeated", None),
    "kind": ("Only documents of this kind: contract, filing, other; may be repeated", None),
    "media_type": ("Only documents of this media type; may be repeated", None),
    "party": ("Only documents with this party; may be repeated", None),
    "issuer": ("Only documents of this issuer; may be repeated", None),
    "form_type": ("Only filings of this form; may be repeated", None),
    "period": ("Only documents of this period; may be repeated", None),
    "tag": ("Only documents with this tag; may be repeated", None),
    "date_from": ("Only documents of this day or later", None),
    "date_to": ("Only documents of this day or earlier", None),
    "cursor": ("`next_cursor` of the list before", None),
    "limit": ("How many at most", 100),
    "format": ("`json`, `html` (a report for people), or `receipt` alone", "json"),
    "closed": ("Closed reviews in place of those that wait", False),
    "from": ("First instant of the period (RFC 3339 or a day); the beginning where it is not given", ""),
    "to": ("End of the period, exclusive; now where it is not given", ""),
    "return_to": ("Path of this service to go on to after signing in", "/"),
    "ticket": ("The part of the one-time link behind `ticket=`", None),
    "if-none-match": ("Entity tags of what the client has", None),
    "last-event-id": ("Number of the last event that was seen", 0),
    "averment-purpose": ("Purpose of the question, where the body names none", None),
}

TAGS: Final[Mapping[str, str]] = {
    "openai": "Chat completions and models for any OpenAI client.",
    "search": "Passages without an answer.",
    "documents": "Documents, their texts, structure and pages, and the quarantine.",
    "analyses": "Questions answered in the background, with status, events and cancellation.",
    "answers": "What people do with answers that they were given.",
    "audit": "The evidence log for compliance officers: search, proofs, checks, exports.",
    "reports": "Documents for officers and authorities, and duties by day.",
    "operations": "How the service is, for administrators.",
    "mcp": "Search, ask and read for clients of the Model Context Protocol.",
    "oversight": "Reviews of answers by people, stops, and the report of both.",
    "sign-in": "Browsers sign in and out.",
    "operation": "For those who operate the service.",
    "page": "The page for people and its files.",
}
