"""Pages of a PDF as pictures for OCR, upright or turned, and the words read there as runs in points."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from averment.pipelines.ingestion.pdf_lines import Run
from averment.pipelines.ingestion.tesseract import OcrWord

_POINTS_PER_INCH: Final = 72
# Larger pages are rendered at a lower resolution: memory for them is bounded, and their letters are larger, too.
_MAX_SIDE_PIXELS: Final = 10_000

Box = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """A page, or a part of it, as shades of grey.

    Args:
        shades: A numpy array of shape (height, width), rows from the top.
        dpi: Its resolution.
        top: Where it begins on the page, in points from the top.
    """

    shades: Any
    dpi: float
    top: float = 0.0

    @property
    def size(self) -> tuple[float, float]:
        """Return width and height in points."""
        height, width = self.shades.shape
        return width / self.dpi * _POINTS_PER_INCH, height / self.dpi * _POINTS_PER_INCH

    def turned(self, degrees: int) -> "Picture":
        """Return a picture whose content is turned back by so many degrees, clockwise: 0, 90, 180 or 270."""
        import numpy as np

        return Picture(shades=np.rot90(self.shades, degrees // 90), dpi=self.dpi) if degrees else self

    def only(self, places: Sequence[Box], *, without: Sequence[Box] = ()) -> "Picture":
        """Return a picture with nothing but some places (in points), and of those nothing that lies in others."""
        import numpy as np

        ground = int(np.bincount(self.shades.ravel(), minlength=256).argmax())
        shades = np.full_like(self.shades, ground)
        for rows, columns in map(self._pixels, places):
            shades[rows, columns] = self.shades[rows, columns]
        for rows, columns in map(self._pixels, without):
            shades[rows, columns] = ground
        return Picture(shades=shades, dpi=self.dpi, top=self.top)

    def _pixels(self, place: Box) -> tuple[slice, slice]:
        scale = self.dpi / _POINTS_PER_INCH
        x0, x1 = (max(x * scale, 0.0) for x in place[::2])
        y0, y1 = (max((y - self.top) * scale, 0.0) for y in place[1::2])
        return slice(int(y0), int(y1) + 1), slice(int(x0), int(x1) + 1)

    def runs(self, words: Sequence[OcrWord]) -> list[Run]:
        """Return words read from the picture as runs of one word each, in points from its page's top left."""
        return [self._run(word) for word in words]

    def _run(self, word: OcrWord) -> Run:
        scale = _POINTS_PER_INCH / self.dpi
        x0, x1 = word.x0 * scale, word.x1 * scale
        y0, y1 = self.top + word.y0 * scale, self.top + word.y1 * scale
        return Run(
            x0=x0,
            y0=y0,
            x1=x1,
            y1=y1,
            size=y1 - y0,
            is_bold=False,
            rotation=0,
            words=[(x0, y0, x1, y1, word.text, False)],
            n_chars=len(word.text),
            confidence=round(word.confidence, 3),
        )


def render(page: Any, *, dpi: float, band: tuple[float, float] | None = None) -> Picture:
    """Render a page of a PDF as it is shown.

    Args:
        page: pypdfium2's page; the caller holds `pdf_second_reading.PDFIUM_LOCK`.
        dpi: The resolution; lower for a very large page.
        band: Only what is between these heights, in points from the top.
    """
    width, height = page.get_size()
    scale = min(dpi / _POINTS_PER_INCH, _MAX_SIDE_PIXELS / max(width, height, 1.0))
    top, bottom = band or (0.0, height)
    top, bottom = max(top, 0.0), min(bottom, height)
    bitmap = page.render(scale=scale, grayscale=True, crop=(0, height - bottom, 0, top))
    shades = bitmap.to_numpy().reshape(bitmap.height, -1)[:, : bitmap.width]
    return Picture(shades=shades.copy(), dpi=scale * _POINTS_PER_INCH, top=top)
