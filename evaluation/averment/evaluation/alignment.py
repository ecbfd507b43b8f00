"""Finds gold spans of an official text again in our canonical text of the same document.

The two were extracted by different software: line breaks, hyphens, page furniture differ. What both have is
letters and digits, so both are reduced to these and matched there: long runs that occur once in each are
anchors, and what lies between two anchors is matched in order. A gold character without a partner is missed,
and counted as such.
"""

import difflib
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

# Lengths of runs that anchor, tried in turn: long ones on the whole text, shorter ones in what lies between.
_ANCHORS: Final = (32, 14, 8)
_MAX_COMPARED: Final = 40_000


@dataclass(frozen=True, slots=True)
class AlignedSpan:
    """A gold span in our text.

    `positions` are the offsets, ascending, of its letters and digits that were found; `n_letters` is how many it has.
    """

    n_letters: int
    positions: "NDArray[np.int64]"

    @property
    def share(self) -> float:
        """Return the share (0-1) of the span's letters and digits that our text has."""
        return len(self.positions) / self.n_letters if self.n_letters else 0.0


class Alignment:
    """The correspondence between an official text and ours, letter by letter.

    Args:
        official: The text that gold offsets count in.
        ours: The canonical text.
    """

    def __init__(self, official: str, ours: str) -> None:
        import numpy as np

        theirs, self._their_offsets = _letters(official)
        mine, self._my_offsets = _letters(ours)
        self._partner = np.full(len(theirs), -1, dtype=np.int64)
        if official == ours:
            self._partner = np.arange(len(theirs), dtype=np.int64)
        else:
            for a, b, size in _blocks(theirs, mine):
                self._partner[a : a + size] = np.arange(b, b + size)
        self._mine_array = np.asarray(self._my_offsets, dtype=np.int64)

    def span(self, start: int, end: int) -> AlignedSpan:
        """Return a gold span `start:end` in our offsets."""
        first, last = bisect_left(self._their_offsets, start), bisect_left(self._their_offsets, end)
        partners = self._partner[first:last]
        return AlignedSpan(n_letters=last - first, positions=self._mine_array[partners[partners >= 0]])


def _letters(text: str) -> tuple[str, list[int]]:
    """Reduce a text to lower-case letters and digits, with the offset of each."""
    kept, offsets = [], []
    for offset, character in enumerate(text):
        if character.isalnum():
            lower = character.lower()
            kept.append(lower if len(lower) == 1 else lower[0])
            offsets.append(offset)
    return "".join(kept), offsets


def _blocks(a: str, b: str) -> Iterator[tuple[int, int, int]]:
    """Yield matching blocks (start in a, start in b, length), ascending in both."""
    yield from _match(a, b, (0, len(a)), (0, len(b)), _ANCHORS)


def _match(
    a: str, b: str, span_a: tuple[int, int], span_b: tuple[int, int], lengths: Sequence[int]
) -> Iterator[tuple[int, int, int]]:
    """Match a span of each text: by anchors of the first length, then what is between them by the next."""
    if span_a[0] == span_a[1] or span_b[0] == span_b[1]:
        return
    if not lengths:
        yield from _compare(a, b, span_a, span_b)
        return
    at_a, at_b = span_a[0], span_b[0]
    for start_a, start_b in [*_chain(_anchors(a, b, span_a, span_b, lengths[0])), (span_a[1], span_b[1])]:
        if start_a < at_a or start_b < at_b:
            continue
        yield from _match(a, b, (at_a, start_a), (at_b, start_b), lengths[1:])
        size = 0
        while start_a + size < span_a[1] and start_b + size < span_b[1] and a[start_a + size] == b[start_b + size]:
            size += 1
        if size:
            yield start_a, start_b, size
        at_a, at_b = start_a + size, start_b + size


def _anchors(a: str, b: str, span_a: tuple[int, int], span_b: tuple[int, int], length: int) -> list[tuple[int, int]]:
    """Return places of runs that occur exactly once in each span, ascending in `a`."""
    places: dict[str, int] = {}
    for place in range(span_b[0], span_b[1] - length + 1):
        piece = b[place : place + length]
        places[piece] = -1 if piece in places else place
    seen: dict[str, int] = {}
    for place in range(span_a[0], span_a[1] - length + 1):
        piece = a[place : place + length]
        if places.get(piece, -1) >= 0:
            seen[piece] = -1 if piece in seen else place
    return [(place, places[piece]) for piece, place in seen.items() if place >= 0]


def _chain(pairs: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """Return the longest run of pairs that ascends in both, so that crossing anchors are dropped."""
    tails: list[int] = []
    tail_pair: list[int] = []
    before: list[int] = []
    for number, (_, partner) in enumerate(pairs):
        place = bisect_left(tails, partner)
        before.append(tail_pair[place - 1] if place else -1)
        if place == len(tails):
            tails.append(partner)
            tail_pair.append(number)
        else:
            tails[place] = partner
            tail_pair[place] = number
    chain, at = [], tail_pair[-1] if tail_pair else -1
    while at >= 0:
        chain.append(pairs[at])
        at = before[at]
    return chain[::-1]


def _compare(a: str, b: str, span_a: tuple[int, int], span_b: tuple[int, int]) -> Iterator[tuple[int, int, int]]:
    """Match short remainders letter by letter; long ones without any anchor have nothing in common."""
    (from_a, to_a), (from_b, to_b) = span_a, span_b
    if (to_a - from_a) * (to_b - from_b) > _MAX_COMPARED:
        return
    matcher = difflib.SequenceMatcher(None, a[from_a:to_a], b[from_b:to_b], autojunk=False)
    for block in matcher.get_matching_blocks():
        if block.size >= 3 or (block.size and block.size == to_a - from_a):
            yield from_a + block.a, from_b + block.b, block.size
