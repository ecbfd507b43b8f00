"""`POST /v1/chat/completions` and `GET /v1/models` for any OpenAI client.

An answer is logged before it is sent, so a stream delivers the finished answer in pieces; while the analysis
runs the stream carries its steps, without document or model text.
"""

from collections.abc import AsyncGenerator
from typing import Annotated

from fastapi import APIRouter, Depends, Header, Request
from fastapi.responses import JSONResponse, Response, StreamingResponse
from starlette.concurrency import run_in_threadpool

from averment.core.clock import unix_ms
from averment.core.jsonable import Json, to_json
from averment.service import sse
from averment.service.access import CurrentPrincipal, DefaultPurpose
from averment.service.chat_format import CHUNK, chunks, completion
from averment.service.errors import error_member, problem_body, problem_response
from averment.service.idempotency import IdempotencyKey, given_key
from averment.service.job import Job, follow
from averment.service.jobs import stopping
from averment.service.openai_bodies import ChatBody, ignored_members
from averment.service.questions import MODEL_ID, Asker, check_model, taken_up
from averment.service.schemas import PURPOSE
from averment.service.waiting import wait_for

router = APIRouter(prefix="/v1", tags=["openai"])
PurposeHeader = Annotated[str | None, Header(alias="Averment-Purpose", pattern=PURPOSE)]


async def current_asker(who: CurrentPrincipal, purpose: DefaultPurpose, *, header: PurposeHeader = None) -> Asker:
    """Return who asks, with the purposes that count where the request's metadata name none."""
    return Asker(principal=who, default_purpose=purpose, header_purpose=header)


CurrentAsker = Annotated[Asker, Depends(current_asker)]


@router.get("/models")
async def list_models(request: Request, who: CurrentPrincipal) -> dict[str, Json]:
    """List the one model there is: this system."""
    return {"object": "list", "data": [_model(request)]}


@router.get("/models/{model}")
async def read_model(model: str, request: Request, who: CurrentPrincipal) -> dict[str, Json]:
    """Return the one model there is."""
    check_model(model)
    return _model(request)


@router.post("/chat/completions", response_model=None)
async def complete(
    body: ChatBody, request: Request, asker: CurrentAsker, idempotency_key: IdempotencyKey = None
) -> Response:
    """Answer the last user message; the messages before it are the conversation that it may lean on.

    With the `Idempotency-Key` of an earlier request the answer is the one that was given to that.
    """
    key = given_key(idempotency_key, route="chat", content=[to_json(asker), body.model_dump(mode="json")])
    job = await run_in_threadpool(taken_up, body, body.messages, asker=asker, jobs=request.app.state.jobs, key=key)
    ignored = ignored_members(body, body.messages)
    if body.stream:
        writer = _Writer(
            job,
            created=unix_ms(request.app.state.clock.now()) // 1000,
            with_usage=bool(body.stream_options and body.stream_options.include_usage),
            ignored=ignored,
        )
        await wait_for(job, request, n_events=1)  # the first event comes after `analysis.started` is durable
        if job.was_refused:
            return problem_response(job.error or stopping(), scope=request.scope)
        return StreamingResponse(sse.with_keepalive(writer.stream()), media_type=sse.MEDIA_TYPE, headers=sse.HEADERS)
    await wait_for(job, request)
    if job.answer is None:
        return problem_response(job.error or stopping(), scope=request.scope)
    return JSONResponse(completion(job.answer, model=MODEL_ID, ignored=ignored))


class _Writer:
    """Writes a job as the chunks of one completion."""

    def __init__(self, job: Job, *, created: int, with_usage: bool, ignored: tuple[str, ...]):
        self._job = job
        self._created = created
        self._with_usage = with_usage
        self._ignored = ignored

    async def stream(self) -> AsyncGenerator[str, None]:
        """Yield frames: the role, steps with an empty delta, the answer or an error, and the end."""
        job = self._job
        yield self._frame({"role": "assistant", "content": ""})
        try:
            async for _, event, data in follow(job):
                if event == "step":
                    yield self._frame({}, averment={"step": data})
            if job.answer is not None:
                for chunk in chunks(job.answer, model=MODEL_ID, with_usage=self._with_usage, ignored=self._ignored):
                    yield sse.frame(chunk)
            else:
                problem = problem_body(job.error or stopping())
                yield sse.frame({"error": to_json({**problem, **error_member(problem)})})
            yield sse.DONE
        finally:
            job.leave()

    def _frame(self, delta: dict[str, Json], **more: Json) -> str:
        return sse.frame(
            {
                "id": f"chatcmpl-{self._job.id}",
                "object": CHUNK,
                "created": self._created,
                "model": MODEL_ID,
                "choices": [{"index": 0, "delta": delta, "finish_reason": None, "logprobs": None}],
                **more,
            }
        )


def _model(request: Request) -> dict[str, Json]:
    created: int = request.app.state.started_at
    return {"id": MODEL_ID, "object": "model", "created": created, "owned_by": "averment"}
