"""Texts as letters and digits, for comparing two readings of the same thing.

Whole texts are handled as arrays of code points: one by one in Python they would take as long as the reading itself.
"""

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

_BASIC_PLANE: Final = 0x10000
_DIGITS: Final = "0123456789"


@dataclass(frozen=True, slots=True)
class Letters:
    """The letters and digits of a text, compatibility forms (ligatures, wide digits) spelled out.

    Args:
        chars: They.
        places: Where in the text each one stands: a numpy array, ascending.
    """

    chars: str
    places: Any

    @classmethod
    def of(cls, text: str) -> "Letters":
        """Take the letters and digits out of a text.

        Example:
            >>> Letters.of("§ 1.2 ﬁt").chars
            '12fit'
        """
        import numpy as np

        if text.isascii() or unicodedata.is_normalized("NFKC", text):
            places = _alphanumeric(text)
            return cls(_cut(text, places), places)
        spelled = [unicodedata.normalize("NFKC", char) for char in text]
        flat = "".join(spelled)
        origins = np.repeat(np.arange(len(text)), [len(part) for part in spelled])
        kept = _alphanumeric(flat)
        return cls(_cut(flat, kept), origins[kept])

    @property
    def n_digits(self) -> int:
        """Count the digits 0 to 9."""
        return sum([self.chars.count(digit) for digit in _DIGITS])

    def index(self, place: int) -> int:
        """Return how many letters and digits stand before a place in the text."""
        return int(self.places.searchsorted(place))


def surplus(first: str, second: str) -> Mapping[str, int]:
    """Return how often each character stands in `first` more than in `second`; negative where less, never 0.

    Example:
        >>> surplus("aab", "bcc")
        {'a': 2, 'c': -2}
    """
    import numpy as np

    if first == second:
        return {}
    # Code points and, in the lowest bit, whose they are: sorted, every character is a stretch of its own.
    marked = code_points(first + second) << 1
    marked[len(first) :] |= 1
    marked.sort()
    codes = marked >> 1
    balance = np.cumsum(1 - 2 * (marked & 1).astype(np.int64))
    ends = np.flatnonzero(np.append(codes[1:] != codes[:-1], True))
    counts = np.diff(balance[ends], prepend=0)
    return {chr(codes[ends[at]]): int(counts[at]) for at in np.flatnonzero(counts)}


def code_points(text: str) -> Any:
    """Return the code points of a text as a numpy array."""
    import numpy as np

    return np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype="<u4")


@cache
def _table() -> Any:
    """Tell of each character of the basic plane whether it is a letter or digit."""
    import numpy as np

    return np.fromiter((chr(code).isalnum() for code in range(_BASIC_PLANE)), dtype=bool, count=_BASIC_PLANE)


def _alphanumeric(text: str) -> Any:
    import numpy as np

    codes = code_points(text)
    if len(codes) and codes.max() >= _BASIC_PLANE:
        return np.flatnonzero(np.fromiter(map(str.isalnum, text), dtype=bool, count=len(text)))
    return np.flatnonzero(_table()[codes])


def _cut(text: str, places: Any) -> str:
    return str(code_points(text)[places].tobytes().decode("utf-32-le", "surrogatepass"))
