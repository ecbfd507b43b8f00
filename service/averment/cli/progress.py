"""Progress of long work: a bar on a terminal, plain lines with rate and time left in a log."""

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from types import TracebackType
from typing import Final, Protocol, Self

LINE_EVERY_S: Final = 5.0


class Progress(Protocol):
    """Told how far the work is."""

    def update(self, done: int, total: int, detail: str = "") -> None:
        """Show that `done` of `total` are finished; `detail` is a short phrase of counts."""


class BarProgress:
    """A bar that redraws itself."""

    def __init__(self, title: str):
        from rich.console import Console
        from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn
        from rich.progress import Progress as RichProgress

        self._progress = RichProgress(
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeRemainingColumn(),
            TextColumn("{task.fields[detail]}"),
            console=Console(stderr=True),
        )
        self._task = self._progress.add_task(title, total=None, detail="")

    def __enter__(self) -> Self:
        self._progress.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._progress.stop()

    def update(self, done: int, total: int, detail: str = "") -> None:
        """Redraw the bar."""
        self._progress.update(self._task, completed=done, total=total, detail=detail)


class LineProgress:
    """A line every few seconds, and one at the end."""

    def __init__(self, title: str):
        self._title = title
        self._start = time.monotonic()
        self._last = -LINE_EVERY_S

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        return None

    def update(self, done: int, total: int, detail: str = "") -> None:
        """Write a line when enough time has passed or the work is done."""
        now = time.monotonic()
        if done < total and now - self._last < LINE_EVERY_S:
            return
        self._last = now
        elapsed = now - self._start
        is_told = not 0 < done < total or detail.endswith("left")  # who gives the details may know better
        left = "" if is_told else f", about {elapsed / done * (total - done):.0f} s left"
        rate = f", {done / elapsed:.1f}/s" if done and elapsed > 0 else ""
        suffix = f" ({detail})" if detail else ""
        sys.stderr.write(f"{self._title}: {done} of {total}{rate}{left}{suffix}\n")
        sys.stderr.flush()


@contextmanager
def progress(title: str) -> Iterator[Progress]:
    """Show progress in the way that fits where stderr goes."""
    shown = BarProgress(title) if sys.stderr.isatty() else LineProgress(title)
    with shown as current:
        yield current
