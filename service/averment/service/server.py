"""Runs the service until it is told to stop."""

import signal
import socket
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final

from averment.core.clock import Clock
from averment.core.errors import ConfigurationError
from averment.core.settings import Settings
from averment.service import log_lines
from averment.service.runtime import open_runtime

if TYPE_CHECKING:
    import uvicorn

    from averment.service.jobs import Jobs

API_KEY_FILE: Final = "api-key"
GRACE_S: Final = 10
_STOPPING: Final = (signal.SIGINT, signal.SIGTERM)


def read_api_key(keys: Path) -> str:
    """Read the key that callers present.

    Raises:
        ConfigurationError: `averment init` has not made one.
    """
    path = keys / API_KEY_FILE
    if not path.is_file():
        raise ConfigurationError(f"there is no API key at {str(path)!r}", hint="averment init")
    return path.read_text(encoding="ascii").strip()


def serve_forever(settings: Settings, *, clock: Clock, announce: Callable[[str], None]) -> None:
    """Serve until SIGINT or SIGTERM; running analyses are asked to stop and are logged before the process ends."""
    from opentelemetry.exporter.prometheus import PrometheusMetricReader
    from prometheus_client import CollectorRegistry

    from averment.core.telemetry import SCOPE, start_telemetry
    from averment.service.access import refuse_public
    from averment.service.app import create_app
    from averment.service.metrics import ServiceMetrics

    refuse_public(settings.service.host)
    log_lines.install()
    registry = CollectorRegistry()
    reader = PrometheusMetricReader(registry=registry, scope_info_enabled=False)
    telemetry = start_telemetry(settings.telemetry, readers=(reader,))
    metrics = ServiceMetrics(telemetry.meter_provider.get_meter(SCOPE))
    try:
        with _stops_in_order(), open_runtime(settings, must_own=True) as runtime, runtime.recorded_service():
            runtime.warm_up(announce)
            key = read_api_key(runtime.data_dir.keys)
            app = create_app(settings, backend=runtime, api_key=key, clock=clock, registry=registry, metrics=metrics)
            listening = _listen(settings.service.host, settings.service.port)
            host, port = listening.getsockname()[:2]
            shown = f"[{host}]" if ":" in host else host
            announce(f"serving on http://{shown}:{port} (API key in {runtime.data_dir.keys / API_KEY_FILE})")
            make_server(app, jobs=app.state.jobs).run(sockets=[listening])
            announce("stopped")
    finally:
        telemetry.close()


def make_server(app: object, *, jobs: "Jobs") -> "uvicorn.Server":
    """Return a server that asks the analyses to stop before it waits for their responses."""
    import uvicorn

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


def _listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listening = socket.socket(family, socket.SOCK_STREAM)
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
