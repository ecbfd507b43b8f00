"""Texts as letters and digits, for comparing two readings of the same thing.

Whole texts are handled as arrays of code points: one by one in Python they would take as long as the reading itself.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

_BASIC_PLANE: Final = 0x10000
_DIGITS: Final = "0123456789"
_SEPARATORS: Final = ".,'’"
_NUMBER: Final = re.compile(r"[-−–(]?\d+(?:[.,'’]\d+)*")


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

        spelled = {} if text.isascii() else _spelled(text)
        flat = text.translate(spelled) if spelled else text
        kept = _alphanumeric(flat)
        chars = _cut(flat, kept)
        longer = {code: len(spelling) for code, spelling in spelled.items() if len(spelling) > 1}
        if not longer:
            return cls(chars, kept)
        codes = code_points(text)
        lengths = np.ones(len(text), dtype=np.intp)
        for code, length in longer.items():
            lengths[codes == code] = length
        return cls(chars, np.repeat(np.arange(len(text)), lengths)[kept])

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
    codes = code_points(first), code_points(second)
    size = max(int(part.max(initial=0)) for part in codes) + 1
    if size > _BASIC_PLANE:
        more, less = Counter(first), Counter(second)
        return {char: count for char in more | less if (count := more[char] - less[char])}
    counts = np.bincount(codes[0], minlength=size) - np.bincount(codes[1], minlength=size)
    return {chr(code): int(counts[code]) for code in np.flatnonzero(counts)}


def code_points(text: str) -> Any:
    """Return the code points of a text as a numpy array."""
    import numpy as np

    return np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype="<u4")


def _spelled(text: str) -> dict[int, str]:
    """Return the compatibility forms in a text, as code points, with their spelling."""
    return {
        ord(char): spelling
        for char in set(text)
        if not char.isascii() and (spelling := unicodedata.normalize("NFKC", char)) != char
    }


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


def numbers(text: str) -> list[str]:
    """Return the numbers of a text in its order, each with its separators and a sign or parenthesis before it.

    Example:
        >>> numbers("Loss (1,250) in 2023, 3.5 %")
        ['(1,250', '2023', '3.5']
    """
    return _NUMBER.findall(text)


def inner_numbers(text: str) -> list[str]:
    """Return the numbers that end within a text; one at its edge may go on in the next.

    Example:
        >>> inner_numbers("250 of 300 and 1,")
        ['300']
    """
    start, end = len(text) - len(text.lstrip(_SEPARATORS)), len(text.rstrip(_SEPARATORS))
    return [number.group() for number in _NUMBER.finditer(text) if number.start() > start and number.end() < end]


def n_apart(theirs: Sequence[str], ours: Sequence[str]) -> int:
    """Count the numbers of one reading that the other one lacks."""
    return 0 if theirs == ours else (Counter(theirs) - Counter(ours)).total()
