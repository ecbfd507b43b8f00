"""The id of the request that is being answered: in every response, problem document, log line and trace."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Final

HEADER: Final = "X-Request-Id"
_SAFE: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
_current: ContextVar[str | None] = ContextVar("averment_request_id", default=None)


def accepted(given: str | None) -> str | None:
    """Return an id that a client or a proxy sent, if it is a short token that is safe in headers and log lines.

    Example:
        >>> accepted("a-1"), accepted("a b"), accepted("-"), accepted("x" * 65)
        ('a-1', None, None, None)
    """
    return given if given is not None and _SAFE.fullmatch(given) else None


@contextmanager
def named(identity: str) -> Iterator[None]:
    """Let what is done for a while, also in threads and tasks that it starts, be done for a request."""
    token = _current.set(identity)
    try:
        yield
    finally:
        _current.reset(token)


def current() -> str | None:
    """Return the id of the request that is being answered; None outside one."""
    return _current.get()
