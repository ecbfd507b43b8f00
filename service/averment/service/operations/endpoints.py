"""Whether the servers that models run on answer, how fast, and whether they serve what is configured."""

import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial
from typing import Final, Literal

from averment.core.clock import rfc3339
from averment.core.errors import AvermentError
from averment.core.settings import Settings
from averment.pipelines.models.client import CallFailure, OpenAIChatModel
from averment.pipelines.models.configured import MODEL_FOLDER, model_path
from averment.pipelines.models.endpoint_pool import EndpointPool
from averment.pipelines.models.http_probe import served_models
from averment.pipelines.models.model_folder import model_digest
from averment.pipelines.models.server_state import find_running_server
from averment.pipelines.second_model import open_second_model
from averment.service.model_watch import ModelWatch

PROBE_S: Final = 5.0
_MS: Final = 1000

Role = Literal["answers", "escalation", "reranking"]


@dataclass(frozen=True, slots=True, kw_only=True)
class EndpointState:
    """One endpoint at this moment.

    `latency_ms` is that of the question which models it serves, None where it did not answer; `problem` says why it is
    not healthy. `configured` is the digest of the model's folder as it lies there now, of an endpoint elsewhere the
    revision that its profile names; `served` is the digest of what a server started here has loaded, None elsewhere,
    since the API of such servers does not tell. `agree` is None where one of the two is not known.
    """

    role: Role
    address: str
    model: str
    healthy: bool
    latency_ms: float | None
    problem: str | None
    code: str | None
    configured: str | None
    served: str | None
    agree: bool | None
    last_failure_at: str | None
    last_failure_code: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Endpoint:
    """An endpoint to be asked; `ask` raises where it does not answer or serves something else."""

    ask: Callable[[], None]
    role: Role
    address: str
    model: str
    configured: str | None = None
    served: str | None = None
    failure: CallFailure | None = None


class Endpoints:
    """The endpoints of one installation.

    Args:
        settings: Name them.
        models: Knows the model that answers.
        timer: Tells monotonic seconds.
    """

    def __init__(self, settings: Settings, *, models: ModelWatch, timer: Callable[[], float] = time.monotonic):
        self._settings = settings
        self._models = models
        self._timer = timer

    def look(self) -> tuple[EndpointState, ...]:
        """Ask every endpoint at once which models it serves, for five seconds at most."""
        found = [*self._answering(), *self._second(), *self._reranking()]
        if not found:
            return ()
        with ThreadPoolExecutor(max_workers=len(found), thread_name_prefix="endpoint") as pool:
            return tuple(pool.map(self._probed, found))

    def _answering(self) -> Iterator[_Endpoint]:
        model = self._models.current().model
        chosen = self._settings.model
        running = None if chosen.endpoint else find_running_server(self._settings.data_dir / MODEL_FOLDER)
        for member in model.members if isinstance(model, EndpointPool) else (model,):
            if not isinstance(member, OpenAIChatModel):
                continue
            if running is None:
                yield _of_client(member, role="answers")
            else:
                folder = model_path(self._settings, member.profile)
                digest = model_digest(folder) if folder.is_dir() else None
                yield replace(_of_client(member, role="answers"), configured=digest, served=running.model_digest)

    def _second(self) -> Iterator[_Endpoint]:
        second = open_second_model(self._settings)
        if second is not None:
            yield _of_client(second.model, role="escalation")

    def _reranking(self) -> Iterator[_Endpoint]:
        chosen = self._settings.reranking
        if chosen.endpoint is None:
            return
        key = chosen.api_key.get_secret_value() if chosen.api_key else None
        address = chosen.endpoint.rstrip("/")

        def ask() -> None:
            served_models(address, api_key=key, timeout_s=PROBE_S)

        yield _Endpoint(ask=ask, role="reranking", address=address, model=chosen.model or "")

    def _probed(self, endpoint: _Endpoint) -> EndpointState:
        began_s = self._timer()
        error: AvermentError | None = None
        try:
            endpoint.ask()
        except AvermentError as raised:
            error = raised
        took_ms = (self._timer() - began_s) * _MS
        configured, served, failure = endpoint.configured, endpoint.served, endpoint.failure
        return EndpointState(
            role=endpoint.role,
            address=endpoint.address,
            model=endpoint.model,
            healthy=error is None,
            latency_ms=round(took_ms, 1) if error is None else None,
            problem=None if error is None else error.message,
            code=None if error is None else error.code,
            configured=configured,
            served=served,
            agree=None if configured is None or served is None else configured == served,
            last_failure_at=None if failure is None else rfc3339(datetime.fromtimestamp(failure.at_s, UTC)),
            last_failure_code=None if failure is None else failure.code,
        )


def _of_client(client: OpenAIChatModel, *, role: Role) -> _Endpoint:
    return _Endpoint(
        ask=partial(client.check_served, within_s=PROBE_S),
        role=role,
        address=client.address,
        model=client.model_id,
        configured=client.profile.revision,
        failure=client.last_failure,
    )
