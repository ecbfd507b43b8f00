"""Settings of Prefect's own for a run without a Prefect server: quiet, offline, its state under data_dir."""

import os
from collections.abc import Mapping, MutableMapping
from pathlib import Path


def prefect_environment(data_dir: Path) -> Mapping[str, str]:
    """Return the variables Prefect must find when it is first imported.

    The temporary server of a run without `PREFECT_API_URL` migrates its database when it starts, which takes
    longer than Prefect's own limit on a busy machine.
    """
    return {
        "PREFECT_HOME": str(data_dir / "prefect"),
        "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
        "PREFECT_SERVER_EPHEMERAL_STARTUP_TIMEOUT_SECONDS": "300",
        "PREFECT_LOGGING_LEVEL": "WARNING",
        "PREFECT_CLOUD_ENABLE_ORCHESTRATION_TELEMETRY": "false",
        "DO_NOT_TRACK": "1",
    }


def apply(data_dir: Path, environ: MutableMapping[str, str] = os.environ) -> None:
    """Set what the user has not set; to be called by a process's main before Prefect is imported."""
    for name, value in prefect_environment(data_dir).items():
        environ.setdefault(name, value)
