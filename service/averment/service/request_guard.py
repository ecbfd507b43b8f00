"""What may come in as a request: how large, how slow, in which coding, and which JSON.

A body is counted while it arrives, so that none over its limit is ever held. JSON is read here once, strictly, before
anything else reads it: parsers differ on what repeated keys, NaN and halves of surrogate pairs mean, and whoever
checks a request must read the same as whoever acts on it.
"""

import asyncio
import json
import re
from collections.abc import Iterable
from typing import Final, NoReturn

from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from averment.core.errors import AvermentError, UsageError
from averment.core.settings import ServiceSettings
from averment.service.errors import PROBLEM, problem_body

LEAST_BYTES_PER_S: Final = 1024
MAX_DEPTH: Final = 64
UPLOADS: Final = ("POST", "/v1/documents")
# What comes behind such a request on its connection is nothing that can be trusted to be a request.
_CLOSING: Final = frozenset({400, 408})
_JSON: Final = re.compile(rb"application/(?:[\w.+-]+\+)?json\s*(?:;|$)", re.IGNORECASE)


class RequestGuard:
    """Refuses requests that are too large or too slow, and bodies that are coded, or no strict JSON though they say so.

    Args:
        app: The application behind.
        settings: The limits.
    """

    def __init__(self, app: ASGIApp, *, settings: ServiceSettings):
        self._app = app
        self._settings = settings

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on with a body that is watched."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        try:
            watched = _Watched(receive, self._limit(scope), timeout_s=self._settings.connections.body_timeout_s)
            await self._app(scope, await self._opened(scope, watched), send)
        except _Refused as refused:
            body = {**problem_body(refused.error), "status": refused.status}
            headers = {"Connection": "close"} if refused.status in _CLOSING else None
            response = JSONResponse(body, refused.status, media_type=PROBLEM, headers=headers)
            await response(scope, receive, send)

    def _limit(self, scope: Scope) -> tuple[str, int]:
        if (scope["method"], scope["path"]) == UPLOADS:
            return "service.uploads.max_bytes", self._settings.uploads.max_bytes
        return "service.max_body_bytes", self._settings.max_body_bytes

    async def _opened(self, scope: Scope, watched: "_Watched") -> Receive:
        """Check what a request says of its body and, where it is JSON, the body itself."""
        headers: dict[bytes, bytes] = dict(scope["headers"])
        most = self._settings.connections.max_head_bytes
        if sum(len(name) + len(value) for name, value in scope["headers"]) + len(scope.get("raw_path", b"")) > most:
            _refuse(431, f"the headers are larger than service.connections.max_head_bytes = {most}")
        if b"content-length" in headers and b"transfer-encoding" in headers:
            _refuse(400, "the request says twice how long its body is (Content-Length and Transfer-Encoding)")
        if headers.get(b"content-encoding", b"identity").strip().lower() not in (b"", b"identity"):
            _refuse(415, "the body is coded (Content-Encoding)", hint="send it as it is")
        declared = headers.get(b"content-length", b"0")
        if declared.isdigit() and int(declared) > watched.max_bytes:
            watched.refuse_size()
        if not _JSON.match(headers.get(b"content-type", b"").strip()):
            return watched
        return _replayed(await watched.whole(), watched)


class _Watched:
    """Receives a body within its limits of size and time."""

    def __init__(self, receive: Receive, limit: tuple[str, int], *, timeout_s: float):
        self._receive = receive
        self._name, self.max_bytes = limit
        self._timeout_s = timeout_s
        self._began_s: float | None = None
        self._seen = 0
        self._is_complete = False

    async def __call__(self) -> Message:
        if self._is_complete:
            return await self._receive()
        loop = asyncio.get_running_loop()
        self._began_s = loop.time() if self._began_s is None else self._began_s
        due_s = self._began_s + self._timeout_s + self._seen / LEAST_BYTES_PER_S
        try:
            async with asyncio.timeout_at(due_s):
                message = await self._receive()
        except TimeoutError:
            _refuse(408, "the body comes too slowly (service.connections.body_timeout_s)", hint="send it again")
        self._seen += len(message.get("body", b""))
        self._is_complete = not message.get("more_body", False)
        if self._seen > self.max_bytes:
            self.refuse_size()
        return message

    async def whole(self) -> bytes | None:
        """Return the whole body, checked to be strict JSON; None where the client left."""
        parts: list[bytes] = []
        while not self._is_complete:
            message = await self()
            if message["type"] == "http.disconnect":
                return None
            parts.append(message.get("body", b""))
        body = b"".join(parts)
        if body:
            check_json(body)
        return body

    def refuse_size(self) -> NoReturn:
        """Refuse the body for its size."""
        _refuse(413, f"the request body is larger than {self._name} = {self.max_bytes}")


class _Refused(BaseException):  # passes the framework, which would call it a malformed body
    def __init__(self, status: int, error: AvermentError):
        super().__init__(status)
        self.status = status
        self.error = error


def check_json(body: bytes) -> None:
    """Check that a body is JSON that every parser reads the same (I-JSON, RFC 7493), and not too deep.

    Raises:
        _Refused: It is not; with status 422.
    """
    try:
        text = body.decode("utf-8")
        found = json.loads(text, object_pairs_hook=_unique, parse_constant=_constant)
        json.dumps(found, ensure_ascii=False).encode("utf-8")
    except UnicodeError:
        _refuse(422, "the body is no UTF-8, or has half of a surrogate pair")
    except RecursionError:
        _refuse(422, "the body is nested too deeply")
    except ValueError as error:
        reason = str(error) if isinstance(error, _NotStrict) else "the body is no JSON"
        _refuse(422, reason)
    if _depth(found) > MAX_DEPTH:
        _refuse(422, f"the body is nested more than {MAX_DEPTH} deep")


class _NotStrict(ValueError):
    """Says what is wrong in words of ours."""


def _unique(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise _NotStrict("an object of the body has a key twice")
    return found


def _constant(name: str) -> NoReturn:
    raise _NotStrict(f"the body holds {name}, which is no number of JSON")


def _depth(value: object) -> int:
    depth, level = 0, [value]
    while level:
        depth += 1
        level = [child for one in level for child in _children(one)]
        if depth > MAX_DEPTH:
            break
    return depth


def _children(value: object) -> Iterable[object]:
    if isinstance(value, dict):
        return value.values()
    return value if isinstance(value, list) else ()


def _replayed(body: bytes | None, watched: _Watched) -> Receive:
    """Return what receives a body that is here already, and then whatever comes."""
    first: list[Message] = [
        {"type": "http.disconnect"} if body is None else {"type": "http.request", "body": body, "more_body": False}
    ]

    async def receive() -> Message:
        return first.pop() if first else await watched()

    return receive


def _refuse(status: int, message: str, *, hint: str | None = None) -> NoReturn:
    raise _Refused(status, UsageError(message, hint=hint))
