"""`/v1/audit`: search the log, prove an entry, check what others bring, export; for compliance officers."""

import json
from functools import partial
from typing import TYPE_CHECKING, Annotated, Protocol, cast

from fastapi import APIRouter, Path, Query, Request, Response
from fastapi.responses import PlainTextResponse
from starlette.concurrency import run_in_threadpool

from averment.compliance.event_coverage import WITHIN
from averment.compliance.events import Leaf
from averment.compliance.log.verification import Failure
from averment.core.desk import Exported
from averment.core.errors import RecordNotFound
from averment.core.jsonable import Json, to_json
from averment.service.access import CurrentPrincipal
from averment.service.cursors import read_cursor, write_cursor
from averment.service.log_desk import LogDesk, Verified
from averment.service.log_schemas import (
    CoverageBody,
    EntryPage,
    EntryPageQuery,
    EntryProof,
    ExportBody,
    LogStateBody,
    PeriodQuery,
    VerdictBody,
    VerificationBody,
)
from averment.service.readers import NOT_ESTABLISHED, readers_of

if TYPE_CHECKING:
    from averment.service.runtime import Runtime

router = APIRouter(prefix="/v1/audit", tags=["audit"])

_ROW = ("seq", "time", "type", "actor", "purpose", "parents", "data")
_RAW = {"requestBody": {"required": True, "content": {"application/octet-stream": {"schema": {"type": "string"}}}}}


class WithLog(Protocol):
    """A backend with a desk for its log."""

    @property
    def log_desk(self) -> LogDesk:
        """Return the desk."""


@router.get("/entries", response_model=EntryPage)
async def entries(query: Annotated[EntryPageQuery, Query()], request: Request, who: CurrentPrincipal) -> Json:
    """List entries, newest first; they hold no content. A search for the entries of a person is itself an entry."""
    wanted = query.query()
    place = read_cursor(query.cursor, of=repr(wanted))
    before = None if place is None else int(place[0])
    work = partial(_desk(request).search, wanted, before=before, limit=query.limit, subject=who.subject)
    page = await run_in_threadpool(work)
    return {
        "data": [_row(leaf) for leaf in page.entries],
        "next_cursor": None if page.before is None else write_cursor((page.before,), of=repr(wanted)),
        "size": page.size,
    }


@router.get("/entries/{index}", response_model=EntryProof)
async def entry(index: Annotated[int, Path(ge=0, lt=10**15)], request: Request, who: CurrentPrincipal) -> Json:
    """Return an entry with the proof that the newest checkpoint covers it."""
    receipt = await run_in_threadpool(_desk(request).entry, index)
    return {"entry": _row(json.loads(receipt.entry)), "receipt": to_json(receipt)}


@router.post("/checks", response_model=VerdictBody, openapi_extra=_RAW)
async def check(request: Request, who: CurrentPrincipal) -> Json:
    """Check a receipt, an answer, a bundle, a proof, or the code of a report, sent as it is."""
    verdict = await run_in_threadpool(_desk(request).check, await request.body())
    body = cast("dict[str, Json]", to_json(verdict))
    failures: Json = [{"place": place, "reason": reason} for place, reason in verdict.failures]
    return {**body, "ok": verdict.is_ok, "failures": failures}


@router.get("/state", response_model=LogStateBody)
async def state(request: Request, who: CurrentPrincipal) -> Json:
    """Return the newest checkpoint, who else signed it, and the last check of the whole log."""
    found = await run_in_threadpool(_desk(request).state)
    body = cast("dict[str, Json]", to_json(found))
    return {**body, "verified": None if found.verified is None else verification(found.verified)}


@router.post("/verification", response_model=VerificationBody)
async def verify(request: Request, who: CurrentPrincipal) -> Json:
    """Check every file and entry of the log now, as `averment audit verify` does."""
    return verification(await run_in_threadpool(_desk(request).verify))


@router.get("/policy", response_class=PlainTextResponse)
async def policy(request: Request, who: CurrentPrincipal) -> str:
    """Return the trust policy, with which `averment-verify` checks what leaves; hand it out on a way of its own."""
    return await run_in_threadpool(_desk(request).policy)


@router.get("/coverage", response_model=CoverageBody)
async def coverage(query: Annotated[PeriodQuery, Query()], request: Request, who: CurrentPrincipal) -> Json:
    """Count the events of a period by kind, and name those that are declared and were never seen."""
    rows = await run_in_threadpool(partial(_desk(request).coverage, since=query.since, until=query.until))
    never: list[Json] = [row.type for row in rows if not row.entries]
    return {"events": to_json(rows), "never_seen": never, "recorded_within": to_json(WITHIN)}


@router.get("/readers/{answer_id}")
async def readers(
    answer_id: Annotated[str, Path(pattern=r"^[A-Za-z0-9][A-Za-z0-9_.:-]{0,99}$")],
    request: Request,
    who: CurrentPrincipal,
) -> dict[str, Json]:
    """Return who could see what an answer rests on, when it was given and now; that this is asked is an entry."""
    _desk(request)
    runtime: Runtime = request.app.state.backend
    found = await run_in_threadpool(partial(readers_of, runtime, answer_id, subject=who.subject))
    body = cast("dict[str, Json]", to_json(found.readership))
    return {**body, "keys": to_json(found.keys), "not_established": to_json(NOT_ESTABLISHED)}


@router.post("/exports", response_class=Response)
async def export(body: ExportBody, request: Request, who: CurrentPrincipal) -> Response:
    """Return the log or a part of it as a file; the log has it first."""
    work = partial(_desk(request).export, body.kind, body.query(), subject=who.subject)
    return as_file(await run_in_threadpool(work))


def as_file(made: Exported) -> Response:
    """Send a file that is to be saved."""
    headers = {"Content-Disposition": f'attachment; filename="{made.file_name}"'}
    return Response(made.content, media_type=made.media_type, headers=headers)


def verification(found: Verified) -> dict[str, Json]:
    """Write a check of the whole log."""
    report = found.report
    body = cast("dict[str, Json]", to_json(report))
    return {
        **body,
        "at": found.at,
        "duration_s": found.duration_s,
        "ok": report.is_ok,
        "failures": [_failure(one) for one in report.failures],
    }


def _failure(failure: Failure) -> Json:
    return {"place": failure.place, "reason": failure.reason}


def _row(leaf: Leaf) -> Json:
    return {name: to_json(leaf[name]) for name in _ROW}


def _desk(request: Request) -> LogDesk:
    backend: WithLog = request.app.state.backend
    if not hasattr(backend, "log_desk"):
        raise RecordNotFound("this service stands on no installation of its own")
    return backend.log_desk
