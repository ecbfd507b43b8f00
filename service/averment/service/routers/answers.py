"""`/v1/about` and `/v1/answers/{id}…`: what the page shows of the system, and what people do with their answers."""

from functools import partial
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException

from averment.core.access import Principal
from averment.core.answers import Answer
from averment.core.desk import ExportFormat
from averment.core.jsonable import Json, to_json
from averment.service.access import CurrentPrincipal
from averment.service.backend import Backend
from averment.service.jobs import Jobs
from averment.service.schemas import FeedbackBody

router = APIRouter(prefix="/v1", tags=["answers"])


@router.get("/about")
async def about(request: Request, who: CurrentPrincipal) -> Json:
    """Return the version, the purposes that may be asked under, and the caller's roles."""
    backend: Backend = request.app.state.backend
    return to_json(await run_in_threadpool(backend.desk.about, who))


@router.get("/answers/{answer_id}/export", response_class=Response)
async def export(
    answer_id: str,
    request: Request,
    who: CurrentPrincipal,
    file_format: Annotated[ExportFormat, Query(alias="format")] = "json",
) -> Response:
    """Return an answer of the caller's as a report (HTML), as JSON, or its receipt alone; the log has it first."""
    backend: Backend = request.app.state.backend
    found = await run_in_threadpool(_answer, request, answer_id, who)
    work = partial(backend.desk.export, found, file_format, principal=who)
    made = await run_in_threadpool(work)
    headers = {"Content-Disposition": f'attachment; filename="{made.file_name}"'}
    return Response(made.content, media_type=made.media_type, headers=headers)


@router.post("/answers/{answer_id}/feedback", status_code=201)
async def feedback(answer_id: str, body: FeedbackBody, request: Request, who: CurrentPrincipal) -> dict[str, Json]:
    """Take what the caller says of an answer of theirs into the log; the comment is kept encrypted."""
    backend: Backend = request.app.state.backend
    found = await run_in_threadpool(_answer, request, answer_id, who)
    work = partial(backend.desk.take_feedback, found.id, body.verdict, comment=body.comment, subject=who.subject)
    await run_in_threadpool(work)
    return {"answer_id": found.id, "verdict": body.verdict}


def _answer(request: Request, answer_id: str, who: Principal) -> Answer:
    jobs: Jobs = request.app.state.jobs
    job = jobs.get(answer_id, who=who)
    if job is None or job.answer is None:
        raise HTTPException(404, "there is no such answer")
    return job.answer
