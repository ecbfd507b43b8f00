"""Python's search for garbage in cycles, put off while a document is read.

Reading makes hundreds of thousands of small objects that are all in use and in no cycle; looking at them over and over
takes a tenth of the time.
"""

import gc
import threading
from collections.abc import Iterator
from contextlib import contextmanager

_LOCK = threading.Lock()
_depths: list[bool] = []  # one for each reading under way: whether the search was on when it began


@contextmanager
def collection_paused() -> Iterator[None]:
    """Put the search off until the last of those who asked for it is done; it stays off if it was off before."""
    with _LOCK:
        _depths.append(gc.isenabled() or any(_depths))
        gc.disable()
    try:
        yield
    finally:
        with _LOCK:
            was_on = _depths.pop()
            if was_on and not _depths:
                gc.enable()
