"""The desk of those who operate the service: one look at everything that is not content."""

import threading
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import TypeVar

from averment.compliance.log.options import LogOptions
from averment.core.clock import Clock, rfc3339
from averment.core.energy import EnergyMeter
from averment.core.errors import AvermentError, SourceUnavailable
from averment.core.operations import ReadSchedule, Schedule
from averment.pipelines.workspace import Workspace
from averment.service.model_watch import ModelWatch
from averment.service.operations.endpoints import Endpoints, EndpointState
from averment.service.operations.ledger import Ended, Ingested, Ledger, Spent
from averment.service.operations.stores import (
    CatalogState,
    DiskState,
    IndexState,
    LogLoad,
    catalog_state,
    disk_state,
    index_state,
    log_load,
)
from averment.service.record import Record

Found = TypeVar("Found")


@dataclass(frozen=True, slots=True, kw_only=True)
class Overview:
    """What answers (`ok`, or the reason why not), how full the stores are, and how many items are set aside, by code.

    Of a store that does not answer there is None.
    """

    parts: Mapping[str, str]
    index: IndexState | None
    catalog: CatalogState | None
    log: LogLoad
    disk: DiskState
    set_aside: Mapping[str, int] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Flows:
    """What ran lately by the log, and what the scheduler has; `unscheduled` says why it has nothing to say."""

    ended: tuple[Ended, ...]
    ingested: tuple[Ingested, ...]
    schedule: Schedule | None
    unscheduled: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Energy:
    """What the processor packages of the machine took since the service started, other programs included.

    `joules` is None where the machine does not tell, and `reason` says why.
    """

    joules: float | None
    since: str
    reason: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Costs:
    """What analyses took, by day and purpose, and the energy."""

    spent: tuple[Spent, ...]
    energy: Energy


class OperationsDesk:
    """The desk of one installation. Thread-safe.

    Args:
        workspace: The open installation.
        record: Its log.
        models: Knows the language model, if one runs.
        health: Returns `ok` or the reason it is not, by part.
        energy: Reads the machine's counters.
    """

    def __init__(
        self,
        workspace: Workspace,
        *,
        record: Record,
        models: ModelWatch,
        health: Callable[[], Mapping[str, str]],
        energy: EnergyMeter | None = None,
    ):
        self._workspace = workspace
        self._record = record
        self._health = health
        self._clock: Clock = workspace.clock
        self._endpoints = Endpoints(workspace.settings, models=models)
        self._ledger = Ledger(workspace.data_dir.evidence)
        self._looking = threading.Lock()
        self._energy = energy or EnergyMeter()
        self._energy_before = self._energy.read()
        self._started_at = rfc3339(self._clock.now())
        self.read_schedule: ReadSchedule | None = None

    def overview(self) -> Overview:
        """Return what answers and how full the stores are.

        Raises:
            StoreBusy: Another process owns the log.
        """
        workspace = self._workspace
        log = log_load(self._record.own_log(), LogOptions.of(workspace.settings.log))  # before health signs for a look
        return Overview(
            parts=self._health(),
            index=_if_up(partial(index_state, workspace)),
            catalog=_if_up(partial(catalog_state, workspace)),
            log=log,
            disk=disk_state(workspace.data_dir.root),
            set_aside=_if_up(self._set_aside),
        )

    def endpoints(self) -> tuple[EndpointState, ...]:
        """Return whether the model endpoints answer."""
        return self._endpoints.look()

    def flows(self) -> Flows:
        """Return what ran lately and what is scheduled."""
        ledger, schedule = self._read(), None
        unscheduled: str | None = None
        if self.read_schedule is None:
            unscheduled = "no Prefect server is named (PREFECT_API_URL)"
        else:
            try:
                schedule = self.read_schedule()
            except SourceUnavailable as error:
                unscheduled = error.message
        return Flows(ended=ledger.ended(), ingested=ledger.ingested(), schedule=schedule, unscheduled=unscheduled)

    def costs(self, *, days: int) -> Costs:
        """Return what was spent in the last so many days, today included, by day (UTC) and purpose."""
        since = self._clock.now().date() - timedelta(days=days - 1)
        joules = self._energy.joules_since(self._energy_before)
        energy = Energy(joules=joules, since=self._started_at, reason=self._energy.reason)
        return Costs(spent=self._read().spent(since=since), energy=energy)

    def _set_aside(self) -> Mapping[str, int]:
        return Counter(sorted(found.failure.code for found in self._workspace.catalog.standing_failures()))

    def _read(self) -> Ledger:
        """Bring the ledger up to the newest checkpoint."""
        self._record.own_log().seal()
        with self._looking:
            self._ledger.update(today=self._clock.now().date())
        return self._ledger


def _if_up(look: Callable[[], Found]) -> Found | None:
    try:
        return look()
    except AvermentError:  # that it is down is told by `parts`
        return None
