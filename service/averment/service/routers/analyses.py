"""`/v1/analyses`: questions answered in the background, with status, events and cancellation."""

from collections.abc import AsyncGenerator
from datetime import UTC, datetime
from typing import Annotated

from fastapi import APIRouter, Header, Request, Response
from fastapi.responses import StreamingResponse
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException

from averment.core.access import Filters, Principal
from averment.core.analysis import AnalysisRequest
from averment.core.clock import rfc3339
from averment.core.ids import uuid7_ms
from averment.core.jsonable import Json, to_json
from averment.service import sse
from averment.service.access import CurrentPrincipal, DefaultPurpose
from averment.service.backend import Backend
from averment.service.jobs import Job, Jobs, follow
from averment.service.schemas import AnalysisBody

router = APIRouter(prefix="/v1/analyses", tags=["analyses"])


@router.post("", status_code=202)
async def create(
    body: AnalysisBody, request: Request, response: Response, who: CurrentPrincipal, purpose: DefaultPurpose
) -> dict[str, Json]:
    """Start an analysis."""
    jobs: Jobs = request.app.state.jobs
    job = jobs.submit(
        AnalysisRequest(
            question=body.question,
            principal=who,
            filters=body.filters.filters(),
            purpose=body.purpose or purpose,
            answer_type=body.answer_type,
            labels=tuple(body.labels),
            after=body.after,
            as_of=body.as_of,
        )
    )
    response.headers["Location"] = f"/v1/analyses/{job.id}"
    return _summary(job)


@router.get("")
async def list_analyses(request: Request, who: CurrentPrincipal) -> dict[str, Json]:
    """List the caller's analyses, newest first."""
    return {"data": [_summary(job) for job in request.app.state.jobs.of(who)]}


@router.get("/{analysis_id}")
async def read(analysis_id: str, request: Request, who: CurrentPrincipal) -> dict[str, Json]:
    """Return status and, once completed, the answer with what became of it and of the one it follows in reviews."""
    job = _find(request, analysis_id, who)
    return {
        **_summary(job),
        "answer": to_json(job.answer),
        "problem": to_json(job.problem),
        "review": await _standing(request, job.id if job.answer else None),
        "after_review": await _standing(request, job.request.after),
    }


@router.delete("/{analysis_id}", status_code=202)
async def cancel(analysis_id: str, request: Request, who: CurrentPrincipal) -> dict[str, Json]:
    """Ask the analysis to stop at its next step; what was done by then is logged."""
    job = _find(request, analysis_id, who)
    job.is_cancelled.set()
    return _summary(job)


@router.get("/{analysis_id}/events")
async def events(
    analysis_id: str, request: Request, who: CurrentPrincipal, last_event_id: Annotated[int | None, Header()] = None
) -> StreamingResponse:
    """Stream the analysis's events; `Last-Event-ID` reads on behind that event."""
    job = _find(request, analysis_id, who)

    async def stream() -> AsyncGenerator[str, None]:
        async for number, event, data in follow(job, after=-1 if last_event_id is None else last_event_id):
            yield sse.frame(data, event=event, identity=number)

    return StreamingResponse(sse.with_keepalive(stream()), media_type=sse.MEDIA_TYPE, headers=sse.HEADERS)


def _find(request: Request, identity: str, who: Principal) -> Job:
    jobs: Jobs = request.app.state.jobs
    job = jobs.get(identity, who=who)
    if job is None:
        raise HTTPException(404, "there is no such analysis")
    return job


async def _standing(request: Request, answer_id: str | None) -> Json:
    if answer_id is None:
        return None
    backend: Backend = request.app.state.backend
    return to_json(await run_in_threadpool(backend.review_of, answer_id))


def _summary(job: Job) -> dict[str, Json]:
    return {
        "id": job.id,
        "status": job.status,
        "n_events": len(job.events),
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
