"""The application: routes, state, limits, and what happens at start and stop."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Final

from fastapi import Depends, FastAPI
from starlette.concurrency import run_in_threadpool

from averment.core.clock import Clock, unix_ms
from averment.core.settings import Settings
from averment.service import errors
from averment.service.access import guard
from averment.service.backend import Backend
from averment.service.contract.document import describe, operation_id
from averment.service.identity.exposure import check_exposure
from averment.service.identity.gate import Gate
from averment.service.jobs import Jobs
from averment.service.metrics import ServiceMetrics
from averment.service.middleware import BodyLimit, Observation
from averment.service.routers import analyses, answers, chat, documents, health, oversight, page, pages, search, sign_in

if TYPE_CHECKING:
    from prometheus_client import CollectorRegistry

VERSION: Final = "0.1.0"


def create_app(
    settings: Settings,
    *,
    backend: Backend,
    gate: Gate,
    clock: Clock,
    registry: "CollectorRegistry",
    metrics: ServiceMetrics,
) -> FastAPI:
    """Put the service together.

    Args:
        settings: All settings.
        backend: Answers and searches.
        gate: Lets callers in.
        clock: Tells the time.
        registry: Where `/metrics` reads from.
        metrics: Where requests and analyses are counted.

    Raises:
        ConfigurationError: The address is public, and sign-in, keys or TLS are not set up for that.
    """
    check_exposure(settings, keys=gate.keys.list())
    app = new_app()
    app.state.description = describe(app)
    app.state.backend = backend
    app.state.gate = gate
    app.state.purpose = settings.purpose
    app.state.top_k = settings.retrieval.top_k
    app.state.clock = clock
    app.state.registry = registry
    app.state.metrics = metrics
    app.state.started_at = unix_ms(clock.now()) // 1000
    app.state.jobs = Jobs(backend, clock=clock, metrics=metrics, limit=settings.service.max_concurrent_analyses)
    app.state.picture_line = pages.PictureLine()
    app.state.static = page.load_static()
    errors.install(app)
    app.add_middleware(BodyLimit, max_bytes=settings.service.max_body_bytes)
    app.add_middleware(Observation, metrics=metrics, clock=clock)  # added last, so it stands outermost
    return app


def new_app() -> FastAPI:
    """Return the application with its routes and nothing behind them: enough to describe it."""
    app = FastAPI(
        title="Averment",
        version=VERSION,
        lifespan=_lifespan,
        openapi_url=None,
        docs_url=None,
        redoc_url=None,
        dependencies=[Depends(guard)],
        generate_unique_id_function=operation_id,
    )
    for noun in (sign_in, chat, search, documents, pages, analyses, answers, oversight, health, page):
        app.include_router(noun.router)
    return app


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    yield
    await run_in_threadpool(app.state.jobs.close)
