"""Refused requests as entries of the evidence log, few enough that whoever is refused cannot flood it.

Recorded is what was presented and did not open: a key, a token, a session that is over, a link, an issuer's answer; and
whoever is known but has no right to what they ask for. A request that presents nothing is how a browser learns that it
must sign in, and is no entry. The first refusal of a kind is an entry at once; equal ones of the next minute are
counted and make one entry when it is over. A kind is the code, what was presented, and who is refused where that is
known, so that somebody unknown makes at most two entries a minute for each of ten kinds, whatever they send.
"""

import threading
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Final, Literal

from starlette.requests import Request
from starlette.types import Scope

from averment.core.audit import AuditEvent, EventType, EventValue
from averment.core.clock import Clock
from averment.core.errors import AccessDenied, AuditWriteFailed, AvermentError, NotSignedIn
from averment.service.identity.api_keys import PREFIX
from averment.service.identity.caller import Caller
from averment.service.identity.cookies import SESSION

WINDOW_S: Final = 60
NOBODY: Final = "system"
REFUSALS: Final = (NotSignedIn, AccessDenied)
_MAX_STAGES: Final = 16

Presented = Literal["issuer", "key", "link", "session", "token"]

_AT_THE_DOOR: Final[Mapping[tuple[str, str], Presented]] = {
    ("POST", "/auth/session"): "key",
    ("GET", "/auth/link"): "link",
    ("GET", "/auth/callback"): "issuer",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """A refused request: the error's code, what was presented, the route with dots, and who it was where known."""

    code: str
    way: Presented
    stage: str
    subject: str = NOBODY


@dataclass(slots=True)
class _Counted:
    began_s: float
    count: int = 0
    stages: dict[str, None] = field(default_factory=dict)


class Refusals:
    """Counts refusals and records them. Thread-safe.

    Args:
        record: Puts an event into the log.
        clock: Tells monotonic seconds.
        window_s: Over how long equal refusals are one entry, seconds.
    """

    def __init__(self, record: Callable[[AuditEvent], object], *, clock: Clock, window_s: float = WINDOW_S):
        self._record = record
        self._clock = clock
        self._window_s = window_s
        self._lock = threading.Lock()
        self._open: dict[tuple[str, Presented, str], _Counted] = {}
        self._timer: threading.Timer | None = None

    def take(self, refusal: Refusal) -> None:
        """Record a refusal, or count it where an equal one was recorded less than a window ago."""
        self.flush(only_over=True)
        kind = (refusal.code, refusal.way, refusal.subject)
        with self._lock:
            counted = self._open.get(kind)
            if counted is not None:
                counted.count += 1
                if len(counted.stages) < _MAX_STAGES:
                    counted.stages[refusal.stage] = None
                self._wait()
                return
            self._open[kind] = _Counted(began_s=self._clock.monotonic_s())
        self._append(kind, stages=[refusal.stage], count=1, seconds=0)

    def flush(self, *, only_over: bool = False) -> None:
        """Record what was counted; `only_over` of windows that are over."""
        now_s = self._clock.monotonic_s()
        with self._lock:
            over = {
                kind: counted
                for kind, counted in self._open.items()
                if not only_over or now_s - counted.began_s >= self._window_s
            }
            for kind in over:
                del self._open[kind]
        for kind, counted in over.items():
            if counted.count:
                seconds = int(now_s - counted.began_s)
                self._append(kind, stages=list(counted.stages), count=counted.count, seconds=seconds)

    def close(self) -> None:
        """Record what was counted, and count no more."""
        with self._lock:
            if self._timer is not None:
                self._timer.cancel()
        self.flush()

    def _wait(self) -> None:
        """Let what is counted be recorded when its window is over, should nothing else be refused by then."""
        if self._timer is None or not self._timer.is_alive():
            self._timer = threading.Timer(self._window_s, self.flush, kwargs={"only_over": True})
            self._timer.daemon = True
            self._timer.start()

    def _append(self, kind: tuple[str, Presented, str], *, stages: list[str], count: int, seconds: int) -> None:
        code, way, subject = kind
        data: dict[str, EventValue] = {"code": code, "way": way, "stages": stages, "count": count, "seconds": seconds}
        with suppress(AuditWriteFailed):  # a log that takes nothing is not told so; the refusal stands in any case
            self._record(AuditEvent(type=EventType.ACCESS_REFUSED, subject=subject, data=data))


def refusal_of(scope: Scope, error: AvermentError, *, stage: str) -> Refusal | None:
    """Return what is to be recorded of a request that an error refused; None where nothing was presented."""
    request = Request(scope)
    way, caller = presented(request), getattr(request.state, "caller", None)
    if way is None:
        return None
    subject = caller.principal.subject if isinstance(caller, Caller) else NOBODY
    return Refusal(code=error.code, way=way, stage=stage, subject=subject)


def presented(request: Request) -> Presented | None:
    """Tell what a request shows of who sends it."""
    scheme, _, secret = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() == "bearer" and secret:
        return "key" if secret.startswith(PREFIX) else "token"
    if door := _AT_THE_DOOR.get((request.method, request.url.path)):
        return door
    return "session" if request.cookies.get(SESSION) else None
