"""Going along the texts of a file and marking in the canonical text what was met: what is lost, added, out of order.

The texts are followed in the order of the file. Each is looked for where the canonical text goes on after the one
before; else where it went on after an earlier one, for readers put notes, comments and hidden text elsewhere; else
anywhere that was not met yet. What is found nowhere is lost. A word that was not met was written by the reader: a
number of a list right before a numbered text, a word that a reader of this format may write. Any other one was added.
Texts of one stream (the body, a table, a box, a note) must come in their order, but for what is not seen.
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
        is_numbered: Whether a number of a list, which the file does not store, is shown right before it.
        is_running: Whether it is the head or foot of pages, which stands apart and may come once for every section.
        may_lack: Whether a reader may leave it out, as an address that a word stands for.
        page: Number of the slide that it belongs to; all texts of one come before those of the next. 0 for none.
    """

    text: str
    others: tuple[str, ...] = ()
    left_out: LeftOut | None = None
    may_repeat: bool = False
    may_add: bool = False
    stream: str = "body"
    is_numbered: bool = False
    page: int = 0
    is_running: bool = False
    may_lack: bool = False


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
        self._may_mark = False
        self._pages: list[tuple[int, int]] = []
        self._labelled: set[int] = set()
        self._repeated_at = 0

    def take(self, found: RawText) -> None:
        """Account for one text; what is short and not where reading goes on waits for the end."""
        if found.may_add:
            self._may_add.update(word.lower() for word in _WORD.findall(found.text))
            self._may_mark = self._may_mark or found is MAY_MARK
            return
        chars = letters_of(found.text)
        self.n_chars += len(chars)
        self.n_digits += _n_digits(chars)
        self._n_taken += 1
        if found.left_out is not None:
            self.left_out[found.left_out] += len(chars)
            return
        is_short_form = _is_further_form(found) and len(chars) < _LONG
        if not is_short_form and (
            not chars
            or self._is_met_before(found, chars)
            or self._take(found, chars, number=self._n_taken, is_last=False)
        ):
            return
        self._postponed.append((self._n_taken, found))

    def finish(self) -> None:
        """Account for the texts that wait."""
        self._postponed.sort(key=lambda waiting: _is_further_form(waiting[1]))
        for number, found in self._postponed:
            chars = letters_of(found.text)
            if not chars or (_is_further_form(found) and self._is_met_before(found, chars)):
                continue
            if self._take(found, chars, number=number, is_last=True):
                continue
            if found.may_repeat and chars in self._ours:
                self.left_out[LeftOut.REPEATED] += len(chars)
            elif found.may_lack:
                self.left_out[LeftOut.ALTERNATIVE] += len(chars)
            else:
                self._take_parts(found, chars, number=number)

    def _is_met_before(self, found: RawText, chars: str) -> bool:
        """Tell a text that needs to be there once and is; it counts as repeated."""
        if not _is_further_form(found):
            return False
        for start in (self._repeated_at, 0):
            at = self._ours.find(chars, start)
            if at >= 0 and self.met.find(0, at, at + len(chars)) < 0:
                self._repeated_at = at + len(chars)
                if found.is_numbered:
                    self._labelled.add(at)
                self.left_out[LeftOut.REPEATED] += len(chars)
                return True
        return False

    def n_generated(self) -> int:
        """Count the letters and digits that the file does not have, added ones included."""
        return self.met.count(0)

    def n_added(self) -> int:
        """Count the letters and digits that the file does not have and the reader had no reason to write."""
        import numpy as np

        labels = self._labels()
        unmet = np.flatnonzero(np.frombuffer(self.met, dtype=np.uint8) == 0).tolist()
        counts = Counter(int(self._letters.places[at]) for at in unmet if at not in labels)
        n_added, done = 0, -1
        for place in sorted(counts):
            if place < done:
                continue
            start = self._text.rfind("\n", 0, place) + 1
            end = self._text.find("\n", place)
            done = len(self._text) if end < 0 else end + 1
            n_added += self._n_added_in(start, done, counts)
        return n_added

    def _labels(self) -> set[int]:
        """Return the letters that are numbers of lists: those right before a numbered text, in its line."""
        labels: set[int] = set()
        places = self._letters.places
        for at in self._labelled:
            first = at
            line = self._text.rfind("\n", 0, int(places[at])) + 1
            while first > 0 and not self.met[first - 1] and places[first - 1] >= line and at - first < _MAX_LABEL:
                first -= 1
            if first == at:
                continue
            span = int(places[first]), int(places[at - 1]) + 1
            words = [word.group() for word in _WORD.finditer(self._text, *span)]
            if len(words) <= _MAX_LEVELS and all(map(self._may_label, words)):
                labels.update(range(first, at))
        return labels

    def _n_added_in(self, start: int, end: int, counts: Counter[int]) -> int:
        """Count what was added in a line, but for words that a reader may write."""
        n_added = 0
        for word in _WORD.finditer(self._text, start, end):
            places = range(word.start(), word.end())
            is_new = all(place in counts for place in places)
            if not is_new or not (word.group().lower() in self._may_add or self._is_mark(word)):
                n_added += sum(counts[place] for place in places if place in counts)
        return n_added

    def _may_label(self, word: str) -> bool:
        return _LABEL.fullmatch(word) is not None or word.lower() in self._may_add

    def _is_mark(self, word: re.Match[str]) -> bool:
        """Tell the number of a note in its brackets."""
        around = self._text[word.start() - 1 : word.start()] + self._text[word.end() : word.end() + 1]
        return around == "[]" and self._may_mark and len(word.group()) <= 8

    def n_disordered(self) -> int:
        """Count the texts that stand before one that they follow in the file."""
        within = sum(_n_out_of_order(found) for name, found in self._streams.items() if name)
        return within + _n_out_of_order(sorted(self._pages))

    def _take(self, found: RawText, chars: str, *, number: int, is_last: bool) -> bool:
        ways = [way for way in (chars, *map(letters_of, found.others)) if way]
        met = self._go_on(ways, is_whole=bool(found.others))
        if met is None:
            met = self._search(ways, start=self._places[-1], reach=_NEAR, least=1 if found.is_numbered else 2)
        if met is None and (is_last or len(chars) >= _LONG):
            met = self._search_all(ways)
        if met is not None:
            self._meet(*met, n_chars=len(chars))
            if found.is_numbered:
                self._labelled.add(met[0])
            if not self._is_unseen(met[0]):
                if found.page:
                    self._pages.append((found.page, met[0]))
                self._streams.setdefault(found.stream, []).append((number, met[0]))
        return met is not None

    def _take_parts(self, found: RawText, chars: str, *, number: int) -> None:
        """Account for a text word by word: a reader may write something in between."""
        is_first = True
        for word in () if found.others else found.text.split():
            letters = letters_of(word)
            part = found._replace(text=word, others=(), is_numbered=found.is_numbered and is_first)
            is_first = False
            if letters and self._take(part, letters, number=number, is_last=True):
                chars = chars[len(letters) :]  # how many are left is all that counts
        self.n_lost += len(chars)

    def _go_on(self, ways: list[str], *, is_whole: bool) -> tuple[int, str] | None:
        """Look where reading stopped before, the latest place first; `is_whole` asks for whole words."""
        for at in reversed(self._places):
            for way in ways:
                is_there = self._ours.startswith(way, at) and self._is_new(at, way)
                if is_there and (not is_whole or (self._is_start[at] and self._is_start[at + len(way)])):
                    return at, way
        return None

    def _search_all(self, ways: list[str]) -> tuple[int, str] | None:
        """Look everywhere, from where reading is on first; for words of their own before parts of others."""
        for least in (2, 1):
            for start in (self._places[-1], 0):
                met = self._search(ways, start=start, least=least, is_start=False)
                if met is not None:
                    return met
        return None

    def _search(
        self, ways: list[str], *, start: int, reach: int | None = None, least: int = 2, is_start: bool = True
    ) -> tuple[int, str] | None:
        """Look after a place, or within reach of it, for whole words; for one edge of them if `least` is 1.

        Short texts must be whole words; `is_start` asks for the edge to be the start.
        """
        for way in ways:
            at, end = start, len(self._ours) if reach is None else start + len(way) + reach
            for _ in range(_MAX_TRIES):
                self._n_searches += reach is None
                at = self._ours.find(way, at, end) if self._n_searches <= _MAX_SEARCHES else -1
                if at < 0:
                    break
                n_edges = self._is_start[at] + self._is_start[at + len(way)]
                # Files cut words where their look changes; of whole words both ends are.
                wanted = 2 if reach is None and len(way) < _PART else least
                if n_edges >= wanted and (not is_start or self._is_start[at]) and self._is_new(at, way):
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


_MAX_LEVELS: Final = 12
_MAX_LABEL: Final = 60
MAY_MARK: Final = RawText("", others=("[",), may_add=True)
"""Told by a file whose notes have marks that it does not store."""


def letters_of(text: str) -> str:
    """Return the letters and digits of a short text; compatibility forms spelled out."""
    if text.isascii():
        return text if text.isalnum() else "".join(filter(str.isalnum, text))
    return Letters.of(text).chars


def _is_further_form(found: RawText) -> bool:
    """Tell a text of a body that comes in another form as well; heads and feet may come again but stand apart."""
    return found.may_repeat and bool(found.stream) and not found.is_running


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
