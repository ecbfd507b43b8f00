"""`/v1/operations`: how the service is, for administrators; codes, counts, sizes, times, never content or names."""

from datetime import UTC, datetime
from functools import partial
from typing import Annotated, Protocol, cast

from fastapi import APIRouter, Query, Request
from starlette.concurrency import run_in_threadpool

from averment.core.clock import Clock, rfc3339
from averment.core.errors import RecordNotFound
from averment.core.ids import uuid7_ms
from averment.core.jsonable import Json, to_json
from averment.service.access import CurrentPrincipal
from averment.service.analysis_store import ListedAnalysis
from averment.service.jobs import Jobs
from averment.service.operations.desk import Costs, OperationsDesk
from averment.service.operations.schemas import CostQuery, EndpointsBody, FlowsBody, OverviewBody

router = APIRouter(prefix="/v1/operations", tags=["operations"])


class WithOperations(Protocol):
    """A backend with a desk for those who operate it."""

    @property
    def operations(self) -> OperationsDesk:
        """Return the desk."""


@router.get("", response_model=OverviewBody)
async def overview(request: Request, who: CurrentPrincipal) -> Json:
    """Return what answers, how full and how far behind the stores are, and how much is set aside."""
    state = request.app.state
    jobs: Jobs = state.jobs
    clock: Clock = state.clock
    found = await run_in_threadpool(_desk(request).overview)
    underway = [one.status for one in jobs.underway()]
    parts = {**found.parts, "service": "stopping" if jobs.is_stopping else "ok"}
    return {
        **cast("dict[str, Json]", to_json(found)),
        "at": rfc3339(clock.now()),
        "parts": to_json(parts),
        "ready": all(part == "ok" for part in parts.values()),
        "service": {
            "started_at": _moment(1000 * state.started_at),
            "running": underway.count("running"),
            "queued": underway.count("queued"),
            "most": jobs.most,
        },
    }


@router.get("/endpoints", response_model=EndpointsBody)
async def endpoints(request: Request, who: CurrentPrincipal) -> Json:
    """Ask every model endpoint whether it answers and serves what is configured."""
    return {"data": to_json(await run_in_threadpool(_desk(request).endpoints))}


@router.get("/flows", response_model=FlowsBody)
async def flows(request: Request, who: CurrentPrincipal) -> Json:
    """Return analyses and runs over sources, underway and ended, and what a Prefect server has scheduled."""
    jobs: Jobs = request.app.state.jobs
    found = await run_in_threadpool(_desk(request).flows)
    underway: list[Json] = [_underway(one) for one in jobs.underway()]
    return {**cast("dict[str, Json]", to_json(found)), "underway": underway}


@router.get("/costs", response_model=Costs)
async def costs(query: Annotated[CostQuery, Query()], request: Request, who: CurrentPrincipal) -> Json:
    """Return tokens and seconds of analyses by day (UTC) and purpose, from the log, and the machine's energy."""
    return to_json(await run_in_threadpool(partial(_desk(request).costs, days=query.days)))


def _underway(one: ListedAnalysis) -> Json:
    return {
        "id": one.id,
        "status": one.status,
        "asked_at": _moment(uuid7_ms(one.id)),
        "purpose": one.request.purpose,
        "channel": one.request.channel,
        "n_events": one.n_events,
    }


def _moment(unix_ms: int) -> str:
    return rfc3339(datetime.fromtimestamp(unix_ms / 1000, UTC))


def _desk(request: Request) -> OperationsDesk:
    backend: WithOperations = request.app.state.backend
    if not hasattr(backend, "operations"):
        raise RecordNotFound("this service stands on no installation of its own")
    return backend.operations
