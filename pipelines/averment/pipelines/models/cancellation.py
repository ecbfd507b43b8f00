"""A request's cancellation: set from any thread, heard by the call in flight."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager


class Cancellation:
    """Tells calls in flight to end; once cancelled it stays so.

    >>> cancellation = Cancellation()
    >>> cancellation.cancel()
    >>> cancellation.is_cancelled
    True
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._listeners: dict[int, Callable[[], object]] = {}
        self._next_id = 0
        self._cancelled = False

    @property
    def is_cancelled(self) -> bool:
        """Whether `cancel` was called."""
        return self._cancelled

    def cancel(self) -> None:
        """Cancel, and call every listener once."""
        with self._lock:
            self._cancelled = True
            listeners = list(self._listeners.values())
            self._listeners.clear()
        for listener in listeners:
            listener()

    @contextmanager
    def calling(self, listener: Callable[[], object]) -> Iterator[None]:
        """Call `listener` if cancelled before the block ends, at once where that has happened already."""
        with self._lock:
            number, self._next_id = self._next_id, self._next_id + 1
            at_once = self._cancelled
            if not at_once:
                self._listeners[number] = listener
        if at_once:
            listener()
        try:
            yield
        finally:
            with self._lock:
                self._listeners.pop(number, None)
