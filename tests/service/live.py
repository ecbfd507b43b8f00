"""The service on a real socket, in a thread of the test: what clients can do that no HTTP library would."""

import json
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass

from averment.core.settings import Settings
from averment.core.testing.backend import DoubleBackend
from averment.service import server
from averment.service.metrics import ServiceMetrics
from tests.service.conftest import KEY, serve

WAIT_S = 20.0


@dataclass(frozen=True)
class Reply:
    """What came back on a connection: of its first response the status, headers and body."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def is_problem(self) -> bool:
        """Tell whether it is a problem document that says the status."""
        is_named = self.headers.get("content-type") == "application/problem+json"
        return is_named and bool(json.loads(self.body)["status"] == self.status)


@dataclass(frozen=True)
class Live:
    """A service that listens."""

    address: tuple[str, int]

    def connect(self) -> socket.socket:
        """Open a connection."""
        return socket.create_connection(self.address, timeout=WAIT_S)

    def send(self, *parts: bytes) -> Reply:
        """Send bytes as they are on one connection and return the first response."""
        with self.connect() as connection:
            for part in parts:
                connection.sendall(part)
            return read_reply(connection)

    def answers(self) -> bool:
        """Tell whether the service still answers a caller with a key."""
        head = f"GET /v1/models HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {KEY}\r\n\r\n"
        return self.send(head.encode()).status == 200


def read_reply(connection: socket.socket) -> Reply:
    """Read one response."""
    with connection.makefile("rb") as stream:
        status = int(stream.readline().split()[1])
        headers: dict[str, str] = {}
        while (line := stream.readline().strip()) != b"":
            name, _, value = line.decode("latin-1").partition(":")
            headers[name.lower()] = value.strip()
        return Reply(status=status, headers=headers, body=stream.read(int(headers.get("content-length", 0))))


def request(method: str, path: str, *headers: str, body: bytes = b"", key: str = KEY) -> bytes:
    """Write a request with a key; with a body its length is stated unless a header says how it is framed."""
    lines = [f"{method} {path} HTTP/1.1", "Host: x", f"Authorization: Bearer {key}", *headers]
    if not any(line.lower().startswith(("content-length", "transfer-encoding")) for line in headers):
        lines.append(f"Content-Length: {len(body)}")
    return "\r\n".join([*lines, "", ""]).encode("utf-8") + body


@contextmanager
def live(settings: Settings, metrics: ServiceMetrics, *, backend: DoubleBackend | None = None) -> Iterator[Live]:
    """Serve on a free port of loopback."""
    client = serve(backend or DoubleBackend(), settings, metrics)
    jobs = client.app.state.jobs  # type: ignore[attr-defined]  # a FastAPI
    running = server.make_server(client.app, jobs=jobs, settings=settings.service)
    running.capture_signals = nullcontext  # type: ignore[method-assign,assignment]  # signals belong to the main thread
    with server._listen("127.0.0.1", 0) as listening:
        address = listening.getsockname()[:2]
        thread = threading.Thread(target=running.run, kwargs={"sockets": [listening]})
        thread.start()
        try:
            yield Live(address)
        finally:
            running.should_exit = True
            thread.join(WAIT_S)
            assert not thread.is_alive(), "the service did not stop"
