"""The application: routes, state, limits, and what happens at start and stop."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Final

from fastapi import Depends, FastAPI
from starlette.concurrency import run_in_threadpool

from averment.core.clock import Clock, unix_ms
from averment.core.settings import Settings
from averment.service import errors
from averment.service.access import guard
from averment.service.admission.admission import Admission, AdmissionFrame
from averment.service.admission.budgets import Budgets
from averment.service.analysis_store import AnalysisStore
from averment.service.backend import Backend
from averment.service.contract.document import describe, operation_id
from averment.service.identity.exposure import check_exposure
from averment.service.identity.gate import Gate
from averment.service.jobs import Jobs
from averment.service.metrics import Measuring
from averment.service.middleware import Observation
from averment.service.refusals import Refusals
from averment.service.request_guard import RequestGuard
from averment.service.routers import (
    analyses,
    answers,
    audit,
    chat,
    documents,
    health,
    mcp,
    operations,
    oversight,
    page,
    pages,
    reports,
    responses,
    search,
    sign_in,
)

VERSION: Final = "0.1.0"
_NOUNS: Final = (
    sign_in, chat, responses, search, documents, pages, analyses, answers, oversight, audit, reports, operations,
    health, mcp, page,
)  # fmt: skip


def create_app(
    settings: Settings,
    *,
    backend: Backend,
    store: AnalysisStore,
    gate: Gate,
    measuring: Measuring,
    budgets: Budgets | None = None,
) -> FastAPI:
    """Put the service together.

    Args:
        settings: All settings.
        backend: Answers and searches.
        store: Keeps what is asked and answered.
        gate: Lets callers in; its clock tells the time.
        measuring: Where requests and analyses are counted, and `/metrics` reads from.
        budgets: What principals may spend in a day; kept in memory when None.

    Raises:
        ConfigurationError: The address is public, and sign-in, keys or TLS are not set up for that.
    """
    clock = gate.clock
    check_exposure(settings, keys=gate.keys.list())
    app = new_app()
    app.state.description = describe(app)
    _open_state(app, settings, clock=clock)
    app.state.backend, app.state.gate = backend, gate
    metrics = measuring.metrics
    app.state.registry = measuring.registry
    app.state.metrics = metrics
    limits = settings.service.limits
    budgets = budgets or Budgets(None, settings=limits, clock=clock, metrics=metrics)
    app.state.refusals = Refusals(backend.record_event, clock=clock)
    app.state.admission = Admission(limits, clock=clock, metrics=metrics)
    app.state.jobs = Jobs(
        backend, store=store, clock=clock, metrics=metrics, settings=settings.service, budgets=budgets
    )
    errors.install(app)
    _surround(app, settings, clock=clock)
    return app


def _open_state(app: FastAPI, settings: Settings, *, clock: Clock) -> None:
    """Set what routes ask the application for and nobody hands in."""
    app.state.purpose = settings.purpose
    app.state.top_k = settings.retrieval.top_k
    app.state.clock = clock
    app.state.started_at = unix_ms(clock.now()) // 1000
    app.state.mcp = None
    app.state.picture_line = pages.PictureLine()
    app.state.static = page.load_static()


def _surround(app: FastAPI, settings: Settings, *, clock: Clock) -> None:
    """Put around the routes what every request passes; what is added last stands outermost."""
    app.add_middleware(RequestGuard, settings=settings.service)
    app.add_middleware(AdmissionFrame, admission=app.state.admission)
    app.add_middleware(Observation, metrics=app.state.metrics, clock=clock)


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
    for noun in _NOUNS:
        app.include_router(noun.router)
    return app


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    await run_in_threadpool(app.state.jobs.resume)
    settings: Settings = app.state.gate.settings
    async with AsyncExitStack() as running:
        if settings.service.mcp:
            from averment.service.mcp_server import open_mcp

            limit = settings.service.max_body_bytes
            await running.enter_async_context(open_mcp(app, version=VERSION, max_body_bytes=limit))
        yield
    await run_in_threadpool(app.state.jobs.close)
    await run_in_threadpool(app.state.refusals.close)
