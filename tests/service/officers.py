"""Clients of a service over a real installation, each with a role."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from opentelemetry.sdk.metrics import MeterProvider
from starlette.testclient import TestClient

from averment.core.access import Role
from averment.core.settings import ModelSettings, Settings
from averment.core.settings_file import LoadedSettings
from averment.service.install import initialise
from averment.service.metrics import ServiceMetrics
from averment.service.runtime import Runtime, open_runtime
from tests.service.conftest import serve, with_roles


@contextmanager
def installed(root: Path) -> Iterator[Runtime]:
    """Open a new installation, for the tests of a module."""
    settings = Settings(data_dir=root / "data", model=ModelSettings(enabled=False))
    initialise(LoadedSettings(settings=settings, origins={}, path=None, root=root), source=None, subject="ada")
    with open_runtime(settings) as runtime:
        yield runtime


def office(runtime: Runtime, *roles: Role) -> TestClient:
    """Return a client of a service over an installation, with some roles."""
    client = serve(runtime, Settings(), ServiceMetrics(MeterProvider().get_meter("averment")))
    with_roles(client, *roles)
    return client
