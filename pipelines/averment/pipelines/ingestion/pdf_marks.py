"""Note marks that stand raised behind a figure: `2025` and a small raised `1` are no `20251`.

The parser and pdfium's text alike glue such a mark to the figure before it. Where the parser has a box of its own for
it, that tells; else pdfium knows how high each character is. A digit clearly lower than the figure before it, and
raised, is a mark or a power, and is set apart by a space. Letters and digits stay the same and in order.
"""

import ctypes
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cache
from typing import Any, Final, NamedTuple

from averment.pipelines.ingestion.pdf_lines import Run, Word

_FIGURE: Final = re.compile(r"\d[\d.,]*\d")
# A mark is lower than this share of the figure, and its foot is higher by this one.
_MAX_HEIGHT: Final = 0.85
_MIN_RISE: Final = 0.1
_MAX_DIGITS: Final = 2


class _Functions(NamedTuple):
    index: Any
    box: Any


@cache
def _functions() -> _Functions:
    """Return pdfium's functions as they take plain addresses: a page has hundreds of figures."""
    import pypdfium2.raw as pdfium

    number, address = ctypes.c_int, ctypes.c_void_p

    def plain(function: Any, *arguments: Any) -> Any:
        return ctypes.PYFUNCTYPE(number, *arguments)(ctypes.cast(function, address).value or 0)

    return _Functions(
        index=plain(pdfium.FPDFText_GetCharIndexFromTextIndex, address, number),
        box=plain(pdfium.FPDFText_GetLooseCharBox, address, number, address),
    )


def find_marks(text: str, text_page: Any) -> dict[str, str]:
    """Return the figures of a page that end in a mark, each with the figure alone.

    A figure that stands elsewhere on the page without a mark, letter for letter the same, is left out.

    Args:
        text: pdfium's text of the page.
        text_page: pypdfium2's text page; the caller holds `pdf_second_reading.PDFIUM_LOCK`.
    """
    measure = _Measure(text_page)
    marked: dict[str, str] = {}
    plain: set[str] = set()
    for figure in _FIGURE.finditer(text):
        end = _end_of_figure(figure.start(), figure.end(), measure)
        if end < figure.end():
            marked[figure.group()] = text[figure.start() : end]
        else:
            plain.add(figure.group())
    return {figure: alone for figure, alone in marked.items() if figure not in plain}


def _end_of_figure(start: int, end: int, measure: "_Measure") -> int:
    """Return where a figure ends and its mark begins; its end where it has none, or too long a one."""
    foot, height = measure(start)
    at = end
    while at > start:
        mark_foot, mark_height = measure(at - 1)
        if mark_height >= _MAX_HEIGHT * height or mark_foot < foot + _MIN_RISE * height:
            break
        at -= 1
    return at if start < at and end - at <= _MAX_DIGITS else end


class _Measure:
    """Measures characters of a page."""

    def __init__(self, text_page: Any):
        self._functions = _functions()
        self._page = ctypes.addressof(text_page.raw.contents)
        self._box = (ctypes.c_float * 4)()  # left, top, right, bottom
        self._place = ctypes.addressof(self._box)

    def __call__(self, at: int) -> tuple[float, float]:
        """Return the foot and the height of a character of the text, in points; nothing for one without a place."""
        if not self._functions.box(self._page, self._functions.index(self._page, at), self._place):
            return 0.0, 0.0
        _, top, _, bottom = self._box
        return bottom, top - bottom


def part_marks(runs: list[Run], marks: Mapping[str, str]) -> list[Run]:
    """Set the marks of a page apart from their figures.

    Args:
        runs: The page's.
        marks: What `find_marks` returned.
    """
    parted = [
        replace(run, words=list(_set_apart(run.words)))
        if not run.rotation and any(word[5] for word in run.words)
        else run
        for run in runs
    ]
    if not marks:
        return parted
    figure = re.compile(rf"(?<![\d.,])(?:{'|'.join(map(re.escape, marks))})(?!\d)")
    return [
        replace(run, words=[part for word in run.words for part in _part(word, figure, marks)])
        if not run.rotation and any(figure.search(word[4]) for word in run.words)
        else run
        for run in parted
    ]


def _set_apart(words: Sequence[Word]) -> Iterator[Word]:
    """Yield words; a mark that the parser has a box of its own for, yet glues to a figure, is glued no more."""
    before: Word | None = None
    for word in words:
        x0, y0, x1, y1, text, is_glued = word
        if is_glued and before is not None and text[0].isdigit() and before[4][-1].isdigit():
            height = before[3] - before[1]
            is_glued = y1 - y0 >= _MAX_HEIGHT * height or y1 > before[3] - _MIN_RISE * height
        before = word
        yield x0, y0, x1, y1, text, is_glued


def _part(word: Word, figure: re.Pattern[str], marks: Mapping[str, str]) -> Iterator[Word]:
    x0, y0, x1, y1, text, is_glued = word
    found = figure.search(text)
    if found is None:
        yield word
        return
    at = found.start() + len(marks[found.group()])
    x = x0 + (x1 - x0) * at / len(text)
    yield x0, y0, x, y1, text[:at], is_glued
    yield x, y0, x1, y1, text[at:], False
