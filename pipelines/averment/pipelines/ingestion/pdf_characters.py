"""pdfium's characters of one page and their places, from the top left of the page as shown (rotated and cropped).

pdfium is not safe under threads: whoever asks for places holds `pdf_second_reading.PDFIUM_LOCK`.
"""

import ctypes
from typing import Any, Final

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
        import pypdfium2.raw as pdfium

        left, right, bottom, top = self._box
        char = pdfium.FPDFText_GetCharIndexFromTextIndex(self._text_page, index)
        if char < 0 or not pdfium.FPDFText_GetCharBox(self._text_page, char, left, right, bottom, top):
            return None
        x, y = (left.value + right.value) / 2, (bottom.value + top.value) / 2
        (x0, y0), (xx, xy), (yx, yy) = self._frame
        return x0 + xx * x + yx * y, y0 + xy * x + yy * y


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
