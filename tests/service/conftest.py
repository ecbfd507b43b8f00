"""The application with a backend that answers at once."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import InMemoryMetricReader, Metric
from prometheus_client import CollectorRegistry
from starlette.testclient import TestClient

from averment.core.access import EVERYONE, Role
from averment.core.settings import ModelSettings, ServiceSettings, Settings
from averment.core.settings_file import LoadedSettings
from averment.core.sign_in_settings import SignInSettings
from averment.core.testing.backend import DoubleBackend
from averment.core.testing.clock import FixedClock
from averment.core.testing.sealing import PlainTexts
from averment.service.analysis_store import AnalysisStore
from averment.service.app import create_app
from averment.service.backend import Backend
from averment.service.identity.api_keys import KeyTerms
from averment.service.identity.gate import Gate
from averment.service.identity.store import AccessStore
from averment.service.install import initialise
from averment.service.metrics import Measuring, ServiceMetrics
from averment.service.runtime import Runtime, open_runtime

if TYPE_CHECKING:
    from tests.local_issuer import LocalIssuer

KEY = "avm_test"
PUBLIC_URL = "https://averment.test"
TERMS = KeyTerms(name="api-key", subject="api-key", groups=(EVERYONE,), roles=(Role.ANALYST, Role.ADMINISTRATOR))


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


def serve(
    backend: Backend,
    settings: Settings,
    metrics: ServiceMetrics,
    *,
    clock: FixedClock | None = None,
    analyses: Path | None = None,
) -> TestClient:
    """Return a client of an application over a backend, with a key."""
    clock = clock or FixedClock()
    gate = Gate(AccessStore(None), settings=settings, clock=clock)
    gate.keys.adopt(KEY, TERMS)
    app = create_app(
        settings,
        backend=backend,
        store=AnalysisStore(analyses, sealing=PlainTexts()),
        gate=gate,
        measuring=Measuring(metrics=metrics, registry=CollectorRegistry()),
    )
    return TestClient(app, headers={"Authorization": f"Bearer {KEY}"})


def as_browser(client: TestClient) -> TestClient:
    """Let a client have no key and come over TLS, so that it keeps secure cookies."""
    client.base_url = PUBLIC_URL
    client.follow_redirects = False
    del client.headers["Authorization"]
    return client


def with_roles(client: TestClient, *roles: Role) -> None:
    """Let a client come in with another key, which has some roles."""
    gate: Gate = client.app.state.gate  # type: ignore[attr-defined]  # a FastAPI
    names = "-".join(roles)
    gate.keys.adopt(f"avm_{names}", replace(TERMS, name=names, subject=f"key:{names}", roles=roles))
    client.headers["Authorization"] = f"Bearer avm_{names}"


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    chosen = Settings(data_dir=tmp_path / "data", model=ModelSettings(enabled=False))
    initialise(LoadedSettings(settings=chosen, origins={}, path=None, root=tmp_path), source=None, subject="ada")
    return chosen


@pytest.fixture
def runtime(settings: Settings) -> Iterator[Runtime]:
    with open_runtime(settings) as opened:
        yield opened


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock(datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC))


@pytest.fixture
def store() -> Iterator[AccessStore]:
    opened = AccessStore(None)
    yield opened
    opened.close()


@pytest.fixture
def issuer(clock: FixedClock) -> "Iterator[LocalIssuer]":
    pytest.importorskip("joserfc")
    from tests.local_issuer import local_issuer

    with local_issuer(public_url=PUBLIC_URL) as running:
        running.now = lambda: clock.now().timestamp()
        yield running


@pytest.fixture
def signing_in(issuer: "LocalIssuer") -> Settings:
    from tests.local_issuer import AUDIENCE, CLIENT_ID, CLIENT_SECRET

    sign_in = SignInSettings.model_validate(
        {
            "issuer": issuer.url,
            "client_id": CLIENT_ID,
            "client_secret": CLIENT_SECRET,
            "audience": AUDIENCE,
            "reviewer_groups": ["audit"],
            "administrator_groups": ["it"],
            "purpose": "review",
        }
    )
    return Settings(sign_in=sign_in, service=ServiceSettings(public_url=PUBLIC_URL, tls_at_proxy=True))


@pytest.fixture
def browser(
    backend: DoubleBackend, measured: Measured, signing_in: Settings, clock: FixedClock
) -> Iterator[TestClient]:
    client = serve(backend, signing_in, measured.metrics, clock=clock)
    with as_browser(client):
        yield client


@pytest.fixture
def gate(browser: TestClient) -> Gate:
    found: Gate = browser.app.state.gate  # type: ignore[attr-defined]  # a FastAPI
    return found
