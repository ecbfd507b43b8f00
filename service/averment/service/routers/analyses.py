"""`/v1/analyses`: questions answered in the background, with status, events and cancellation.

What is accepted is on disk, and so is every event before it is sent: both outlive the service.
"""

from collections.abc import AsyncGenerator
from datetime import UTC, datetime
from functools import partial
from typing import Annotated, Final

from fastapi import APIRouter, Header, Query, Request, Response
from fastapi.responses import StreamingResponse
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException

from averment.core.access import Filters, Principal
from averment.core.analysis import AnalysisRequest
from averment.core.clock import rfc3339
from averment.core.errors import UsageError
from averment.core.ids import uuid7_ms
from averment.core.jsonable import Json, to_json
from averment.service import sse
from averment.service.access import CurrentPrincipal, DefaultPurpose
from averment.service.analysis_store import ListedAnalysis
from averment.service.backend import Backend
from averment.service.cursors import ListQuery, read_cursor, write_cursor
from averment.service.idempotency import IdempotencyKey, given_key
from averment.service.job import Job, follow
from averment.service.jobs import Jobs
from averment.service.schemas import AnalysisBody

_LIST: Final = "analyses"
router = APIRouter(prefix="/v1/analyses", tags=["analyses"])


@router.post("", status_code=202)
async def create(
    body: AnalysisBody,
    request: Request,
    response: Response,
    who: CurrentPrincipal,
    purpose: DefaultPurpose,
    idempotency_key: IdempotencyKey = None,
) -> dict[str, Json]:
    """Start an analysis; with the `Idempotency-Key` of an earlier request, return the one that it started."""
    jobs: Jobs = request.app.state.jobs
    wanted = AnalysisRequest(
        question=body.question,
        principal=who,
        filters=body.filters.filters(),
        purpose=body.purpose or purpose,
        answer_type=body.answer_type,
        labels=tuple(body.labels),
        after=body.after,
        as_of=body.as_of,
    )
    key = given_key(idempotency_key, route="analyses", content=to_json(wanted))
    job = await run_in_threadpool(partial(jobs.submit, wanted, key=key))
    response.headers["Location"] = f"/v1/analyses/{job.id}"
    return _summary(job.listed)


@router.get("")
async def list_analyses(
    query: Annotated[ListQuery, Query()], request: Request, who: CurrentPrincipal
) -> dict[str, Json]:
    """List the caller's analyses, newest first; `next_cursor` continues the list, null at its end."""
    jobs: Jobs = request.app.state.jobs
    place = read_cursor(query.cursor, of=_LIST)
    after = None if place is None else str(place[0])
    found, last = await run_in_threadpool(partial(jobs.page, who, after=after, limit=query.limit))
    next_cursor = None if last is None else write_cursor((last,), of=_LIST)
    return {"data": [_summary(one) for one in found], "next_cursor": next_cursor}


@router.get("/{analysis_id}")
async def read(analysis_id: str, request: Request, who: CurrentPrincipal) -> dict[str, Json]:
    """Return status and, once completed, the answer with what became of it and of the one it follows in reviews."""
    job = await _find(request, analysis_id, who)
    return {
        **_summary(job.listed),
        "answer": to_json(job.answer),
        "problem": to_json(job.problem),
        "review": await _standing(request, job.id if job.answer else None),
        "after_review": await _standing(request, job.request.after),
    }


@router.delete("/{analysis_id}", status_code=202)
async def cancel(analysis_id: str, request: Request, who: CurrentPrincipal) -> dict[str, Json]:
    """Ask the analysis to stop at its next step; what was done by then is logged."""
    job = await _find(request, analysis_id, who)
    if not job.is_over:
        await run_in_threadpool(request.app.state.jobs.cancel, job)
    return _summary(job.listed)


@router.delete("/{analysis_id}/history")
async def remove(analysis_id: str, request: Request, who: CurrentPrincipal) -> dict[str, Json]:
    """Delete the copy of a finished analysis from the caller's history; the log keeps its record for its time.

    The record stays under the retention of the log: `averment forget` is what erases a person from it.
    """
    job = await _find(request, analysis_id, who)
    if not job.is_over:
        raise UsageError("the analysis is not over", hint=f"DELETE /v1/analyses/{job.id} ends it first")
    await run_in_threadpool(request.app.state.jobs.remove, job)
    return {"id": job.id, "removed": True, "record_kept": True}


@router.get("/{analysis_id}/events")
async def events(
    analysis_id: str, request: Request, who: CurrentPrincipal, last_event_id: Annotated[int | None, Header()] = None
) -> StreamingResponse:
    """Stream the analysis's events to the one that is named `end`; `Last-Event-ID` reads on behind that event.

    Numbers go on over restarts of the service. A stream without `end` broke off: come back with the last number.
    """
    job = await _find(request, analysis_id, who)

    async def stream() -> AsyncGenerator[str, None]:
        after = -1 if last_event_id is None else last_event_id
        async for number, event, data in follow(job, after=after):
            yield sse.frame(data, event=event, identity=number)
        if job.is_over:
            yield sse.frame({"id": job.id, "status": job.status}, event="end", identity=len(job.events))
        else:
            yield sse.COME_BACK

    return StreamingResponse(sse.with_keepalive(stream()), media_type=sse.MEDIA_TYPE, headers=sse.HEADERS)


async def _find(request: Request, identity: str, who: Principal) -> Job:
    jobs: Jobs = request.app.state.jobs
    job = await run_in_threadpool(partial(jobs.get, identity, who=who))
    if job is None:
        raise HTTPException(404, "there is no such analysis")
    return job


async def _standing(request: Request, answer_id: str | None) -> Json:
    if answer_id is None:
        return None
    backend: Backend = request.app.state.backend
    return to_json(await run_in_threadpool(backend.review_of, answer_id))


def _summary(job: ListedAnalysis) -> dict[str, Json]:
    return {
        "id": job.id,
        "status": job.status,
        "n_events": job.n_events,
        "question": job.request.question,
        "after": job.request.after,
        "purpose": job.request.purpose,
        "as_of": to_json(job.request.as_of),
        "filters": _limits(job.request.filters),
        "asked_at": rfc3339(datetime.fromtimestamp(uuid7_ms(job.id) / 1000, UTC)),
    }


def _limits(filters: Filters) -> dict[str, Json]:
    """Write the filters that were set."""
    body = to_json(filters)
    return {name: value for name, value in body.items() if value} if isinstance(body, dict) else {}
