"""How fast an ingestion goes: documents done, pages a second, time left."""

from averment.core.clock import Clock
from averment.pipelines.ingestion.tally import OnProgress


class Pace:
    """Counts what is done and tells it on.

    Args:
        n_items: How many items there are to do.
        clock: Tells the time.
        on_progress: Told items done, items in all, and a phrase with pages, their rate and the time left.
    """

    def __init__(self, n_items: int, *, clock: Clock, on_progress: OnProgress | None):
        self._n_items = n_items
        self._started_s = clock.monotonic_s()
        self._clock = clock
        self._on_progress = on_progress
        self._n_done = 0
        self._n_pages = 0

    def advance(self, n_items: int, *, n_pages: int) -> None:
        """Add items that were done, with their pages."""
        self._n_done += n_items
        self._n_pages += n_pages
        if self._on_progress is not None:
            elapsed_s = max(self._clock.monotonic_s() - self._started_s, 1e-9)
            left = self._n_items - self._n_done
            phrase = f"{self._n_pages} pages, {self._n_pages / elapsed_s:.1f} pages/s"
            if left:
                phrase += f", about {duration(elapsed_s / self._n_done * left)} left"
            self._on_progress(self._n_done, self._n_items, phrase)


def duration(seconds: float) -> str:
    """Write a length of time in the two units that matter: `45 s`, `3 min 20 s`, `2 h 5 min`, `3 d 4 h`."""
    whole = round(seconds)
    for size, unit, below, small in ((86_400, "d", 3_600, "h"), (3_600, "h", 60, "min"), (60, "min", 1, "s")):
        if whole >= size:
            rest = whole % size // below
            return f"{whole // size} {unit}" + (f" {rest} {small}" if rest else "")
    return f"{whole} s"
