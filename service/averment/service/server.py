"""Runs the service until it is told to stop."""

import socket
from collections.abc import Callable
from pathlib import Path

from averment.core.clock import Clock
from averment.core.errors import ConfigurationError
from averment.core.settings import Settings
from averment.service.runtime import open_runtime

API_KEY_FILE = "api-key"


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
    import uvicorn
    from opentelemetry.exporter.prometheus import PrometheusMetricReader
    from prometheus_client import CollectorRegistry

    from averment.core.telemetry import start_telemetry
    from averment.service.access import refuse_public
    from averment.service.app import create_app

    refuse_public(settings.service.host)
    registry = CollectorRegistry()
    telemetry = start_telemetry(settings.telemetry, readers=(PrometheusMetricReader(registry=registry),))
    try:
        with open_runtime(settings) as runtime:
            runtime.warm_up(announce)
            key = read_api_key(runtime.data_dir.keys)
            app = create_app(settings, backend=runtime, api_key=key, clock=clock, registry=registry)
            listening = _listen(settings.service.host, settings.service.port)
            host, port = listening.getsockname()[:2]
            announce(f"serving on http://{host}:{port} (API key in {runtime.data_dir.keys / API_KEY_FILE})")
            config = uvicorn.Config(app, log_level="warning", access_log=False, timeout_graceful_shutdown=20)
            uvicorn.Server(config).run(sockets=[listening])
    finally:
        telemetry.close()


def _listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listening = socket.socket(family, socket.SOCK_STREAM)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((host, port))
    except OSError as error:
        listening.close()
        raise ConfigurationError(
            f"service.host {host!r} with port {port} cannot be listened on: {error.strerror}",
            hint="another program may use the port; set service.port or --port",
        ) from error
    return listening
