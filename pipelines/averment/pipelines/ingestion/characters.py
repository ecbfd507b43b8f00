"""Texts compared as bags of characters: which of them one text has more often than the other.

Counted as arrays of code points: one by one in Python it would be a large part of the time that a page takes.
"""

from collections.abc import Mapping


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
    marked = np.frombuffer((first + second).encode("utf-32-le", "surrogatepass"), dtype="<u4") << 1
    marked[len(first) :] |= 1
    marked.sort()
    codes = marked >> 1
    balance = np.cumsum(1 - 2 * (marked & 1).astype(np.int64))
    ends = np.flatnonzero(np.append(codes[1:] != codes[:-1], True))
    counts = np.diff(balance[ends], prepend=0)
    return {chr(codes[ends[at]]): int(counts[at]) for at in np.flatnonzero(counts)}
