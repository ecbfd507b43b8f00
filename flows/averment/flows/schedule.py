"""What a Prefect server has scheduled and run, read through its REST API without Prefect's client.

The client takes seconds to import, and sends nulls that servers on newer web frameworks refuse. Names, states and times
are read; parameters and results are not.
"""

import base64
import json
import urllib.request
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from http.client import HTTPException
from typing import Final

from averment.core.errors import ConfigurationError, SourceUnavailable
from averment.core.operations import Schedule, ScheduledRun

TIMEOUT_S: Final = 5.0
SHOWN: Final = 20
_TO_COME: Final = ("SCHEDULED",)
_BEGUN: Final = ("PENDING", "RUNNING", "PAUSED", "CANCELLING", "COMPLETED", "FAILED", "CRASHED", "CANCELLED")

Row = Mapping[str, object]


@dataclass(frozen=True, slots=True, kw_only=True)
class PrefectServer:
    """Where a server's API is, with `/api`, and the value of the header that opens it, if it wants one."""

    url: str
    authorization: str | None = field(default=None, repr=False)


def server_of(environ: Mapping[str, str]) -> PrefectServer | None:
    """Return the server that Prefect's own variables name; None where `PREFECT_API_URL` is not set.

    Raises:
        ConfigurationError: Its address is no http or https URL.
    """
    url = environ.get("PREFECT_API_URL", "")
    if not url:
        return None
    if not url.startswith(("http://", "https://")):
        raise ConfigurationError(
            "PREFECT_API_URL is no http or https URL", hint="for example http://127.0.0.1:4200/api"
        )
    authorization = None
    if key := environ.get("PREFECT_API_KEY"):
        authorization = f"Bearer {key}"
    elif pair := environ.get("PREFECT_API_AUTH_STRING"):
        authorization = f"Basic {base64.b64encode(pair.encode()).decode()}"
    return PrefectServer(url=url.rstrip("/"), authorization=authorization)


def read_schedule(server: PrefectServer) -> Schedule:
    """Ask a server for runs to come and runs that began, the latest `SHOWN` of each.

    Raises:
        SourceUnavailable: It does not answer as a Prefect server does.
    """
    to_come = _runs(server, _TO_COME, sort="EXPECTED_START_TIME_ASC")
    begun = _runs(server, _BEGUN, sort="START_TIME_DESC")
    rows = [*to_come, *begun]
    flows = _names(server, "flows", [row.get("flow_id") for row in rows])
    deployments = _names(server, "deployments", [row.get("deployment_id") for row in rows])

    def shown(row: Row) -> ScheduledRun:
        return ScheduledRun(
            flow=flows.get(str(row.get("flow_id")), "?"),
            deployment=deployments.get(str(row.get("deployment_id"))),
            state=str(row.get("state_name") or row.get("state_type") or "?"),
            scheduled_at=_moment(row.get("expected_start_time")),
            started_at=_moment(row.get("start_time")),
            ended_at=_moment(row.get("end_time")),
        )

    return Schedule(upcoming=tuple(map(shown, to_come)), begun=tuple(map(shown, begun)))


def _runs(server: PrefectServer, states: Sequence[str], *, sort: str) -> list[Row]:
    wanted = {"flow_runs": {"state": {"type": {"any_": list(states)}}}, "sort": sort, "limit": SHOWN}
    return _ask(server, "flow_runs", wanted)


def _names(server: PrefectServer, what: str, identities: Sequence[object]) -> dict[str, str]:
    wanted = sorted({identity for identity in identities if isinstance(identity, str)})
    if not wanted:
        return {}
    rows = _ask(server, what, {what: {"id": {"any_": wanted}}})
    return {str(row.get("id")): str(row.get("name")) for row in rows}


def _ask(server: PrefectServer, what: str, wanted: Mapping[str, object]) -> list[Row]:
    headers = {"Content-Type": "application/json"}
    if server.authorization is not None:
        headers["Authorization"] = server.authorization
    url = f"{server.url}/{what}/filter"
    request = urllib.request.Request(url, data=json.dumps(wanted).encode(), headers=headers)  # noqa: S310 - `server_of` checks the scheme
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(request, timeout=TIMEOUT_S) as response:
            return [dict(row) for row in json.load(response)]
    except (OSError, ValueError, TypeError, HTTPException) as error:
        reason = type(getattr(error, "reason", error)).__name__
        raise SourceUnavailable(
            f"the Prefect server that PREFECT_API_URL names does not answer ({reason})",
            hint="see that it runs: prefect server start",
        ) from error


def _moment(value: object) -> datetime | None:
    try:
        return datetime.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return None
