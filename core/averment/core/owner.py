"""One process owns the embedded stores of a data directory; others send their requests to it.

The owner holds a lock on `owner.lock` for as long as it lives, and serves registered handlers on a loopback socket.
`owner.json` (0600) says how to reach it. Both sides prove that they know the token in that file without sending it
(`averment.core.owner_wire`), so neither a stranger on the machine nor a stranger on a dead owner's port gets in.
A process that finds no owner becomes it for its own duration.

Which requests exist is not decided here: stores and the log bring their handlers.
"""

import fcntl
import json
import os
import secrets
import threading
import time
import weakref
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Final, Protocol, Self

from averment.core.clock import Clock, SystemClock, rfc3339
from averment.core.data_dir import DataDir
from averment.core.errors import OwnerGone, StoreBusy
from averment.core.owner_wire import Connection, JsonObject, OwnerServer, connect_to

Handler = Callable[[JsonObject], JsonObject]
Handlers = Mapping[str, Handler]

CONNECT_WAIT_S: Final = 60.0
_POLL_S: Final = 0.05
_MEND: Final = "wait for it to finish or stop it, then try again"


class Caller(Protocol):
    """Where a request goes: to the owner's socket, or straight to the handlers of this process."""

    @property
    def is_owner(self) -> bool:
        """Say whether requests are answered by this process."""

    def call(self, method: str, params: JsonObject) -> JsonObject:
        """Send a request and return the answer, or raise the error the handler raised."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnerAddress:
    """What `owner.json` says."""

    pid: int
    port: int
    token: str
    started: str


class Owner:
    """The hold of this process on a data directory; from `acquire`. Closing it lets go.

    Example:
        >>> with acquire(data_dir) as owner:
        ...     owner.serve({"index.count": count})
    """

    is_owner = True

    def __init__(self, data_dir: DataDir, lock: int, clock: Clock) -> None:
        self._data_dir = data_dir
        self._lock: int | None = lock
        self._clock = clock
        self._handlers: dict[str, Handler] = {}
        self._server: OwnerServer | None = None
        self._pid = os.getpid()
        # A child that outlives this process must not hold its lock: a copied descriptor holds it as well.
        this = weakref.ref(self)
        os.register_at_fork(after_in_child=lambda: _let_go(this()))

    def serve(self, handlers: Handlers) -> None:
        """Answer requests with these handlers, in threads of their own; called again, it adds more handlers.

        Handlers must be safe for several threads, read a JSON object and return one.
        """
        self._handlers.update(handlers)
        if self._server is not None:
            return
        token = secrets.token_hex(32)
        self._server = OwnerServer(self._handlers, token)
        self._server.start()
        address = {
            "pid": os.getpid(),
            "port": self._server.port,
            "token": token,
            "started": rfc3339(self._clock.now()),
        }
        _write_private(self._data_dir.owner_file, json.dumps(address))

    def call(self, method: str, params: JsonObject) -> JsonObject:
        """Answer a request of this process itself, without the socket."""
        return self._handlers[method](params)

    def stop_serving(self) -> None:
        """Answer no more requests, after those under way; to be called before the stores are closed."""
        if self._server is not None:
            self._data_dir.owner_file.unlink(missing_ok=True)
            self._server.stop()
            self._server = None

    def close(self) -> None:
        """Stop answering and let go of the data directory."""
        if self._lock is None or os.getpid() != self._pid:
            return
        self.stop_serving()
        os.close(self._lock)
        self._lock = None

    def let_go_in_child(self) -> None:
        """Drop the copies that a forked child has of the lock and the sockets."""
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None
        if self._server is not None:
            self._server.abandon()
            self._server = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


class OwnerClient:
    """A way to the process that owns a data directory; from `connect`. Safe for several threads.

    Each thread has its own connection. A connection that breaks before the request is sent is made again; one that
    breaks while the answer is awaited raises `OwnerGone` with `details["sent"]` 1, since the request may have been
    carried out.
    """

    is_owner = False

    def __init__(self, data_dir: DataDir, address: OwnerAddress) -> None:
        self._data_dir = data_dir
        self.address = address
        self._local = threading.local()
        self._all: list[Connection] = []
        self._guard = threading.Lock()

    def call(self, method: str, params: JsonObject) -> JsonObject:
        """Send a request to the owner and return its answer.

        Raises:
            OwnerGone: The owner ended; who owns the data directory now has to be found out again.
            AvermentError: What the handler raised there, by class, code, message and hint.
        """
        connection: Connection | None = getattr(self._local, "connection", None)
        if connection is None or connection.is_stale():
            connection = self._connect()
        return connection.call(method, params)

    def close(self) -> None:
        """Close every connection."""
        with self._guard:
            for connection in self._all:
                connection.close()
            self._all.clear()

    def _connect(self) -> Connection:
        connection = connect_to(self.address.port, self.address.token, pid=self.address.pid)
        with self._guard:
            self._all = [kept for kept in self._all if not kept.is_closed] + [connection]
        self._local.connection = connection
        return connection

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def acquire(data_dir: DataDir, *, wait_s: float = 0.0, clock: Clock | None = None) -> Owner:
    """Become the owner.

    Args:
        data_dir: The data directory.
        wait_s: How long to wait for another owner to finish, in seconds.
        clock: Where the time of start comes from.

    Raises:
        StoreBusy: Another process is the owner and stayed so; the message names it.
    """
    deadline = time.monotonic() + wait_s
    while True:
        owner = _try_acquire(data_dir, clock or SystemClock())
        if owner is not None:
            return owner
        if time.monotonic() >= deadline:
            raise _busy(data_dir, wait_s)
        time.sleep(_POLL_S)


def connect(data_dir: DataDir) -> OwnerClient:
    """Reach the process that owns the data directory.

    Raises:
        StoreBusy: There is no owner, or it does not answer (yet).
    """
    address = _read_address(data_dir.owner_file)
    if address is None:
        raise _busy(data_dir, 0.0)
    client = OwnerClient(data_dir, address)
    client.call("owner.ping", {})
    return client


def acquire_or_connect(
    data_dir: DataDir, *, wait_s: float = CONNECT_WAIT_S, clock: Clock | None = None
) -> Owner | OwnerClient:
    """Become the owner, or reach the one there is; an owner that is just starting or ending is waited for.

    Raises:
        StoreBusy: Neither worked within `wait_s` seconds.
    """
    deadline = time.monotonic() + wait_s
    while True:
        owner = _try_acquire(data_dir, clock or SystemClock())
        if owner is not None:
            return owner
        try:
            return connect(data_dir)
        except StoreBusy as error:
            if time.monotonic() >= deadline:
                raise _busy(data_dir, wait_s) from error
        time.sleep(_POLL_S)


class OwnerSession:
    """Requests that find their owner by themselves, for a client that may outlive the owner it began with.

    It is the owner or a client of it, whichever is possible. When the owner it talks to ends, the session becomes the
    owner or finds the next one. Requests that were certainly not carried out are then sent again, and so are those
    whose repetition does no harm.

    Args:
        data_dir: The data directory.
        open_handlers: Opens the stores and returns their handlers; called each time this process becomes the owner.
        close_stores: Closes them; called before the ownership ends.
        repeatable: Prefixes of methods that may be sent twice, for example `("index.",)`.
        first: The owner to begin with; found when it is first needed if None.
        wait_s: How long to look for an owner, in seconds.
    """

    def __init__(
        self,
        data_dir: DataDir,
        open_handlers: Callable[[], Handlers],
        *,
        close_stores: Callable[[], None],
        repeatable: tuple[str, ...] = (),
        first: OwnerClient | None = None,
        wait_s: float = CONNECT_WAIT_S,
    ) -> None:
        self._data_dir = data_dir
        self._open_handlers = open_handlers
        self._close_stores = close_stores
        self._repeatable = repeatable
        self._wait_s = wait_s
        self._guard = threading.RLock()
        self._caller: Owner | OwnerClient | None = first

    @property
    def is_owner(self) -> bool:
        """Say whether this process is the owner now."""
        return self._current().is_owner

    def call(self, method: str, params: JsonObject) -> JsonObject:
        """Send a request to whoever is the owner.

        Raises:
            OwnerGone: The owner ended while it was asked something that must not be repeated.
            StoreBusy: There is no owner and this process cannot become it.
        """
        caller = self._current()
        try:
            return caller.call(method, params)
        except OwnerGone as gone:
            self._forget(caller)
            if gone.details.get("sent") and not method.startswith(self._repeatable):
                raise
        return self._current().call(method, params)

    def close(self) -> None:
        """Close the stores where this process is the owner, and let go."""
        with self._guard:
            caller, self._caller = self._caller, None
            if caller is None:
                return
            if isinstance(caller, Owner):
                caller.stop_serving()
                self._close_stores()
            caller.close()

    def _current(self) -> Owner | OwnerClient:
        with self._guard:
            if self._caller is None:
                self._caller = self._take()
            return self._caller

    def _take(self) -> Owner | OwnerClient:
        caller = acquire_or_connect(self._data_dir, wait_s=self._wait_s)
        if isinstance(caller, Owner):
            try:
                caller.serve(self._open_handlers())
            except BaseException:
                caller.close()
                raise
        return caller

    def _forget(self, caller: Owner | OwnerClient) -> None:
        # Its connections are left alone: on another thread's the answer to a last request may still be on its way.
        with self._guard:
            if self._caller is caller:
                self._caller = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def _let_go(owner: Owner | None) -> None:
    if owner is not None:
        owner.let_go_in_child()


def _try_acquire(data_dir: DataDir, clock: Clock) -> Owner | None:
    descriptor = os.open(data_dir.owner_lock, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(descriptor)
        return None
    # What an owner left behind that was killed; the lock is free, so nobody answers there.
    data_dir.owner_file.unlink(missing_ok=True)
    return Owner(data_dir, descriptor, clock)


def _busy(data_dir: DataDir, waited_s: float) -> StoreBusy:
    address = _read_address(data_dir.owner_file)
    who = "another process" if address is None else f"process {address.pid} (since {address.started})"
    waited = f" after {waited_s:g} s" if waited_s else ""
    return StoreBusy(
        f"{who} owns the stores under {str(data_dir.root)!r} and could not be taken over or reached{waited}",
        hint=_MEND,
        details={} if address is None else {"pid": address.pid},
    )


def _read_address(path: Path) -> OwnerAddress | None:
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
        return OwnerAddress(
            pid=int(found["pid"]), port=int(found["port"]), token=str(found["token"]), started=str(found["started"])
        )
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _write_private(path: Path, text: str) -> None:
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    temporary.unlink(missing_ok=True)
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(text)
    temporary.replace(path)
