"""Connections that cost little until a request is there: uvicorn's protocol with clocks and a limit on its number.

uvicorn waits without end for a request's headers and, after it has answered, for the rest of a body that nobody reads;
it answers what is no HTTP, and too many connections, in plain text. Here every refusal is a problem document.
"""

import asyncio
import json
import sys
from http import HTTPStatus
from typing import Final

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

from averment.core.service_limits import ConnectionSettings

LINGER_S: Final = 2.0
_WORDS: Final = {
    HTTPStatus.BAD_REQUEST: "this is no HTTP request",
    HTTPStatus.REQUEST_TIMEOUT: "the request comes too slowly (service.connections.head_timeout_s)",
    HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE: "the headers are larger than service.connections.max_head_bytes",
    HTTPStatus.NOT_IMPLEMENTED: "this transfer coding is not known here",
    HTTPStatus.SERVICE_UNAVAILABLE: "too many connections are open (service.connections.max_connections)",
}


class GuardedProtocol(H11Protocol):
    """Ends what takes too long, and says so; see `guarded_protocol`."""

    limits: ConnectionSettings

    _clock: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn's own
        """Take a connection, unless there are too many."""
        super().connection_made(transport)
        if len(self.connections) > self.limits.max_connections:
            self._refuse(HTTPStatus.SERVICE_UNAVAILABLE)
        else:
            self._watch()

    def connection_lost(self, exc: Exception | None) -> None:
        """Stop the clock."""
        self._stop_clock()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Take what came."""
        super().data_received(data)
        self._watch()

    def on_response_complete(self) -> None:
        """Wait for the next request, or the rest of this one."""
        super().on_response_complete()
        self._watch()

    def send_400_response(self, msg: str) -> None:  # noqa: ARG002 - named by uvicorn
        """Refuse what is no HTTP, with the status that the parser found for it."""
        hint = getattr(sys.exc_info()[1], "error_status_hint", 400)
        self._refuse(HTTPStatus(hint) if hint in _WORDS else HTTPStatus.BAD_REQUEST)

    @property
    def _has_asked(self) -> bool:
        cycle: object | None = self.cycle  # uvicorn's types hide that there is none at first
        return cycle is not None

    @property
    def _is_answering(self) -> bool:
        return self._has_asked and not self.cycle.response_complete

    def _watch(self) -> None:
        """Let a clock run while a request's headers, or the rest of a body that is of no use, are waited for."""
        if self.transport.is_closing() or self._is_answering:
            self._stop_clock()
        elif self._clock is None:
            is_rest = self.conn.their_state is h11.SEND_BODY
            wait_s = LINGER_S if is_rest else self.limits.head_timeout_s
            self._clock = self.loop.call_later(wait_s, self._too_slow)

    def _stop_clock(self) -> None:
        if self._clock is not None:
            self._clock.cancel()
            self._clock = None

    def _too_slow(self) -> None:
        self._clock = None
        has_begun = self.conn.their_state is h11.IDLE and bool(self.conn.trailing_data[0])
        if has_begun or not self._has_asked:
            self._refuse(HTTPStatus.REQUEST_TIMEOUT)
        elif not self.transport.is_closing():
            self.transport.close()

    def _refuse(self, status: HTTPStatus) -> None:
        """Answer with a problem document where that is still possible, and close."""
        if self._is_answering:
            self.cycle.disconnected = True  # the application hears that nobody listens
            self.cycle.message_event.set()
        if self.transport.is_closing():
            return
        if self.conn.our_state in (h11.IDLE, h11.SEND_RESPONSE):
            self.transport.write(_problem(status))
        self.transport.close()


def guarded_protocol(limits: ConnectionSettings) -> type[GuardedProtocol]:
    """Return the protocol that a server speaks on every connection, with its limits."""
    return type("LimitedProtocol", (GuardedProtocol,), {"limits": limits})


def _problem(status: HTTPStatus) -> bytes:
    body = {"type": "about:blank", "title": status.phrase, "status": status.value, "detail": _WORDS[status]}
    content = json.dumps(body).encode("ascii")
    lines = [
        f"HTTP/1.1 {status.value} {status.phrase}",
        "Content-Type: application/problem+json",
        f"Content-Length: {len(content)}",
        "X-Content-Type-Options: nosniff",
        "Cache-Control: no-store",
        "Connection: close",
    ]
    if status is HTTPStatus.SERVICE_UNAVAILABLE:
        lines.append("Retry-After: 1")
    return "\r\n".join([*lines, "", ""]).encode("ascii") + content
