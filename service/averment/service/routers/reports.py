"""`/v1/reports` and `/v1/obligations`: documents for officers and authorities, and which duties apply on a day."""

from functools import partial
from typing import Annotated, Protocol, cast

from fastapi import APIRouter, Path, Query, Request, Response
from starlette.concurrency import run_in_threadpool

from averment.compliance.documents.filled import Language
from averment.compliance.obligations import duties_on, regulation, scopes_of
from averment.core.errors import RecordNotFound
from averment.core.jsonable import Json, to_json
from averment.service.access import CurrentPrincipal
from averment.service.log_schemas import DutiesBody, DutyQuery, KindsBody, ReportBody
from averment.service.reporting import ReportDesk
from averment.service.routers.audit import as_file

router = APIRouter(prefix="/v1", tags=["reports"])

_SHOWN = ("applies", "contested")


class WithReports(Protocol):
    """A backend that makes documents."""

    @property
    def reports(self) -> ReportDesk:
        """Return the desk where they are made."""


@router.get("/obligations", response_model=DutiesBody)
async def obligations(query: Annotated[DutyQuery, Query()], request: Request, who: CurrentPrincipal) -> Json:
    """List the duties of the AI Act on a day: dated data with source, both readings where they differ; no advice."""
    data = regulation()
    found = duties_on(query.on, rows=data.obligations, who=query.who, scope=query.scope)
    shown = [duty for duty in found if query.every or duty.state in _SHOWN]
    return {
        "on": query.on.isoformat(),
        "as_of": data.as_of.isoformat(),
        "sources": cast("dict[str, Json]", data.sources),
        "scopes": to_json(scopes_of(data.obligations)),
        "data": to_json(shown),
    }


@router.get("/reports", response_model=KindsBody)
async def list_kinds(request: Request, who: CurrentPrincipal, language: Language = "en") -> Json:
    """List the kinds of documents, and the size of the log when each was exported last."""
    return {"data": to_json(await run_in_threadpool(_desk(request).kinds, language))}


@router.post("/reports/{kind}", response_class=Response)
async def make(
    kind: Annotated[str, Path(pattern=r"^[a-z][a-z0-9-]{1,30}$")],
    body: ReportBody,
    request: Request,
    who: CurrentPrincipal,
) -> Response:
    """Make a document and return it as a file; the log has the export first."""
    made = await run_in_threadpool(partial(_desk(request).make, body.order(kind), subject=who.subject))
    return as_file(made.file)


def _desk(request: Request) -> ReportDesk:
    backend: WithReports = request.app.state.backend
    if not hasattr(backend, "reports"):
        raise RecordNotFound("this service stands on no installation of its own")
    return backend.reports
