"""How a request travels to the owner of the embedded stores and back: frames, handshake, errors.

A frame is a length (4 bytes, big endian) and that many bytes of JSON in UTF-8. A connection begins with a handshake in
which each side proves with HMAC-SHA-256 over both sides' nonces that it knows the token; the token itself never
travels. Then requests `{"method", "params"}` and answers `{"result"}` or `{"error"}` alternate. Errors of ours arrive
as the class they were; any other is reported by its type alone, since its words might hold content.

An owner that ends in order says `{"goodbye"}` on every connection, after the answer to the request under way, and
carries out nothing that reaches it later. So a client that reads a goodbye knows that its request was not carried out
and may send it to the next owner; one whose connection breaks without it cannot know.
"""

import hashlib
import hmac
import json
import logging
import secrets
import select
import socket
import socketserver
import struct
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Final

from averment.core.errors import AvermentError, OwnerGone, StoreBusy, StoreError

JsonValue = str | int | float | bool | None | Sequence["JsonValue"] | Mapping[str, "JsonValue"]
JsonObject = Mapping[str, JsonValue]

MAX_FRAME_BYTES: Final = 64 * 1024 * 1024
_MAX_HELLO_BYTES: Final = 4096
_MAX_CONNECTIONS: Final = 64
_HANDSHAKE_S: Final = 5.0
_CALL_S: Final = 900.0
_DRAIN_S: Final = 30.0
_LENGTH: Final = struct.Struct(">I")
_LOOPBACK: Final = "127.0.0.1"
_GOODBYE: Final = "goodbye"

logger = logging.getLogger(__name__)


class WireError(Exception):
    """The other side broke off or does not keep to the protocol."""


class OwnerServer:
    """Answers requests on a loopback port of the system's choice, each connection in its own thread."""

    def __init__(self, handlers: Mapping[str, Callable[[JsonObject], JsonObject]], token: str) -> None:
        self._server = _Server((_LOOPBACK, 0), _Session)
        self._server.handlers = handlers
        self._server.token = token
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.1,), name="averment-owner")
        self._thread.daemon = True

    @property
    def port(self) -> int:
        """Return the port."""
        port: int = self._server.server_address[1]
        return port

    def start(self) -> None:
        """Begin to answer."""
        self._thread.start()

    def abandon(self) -> None:
        """Close this process's copies of the sockets, without a word: it was forked off and serves nobody."""
        self._server.socket.close()
        for session in self._server.unguarded_sessions():
            session.request.close()

    def stop(self) -> None:
        """Take no more requests, let those under way end, and close every connection."""
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()
        for session in self._server.sessions():
            session.end()


class _Server(socketserver.ThreadingTCPServer):
    """The listening socket and what its sessions share."""

    daemon_threads = True
    allow_reuse_address = True
    block_on_close = False
    request_queue_size = _MAX_CONNECTIONS
    handlers: Mapping[str, Callable[[JsonObject], JsonObject]]
    token: str

    def __init__(self, address: tuple[str, int], session: "type[_Session]") -> None:
        super().__init__(address, session)
        self._guard = threading.Lock()
        self._sessions: set[_Session] = set()

    def admit(self, session: "_Session") -> bool:
        """Count a session; False where there are too many."""
        with self._guard:
            if len(self._sessions) >= _MAX_CONNECTIONS:
                return False
            self._sessions.add(session)
            return True

    def leave(self, session: "_Session") -> None:
        """Forget a session."""
        with self._guard:
            self._sessions.discard(session)

    def unguarded_sessions(self) -> list["_Session"]:
        """Return the sessions there are, in a forked child, where the guard may be held for ever."""
        return list(self._sessions)

    def sessions(self) -> list["_Session"]:
        """Return the sessions there are."""
        with self._guard:
            return list(self._sessions)


class _Session(socketserver.BaseRequestHandler):
    """One connection, on the owner's side."""

    server: _Server
    request: socket.socket

    def handle(self) -> None:
        self._busy = threading.Lock()
        self._is_leaving = False
        if not self.server.admit(self):
            return
        try:
            self._greet()
            for request in _frames(self.request):
                with self._busy:
                    if self._is_leaving:
                        return  # the goodbye said that this request is not carried out
                    self.request.sendall(self._answer(request))
        except (WireError, OSError):
            return  # the other side left, or is none of ours
        finally:
            self.server.leave(self)

    def end(self) -> None:
        """Close the connection with a goodbye, after the request under way."""
        held = self._busy.acquire(timeout=_DRAIN_S)
        try:
            if held:
                self._is_leaving = True
                _send(self.request, {_GOODBYE: True})
            self.request.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass  # it was closed already
        finally:
            if held:
                self._busy.release()

    def _greet(self) -> None:
        _no_delay(self.request)
        self.request.settimeout(_HANDSHAKE_S)
        theirs = _text(_receive(self.request, limit=_MAX_HELLO_BYTES), "nonce")
        ours = secrets.token_hex(16)
        _send(self.request, {"nonce": ours, "proof": _proof(self.server.token, "owner", theirs, ours)})
        proof = _text(_receive(self.request, limit=_MAX_HELLO_BYTES), "proof")
        if not hmac.compare_digest(proof.encode(), _proof(self.server.token, "client", ours, theirs).encode()):
            raise WireError("the proof is wrong")
        self.request.settimeout(None)

    def _answer(self, request: JsonObject) -> bytes:
        method = request.get("method")
        try:
            return _encode({"result": self._handle(method, request.get("params"))})
        except AvermentError as error:
            return _encode({"error": _describe(error)})
        except Exception as error:  # the request handler's seam: one bad request must not end the owner
            kind = type(error).__name__
            logger.error("owner request failed: method=%s error=%s", method, kind)  # noqa: TRY400  # no content
            return _encode({"error": _describe(StoreError(f"the owner failed at {method!r} with {kind}"))})

    def _handle(self, method: JsonValue, params: JsonValue) -> JsonObject:
        if method == "owner.ping":
            return {}
        handler = self.server.handlers.get(method) if isinstance(method, str) else None
        if handler is None or not isinstance(params, Mapping):
            raise StoreError(
                f"the owner of the stores knows no request {str(method)!r}",
                hint="it is probably of another version; stop it, then try again",
            )
        return handler(params)


class Connection:
    """One connection, on the client's side; for one thread."""

    def __init__(self, connected: socket.socket, *, pid: int) -> None:
        self._socket = connected
        self._pid = pid
        self.is_closed = False

    def call(self, method: str, params: JsonObject) -> JsonObject:
        """Send a request and wait for its answer.

        Raises:
            OwnerGone: The owner left, or the connection broke.
            AvermentError: What the handler raised.
        """
        body = _encode({"method": method, "params": params})
        try:
            self._socket.sendall(body)
        except OSError as error:
            self.close()
            raise _gone(self._pid, method, sent=0) from error  # no owner carries out a part of a request
        try:
            answer = _receive(self._socket, limit=MAX_FRAME_BYTES)
        except (WireError, OSError) as error:
            self.close()
            raise _gone(self._pid, method, sent=1) from error
        if _GOODBYE in answer:
            self.close()
            raise _gone(self._pid, method, sent=0)
        failure = answer.get("error")
        if isinstance(failure, Mapping):
            raise _rebuild(failure)
        result = answer.get("result")
        return result if isinstance(result, Mapping) else {}

    def is_stale(self) -> bool:
        """Say whether the owner has closed the connection."""
        if self.is_closed:
            return True
        readable, _, _ = select.select([self._socket], [], [], 0)
        # Nothing is due between requests: what can be read is a goodbye or the end.
        return bool(readable)

    def close(self) -> None:
        """Close it."""
        self.is_closed = True
        self._socket.close()


def connect_to(port: int, token: str, *, pid: int) -> Connection:
    """Connect to an owner and make sure that it is one.

    Raises:
        OwnerGone: Nobody answers there.
        StoreBusy: Whoever answers does not know the token.
    """
    try:
        connected = socket.create_connection((_LOOPBACK, port), timeout=_HANDSHAKE_S)
    except OSError as error:
        raise _gone(pid, "connect", sent=0) from error
    try:
        _no_delay(connected)
        ours = secrets.token_hex(16)
        _send(connected, {"nonce": ours})
        hello = _receive(connected, limit=_MAX_HELLO_BYTES)
        theirs = _text(hello, "nonce")
        _check_owner(hello, proof=_proof(token, "owner", ours, theirs), port=port, pid=pid)
        _send(connected, {"proof": _proof(token, "client", theirs, ours)})
        connected.settimeout(_CALL_S)
    except (WireError, OSError) as error:
        connected.close()
        raise _gone(pid, "connect", sent=0) from error
    except StoreBusy:
        connected.close()
        raise
    return Connection(connected, pid=pid)


def _check_owner(hello: JsonObject, *, proof: str, port: int, pid: int) -> None:
    if not hmac.compare_digest(_text(hello, "proof").encode(), proof.encode()):
        raise StoreBusy(
            f"port {port} is not answered by the owner of the stores, process {pid}",
            hint="it has probably ended; try again",
        )


def _gone(pid: int, method: str, *, sent: int) -> OwnerGone:
    return OwnerGone(
        f"the owner of the stores, process {pid}, ended while it was asked for {method!r}",
        hint="try again: the next process becomes the owner",
        details={"pid": pid, "sent": sent},
    )


def _proof(token: str, side: str, first: str, second: str) -> str:
    return hmac.new(token.encode(), f"{side}:{first}:{second}".encode(), hashlib.sha256).hexdigest()


def _describe(error: AvermentError) -> JsonObject:
    return {
        "type": type(error).__name__,
        "code": error.code,
        "message": error.message,
        "hint": error.hint,
        "details": error.details,
    }


def _rebuild(found: Mapping[str, JsonValue]) -> AvermentError:
    kind = next((cls for cls in _error_types(AvermentError) if cls.__name__ == found.get("type")), AvermentError)
    hint, details = found.get("hint"), found.get("details")
    return kind(
        str(found.get("message")),
        hint=hint if isinstance(hint, str) else None,
        details={key: value for key, value in details.items() if isinstance(value, (str, int))}
        if isinstance(details, Mapping)
        else None,
    )


def _error_types(cls: type[AvermentError]) -> Iterator[type[AvermentError]]:
    yield cls
    for below in cls.__subclasses__():
        yield from _error_types(below)


def _no_delay(connected: socket.socket) -> None:
    connected.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)


def _frames(connected: socket.socket) -> Iterator[JsonObject]:
    while True:
        yield _receive(connected, limit=MAX_FRAME_BYTES)


def _encode(value: JsonObject) -> bytes:
    body = json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode("utf-8")
    if len(body) > MAX_FRAME_BYTES:
        raise StoreError(
            f"a request to the owner has {len(body)} bytes, at most {MAX_FRAME_BYTES} are allowed",
            hint="send it in smaller parts",
        )
    return _LENGTH.pack(len(body)) + body


def _send(connected: socket.socket, value: JsonObject) -> None:
    connected.sendall(_encode(value))


def _receive(connected: socket.socket, *, limit: int) -> JsonObject:
    (length,) = _LENGTH.unpack(_read(connected, _LENGTH.size))
    if length > limit:
        raise WireError(f"a frame of {length} bytes, at most {limit} are allowed")
    try:
        value = json.loads(_read(connected, length))
    except ValueError as error:
        raise WireError("a frame is no JSON") from error
    if not isinstance(value, dict):
        raise WireError("a frame is no JSON object")
    return value


def _read(connected: socket.socket, size: int) -> bytes:
    parts = bytearray()
    while len(parts) < size:
        part = connected.recv(min(size - len(parts), 1 << 20))
        if not part:
            raise WireError("the other side closed the connection")
        parts += part
    return bytes(parts)


def _text(found: JsonObject, key: str) -> str:
    value = found.get(key)
    if not isinstance(value, str):
        raise WireError(f"{key} is missing")
    return value
