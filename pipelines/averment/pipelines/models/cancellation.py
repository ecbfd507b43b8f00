"""A request's cancellation: set from any thread, heard by the call in flight.

Whoever can only be asked whether it is cancelled is asked again and again while the work lasts (`watching`).
"""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final

WATCH_INTERVAL_S: Final = 0.05


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


@contextmanager
def watching(
    asked: Callable[[], bool] | None, cancellation: Cancellation, *, interval_s: float = WATCH_INTERVAL_S
) -> Iterator[None]:
    """Cancel as soon as `asked` says so, until the block ends; nothing is watched where there is nobody to ask.

    Args:
        asked: Says whether the work was cancelled; called from a thread of its own.
        cancellation: What is cancelled then.
        interval_s: Time between two questions, in seconds.
    """
    if asked is None:
        yield
        return
    ended = threading.Event()

    def watch() -> None:
        while not ended.wait(interval_s):
            if asked():
                cancellation.cancel()
                return

    watcher = threading.Thread(target=watch, name="averment-cancellation", daemon=True)
    watcher.start()
    try:
        yield
    finally:
        ended.set()
        watcher.join()
