"""Who is let in how often: rates of principals, keys and addresses, and how many requests of one are open at once.

The guard of every route asks here; `AdmissionFrame` stands around the application, writes what is left of a rate into
the response (`RateLimit`, `RateLimit-Policy`: draft-ietf-httpapi-ratelimit-headers-10), and counts a request as
closed when its last byte has gone, which of an event stream is its end.
"""

import ipaddress
from collections import Counter
from typing import Final

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from averment.core.clock import Clock
from averment.core.errors import QuotaExceeded
from averment.core.service_limits import LimitSettings
from averment.service.admission.rates import WINDOW_S, Rate, Rates
from averment.service.identity.caller import Caller
from averment.service.metrics import ServiceMetrics

_RATE: Final = "averment_rate"
_OPEN: Final = "averment_open"
_SIGN_IN: Final = "/auth/"


class Admission:
    """Lets requests in, or refuses them with `QuotaExceeded`; for the event loop alone.

    Args:
        settings: How much is let in.
        clock: Tells the time.
        metrics: Where refusals are counted.
    """

    def __init__(self, settings: LimitSettings, *, clock: Clock, metrics: ServiceMetrics):
        self._settings = settings
        self._metrics = metrics
        self._rates = Rates(clock)
        self._open: Counter[str] = Counter()

    def admit_stranger(self, scope: Scope) -> None:
        """Let a request in that needs no sign-in; sign-in itself has a limit of its own.

        Raises:
            QuotaExceeded: Too many came from the address.
        """
        is_sign_in = scope["path"].startswith(_SIGN_IN)
        limit = "sign_ins_per_minute" if is_sign_in else "open_requests_per_minute"
        self._take(scope, f"{limit} {address_of(scope)}", limit=limit)

    def refuse_guessing(self, scope: Scope) -> None:
        """Refuse to try another key or token from an address that many bad ones came from.

        Raises:
            QuotaExceeded: It is one.
        """
        limit = "failed_keys_per_minute"
        rate = self._rates.peek(_failed(scope), per_minute=self._settings.failed_keys_per_minute)
        if rate.is_spent:
            raise self._refused(limit, retry_after_s=rate.retry_after_s)

    def note_failure(self, scope: Scope) -> None:
        """Count a key or token that was no good."""
        self._rates.take(_failed(scope), per_minute=self._settings.failed_keys_per_minute)

    def admit(self, scope: Scope, caller: Caller) -> None:
        """Let a caller's request in and count it as open until it ends.

        Raises:
            QuotaExceeded: Too many came, or are open.
        """
        who = f"{caller.principal.tenant}\n{caller.principal.subject}"
        if caller.key is not None:
            self._take(scope, f"key {caller.key}", limit="key_requests_per_minute")
        self._take(scope, f"principal {who}", limit="requests_per_minute")
        if self._open[who] >= self._settings.concurrent_requests:
            raise self._refused("concurrent_requests", retry_after_s=1)
        self._open[who] += 1
        scope.setdefault("state", {})[_OPEN] = who

    def leave(self, scope: Scope) -> None:
        """Count a request as closed."""
        who = scope.get("state", {}).pop(_OPEN, None)
        if who is not None:
            self._open[who] -= 1
            if not self._open[who]:
                del self._open[who]

    def _take(self, scope: Scope, name: str, *, limit: str) -> None:
        rate = self._rates.take(name, per_minute=getattr(self._settings, limit))
        scope.setdefault("state", {})[_RATE] = (limit, rate)
        if rate.is_spent:
            raise self._refused(limit, retry_after_s=rate.retry_after_s)

    def _refused(self, limit: str, *, retry_after_s: int) -> QuotaExceeded:
        self._metrics.count_denial(limit=limit)
        return QuotaExceeded(
            f"too many requests: service.limits.{limit} = {getattr(self._settings, limit)}",
            hint="wait as long as Retry-After says; or have the limit raised",
            details={"retry_after_s": retry_after_s},
        )


class AdmissionFrame:
    """Stands around the application for what concerns a whole response.

    Args:
        app: The application behind.
        admission: Who is let in.
    """

    def __init__(self, app: ASGIApp, *, admission: Admission):
        self._app = app
        self._admission = admission

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on."""

        async def framed(message: Message) -> None:
            found = scope.get("state", {}).get(_RATE)
            if message["type"] == "http.response.start" and found is not None:
                _add_headers(message, *found)
            await send(message)

        try:
            await self._app(scope, receive, framed)
        finally:
            self._admission.leave(scope)


def address_of(scope: Scope) -> str:
    """Return the address that counts as one client: of IPv6 the network of 64 bits, which is one customer's."""
    host = (scope.get("client") or ("unknown", 0))[0]
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return str(host)
    if isinstance(address, ipaddress.IPv6Address):
        mapped = address.ipv4_mapped
        return str(mapped or ipaddress.ip_network((address, 64), strict=False))
    return str(address)


def _failed(scope: Scope) -> str:
    return f"failed {address_of(scope)}"


def _add_headers(message: Message, limit: str, rate: Rate) -> None:
    headers = MutableHeaders(scope=message)
    headers["RateLimit-Policy"] = f'"{limit}";q={rate.limit};w={int(WINDOW_S)}'
    headers["RateLimit"] = f'"{limit}";r={rate.remaining};t={rate.full_in_s}'
