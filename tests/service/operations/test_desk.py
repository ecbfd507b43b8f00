"""One look at an installation, also while parts of it are down."""

import sqlite3
from pathlib import Path

from averment.core.access import Principal
from averment.core.analysis import SearchRequest
from averment.core.energy import EnergyMeter
from averment.core.errors import SourceUnavailable
from averment.core.operations import Schedule
from averment.service.operations.desk import OperationsDesk
from averment.service.runtime import Runtime

SCHEDULE = Schedule(upcoming=(), begun=())


def test_a_store_that_is_down_hides_nothing_else(runtime: Runtime) -> None:
    whole = runtime.operations.overview()
    assert whole.index is not None
    assert (whole.index.points, whole.index.expected) == (0, 0)
    assert whole.catalog is not None
    assert whole.set_aside == {}
    with sqlite3.connect(runtime.data_dir.catalog) as catalog:
        catalog.execute("ALTER TABLE documents RENAME TO lost")
    partial = runtime.operations.overview()
    assert (partial.catalog, partial.parts["index"], partial.log.entries) == (None, "ok", whole.log.entries)
    assert partial.parts["catalog"].startswith("STO")


def test_without_a_scheduler_and_without_its_answer_the_reason_is_told(runtime: Runtime) -> None:
    desk = runtime.operations
    assert "PREFECT_API_URL" in (desk.flows().unscheduled or "")

    def away() -> Schedule:
        raise SourceUnavailable("the server does not answer")

    desk.read_schedule = away
    assert (desk.flows().schedule, desk.flows().unscheduled) == (None, "the server does not answer")
    desk.read_schedule = lambda: SCHEDULE
    assert (desk.flows().schedule, desk.flows().unscheduled) == (SCHEDULE, None)


def test_costs_count_what_was_just_asked_and_energy_is_the_machines(runtime: Runtime, tmp_path: Path) -> None:
    package = tmp_path / "rapl" / "intel-rapl:0"
    package.mkdir(parents=True)
    (package / "max_energy_range_uj").write_text("1000000000")
    (package / "energy_uj").write_text("1000000")
    desk = OperationsDesk(
        runtime._workspace,
        record=runtime.record,
        models=runtime._models,
        health=runtime.health,
        energy=EnergyMeter(tmp_path / "rapl"),
    )
    who = Principal(subject="ada", groups=("everyone",), tenant="default", roles=())
    runtime.search(SearchRequest(query="term", principal=who, top_k=3))
    (package / "energy_uj").write_text("4500000")
    found = desk.costs(days=1)
    (spent,) = found.spent
    assert (spent.searches, spent.purpose) == (1, "trial")
    assert (found.energy.joules, found.energy.reason) == (3.5, None)
    none = runtime.operations.costs(days=1).energy
    assert (none.joules is None) == (none.reason is not None)
