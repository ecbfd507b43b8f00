"""`POST /v1/chat/completions` and `GET /v1/models` for any OpenAI client.

An answer is logged before it is sent, so a stream delivers the finished answer in pieces; while the analysis
runs the stream carries its steps, without document or model text.
"""

import asyncio
import json
from collections.abc import AsyncGenerator
from dataclasses import replace
from functools import partial
from typing import Annotated, Final

from fastapi import APIRouter, Header, Request
from fastapi.responses import JSONResponse, Response, StreamingResponse
from pydantic import ValidationError
from starlette.concurrency import run_in_threadpool

from averment.core.access import Principal
from averment.core.analysis import AnalysisRequest
from averment.core.clock import unix_ms
from averment.core.errors import UsageError
from averment.core.jsonable import Json, to_json
from averment.service import sse
from averment.service.access import CurrentPrincipal, DefaultPurpose
from averment.service.chat_format import CHUNK, chunks, completion
from averment.service.conversation import turns_of
from averment.service.errors import PROBLEM, problem_body, problem_response
from averment.service.idempotency import GivenKey, IdempotencyKey, given_key
from averment.service.job import Job, follow
from averment.service.jobs import Jobs, stopping
from averment.service.schemas import AvermentRequest, ChatBody

MODEL_ID: Final = "averment"
HANG_UP_CHECK_S: Final = 0.5
router = APIRouter(prefix="/v1", tags=["openai"])


@router.get("/models")
async def list_models(request: Request, who: CurrentPrincipal) -> dict[str, Json]:
    """List the one model there is: this system."""
    return {
        "object": "list",
        "data": [{"id": MODEL_ID, "object": "model", "created": request.app.state.started_at, "owned_by": "averment"}],
    }


@router.post("/chat/completions", response_model=None)
async def complete(
    body: ChatBody,
    request: Request,
    who: CurrentPrincipal,
    purpose: DefaultPurpose,
    averment_purpose: Annotated[str | None, Header()] = None,
    idempotency_key: IdempotencyKey = None,
) -> Response:
    """Answer the last user message; the messages before it are the conversation that it may lean on.

    With the `Idempotency-Key` of an earlier request the answer is the one that was given to that.
    """
    if body.model != MODEL_ID:
        raise UsageError(f"there is no model {body.model!r} here", hint=f"use model {MODEL_ID!r}")
    jobs: Jobs = request.app.state.jobs
    wanted = _request(body, who, header_purpose=averment_purpose, default_purpose=purpose)
    said = [to_json(message.model_dump()) for message in body.messages]
    key = given_key(idempotency_key, route="chat", content={"request": to_json(wanted), "messages": to_json(said)})
    job = await run_in_threadpool(partial(_submit, jobs, body, wanted, key=key))
    is_awaited = key is not None
    if body.stream:
        created = unix_ms(request.app.state.clock.now()) // 1000
        with_usage = bool(body.stream_options and body.stream_options.include_usage)
        # The first event comes after `analysis.started` is durable.
        await _wait_for(job, request, is_awaited=is_awaited, n_events=1)
        if job.answer is None and (job.is_over or job.is_parked) and len(job.events) <= 1:
            return _refusal(job)
        return StreamingResponse(
            sse.with_keepalive(_stream(job, created=created, with_usage=with_usage, is_awaited=is_awaited)),
            media_type=sse.MEDIA_TYPE,
            headers=sse.HEADERS,
        )
    await _wait_for(job, request, is_awaited=is_awaited)
    if job.answer is None:
        return _refusal(job)
    return JSONResponse(completion(job.answer, model=MODEL_ID))


def _submit(jobs: Jobs, body: ChatBody, wanted: AnalysisRequest, *, key: GivenKey | None) -> Job:
    return jobs.submit(replace(wanted, conversation=turns_of(body.messages, jobs.of(wanted.principal))), key=key)


def _refusal(job: Job) -> Response:
    """Answer with why there is no answer; of an analysis of an earlier process only the problem is known."""
    status = None if job.problem is None or job.error is not None else job.problem["status"]
    if isinstance(status, int):
        return JSONResponse(job.problem, status_code=status, media_type=PROBLEM)
    return problem_response(job.error or stopping())


async def _wait_for(job: Job, request: Request, *, is_awaited: bool, n_events: int | None = None) -> None:
    """Wait for the first events of a job, or for all; a client that hangs up cancels it unless it can come back."""
    news = asyncio.ensure_future(_listen(job, n_events))
    try:
        while not (await asyncio.wait({news}, timeout=HANG_UP_CHECK_S))[0]:
            if not is_awaited and await request.is_disconnected():
                job.is_cancelled.set()
        await news
    finally:
        news.cancel()


async def _listen(job: Job, n_events: int | None) -> None:
    async for number, _, _ in follow(job):
        if n_events is not None and number + 1 >= n_events:
            return


async def _stream(job: Job, *, created: int, with_usage: bool, is_awaited: bool) -> AsyncGenerator[str, None]:
    opening: dict[str, Json] = {"id": f"chatcmpl-{job.id}", "object": CHUNK, "created": created, "model": MODEL_ID}
    yield sse.frame(
        {**opening, "choices": [{"index": 0, "delta": {"role": "assistant", "content": ""}, "finish_reason": None}]}
    )
    try:
        async for _, event, data in follow(job):
            if event == "step":
                yield sse.frame({**opening, "choices": [], "averment": {"step": data}})
        if job.answer is not None:
            for chunk in chunks(job.answer, model=MODEL_ID, with_usage=with_usage):
                yield sse.frame(chunk)
        else:
            failure = job.error or stopping()
            yield sse.frame({"error": to_json({**problem_body(failure), "message": failure.code})})
        yield sse.DONE
    finally:
        if not is_awaited:
            job.is_cancelled.set()  # a client that left wants no more work; a finished job does not care


def _request(body: ChatBody, who: Principal, *, header_purpose: str | None, default_purpose: str) -> AnalysisRequest:
    question = next((message.text() for message in reversed(body.messages) if message.role == "user"), "")
    ours = _extension((body.metadata or {}).get("averment"))
    return AnalysisRequest(
        question=question,
        principal=who,
        filters=ours.filters.filters(),
        purpose=ours.purpose or header_purpose or default_purpose,
        answer_type=ours.answer_type,
        labels=tuple(ours.labels),
        channel="chat",
        after=ours.after,
        as_of=ours.as_of,
    )


def _extension(given: object) -> AvermentRequest:
    """Read `metadata.averment`: an object, or its JSON as a string for clients whose metadata are strings."""
    try:
        return AvermentRequest.model_validate(json.loads(given) if isinstance(given, str) else given or {})
    except ValidationError as error:
        where = "; ".join(f"{'.'.join(map(str, item['loc']))}: {item['msg']}" for item in error.errors())
        raise UsageError(f"metadata.averment does not fit its schema: {where}") from error
    except ValueError as error:
        raise UsageError("metadata.averment is a string that is no JSON", hint="send an object") from error
