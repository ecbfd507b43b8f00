"""Going along the texts of a file and marking in the canonical text what was met: what is lost, added, out of order.

The texts are followed in the order of the file. Each is looked for where the canonical text goes on after the one
before; else where it went on after an earlier one, for readers put notes, comments and hidden text elsewhere; else
anywhere that was not met yet. What is found nowhere is lost. A word that was not met was written by the reader: a
number of a list at the start of its line, a word that a reader of this format may write. Any other one was added. Texts
of one stream (the body, a table, a box, a note) must come in their order, but for what is not seen.
"""

import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Sequence
from operator import itemgetter
from typing import Final, NamedTuple

from averment.core.completeness import LeftOut
from averment.pipelines.ingestion.characters import Letters

# Places where reading may go on, the latest last.
_MAX_PLACES: Final = 8
# A reader may write so many letters and digits itself before it goes on.
_NEAR: Final = 40
# A text of so many letters stands for itself wherever it is found; shorter ones are looked for when all others are met.
_LONG: Final = 12
_PART: Final = 4
_MAX_TRIES: Final = 200
_MAX_SEARCHES: Final = 20_000
_WORD: Final = re.compile(r"[^\W_]+")
_LABEL: Final = re.compile(r"\d{1,5}(?:st|nd|rd|th)?|[ivxlcdm]{1,9}|([a-z])\1{0,3}", re.I)


class RawText(NamedTuple):
    """A text of a file.

    Args:
        text: As it stands there.
        others: Other ways to write it.
        left_out: Why it is no text of the document.
        may_repeat: Whether it is enough to have it once, as with headers and footers.
        may_add: Words that a reader may write by itself wherever it needs them; the text counts for nothing else.
        stream: What it belongs to; the texts of one stream come in their order, those of "" in any.
    """

    text: str
    others: tuple[str, ...] = ()
    left_out: LeftOut | None = None
    may_repeat: bool = False
    may_add: bool = False
    stream: str = "body"


class TextWalk:
    """Goes along a file's texts and marks in ours what was met.

    Args:
        text: The canonical text.
        unseen: The spans of it that are not seen, in order; what stands there may have come from anywhere.
    """

    def __init__(self, text: str, *, unseen: Sequence[tuple[int, int]] = ()):
        letters = Letters.of(text)
        self.met = bytearray(len(letters.chars))
        self.left_out: Counter[LeftOut] = Counter()
        self.n_chars = self.n_digits = self.n_accounted = self.n_moved = self.n_lost = 0
        self._text = text
        self._letters = letters
        self._unseen = unseen
        self._ours = letters.chars
        self._is_start = _starts(letters)
        self._places = [0]
        self._postponed: list[tuple[int, RawText]] = []
        self._n_taken = 0
        self._n_searches = 0
        self._streams: dict[str, list[tuple[int, int]]] = {}
        self._may_add: set[str] = set()
        self._may_number = self._may_mark = False

    def take(self, found: RawText) -> None:
        """Account for one text; what is short and not where reading goes on waits for the end."""
        if found.may_add:
            self._may_add.update(word.lower() for word in _WORD.findall(found.text))
            self._may_number = self._may_number or found is MAY_NUMBER
            self._may_mark = self._may_mark or found is MAY_MARK
            return
        chars = letters_of(found.text)
        self.n_chars += len(chars)
        self.n_digits += _n_digits(chars)
        self._n_taken += 1
        if found.left_out is not None:
            self.left_out[found.left_out] += len(chars)
        elif chars and not self._take(found, chars, number=self._n_taken, is_last=False):
            self._postponed.append((self._n_taken, found))

    def finish(self) -> None:
        """Account for the texts that wait."""
        for number, found in self._postponed:
            chars = letters_of(found.text)
            if self._take(found, chars, number=number, is_last=True):
                continue
            if found.may_repeat and chars in self._ours:
                self.left_out[LeftOut.REPEATED] += len(chars)
            else:
                self._take_parts(found, chars, number=number)

    def n_generated(self) -> int:
        """Count the letters and digits that the file does not have, added ones included."""
        return self.met.count(0)

    def n_added(self) -> int:
        """Count the letters and digits that the file does not have and the reader had no reason to write."""
        import numpy as np

        unmet = np.flatnonzero(np.frombuffer(self.met, dtype=np.uint8) == 0)
        if not len(unmet):
            return 0
        counts = Counter(self._letters.places[unmet].tolist())
        n_added, done = 0, -1
        for place in sorted(counts):
            if place < done:
                continue
            start = self._text.rfind("\n", 0, place) + 1
            done = self._text.find("\n", place)
            done = len(self._text) if done < 0 else done + 1
            n_added += self._n_added_in(start, done, counts)
        return n_added

    def _n_added_in(self, start: int, end: int, counts: Counter[int]) -> int:
        """Count what was added in a line; numbers of lists must lead it, or a cell of it, and text must follow."""
        n_added = n_labels = 0
        words = list(_WORD.finditer(self._text, start, end))
        for at, word in enumerate(words):
            n_unmet = sum(counts[place] for place in range(word.start(), word.end()) if place in counts)
            if not n_unmet:
                n_labels = 0
                continue
            if all(place in counts for place in range(word.start(), word.end())):
                if word.group().lower() in self._may_add or self._is_mark(word):
                    continue
                if _LABEL.fullmatch(word.group()) and n_labels < _MAX_LEVELS and at + 1 < len(words):
                    n_labels += 1
                    if self._may_number:
                        continue
            n_added += n_unmet
        return n_added

    def _is_mark(self, word: re.Match[str]) -> bool:
        """Tell the number of a note in its brackets."""
        around = self._text[word.start() - 1 : word.start()] + self._text[word.end() : word.end() + 1]
        return around == "[]" and self._may_mark and len(word.group()) <= 8

    def n_disordered(self) -> int:
        """Count the texts that stand before one that they follow in the file."""
        return sum(_n_out_of_order(found) for name, found in self._streams.items() if name)

    def _take(self, found: RawText, chars: str, *, number: int, is_last: bool) -> bool:
        ways = [way for way in (chars, *map(letters_of, found.others)) if way]
        met = self._go_on(ways, is_whole=bool(found.others))
        if met is None:
            met = self._search(ways, start=self._places[-1], reach=_NEAR)
        if met is None and (is_last or len(chars) >= _LONG):
            met = self._search(ways, start=self._places[-1]) or self._search(ways, start=0)
        if met is not None:
            self._meet(*met, n_chars=len(chars))
            if not self._is_unseen(met[0]):
                self._streams.setdefault(found.stream, []).append((number, met[0]))
        return met is not None

    def _take_parts(self, found: RawText, chars: str, *, number: int) -> None:
        """Account for a text word by word: a reader may write something in between."""
        for word in () if found.others else found.text.split():
            letters = letters_of(word)
            part = RawText(word, stream=found.stream)
            if letters and self._take(part, letters, number=number, is_last=True):
                chars = chars[len(letters) :]  # how many are left is all that counts
        self.n_lost += len(chars)

    def _go_on(self, ways: list[str], *, is_whole: bool) -> tuple[int, str] | None:
        """Look where reading stopped before, the latest place first; for whole words only where there are several ways."""
        for at in reversed(self._places):
            for way in ways:
                if self._ours.startswith(way, at) and self._is_new(at, way):
                    if not is_whole or (self._is_start[at] and self._is_start[at + len(way)]):
                        return at, way
        return None

    def _search(self, ways: list[str], *, start: int, reach: int | None = None) -> tuple[int, str] | None:
        """Look anywhere after a place, or within reach of it, for whole words."""
        for way in ways:
            at, end = start, len(self._ours) if reach is None else start + len(way) + reach
            for _ in range(_MAX_TRIES):
                self._n_searches += reach is None
                at = self._ours.find(way, at, end) if self._n_searches <= _MAX_SEARCHES else -1
                if at < 0:
                    break
                n_edges = self._is_start[at] + self._is_start[at + len(way)]
                # Files cut words where their look changes; of whole words both ends are.
                if n_edges >= (1 if reach is None and len(way) >= _PART else 2) and self._is_new(at, way):
                    return at, way
                at += 1
        return None

    def _is_new(self, at: int, way: str) -> bool:
        return self.met.find(1, at, at + len(way)) < 0

    def _is_unseen(self, at: int) -> bool:
        place = int(self._letters.places[at])
        found = bisect_right(self._unseen, (place, len(self._text)))
        return found > 0 and self._unseen[found - 1][1] > place

    def _meet(self, at: int, way: str, *, n_chars: int) -> None:
        end = at + len(way)
        self.met[at:end] = b"\x01" * len(way)
        self.n_accounted += n_chars
        if at < max(self._places):
            self.n_moved += n_chars
        self._places = [*[place for place in self._places if place != at][1 - _MAX_PLACES :], end]


_MAX_LEVELS: Final = 9
MAY_NUMBER: Final = RawText("", may_add=True)
"""Told by a file whose lists have numbers that it does not store."""
MAY_MARK: Final = RawText("", others=("[",), may_add=True)
"""Told by a file whose notes have marks that it does not store."""


def letters_of(text: str) -> str:
    """Return the letters and digits of a short text; compatibility forms spelled out."""
    if text.isascii():
        return text if text.isalnum() else "".join(filter(str.isalnum, text))
    return Letters.of(text).chars


def _n_out_of_order(found: Sequence[tuple[int, int]]) -> int:
    """Count how many of these numbered places must be taken out for the rest to ascend."""
    ends: list[int] = []
    places = [place for _, place in sorted(found, key=itemgetter(0))]  # parts of one text keep their order
    for place in places:
        at = bisect_right(ends, place)
        ends[at : at + 1] = [place]
    return len(places) - len(ends)


def _starts(letters: Letters) -> bytearray:
    """Tell of each letter, and of the end, whether a word starts there."""
    import numpy as np

    is_start = np.ones(len(letters.chars) + 1, dtype=np.uint8)
    is_start[1:-1] = np.diff(letters.places) > 1
    return bytearray(is_start.tobytes())


def _n_digits(chars: str) -> int:
    return 0 if chars.isalpha() else sum(char in "0123456789" for char in chars)
