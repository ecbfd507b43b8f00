"""`POST /v1/responses` and `GET /v1/responses/{id}`: the newer of OpenAI's two ways to ask."""

from collections.abc import AsyncGenerator, Mapping
from functools import partial
from itertools import count

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, Response, StreamingResponse
from starlette.concurrency import run_in_threadpool

from averment.core.clock import unix_ms
from averment.core.errors import RecordNotFound
from averment.core.ids import uuid7_ms
from averment.core.jsonable import Json, to_json
from averment.service import sse
from averment.service.access import CurrentPrincipal
from averment.service.errors import problem_body, problem_response
from averment.service.idempotency import IdempotencyKey, given_key
from averment.service.job import Job, follow
from averment.service.jobs import Jobs, stopping
from averment.service.openai_bodies import ResponsesBody, ignored_members
from averment.service.questions import MODEL_ID, taken_up
from averment.service.response_format import PREFIX, events, failed, finished, opening
from averment.service.routers.chat import CurrentAsker
from averment.service.waiting import wait_for

router = APIRouter(prefix="/v1/responses", tags=["openai"])


@router.post("", response_model=None)
async def create(
    body: ResponsesBody, request: Request, asker: CurrentAsker, idempotency_key: IdempotencyKey = None
) -> Response:
    """Answer the last user message of the input, which may go on from an earlier response of the caller's."""
    jobs: Jobs = request.app.state.jobs
    previous, messages = body.previous_response_id, body.messages
    after = previous.removeprefix(PREFIX) if previous else None
    key = given_key(idempotency_key, route="responses", content=[to_json(asker), body.model_dump(mode="json")])
    job = await run_in_threadpool(taken_up, body, messages, asker=asker, jobs=jobs, after=after, key=key)
    ignored = ignored_members(body, messages)
    created = unix_ms(request.app.state.clock.now()) // 1000
    opened = opening(job.id, model=MODEL_ID, created=created, previous=previous)
    if body.stream:
        await wait_for(job, request, n_events=1)  # the first event comes after `analysis.started` is durable
        if job.was_refused:
            return problem_response(job.error or stopping(), scope=request.scope)
        frames = _stream(job, opened, ignored=ignored)
        return StreamingResponse(sse.with_keepalive(frames), media_type=sse.MEDIA_TYPE, headers=sse.HEADERS)
    await wait_for(job, request)
    if job.answer is None:
        return problem_response(job.error or stopping(), scope=request.scope)
    return JSONResponse(finished(opened, job.answer, ignored=ignored))


@router.get("/{response_id}")
async def read(response_id: str, request: Request, who: CurrentPrincipal) -> dict[str, Json]:
    """Return a response of the caller's, as far as it has come."""
    jobs: Jobs = request.app.state.jobs
    identity = response_id.removeprefix(PREFIX) if response_id.startswith(PREFIX) else ""
    job = await run_in_threadpool(partial(jobs.get, identity, who=who))
    if job is None:
        raise RecordNotFound("there is no such response")
    after = job.request.after
    previous = f"{PREFIX}{after}" if after else None
    opened = opening(job.id, model=MODEL_ID, created=uuid7_ms(job.id) // 1000, previous=previous)
    if job.answer is not None:
        return finished(opened, job.answer)
    return failed(opened, _problem(job)) if job.is_over else opened


async def _stream(job: Job, opened: Mapping[str, Json], *, ignored: tuple[str, ...]) -> AsyncGenerator[str, None]:
    """Yield events: the opening, steps as progress, the answer or a failure."""
    numbers = count()

    def framed(event: dict[str, Json]) -> str:
        return sse.frame({**event, "sequence_number": next(numbers)}, event=str(event["type"]))

    yield framed({"type": "response.created", "response": dict(opened)})
    try:
        async for _, event, data in follow(job):
            if event == "step":
                yield framed({"type": "response.in_progress", "response": dict(opened), "averment": {"step": data}})
        if job.answer is not None:
            for written in events(opened, job.answer, ignored=ignored):
                yield framed(written)
        else:
            yield framed({"type": "response.failed", "response": failed(opened, _problem(job))})
    finally:
        job.leave()


def _problem(job: Job) -> dict[str, Json]:
    found = to_json(problem_body(job.error or stopping()))
    return found if isinstance(found, dict) else {}
