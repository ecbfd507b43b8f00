"""`POST /v1/chat/completions` and `GET /v1/models` for any OpenAI client.

An answer is logged before it is sent, so a stream delivers the finished answer in pieces; while the analysis
runs the stream carries its steps, without document or model text.
"""

from collections.abc import AsyncIterator
from typing import Annotated, Final

from fastapi import APIRouter, Header, Request
from fastapi.responses import JSONResponse, Response, StreamingResponse
from pydantic import ValidationError
from starlette.concurrency import run_in_threadpool

from averment.core.access import Principal
from averment.core.analysis import AnalysisRequest
from averment.core.clock import unix_ms
from averment.core.errors import UsageError
from averment.core.jsonable import Json
from averment.service import sse
from averment.service.access import CurrentPrincipal
from averment.service.chat_format import CHUNK, chunks, completion
from averment.service.errors import problem_body, problem_response
from averment.service.jobs import Job, Jobs, follow
from averment.service.schemas import AvermentRequest, ChatBody

MODEL_ID: Final = "averment"
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
    averment_purpose: Annotated[str | None, Header()] = None,
) -> Response:
    """Answer the last user message."""
    if body.model != MODEL_ID:
        raise UsageError(f"there is no model {body.model!r} here", hint=f"use model {MODEL_ID!r}")
    wanted = _request(body, who, header_purpose=averment_purpose, default_purpose=request.app.state.purpose)
    jobs: Jobs = request.app.state.jobs
    job = jobs.submit(wanted)
    if body.stream:
        created = unix_ms(request.app.state.clock.now()) // 1000
        with_usage = bool(body.stream_options and body.stream_options.include_usage)
        await run_in_threadpool(job.wait_beyond, 0, 3600.0)  # the first event comes after `analysis.started` is durable
        if job.error is not None and len(job.events) == 1:
            return problem_response(job.error)
        return StreamingResponse(
            sse.with_keepalive(_stream(job, created=created, with_usage=with_usage)),
            media_type=sse.MEDIA_TYPE,
            headers=sse.HEADERS,
        )
    async for _ in follow(job):
        if await request.is_disconnected():
            job.is_cancelled.set()
    if job.error is not None:
        return problem_response(job.error)
    if job.answer is None:
        raise UsageError("the request was cancelled before it ran")
    return JSONResponse(completion(job.answer, model=MODEL_ID))


async def _stream(job: Job, *, created: int, with_usage: bool) -> AsyncIterator[str]:
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
        elif job.error is not None:
            yield sse.frame({"error": {**problem_body(job.error), "message": job.error.code}})  # type: ignore[dict-item]  # a problem holds JSON values
        yield sse.DONE
    finally:
        job.is_cancelled.set()  # a client that left wants no more work; a finished job does not care


def _request(body: ChatBody, who: Principal, *, header_purpose: str | None, default_purpose: str) -> AnalysisRequest:
    question = next((message.text() for message in reversed(body.messages) if message.role == "user"), "")
    try:
        ours = AvermentRequest.model_validate((body.metadata or {}).get("averment") or {})
    except ValidationError as error:
        where = "; ".join(f"{'.'.join(map(str, item['loc']))}: {item['msg']}" for item in error.errors())
        raise UsageError(f"metadata.averment does not fit its schema: {where}") from error
    return AnalysisRequest(
        question=question,
        principal=who,
        filters=ours.filters.filters(),
        purpose=ours.purpose or header_purpose or default_purpose,
        answer_type=ours.answer_type,
        channel="chat",
    )
