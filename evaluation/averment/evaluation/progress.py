"""A progress bar on a terminal, a line now and then in a log."""

import time
from types import TracebackType
from typing import Final, Self, TextIO

_WIDTH: Final = 28
_LOG_EVERY_S: Final = 15.0
_DRAW_EVERY_S: Final = 0.1


class Progress:
    """Shows how far a piece of work is, with rate and time left.

    Args:
        title: What is being done.
        stream: Where to write; standard error, so that results stay clean.
    """

    def __init__(self, title: str, *, stream: TextIO) -> None:
        self._title, self._stream = title, stream
        self._begin = self._drawn = time.monotonic()
        self._is_terminal = stream.isatty()
        self._last = (0, 0)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._draw(*self._last, end="\n")

    def update(self, done: int, total: int) -> None:
        """Note that `done` of `total` steps are finished."""
        self._last = (done, total)
        if time.monotonic() - self._drawn >= (_DRAW_EVERY_S if self._is_terminal else _LOG_EVERY_S):
            self._draw(done, total, end="" if self._is_terminal else "\n")

    def _draw(self, done: int, total: int, *, end: str) -> None:
        self._drawn = time.monotonic()
        seconds = self._drawn - self._begin
        share = done / total if total else 1.0
        left = f", {seconds / share - seconds:.0f} s left" if 0 < share < 1 else ""
        text = f"{self._title}: {done}/{total} in {seconds:.0f} s{left}"
        if self._is_terminal:
            full = round(share * _WIDTH)
            text = f"\r{text[:70]:<70} [{'#' * full}{'.' * (_WIDTH - full)}]"
        self._stream.write(text + end)
        self._stream.flush()
