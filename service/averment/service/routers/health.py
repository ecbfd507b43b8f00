"""`/healthz`, `/readyz` and `/metrics` for those who operate the service."""

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, Response
from starlette.concurrency import run_in_threadpool

from averment.core.jsonable import Json
from averment.service.access import CurrentPrincipal
from averment.service.backend import Backend
from averment.service.jobs import Jobs

router = APIRouter(tags=["operation"])


@router.get("/healthz")
async def alive() -> dict[str, str]:
    """Tell that the process answers."""
    return {"status": "ok"}


@router.get("/readyz", response_model=None)
async def ready(request: Request) -> JSONResponse:
    """Tell whether index, catalog, log and model answer; 503 until all do, and once the service is stopping."""
    backend: Backend = request.app.state.backend
    parts = await run_in_threadpool(backend.health)
    jobs: Jobs = request.app.state.jobs
    parts = {**parts, "service": "stopping" if jobs.is_stopping else "ok"}
    is_ready = all(state == "ok" for state in parts.values())
    return JSONResponse(
        {"status": "ready" if is_ready else "not ready", "parts": parts}, status_code=200 if is_ready else 503
    )


@router.get("/openapi.json")
async def description(request: Request) -> dict[str, Json]:
    """Return this interface as an OpenAPI document."""
    found: dict[str, Json] = request.app.state.description
    return found


@router.get("/metrics", response_model=None)
async def metrics(request: Request, who: CurrentPrincipal) -> Response:
    """Return metrics in Prometheus' text format."""
    from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

    return Response(generate_latest(request.app.state.registry), media_type=CONTENT_TYPE_LATEST)
