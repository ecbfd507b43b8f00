"""Deployments: what `averment flows serve` runs on schedule, and registering `prefect.yaml` with a server."""

import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final

from averment.core.errors import ConfigurationError
from averment.core.settings import Settings

if TYPE_CHECKING:
    from prefect.deployments.runner import RunnerDeployment

NIGHTLY: Final = "0 2 * * *"
DAILY: Final = "0 4 * * *"


def serve_deployments(settings: Settings, *, config: Path | None) -> None:
    """Serve `ingest-corpus/nightly-…` for every source of the settings, and the flows on demand, until stopped."""
    from prefect import serve

    # Pausing schedules at the end needs the server, which an interruption at the keyboard ends at the same moment.
    serve(*local_deployments(settings, config=config), pause_on_shutdown=False)


def local_deployments(settings: Settings, *, config: Path | None) -> "list[RunnerDeployment]":
    """Return the deployments of this installation; their entrypoints are dotted, so that modules are not loaded twice.

    Args:
        settings: Names the sources that are ingested each night.
        config: The settings file that the flows read; found as the command line finds it when None.
    """
    from prefect.deployments.runner import RunnerDeployment
    from prefect.types.entrypoint import EntrypointType

    from averment.flows.analyse_batch import analyse_batch
    from averment.flows.check_drift import check_drift
    from averment.flows.ingest_corpus import ingest_corpus

    shared = {"config": str(config.resolve())} if config else {}
    nightly = [
        ingest_corpus.to_deployment(
            name=f"nightly-{source.name}",
            cron=NIGHTLY,
            parameters={"source": source.name, **shared},
            entrypoint_type=EntrypointType.MODULE_PATH,
        )
        for source in settings.sources
    ]
    daily = check_drift.to_deployment(
        name="daily", cron=DAILY, parameters=shared, entrypoint_type=EntrypointType.MODULE_PATH
    )
    on_demand = [
        flow.to_deployment(name="on-demand", parameters=shared, entrypoint_type=EntrypointType.MODULE_PATH)
        for flow in (ingest_corpus, analyse_batch)
    ]
    # `to_deployment` is typed as either sync or async; called from a plain function it is sync.
    return [deployment for deployment in (*nightly, daily, *on_demand) if isinstance(deployment, RunnerDeployment)]


def deploy_file(file: Path) -> None:
    """Register every deployment of a Prefect file with the server that `PREFECT_API_URL` names.

    Raises:
        ConfigurationError: The file is absent, no server is named, or Prefect refused the file.
    """
    from prefect.settings import get_current_settings

    if not file.is_file():
        raise ConfigurationError(f"there is no deployment file {str(file)!r}", hint="run it where prefect.yaml lies")
    if not get_current_settings().api.url:
        # Prefect would start a server of its own, register there, and end it again.
        raise ConfigurationError(
            "no Prefect server is named", hint="set PREFECT_API_URL, for example to http://127.0.0.1:4200/api"
        )
    command = [sys.executable, "-m", "prefect", "--no-prompt", "deploy", "--all", "--prefect-file", str(file)]
    done = subprocess.run(command, check=False)
    if done.returncode:
        raise ConfigurationError(
            f"prefect deploy ended with {done.returncode}; its words stand above",
            hint="see that the server answers and has the work pool: prefect work-pool create averment --type process",
        )
