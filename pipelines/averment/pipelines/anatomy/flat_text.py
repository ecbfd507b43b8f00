"""A text on one line, with the way back to the places its parts were read from.

Titles wrapped over lines and preambles broken by line ends read better with their white space folded; every position
of the folded text knows its offset in the canonical text.
"""

import re
from functools import cached_property
from typing import Any, Final

from averment.pipelines.ingestion.characters import code_points

_SPACE: Final = re.compile(r"\s+")
# A rule of dashes that underlines a word is white space too.
_RULED: Final = re.compile(r"\s+(?:[-=]{3,}\s+)*")


_SPACES: Final = tuple(code for code in range(0x3001) if chr(code).isspace())


def _word_starts(text: str, offset: int) -> Any:
    """Return where words begin, as an array: a long text has tens of thousands, and few are asked for."""
    import numpy as np

    is_word = ~np.isin(code_points(text), _SPACES, kind="table")
    starts = np.flatnonzero(is_word[1:] & ~is_word[:-1]) + 1
    return (np.append(0, starts) if is_word[:1].any() else starts) + offset


class FlatText:
    """A stretch of a text with white space folded to single spaces.

    Args:
        text: The canonical text.
        start: Where the stretch begins.
        end: Where it ends; the end of the text by default.

    Example:
        >>> flat = FlatText("SUPPLY\\n\\n AGREEMENT")
        >>> flat.text, flat.place(7, 16)
        ('SUPPLY AGREEMENT', (9, 18))
    """

    def __init__(self, text: str, start: int = 0, end: int | None = None) -> None:
        self._whole, self._start = text, start
        self._end = len(text) if end is None else min(end, len(text))
        part = text[start : self._end]
        is_ruled = "---" in part or "===" in part
        self._gap = _RULED if is_ruled else _SPACE
        self.text = " ".join(filter(None, _RULED.split(part)) if is_ruled else part.split())

    @cached_property
    def _firsts(self) -> Any:
        """Return where each word begins in the canonical text."""
        if self._gap is _SPACE:
            return _word_starts(self._whole[self._start : self._end], self._start)
        gaps = [gap.span() for gap in self._gap.finditer(self._whole, self._start, self._end)]
        starts_with_gap = bool(gaps) and gaps[0][0] == self._start
        firsts = [after for _, after in gaps if after < self._end]
        return firsts if starts_with_gap else [self._start, *firsts]

    def offset(self, position: int) -> int:
        """Return the offset in the canonical text of a character of the folded one."""
        word = self.text.count(" ", 0, position)
        return int(self._firsts[word]) + position - (self.text.rfind(" ", 0, position) + 1)

    def place(self, start: int, end: int) -> tuple[int, int]:
        """Return where `text[start:end]` stands in the canonical text, half-open; it must not be empty."""
        if not 0 <= start < end <= len(self.text):
            raise ValueError(f"{start}:{end} is no stretch of a text of {len(self.text)} characters")
        first, last = start, end - 1
        while first < last and self.text[first] == " ":
            first += 1
        while last > first and self.text[last] == " ":
            last -= 1
        return self.offset(first), self.offset(last) + 1
