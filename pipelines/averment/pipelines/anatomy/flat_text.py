"""A text on one line, with the way back to the places its parts were read from.

Titles wrapped over lines and preambles broken by line ends read better with their white space folded; every position
of the folded text knows its offset in the canonical text.
"""

import re
from bisect import bisect_right
from itertools import accumulate
from typing import Final

_SPACE: Final = re.compile(r"\s+")
# A rule of dashes that underlines a word is white space too.
_RULED: Final = re.compile(r"\s+(?:[-=]{3,}\s+)*")


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
        end = len(text) if end is None else min(end, len(text))
        is_ruled = any(text.find(rule, start, end) >= 0 for rule in ("---", "==="))
        gaps = [gap.span() for gap in (_RULED if is_ruled else _SPACE).finditer(text, start, end)]
        firsts, lasts = [start, *[after for _, after in gaps]], [*[before for before, _ in gaps], end]
        words = [(first, last) for first, last in zip(firsts, lasts, strict=True) if first < last]
        lengths = [last - first + 1 for first, last in words]  # each with the space behind it
        self._original = [first for first, _ in words]
        self._flat = [0, *accumulate(lengths)][: len(words)]
        self.text = " ".join([text[first:last] for first, last in words])

    def offset(self, position: int) -> int:
        """Return the offset in the canonical text of a character of the folded one."""
        word = bisect_right(self._flat, position) - 1
        return self._original[word] + position - self._flat[word]

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
