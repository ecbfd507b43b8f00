"""The application: routes, state, limits, and what happens at start and stop."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Final

from fastapi import FastAPI, Request, Response
from starlette.concurrency import run_in_threadpool
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from averment.core.clock import Clock, unix_ms
from averment.core.errors import UsageError
from averment.core.ids import uuid7
from averment.core.settings import Settings
from averment.service import access, errors
from averment.service.backend import Backend
from averment.service.jobs import Jobs
from averment.service.routers import analyses, chat, health, search

if TYPE_CHECKING:
    from prometheus_client import CollectorRegistry

VERSION: Final = "0.1.0"
_HEADERS: Final = {
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}


def create_app(
    settings: Settings, *, backend: Backend, api_key: str, clock: Clock, registry: "CollectorRegistry"
) -> FastAPI:
    """Put the service together.

    Args:
        settings: All settings.
        backend: Answers and searches.
        api_key: The key callers must present; an empty one is refused.
        clock: Tells the time.
        registry: Where `/metrics` reads from.

    Raises:
        ConfigurationError: The address is public, which needs sign-in.
        UsageError: The key is empty.
    """
    access.refuse_public(settings.service.host)
    if not api_key:
        raise UsageError("the API key is empty", hint="averment init makes one")
    app = FastAPI(title="Averment", version=VERSION, lifespan=_lifespan, docs_url=None, redoc_url=None)
    app.state.backend = backend
    app.state.key_digest = access.key_digest(api_key)
    app.state.tenant = settings.tenant
    app.state.purpose = settings.purpose
    app.state.top_k = settings.retrieval.top_k
    app.state.clock = clock
    app.state.registry = registry
    app.state.started_at = unix_ms(clock.now()) // 1000
    app.state.jobs = Jobs(backend, clock=clock, limit=settings.service.max_concurrent_analyses)
    for router in (chat.router, search.router, analyses.router, health.router):
        app.include_router(router)
    errors.install(app)
    app.middleware("http")(_with_request_id)
    app.add_middleware(BodyLimit, max_bytes=settings.service.max_body_bytes)
    return app


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    yield
    await run_in_threadpool(app.state.jobs.close)


async def _with_request_id(request: Request, proceed: Callable[[Request], Awaitable[Response]]) -> Response:
    response = await proceed(request)
    response.headers["X-Request-Id"] = uuid7(unix_ms=unix_ms(request.app.state.clock.now()))
    for name, value in _HEADERS.items():
        response.headers.setdefault(name, value)
    return response


class BodyLimit:
    """Refuses request bodies over a size while they arrive, so that none is ever held whole.

    Args:
        app: The application behind.
        max_bytes: Largest body, bytes.
    """

    def __init__(self, app: ASGIApp, *, max_bytes: int):
        self._app = app
        self._max_bytes = max_bytes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, counting its body."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = dict(scope["headers"])
        declared = headers.get(b"content-length", b"0")
        if declared.isdigit() and int(declared) > self._max_bytes:
            await self._refuse(scope, receive, send)
            return
        seen = 0

        async def counted() -> Message:
            nonlocal seen
            message = await receive()
            seen += len(message.get("body", b""))
            if seen > self._max_bytes:
                # The application sees a client that hung up and stops reading.
                return {"type": "http.disconnect"}
            return message

        await self._app(scope, counted, send)

    async def _refuse(self, scope: Scope, receive: Receive, send: Send) -> None:
        error = UsageError(f"the request body is larger than service.max_body_bytes = {self._max_bytes}")
        response = errors.problem_response(error)
        response.status_code = 413
        await response(scope, receive, send)
