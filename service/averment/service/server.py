"""Runs the service until it is told to stop."""

import asyncio
import signal
import socket
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final

from averment.core.clock import Clock
from averment.core.errors import ConfigurationError
from averment.core.operations import ReadSchedule
from averment.core.settings import ServiceSettings, Settings, TelemetrySettings
from averment.service import log_lines
from averment.service.runtime import open_runtime

if TYPE_CHECKING:
    import uvicorn

    from averment.service.identity.api_keys import ApiKey
    from averment.service.identity.gate import Gate
    from averment.service.jobs import Jobs
    from averment.service.metrics import Measuring

GRACE_S: Final = 10
_LOOK_S: Final = 0.05
_STOPPING: Final = (signal.SIGINT, signal.SIGTERM)


def serve_forever(
    settings: Settings,
    *,
    clock: Clock,
    announce: Callable[[str], None],
    read_schedule: ReadSchedule | None = None,
    root: Path | None = None,
    commands: Sequence[str] = (),
) -> None:
    """Serve until SIGINT or SIGTERM; analyses get `service.stop_grace_s` to end, and go on at the next start."""
    from averment.compliance.sealed_texts import SealedTexts
    from averment.service.admission.budgets import open_budgets
    from averment.service.analysis_store import open_analyses
    from averment.service.app import create_app
    from averment.service.history import oldest_kept
    from averment.service.identity.exposure import check_exposure
    from averment.service.identity.first_key import adopt_first_key
    from averment.service.identity.gate import Gate
    from averment.service.identity.store import open_store

    check_exposure(settings)
    log_lines.install()
    with (
        _measuring(settings.telemetry) as measuring,
        _stops_in_order(),
        open_runtime(settings, must_own=True, root=root, commands=commands) as runtime,
        open_store(runtime.data_dir.access) as store,
        runtime.recorded_service(),
        open_analyses(runtime.data_dir.analyses, sealing=SealedTexts(runtime.record.own_log())) as analyses,
        open_budgets(
            runtime.data_dir.budgets, settings=settings.service.limits, clock=clock, metrics=measuring.metrics
        ) as budgets,
    ):
        runtime.operations.read_schedule = read_schedule
        gate = Gate(store, settings=settings, clock=clock)
        analyses.expire(before=oldest_kept(settings, now=clock.now()))
        first = adopt_first_key(gate.keys, runtime.data_dir.keys, tenant=settings.tenant)
        app = create_app(settings, backend=runtime, store=analyses, gate=gate, measuring=measuring, budgets=budgets)
        runtime.warm_up(announce)
        listening = _listen(settings.service.host, settings.service.port)
        _announce_ways_in(gate, first, address=_address(settings, listening), announce=announce)
        make_server(app, jobs=app.state.jobs, settings=settings.service).run(sockets=[listening])
        announce("stopped")


@contextmanager
def _measuring(settings: TelemetrySettings) -> "Iterator[Measuring]":
    """Measure for a while."""
    from opentelemetry.exporter.prometheus import PrometheusMetricReader
    from prometheus_client import CollectorRegistry

    from averment.core.telemetry import SCOPE, start_telemetry
    from averment.service.metrics import Measuring, ServiceMetrics

    registry = CollectorRegistry()
    reader = PrometheusMetricReader(registry=registry, scope_info_enabled=False)
    telemetry = start_telemetry(settings, readers=(reader,))
    try:
        yield Measuring(metrics=ServiceMetrics(telemetry.meter_provider.get_meter(SCOPE)), registry=registry)
    finally:
        telemetry.close()


def _announce_ways_in(gate: "Gate", first: "ApiKey | None", *, address: str, announce: Callable[[str], None]) -> None:
    """Say where the service is, and how whoever runs it comes in with the first key."""
    from averment.service.identity.first_key import API_KEY_FILE, one_time_link

    settings = gate.settings
    announce(f"serving on {address}")
    if first is not None and not settings.service.is_public:
        announce(f"API key in {settings.data_dir / 'keys' / API_KEY_FILE}")
    if first is not None and (link := one_time_link(gate, first, address=address)):
        announce(f"open in a browser, once, within ten minutes: {link}")


def make_server(app: object, *, jobs: "Jobs", settings: ServiceSettings) -> "uvicorn.Server":
    """Return a server that, told to stop, lets running analyses end for a while before it closes connections."""
    import uvicorn

    from averment.service.http_protocol import guarded_protocol

    class Server(uvicorn.Server):
        """Takes no more questions first, still tells so whoever asks, and closes once nothing runs or time is up."""

        async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
            jobs.stop()
            ends_at = time.monotonic() + settings.stop_grace_s
            while jobs.n_running and time.monotonic() < ends_at and not self.force_exit:
                await asyncio.sleep(_LOOK_S)
            jobs.interrupt()
            await super().shutdown(sockets)

        @contextmanager
        def capture_signals(self) -> Iterator[None]:
            # uvicorn's own version raises the signal again at the end, which would end the process before the log
            # is closed.
            before = {number: signal.signal(number, self.handle_exit) for number in _STOPPING}
            try:
                yield
            finally:
                for number, handler in before.items():
                    signal.signal(number, handler)

    return Server(
        uvicorn.Config(
            app,  # type: ignore[arg-type]  # typed as an object so that importing this module imports no web framework
            log_config=None,
            access_log=False,
            timeout_graceful_shutdown=GRACE_S,
            http=guarded_protocol(settings.connections),
            ws="none",
            h11_max_incomplete_event_size=settings.connections.max_head_bytes,
            proxy_headers=settings.tls_at_proxy,
            forwarded_allow_ips=list(settings.connections.proxy_addresses),
            server_header=False,
            ssl_certfile=settings.tls_certificate,
            ssl_keyfile=settings.tls_key,
        )
    )


@contextmanager
def _stops_in_order() -> Iterator[None]:
    """Let SIGTERM unwind the stack, as SIGINT does, so that stores and log are closed."""

    def leave(_number: int, _frame: object) -> None:
        sys.exit(0)

    before = signal.signal(signal.SIGTERM, leave)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def _address(settings: Settings, listening: socket.socket) -> str:
    host, port = listening.getsockname()[:2]
    scheme = "http" if settings.service.tls_certificate is None else "https"
    return f"{scheme}://[{host}]:{port}" if ":" in host else f"{scheme}://{host}:{port}"


def _listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # Named as TCP, since only of such sockets asyncio sends small answers at once (TCP_NODELAY).
    listening = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((host, port))
        listening.listen()  # connections wait from now on, so that the announced address is never refused
    except OSError as error:
        listening.close()
        raise ConfigurationError(
            f"service.host {host!r} with port {port} cannot be listened on: {error.strerror}",
            hint="another program may use the port; set service.port or --port",
        ) from error
    return listening
