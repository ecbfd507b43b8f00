"""pdfium's characters of one page and their places, from the top left of the page as shown (rotated and cropped).

pdfium is not safe under threads: whoever asks for places holds `pdf_second_reading.PDFIUM_LOCK`.
"""

import ctypes
import re
from collections.abc import Sequence
from typing import Any, Final, TypeAlias

from averment.pipelines.ingestion.pdf_lines import Line, Run, Word

_Box: TypeAlias = tuple[float, float, float, float]
_LINE: Final = re.compile(r"[^\r\n]+")
_TOKEN: Final = re.compile(r"\S+")
# What pdfium has for a glyph that its font gives no meaning.
_NO_GLYPH: Final = "\ufffe"
_UNIT: Final = 1000.0  # points, far enough apart that whole device units do not blur a page's frame
_SCALE: Final = 1000


class PdfiumCharacters:
    """The characters of a page.

    Args:
        page: pypdfium2's page.
        text_page: pypdfium2's text page.
        text: pdfium's text of it.
    """

    def __init__(self, page: Any, text_page: Any, text: str):
        self.text = text
        self.size: tuple[float, float] = page.get_size()
        self._text_page = text_page.raw
        self._frame = _frame(page.raw, self.size)
        self._box = tuple(ctypes.c_double() for _ in range(4))

    def place(self, index: int) -> tuple[float, float] | None:
        """Return the middle of a character of `text`, in points from the top left; None where it has none."""
        box = self.box(index)
        return ((box[0] + box[2]) / 2, (box[1] + box[3]) / 2) if box else None

    def box(self, index: int) -> _Box | None:
        """Return the box of a character of `text`: x0, y0, x1, y1; None where it has none."""
        import pypdfium2.raw as pdfium

        left, right, bottom, top = self._box
        char = pdfium.FPDFText_GetCharIndexFromTextIndex(self._text_page, index)
        if char < 0 or not pdfium.FPDFText_GetCharBox(self._text_page, char, left, right, bottom, top):
            return None
        (x0, y0), (xx, xy), (yx, yy) = self._frame
        xs, ys = zip(
            *(
                (x0 + xx * x + yx * y, y0 + xy * x + yy * y)
                for x, y in ((left.value, bottom.value), (right.value, top.value))
            ),
            strict=True,
        )
        return min(xs), min(ys), max(xs), max(ys)

    def lines(self) -> list[Line]:
        """Make lines of the characters, in pdfium's order, each of one run; words end where pdfium has spaces."""
        lines = []
        for match in _LINE.finditer(self.text):
            words = [word for token in _TOKEN.finditer(match.group()) if (word := self._word(match.start(), token))]
            if not words:
                continue
            x0, y0, x1, y1 = _hull([word[:4] for word in words])
            n_chars = sum(len(word[4]) for word in words)
            run = Run(x0=x0, y0=y0, x1=x1, y1=y1, size=y1 - y0, is_bold=False, rotation=0, words=words, n_chars=n_chars)
            lines.append(Line(runs=[run], y0=y0, y1=y1))
        return lines

    def _word(self, start: int, token: re.Match[str]) -> Word | None:
        boxes = [self.box(index) for index in range(start + token.start(), start + token.end())]
        known = [box for box in boxes if box is not None]
        return (*_hull(known), token.group().replace(_NO_GLYPH, "\ufffd"), False) if known else None


def _hull(boxes: Sequence[_Box]) -> _Box:
    x0, y0, x1, y1 = zip(*boxes, strict=True)
    return min(x0), min(y0), max(x1), max(y1)


def _frame(page: Any, size: tuple[float, float]) -> tuple[tuple[float, float], ...]:
    """Return where the page's origin is shown, and what a point to its right and one above it add to that."""
    import pypdfium2.raw as pdfium

    column, row = ctypes.c_int(), ctypes.c_int()
    shown = []
    for x, y in ((0.0, 0.0), (_UNIT, 0.0), (0.0, _UNIT)):
        width, height = round(size[0] * _SCALE), round(size[1] * _SCALE)
        pdfium.FPDF_PageToDevice(page, 0, 0, width, height, 0, x, y, column, row)
        shown.append((column.value / _SCALE, row.value / _SCALE))
    origin, right, above = shown
    return (
        origin,
        ((right[0] - origin[0]) / _UNIT, (right[1] - origin[1]) / _UNIT),
        ((above[0] - origin[0]) / _UNIT, (above[1] - origin[1]) / _UNIT),
    )
