"""How fast an ingestion goes: documents done, pages a second, time left; within a long document, too."""

import threading
from collections.abc import Iterable

from averment.core.clock import Clock
from averment.pipelines.ingestion.changes import container_uri
from averment.pipelines.ingestion.partition_frames import OnPages
from averment.pipelines.ingestion.tally import OnProgress


class Pace:
    """Counts what is done and tells it on; any thread may add to it.

    Args:
        n_items: How many items there are to do.
        clock: Tells the time.
        on_progress: Told items done, items in all, and a phrase with pages, their rate and the time left; by one
            thread at a time.
    """

    def __init__(self, n_items: int, *, clock: Clock, on_progress: OnProgress | None):
        self._n_items = n_items
        self._started_s = clock.monotonic_s()
        self._clock = clock
        self._on_progress = on_progress
        self._n_done = 0
        self._n_pages = 0
        # Pages read and pages in all of files whose items are not done, by item and file.
        self._open: dict[str, dict[str, tuple[int, int]]] = {}
        self._lock = threading.Lock()

    def advance(self, n_items: int, *, n_pages: int, uris: Iterable[str] = ()) -> None:
        """Add items that were done, with their pages; `uris` are those that were watched."""
        with self._lock:
            for uri in uris:
                self._open.pop(uri, None)
            self._n_done += n_items
            self._n_pages += n_pages
            self._tell()

    def watch(self, uri: str) -> OnPages:
        """Return who is to be told of the pages of a file, one of a source or one inside such a file."""

        def note(done: int, total: int) -> None:
            with self._lock:
                self._open.setdefault(container_uri(uri), {})[uri] = (done, total)
                self._tell()

        return note

    def _tell(self) -> None:
        if self._on_progress is None:
            return
        elapsed_s = max(self._clock.monotonic_s() - self._started_s, 1e-9)
        files = [file for item in self._open.values() for file in item.values()]
        n_pages = self._n_pages + sum(done for done, _ in files)
        phrase = f"{n_pages} pages, {n_pages / elapsed_s:.1f} pages/s"
        # An item of which half the pages are read is half done; and pages known to be left take their time at least.
        n_done = self._n_done + sum(_share(item.values()) for item in self._open.values())
        if n_done > 0 and self._n_done < self._n_items:
            left_s = elapsed_s / n_done * max(self._n_items - n_done, 0.0)
            n_left = sum(total - done for done, total in files)
            left_s = max(left_s, elapsed_s / max(n_pages, 1) * n_left)
            phrase += f", about {duration(left_s)} left" if left_s >= 1 else ""
        self._on_progress(self._n_done, self._n_items, phrase)


def _share(files: Iterable[tuple[int, int]]) -> float:
    counts = list(files)
    return sum(done for done, _ in counts) / max(sum(total for _, total in counts), 1)


def duration(seconds: float) -> str:
    """Write a length of time in the two units that matter: `45 s`, `3 min 20 s`, `2 h 5 min`, `3 d 4 h`."""
    whole = round(seconds)
    for size, unit, below, small in ((86_400, "d", 3_600, "h"), (3_600, "h", 60, "min"), (60, "min", 1, "s")):
        if whole >= size:
            rest = whole % size // below
            return f"{whole // size} {unit}" + (f" {rest} {small}" if rest else "")
    return f"{whole} s"
