"""The application with a backend that answers at once."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import InMemoryMetricReader, Metric
from prometheus_client import CollectorRegistry
from starlette.testclient import TestClient

from averment.core.settings import ModelSettings, ServiceSettings, Settings
from averment.core.settings_file import LoadedSettings
from averment.core.testing.backend import DoubleBackend
from averment.core.testing.clock import FixedClock
from averment.service.app import create_app
from averment.service.backend import Backend
from averment.service.install import initialise
from averment.service.metrics import ServiceMetrics
from averment.service.runtime import Runtime, open_runtime

KEY = "k-test"


@dataclass
class Measured:
    """Metrics that a test can read."""

    reader: InMemoryMetricReader
    metrics: ServiceMetrics

    def points(self) -> dict[tuple[str, tuple[tuple[str, str], ...]], float]:
        """Return the sum of every counter and the count of every histogram, by name and attributes."""
        found: dict[tuple[str, tuple[tuple[str, str], ...]], float] = {}
        data = self.reader.get_metrics_data()
        for metric in self._metrics(data):
            for point in metric.data.data_points:
                labels = tuple(sorted((str(key), str(value)) for key, value in (point.attributes or {}).items()))
                found[metric.name, labels] = getattr(point, "value", getattr(point, "count", 0))
        return found

    @staticmethod
    def _metrics(data: object) -> Iterator[Metric]:
        for resource in getattr(data, "resource_metrics", ()):
            for scope in resource.scope_metrics:
                yield from scope.metrics


@pytest.fixture
def measured() -> Measured:
    reader = InMemoryMetricReader()
    meter = MeterProvider(metric_readers=[reader]).get_meter("averment")
    return Measured(reader, ServiceMetrics(meter))


@pytest.fixture
def backend() -> DoubleBackend:
    return DoubleBackend()


@pytest.fixture
def client(backend: DoubleBackend, measured: Measured) -> Iterator[TestClient]:
    settings = Settings(service=ServiceSettings(max_concurrent_analyses=1, max_body_bytes=4096))
    with serve(backend, settings, measured.metrics) as client:
        yield client


def serve(backend: Backend, settings: Settings, metrics: ServiceMetrics) -> TestClient:
    """Return a client of an application over a backend."""
    app = create_app(
        settings,
        backend=backend,
        api_key=KEY,
        clock=FixedClock(),
        registry=CollectorRegistry(),
        metrics=metrics,
    )
    return TestClient(app, headers={"Authorization": f"Bearer {KEY}"})


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    chosen = Settings(data_dir=tmp_path / "data", model=ModelSettings(enabled=False))
    initialise(LoadedSettings(settings=chosen, origins={}, path=None, root=tmp_path), source=None, subject="ada")
    return chosen


@pytest.fixture
def runtime(settings: Settings) -> Iterator[Runtime]:
    with open_runtime(settings) as opened:
        yield opened
