"""What surrounds every request: its id, its span, its metrics and safe headers."""

import logging
from typing import Final

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from averment.core.clock import Clock, unix_ms
from averment.core.errors import AvermentError
from averment.core.ids import uuid7
from averment.core.telemetry import span
from averment.service import errors, request_id
from averment.service.metrics import ServiceMetrics

_HEADERS: Final = {
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}

logger = logging.getLogger(__name__)


class Observation:
    """Names, times and counts every request, and answers what nobody else handled with a problem document.

    Args:
        app: The application behind.
        metrics: Where requests are counted.
        clock: Tells the time.
    """

    def __init__(self, app: ASGIApp, *, metrics: ServiceMetrics, clock: Clock):
        self._app = app
        self._metrics = metrics
        self._clock = clock

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, with an eye on its response."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        given = Headers(scope=scope).get(request_id.HEADER)
        identity = request_id.accepted(given) or uuid7(unix_ms=unix_ms(self._clock.now()))
        started_s = self._clock.monotonic_s()
        status = 0

        async def observed(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                _add_headers(message, identity)
            await send(message)

        try:
            with request_id.named(identity), span("averment.service.request", {"averment.request_id": identity}):
                try:
                    await self._app(scope, receive, observed)
                except Exception as error:  # the request handler's seam: whatever failed, the caller is told so
                    kind = type(error).__name__
                    logger.error("request.failed id=%s trace=%s error=%s", identity, errors.trace_id(), kind)  # noqa: TRY400 - a traceback may hold content
                    failure = AvermentError(f"the request failed with {kind}")
                    await errors.record_failure(scope, failure, cause=error)
                    if not status:
                        await errors.problem_response(failure)(scope, receive, observed)
        finally:
            duration_s = self._clock.monotonic_s() - started_s
            self._metrics.count_request(
                route=errors.route_of(scope), method=scope["method"], status=status, duration_s=duration_s
            )


def _add_headers(message: Message, identity: str) -> None:
    headers = MutableHeaders(scope=message)
    headers[request_id.HEADER] = identity
    for name, value in _HEADERS.items():
        headers.setdefault(name, value)
