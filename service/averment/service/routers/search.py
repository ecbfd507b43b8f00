"""`POST /v1/search`: passages without an answer."""

from fastapi import APIRouter, Request
from starlette.concurrency import run_in_threadpool

from averment.core.analysis import SearchRequest
from averment.core.errors import UsageError
from averment.core.jsonable import Json, to_json
from averment.service.access import CurrentPrincipal, DefaultPurpose
from averment.service.backend import Backend
from averment.service.schemas import SearchBody

router = APIRouter(prefix="/v1", tags=["search"])


@router.post("/search")
async def search(body: SearchBody, request: Request, who: CurrentPrincipal, purpose: DefaultPurpose) -> dict[str, Json]:
    """Find passages the caller may read, best first; they leave after the log has the search."""
    if not body.query.strip():
        raise UsageError("the query is empty", hint="name what to look for")
    backend: Backend = request.app.state.backend
    wanted = SearchRequest(
        query=body.query,
        principal=who,
        filters=body.filters.filters(),
        top_k=body.top_k or request.app.state.top_k,
        purpose=body.purpose or purpose,
        ignore=tuple(body.ignore),
    )
    found = await run_in_threadpool(backend.search, wanted)
    request.app.state.metrics.count_passages(len(found.passages))
    return {"passages": to_json(found.passages), "interpretation": to_json(found.interpretation)}
