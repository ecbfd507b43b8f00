"""What `/v1/operations` takes and gives, as OpenAPI shows it. Times are RFC 3339, sizes bytes, durations seconds."""

from collections.abc import Mapping

from pydantic import BaseModel, Field

from averment.core.operations import Schedule
from averment.service.operations.endpoints import EndpointState
from averment.service.operations.ledger import MOST_DAYS, Ended, Ingested
from averment.service.operations.stores import CatalogState, DiskState, IndexState, LogLoad
from averment.service.schemas import Body


class CostQuery(Body):
    """Of how many days, today included."""

    days: int = Field(default=30, ge=1, le=MOST_DAYS)


class ServiceBody(BaseModel):
    """This process: since when it serves, and how many analyses run, wait, and may run at once."""

    started_at: str
    running: int
    queued: int
    most: int


class OverviewBody(BaseModel):
    """What answers and how full the stores are; null for a store that does not answer."""

    at: str
    ready: bool
    parts: Mapping[str, str]
    service: ServiceBody
    index: IndexState | None
    catalog: CatalogState | None
    log: LogLoad
    disk: DiskState
    set_aside: Mapping[str, int] | None


class EndpointsBody(BaseModel):
    """Every endpoint that the settings name or that runs here."""

    data: list[EndpointState]


class UnderwayBody(BaseModel):
    """An analysis that runs or waits."""

    id: str
    status: str
    asked_at: str
    purpose: str
    channel: str
    n_events: int


class FlowsBody(BaseModel):
    """Work: underway in this service, ended lately, scheduled."""

    underway: list[UnderwayBody]
    ended: list[Ended]
    ingested: list[Ingested]
    schedule: Schedule | None
    unscheduled: str | None
