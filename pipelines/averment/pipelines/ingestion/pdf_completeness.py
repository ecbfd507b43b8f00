"""A page of canonical text held against pdfium's characters: every letter and digit, in order and at its place.

The two readings may order a page differently (columns, tables, turned text), so pdfium's stream is followed line by
line: the place of a line's first character finds a word of ours, and from there the letters and digits must agree one
by one. Where they part, the place of the next character tells where to go on. What pdfium has and ours has not at that
place is left out, for a reason or for none; what ours has and pdfium never came to is added, unless pdfium has a glyph
without meaning there; a word of ours that both page and stream show before the one it follows is out of order.

This does not read the page: see `pdf_second_reading`; nor does it tell whether the characters are what the page shows.
"""

import re
from array import array
from bisect import bisect_right
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any, Final, Protocol

from averment.core.completeness import LeftOut, PageCount
from averment.pipelines.ingestion.characters import Letters, code_points
from averment.pipelines.ingestion.pdf_lines import Word
from averment.pipelines.ingestion.pdf_order import WordOrder, count_disordered

# How far off a character may stand from the word that it belongs to, in points.
_X_SLACK: Final = 1.5
_Y_SLACK: Final = 2.5
# Two copies of a letter stand at most so many heights apart; two narrow letters in sequence stand further apart.
_TWICE: Final = 0.15
# Glyphs that a font gives no meaning, as pdfium has them; one may stand for so many letters (ligatures).
_MEANINGLESS: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffd-\uffff\ue000-\uf8ff]")
_MAX_LIGATURE: Final = 3
# A page on which more places than this must be looked up is lost anyway.
_MAX_LOOKUPS: Final = 20_000
_BEYOND: Final = -2


class PageCharacters(Protocol):
    """The second reading of a page: its text, and where its characters stand."""

    @property
    def text(self) -> str:
        """Return the text, lines parted by line ends."""

    @property
    def size(self) -> tuple[float, float]:
        """Return width and height of the page, in points."""

    def place(self, index: int) -> tuple[float, float] | None:
        """Return the middle of a character of `text`, in points from the top left; None where it has none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PageWords:
    """A page of canonical text and its words, as columns.

    `starts` and `ends` count from the start of the document, where the page begins at `offset`.
    """

    text: str
    offset: int
    starts: Sequence[int]
    ends: Sequence[int]
    x0: Sequence[float]
    y0: Sequence[float]
    x1: Sequence[float]
    y1: Sequence[float]


def compare_page(
    ours: PageWords, theirs: PageCharacters, *, page: int, beyond: Sequence[Word] = ()
) -> tuple[PageCount, int]:
    """Account for every letter and digit of a page's second reading, and count the digits among them.

    Args:
        ours: The canonical text.
        theirs: The second reading.
        page: 1-based number.
        beyond: Words that stand on the page besides the second reading's text.
    """
    walk = _Walk(ours, theirs)
    n_beyond = walk.take(beyond)
    walk.run()
    count = PageCount(
        page=page,
        n_chars=len(walk.theirs.chars) + sum(len(Letters.of(word[4]).chars) for word in beyond),
        n_accounted=walk.n_accounted + n_beyond,
        left_out={reason: count for reason, count in walk.left_out.items() if count},
        n_unaccounted=walk.n_lost,
        n_added=walk.n_unmet(),
        n_resolved=walk.n_resolved,
        n_disordered=walk.n_disordered(),
        n_beyond=n_beyond,
    )
    return count, walk.theirs.n_digits


@dataclass(slots=True)
class _Walk:
    """Goes along the second reading and notes in ours what was met, and when."""

    words: PageWords
    source: PageCharacters
    ours: Letters = field(init=False)
    theirs: Letters = field(init=False)
    left_out: Counter[LeftOut] = field(default_factory=Counter)
    n_accounted: int = 0
    n_lost: int = 0
    n_resolved: int = 0
    _n_lookups: int = 0
    # Letters of the second reading, with those of ours where another one had been met before.
    _again: list[tuple[int, int]] = field(default_factory=list)
    # Letters of ours of which there are copies: the order of words that hold them says nothing.
    _copied: bytearray = field(init=False)
    # For each letter of ours the number of the letter of the second reading that was met there, or -1; -2 where
    # something besides its text was met.
    _met: "array[int]" = field(init=False)
    _ends: list[int] = field(init=False)
    _boxes: Any = None

    def __post_init__(self) -> None:
        self.ours = Letters.of(self.words.text)
        self.theirs = Letters.of(self.source.text)
        self._met = array("i", [-1]) * len(self.ours.chars)
        self._copied = bytearray(len(self.ours.chars))
        self._ends = _line_ends(self.words.text, self.ours)

    def take(self, beyond: Sequence[Word]) -> int:
        """Account for words that stand on the page besides the second reading's text; count the letters met."""
        n_met = 0
        for x0, y0, x1, y1, text, _ in beyond:
            chars = Letters.of(text).chars
            for first, last, _ in self._words_at(((x0 + x1) / 2, (y0 + y1) / 2)) if chars else ():
                is_new = self._met[first:last].count(-1) == last - first
                if is_new and self.ours.chars[first:last] == chars:
                    self._met[first:last] = array("i", [_BEYOND]) * len(chars)
                    n_met += len(chars)
                    break
            else:
                self.n_lost += len(chars)
        return n_met

    def run(self) -> None:
        if self.ours.chars == self.theirs.chars and self._met.count(-1) == len(self._met):
            # Both say the same in the same order, so there is nothing to look for on the page.
            self._met = array("i", range(len(self._met)))
            self.n_accounted = len(self._met)
            return
        start = expected = 0
        for end in _line_ends(self.source.text, self.theirs):
            expected = self._line(start, end, expected)
            start = end
        for start, at in self._again:
            self._settle(start, at)
        if self.n_unmet():
            self._resolve()

    def n_unmet(self) -> int:
        return self._met.count(-1)

    def n_disordered(self) -> int:
        """Count the words that stand in ours after one that they come before, in pdfium's stream and on the page."""
        import numpy as np

        if not self.words.starts or self.ours.chars == self.theirs.chars:
            return 0
        starts, ends = (np.asarray(column) - self.words.offset for column in (self.words.starts, self.words.ends))
        first, last = self.ours.places.searchsorted(starts), self.ours.places.searchsorted(ends)
        met = np.append(np.asarray(self._met), -1)
        kept = np.flatnonzero((first < last) & (met[first] != _BEYOND))
        copies = np.append(0, np.cumsum(np.frombuffer(self._copied, dtype=np.uint8), dtype=np.int64))
        x0, y0, x1, y1 = (column[kept] for column in self._columns())
        return count_disordered(
            WordOrder(
                met=met[first[kept]],
                line=np.searchsorted(np.flatnonzero(code_points(self.words.text) == 10), starts[kept]),
                start=starts[kept],
                end=ends[kept],
                boxes=(x0, y0, x1, y1),
                is_single=copies[last[kept]] == copies[first[kept]],
            )
        )

    def _line(self, start: int, end: int, expected: int) -> int:
        """Account for a line of the second reading; return where ours would go on."""
        while start < end:
            at = self._find(start, end, expected)
            if at is None:
                self._lose(start)
                start += 1
                continue
            length = self._trusted(start, end, at, self._agreement(start, end, at))
            self._meet(start, at, length)
            start, expected = start + length, at + length
        return expected

    def _agreement(self, start: int, end: int, at: int) -> int:
        """Count how many characters agree from two positions on, within a line of each reading."""
        limit = min(end - start, self._ends[bisect_right(self._ends, at)] - at)
        first, second = self.theirs.chars[start : start + limit], self.ours.chars[at : at + limit]
        if first == second:
            return limit
        return next(number for number, (a, b) in enumerate(zip(first, second, strict=True)) if a != b)

    def _trusted(self, start: int, end: int, at: int, length: int) -> int:
        """Shorten an agreement that ends within a line by the words that agreed by chance: those not at their place."""
        places = self.theirs.places
        while start + length < end:
            shorter = length
            if places[start + length] - places[start + length - 1] > 1:  # it ends with a word
                shorter -= 1
            while shorter and places[start + shorter] - places[start + shorter - 1] <= 1:
                shorter -= 1
            if not shorter:
                return length
            if places[start + length] - places[start + length - 1] > 1:
                place = self._place(start + shorter)
                if place is not None and self._stands_at(at + shorter, place):
                    return length
            length = shorter
        return length

    def _meet(self, start: int, at: int, length: int) -> None:
        new = self._met[at : at + length].count(-1)
        self.n_accounted += new
        if new == length:
            self._met[at : at + length] = array("i", range(start, start + length))
            return
        for step in range(length):
            if self._met[at + step] == -1:
                self._met[at + step] = start + step
            else:
                self._again.append((start + step, at + step))

    def _settle(self, start: int, at: int) -> None:
        """Account for a letter that came to one of ours which had been met before.

        Of a text printed twice the parser keeps one copy, or one and parts of the other. Two letters of one kind that
        stand next to each other are not printed twice.
        """
        place, before = self._place(start), self._place(self._met[at]) if self._met[at] >= 0 else None
        if place is None or before is None:
            self._lose(start)
            return
        unmet = [
            (off, other) for other, off in self._candidates(place, self.theirs.chars[start]) if self._met[other] == -1
        ]
        word = self._word(at)
        limit = _TWICE * (self.words.y1[word] - self.words.y0[word])
        if unmet:
            other = min(unmet)[1]
            self._met[other] = start
            self._copied[other] = self._copied[at] = 1
            self.n_accounted += 1
        elif abs(place[0] - before[0]) + abs(place[1] - before[1]) <= limit:
            self.left_out[LeftOut.PRINTED_TWICE] += 1
        else:
            self._lose(start)

    def _resolve(self) -> None:
        """Account for letters of ours where the second reading has a glyph without meaning that the parser knows."""
        for glyph in islice(_MEANINGLESS.finditer(self.source.text), _MAX_LOOKUPS):
            place = self.source.place(glyph.start())
            for first, last, _ in self._words_at(place) if place else ():
                unmet = [at for at in range(first, last) if self._met[at] == -1][:_MAX_LIGATURE]
                for number, at in enumerate(unmet):
                    if at == unmet[0] + number:
                        self._met[at] = self.theirs.index(glyph.start())
                        self.n_resolved += 1
                if unmet:
                    break

    def _word(self, at: int) -> int:
        return bisect_right(self.words.starts, int(self.ours.places[at]) + self.words.offset) - 1

    def _lose(self, at: int) -> None:
        place, (width, height) = self._place(at), self.source.size
        if place is not None and not (0 <= place[0] <= width and 0 <= place[1] <= height):
            self.left_out[LeftOut.OUTSIDE_PAGE] += 1
        else:
            self.n_lost += 1

    def _place(self, at: int) -> tuple[float, float] | None:
        return self.source.place(int(self.theirs.places[at]))

    def _find(self, start: int, end: int, expected: int) -> int | None:
        """Find where in ours the character stands that the second reading has at `start`."""
        self._n_lookups += 1
        place = self._place(start) if self._n_lookups <= _MAX_LOOKUPS else None
        if place is None:
            return None
        if self._is_at(expected, place) and self.ours.chars[expected] == self.theirs.chars[start]:
            return expected
        best, best_score = None, (0, 0, 0.0)
        for candidate, distance in self._candidates(place, self.theirs.chars[start]):
            length = self._agreement(start, end, candidate)
            score = (self._met[candidate : candidate + length].count(-1), length, -distance)
            if best is None or score > best_score:
                best, best_score = candidate, score
        return best

    def _is_at(self, at: int, place: tuple[float, float]) -> bool:
        """Tell whether a letter of ours was not met yet and stands at a place."""
        return at < len(self._met) and self._met[at] == -1 and self._stands_at(at, place)

    def _stands_at(self, at: int, place: tuple[float, float]) -> bool:
        word, words, (x, y) = self._word(at), self.words, place
        return (
            word >= 0
            and words.x0[word] - _X_SLACK <= x <= words.x1[word] + _X_SLACK
            and words.y0[word] - _Y_SLACK <= y <= words.y1[word] + _Y_SLACK
        )

    def _candidates(self, place: tuple[float, float], char: str) -> list[tuple[int, float]]:
        """Return where a character stands in the words at a place, and how far off, in points."""
        found = []
        for first, last, word in self._words_at(place):
            x0, y0, x1, y1 = (float(column[word]) for column in self._columns())
            for at in range(first, last):
                if self.ours.chars[at] == char:
                    middle = x0 + (x1 - x0) * (at - first + 0.5) / (last - first)
                    found.append((at, abs(middle - place[0]) + abs((y0 + y1) / 2 - place[1])))
        return found

    def _words_at(self, place: tuple[float, float]) -> list[tuple[int, int, int]]:
        """Return the words at a place: first letter, last letter (half-open), number of the word."""
        import numpy as np

        x0, y0, x1, y1 = self._columns()
        x, y = place
        inside = (x0 - _X_SLACK <= x) & (x <= x1 + _X_SLACK) & (y0 - _Y_SLACK <= y) & (y <= y1 + _Y_SLACK)
        words, offset = self.words, self.words.offset
        return [
            (self.ours.index(words.starts[word] - offset), self.ours.index(words.ends[word] - offset), word)
            for word in np.flatnonzero(inside).tolist()
        ]

    def _columns(self) -> Any:
        import numpy as np

        if self._boxes is None:
            words = self.words
            self._boxes = [np.asarray(column) for column in (words.x0, words.y0, words.x1, words.y1)]
        return self._boxes


def _line_ends(text: str, letters: Letters) -> list[int]:
    """Return where lines end, counted in letters and digits, ascending and distinct; the last is the end of all."""
    import numpy as np

    codes = code_points(text)
    breaks = np.flatnonzero((codes == 10) | (codes == 13) | (codes == 12))
    ends = np.unique(np.append(letters.places.searchsorted(breaks), len(letters.chars)))
    return [int(end) for end in ends if end]
