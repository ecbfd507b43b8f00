"""Runs the service until it is told to stop."""

import signal
import socket
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING, Final

from averment.core.clock import Clock
from averment.core.errors import ConfigurationError
from averment.core.settings import ServiceSettings, Settings
from averment.service import log_lines
from averment.service.runtime import open_runtime

if TYPE_CHECKING:
    import uvicorn

    from averment.service.jobs import Jobs

GRACE_S: Final = 10
_STOPPING: Final = (signal.SIGINT, signal.SIGTERM)


def serve_forever(settings: Settings, *, clock: Clock, announce: Callable[[str], None]) -> None:
    """Serve until SIGINT or SIGTERM; running analyses are asked to stop and are logged before the process ends."""
    from opentelemetry.exporter.prometheus import PrometheusMetricReader
    from prometheus_client import CollectorRegistry

    from averment.core.telemetry import SCOPE, start_telemetry
    from averment.service.admission.budgets import Budgets
    from averment.service.app import create_app
    from averment.service.identity.exposure import check_exposure
    from averment.service.identity.first_key import API_KEY_FILE, adopt_first_key, one_time_link
    from averment.service.identity.gate import Gate
    from averment.service.identity.store import open_store
    from averment.service.metrics import ServiceMetrics

    check_exposure(settings)
    log_lines.install()
    registry = CollectorRegistry()
    reader = PrometheusMetricReader(registry=registry, scope_info_enabled=False)
    telemetry = start_telemetry(settings.telemetry, readers=(reader,))
    metrics = ServiceMetrics(telemetry.meter_provider.get_meter(SCOPE))
    try:
        with (
            _stops_in_order(),
            open_runtime(settings, must_own=True) as runtime,
            open_store(runtime.data_dir.access) as store,
            runtime.recorded_service(),
            ExitStack() as stack,
        ):
            gate = Gate(store, settings=settings, clock=clock)
            first = adopt_first_key(gate.keys, runtime.data_dir.keys, tenant=settings.tenant)
            budgets = Budgets(runtime.data_dir.budgets, settings=settings.service.limits, clock=clock, metrics=metrics)
            stack.callback(budgets.close)
            app = create_app(
                settings,
                backend=runtime,
                gate=gate,
                clock=clock,
                registry=registry,
                metrics=metrics,
                budgets=budgets,
            )
            runtime.warm_up(announce)
            listening = _listen(settings.service.host, settings.service.port)
            address = _address(settings, listening)
            announce(f"serving on {address}")
            if first is not None and not settings.service.is_public:
                announce(f"API key in {runtime.data_dir.keys / API_KEY_FILE}")
            if first is not None and (link := one_time_link(gate, first, address=address)):
                announce(f"open in a browser, once, within ten minutes: {link}")
            make_server(app, jobs=app.state.jobs, settings=settings.service).run(sockets=[listening])
            announce("stopped")
    finally:
        telemetry.close()


def make_server(app: object, *, jobs: "Jobs", settings: ServiceSettings) -> "uvicorn.Server":
    """Return a server that asks the analyses to stop before it waits for their responses."""
    import uvicorn

    from averment.service.http_protocol import guarded_protocol

    class Server(uvicorn.Server):
        """Stops analyses first: responses wait for them."""

        async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
            jobs.stop()
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
