"""The completeness certificate of formats without pages: the canonical text held against the texts of the file.

The texts are followed in the order of the file. Each is looked for where the canonical text goes on after the one
before; else where it went on after an earlier one, for readers put notes, comments and hidden text elsewhere; else
anywhere that was not met yet. What is found nowhere is not accounted for. What the canonical text has and the file
has not, the reader wrote itself: numbers of lists, names of sheets.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Final

from averment.core.completeness import Certificate, LeftOut, Method, PageCount, Thresholds, certify
from averment.core.documents import ParsedDocument
from averment.pipelines.ingestion import media_types
from averment.pipelines.ingestion.archive import OfficeArchive
from averment.pipelines.ingestion.characters import Letters
from averment.pipelines.ingestion.limits import ParseLimits
from averment.pipelines.ingestion.plain import decode
from averment.pipelines.ingestion.raw_text import RawText, markup_texts, sheet_texts, slide_texts, word_texts

_NUMBER: Final = re.compile(r"\d+(?:[.,]\d+)*")
# Places where reading may go on, the latest last.
_MAX_PLACES: Final = 8
# A reader may write so many letters and digits itself before it goes on.
_NEAR: Final = 40
# A text of so many letters stands for itself wherever it is found; shorter ones are looked for when all others are met.
_LONG: Final = 12
_PART: Final = 4
_MAX_TRIES: Final = 200
_MAX_SEARCHES: Final = 20_000
_OFFICE_TEXTS: Final[Mapping[str, Callable[[OfficeArchive], Iterator[RawText]]]] = {
    media_types.DOCX: word_texts,
    media_types.PPTX: slide_texts,
    media_types.XLSX: sheet_texts,
}


def certify_texts(
    texts: Iterable[RawText], parsed: ParsedDocument, *, method: Method, thresholds: Thresholds
) -> Certificate:
    """Account for every letter and digit of a file's texts.

    Args:
        texts: The second reading, in its order.
        parsed: The document.
        method: What the second reading was.
        thresholds: How much it may fall short of.
    """
    walk = _Walk(parsed.text)
    for found in texts:
        walk.take(found)
    walk.finish()
    count = PageCount(
        page=None,
        n_chars=walk.n_chars,
        n_accounted=walk.n_accounted,
        left_out=dict(walk.left_out),
        n_unaccounted=walk.n_lost,
        n_hidden=sum(sum(map(str.isalnum, element.text)) for element in parsed.elements if element.is_hidden),
        n_moved=walk.n_moved,
        n_generated=walk.met.count(0),
    )
    return certify(
        [count],
        method=method,
        thresholds=thresholds,
        n_digits=walk.n_digits,
        n_numbers=len(_NUMBER.findall(parsed.text)),
        n_cells=len(parsed.cells),
    )


def certify_file(
    parsed: ParsedDocument, content: bytes, *, limits: ParseLimits, thresholds: Thresholds
) -> Certificate | None:
    """Hold a document against its file; None for kinds of files that have no second reading.

    Args:
        parsed: The document.
        content: The file.
        limits: What its parts may cost.
        thresholds: How much it may fall short of.
    """
    kind = parsed.media_type
    if kind == media_types.HTML:
        return certify_texts(markup_texts(content), parsed, method=Method.MARKUP_TREE, thresholds=thresholds)
    if kind in _OFFICE_TEXTS:
        texts = _OFFICE_TEXTS[kind](OfficeArchive(content, limits=limits))
        return certify_texts(texts, parsed, method=Method.OFFICE_XML, thresholds=thresholds)
    if kind in (media_types.PLAIN, media_types.MARKDOWN, media_types.CSV):
        texts = iter([RawText(decode(content)[0])])
        return certify_texts(texts, parsed, method=Method.CHARACTERS, thresholds=thresholds)
    return None


class _Walk:
    """Goes along a file's texts and marks in ours what was met."""

    def __init__(self, text: str):
        letters = Letters.of(text)
        self.met = bytearray(len(letters.chars))
        self.left_out: Counter[LeftOut] = Counter()
        self.n_chars = self.n_digits = self.n_accounted = self.n_moved = self.n_lost = 0
        self._ours = letters.chars
        self._is_start = _starts(letters)
        self._places = [0]
        self._postponed: list[RawText] = []
        self._n_searches = 0

    def take(self, found: RawText) -> None:
        """Account for one text; what is short and not where reading goes on waits for the end."""
        chars = _letters(found.text)
        self.n_chars += len(chars)
        self.n_digits += _n_digits(chars)
        if found.left_out is not None:
            self.left_out[found.left_out] += len(chars)
        elif chars and not self._take(found, chars, is_last=False):
            self._postponed.append(found)

    def finish(self) -> None:
        """Account for the texts that wait."""
        for found in self._postponed:
            chars = _letters(found.text)
            if self._take(found, chars, is_last=True):
                continue
            if found.may_repeat and chars in self._ours:
                self.left_out[LeftOut.REPEATED] += len(chars)
            else:
                self._take_parts(found, chars)

    def _take(self, found: RawText, chars: str, *, is_last: bool) -> bool:
        ways = [way for way in (chars, *map(_letters, found.others)) if way]
        met = self._go_on(ways)
        if met is None:
            met = self._search(ways, start=self._places[-1], reach=_NEAR)
        if met is None and (is_last or len(chars) >= _LONG):
            met = self._search(ways, start=self._places[-1]) or self._search(ways, start=0)
        if met is not None:
            self._meet(*met, n_chars=len(chars))
        return met is not None

    def _take_parts(self, found: RawText, chars: str) -> None:
        """Account for a text word by word: a reader may write something in between."""
        for word in () if found.others else found.text.split():
            letters = _letters(word)
            if letters and self._take(RawText(word), letters, is_last=True):
                chars = chars[len(letters) :]  # how many are left is all that counts
        self.n_lost += len(chars)

    def _go_on(self, ways: list[str]) -> tuple[int, str] | None:
        """Look where reading stopped before, the latest place first."""
        for at in reversed(self._places):
            for way in ways:
                if self._ours.startswith(way, at) and self._is_new(at, way):
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

    def _meet(self, at: int, way: str, *, n_chars: int) -> None:
        end = at + len(way)
        self.met[at:end] = b"\x01" * len(way)
        self.n_accounted += n_chars
        if at < max(self._places):
            self.n_moved += n_chars
        self._places = [*[place for place in self._places if place != at][1 - _MAX_PLACES :], end]


def _starts(letters: Letters) -> bytearray:
    """Tell of each letter, and of the end, whether a word starts there."""
    import numpy as np

    is_start = np.ones(len(letters.chars) + 1, dtype=np.uint8)
    is_start[1:-1] = np.diff(letters.places) > 1
    return bytearray(is_start.tobytes())


def _n_digits(chars: str) -> int:
    return 0 if chars.isalpha() else sum(char in "0123456789" for char in chars)


def _letters(text: str) -> str:
    """Return the letters and digits of a short text; compatibility forms spelled out."""
    if text.isascii():
        return text if text.isalnum() else "".join(filter(str.isalnum, text))
    return Letters.of(text).chars
