"""Text of a PDF page that nobody sees: drawn without ink, in the colour of what lies behind it, transparent, clipped
away, or covered by a box.

pdfium's page objects (`pdf_objects`) tell how text is drawn; text that is not seen becomes a patch, a place with its
text and reason. Text without ink over a picture is the reading of a scan that most scanners add: it counts as text.

What this does not do: it renders nothing, so text that a picture, a pattern or a blend mode hides stays text, and it
does not look into form objects, which are drawn as one.
"""

import ctypes
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

from averment.pipelines.ingestion.hidden import HiddenReason
from averment.pipelines.ingestion.pdf_objects import Clips, Column, PageObjects, is_rectangle, read_objects, text_of

_INVISIBLE_MODES: Final = (3, 7)
_CLEAR_ALPHA: Final = 20
_OPAQUE: Final = 255
_ALIKE: Final = 6
_DARK: Final = 70
_WHITE: Final = (255, 255, 255)
_SLACK: Final = 0.5
_LEAST_LAYER_SHARE: Final = 0.5
_LEAST_SHOWN_SHARE: Final = 0.05
# So many pairs of a text and what lies under or over it are compared at once.
_MAX_PAIRS: Final = 1 << 20


class Rect(NamedTuple):
    """A rectangle in the page's own coordinates, y upwards, or in points from the top left of the page as shown."""

    x0: float
    y0: float
    x1: float
    y1: float

    def holds(self, x: float, y: float, *, slack: float = 0.0) -> bool:
        """Tell whether a point lies inside."""
        return self.x0 - slack <= x <= self.x1 + slack and self.y0 - slack <= y <= self.y1 + slack

    def share_of(self, other: "Rect") -> float:
        """Return the share of another rectangle that lies inside."""
        width = min(self.x1, other.x1) - max(self.x0, other.x0)
        height = min(self.y1, other.y1) - max(self.y0, other.y0)
        area = (other.x1 - other.x0) * (other.y1 - other.y0)
        return max(width, 0.0) * max(height, 0.0) / area if area > 0 else 0.0

    @property
    def middle(self) -> tuple[float, float]:
        """Return the centre."""
        return (self.x0 + self.x1) / 2, (self.y0 + self.y1) / 2


class Patch(NamedTuple):
    """A place with text that is not seen, or (`reason` None) text that is; points from the top left of the page."""

    place: Rect
    text: str
    reason: HiddenReason | None


@dataclass(frozen=True, slots=True)
class PagePatches:
    """What a page hides. `seen` holds the text that is shown, where anything is hidden at all."""

    hidden: tuple[Patch, ...] = ()
    seen: tuple[Patch, ...] = ()
    has_layer: bool = False


def find_patches(page: Any, text_page: Any) -> PagePatches:
    """Find the text of a page that is not seen; the caller holds pdfium's lock.

    Args:
        page: A page of pypdfium2.
        text_page: Its text page.
    """
    objects = read_objects(page)
    if not len(objects.texts):
        return PagePatches()
    judge = _Judge(objects)
    judge.run()
    if not judge.reasons:
        return PagePatches(has_layer=judge.has_layer)
    hidden: list[Patch] = []
    seen: list[Patch] = []
    for index in judge.known.tolist():
        reason = judge.reasons.get(index)
        place = Rect(*objects.texts.places[index].tolist())
        text = text_of(objects.texts.items[index], text_page)
        (hidden if reason else seen).append(Patch(_shown(page, place), text, reason))
    hidden = [patch for patch in hidden if patch.text.strip()]  # spaces hide nothing, whatever their colour
    return PagePatches(tuple(hidden), tuple(seen) if hidden else (), judge.has_layer)


class _Judge:
    """Says of the texts of a page why they are not seen: `reasons` by the index of the text."""

    def __init__(self, objects: PageObjects):
        import numpy as np

        self.reasons: dict[int, HiddenReason] = {}
        self.has_layer = False
        self._objects = objects
        self._texts = objects.texts
        # Texts of which pdfium knows the place; the others are not judged.
        self.known = np.flatnonzero(~np.isnan(self._texts.places[:, 0]))
        self._is_open = np.zeros(len(self._texts), dtype=bool)
        self._is_open[self.known] = True

    def run(self) -> None:
        import numpy as np

        is_invisible = np.isin(self._objects.modes, _INVISIBLE_MODES)
        if is_invisible.any():
            self._judge_invisible(np.flatnonzero(is_invisible & self._is_open))
        is_clear = self._texts.colours[:, 3] <= _CLEAR_ALPHA
        self._settle(np.flatnonzero(is_clear & self._is_open), HiddenReason.TRANSPARENT)
        self._judge_clipped(np.flatnonzero((self._objects.n_clips > 0) & self._is_open))
        self._judge_covered()
        self._judge_colours()

    def _settle(self, indexes: Any, reason: HiddenReason | None) -> None:
        self._is_open[indexes] = False
        if reason is not None:
            self.reasons.update(dict.fromkeys(indexes.tolist(), reason))

    def _judge_invisible(self, indexes: Any) -> None:
        """Judge text without ink: over a picture it is the reading of a scan."""
        import numpy as np

        is_layer = np.zeros(len(indexes), dtype=bool)
        for part, shares in _in_pairs(self._objects.pictures, self._texts, indexes, _shares):
            is_layer[part] = (shares > _LEAST_LAYER_SHARE).any(axis=0)
        self.has_layer = bool(is_layer.any())
        self._settle(indexes[is_layer], None)
        self._settle(indexes[~is_layer], HiddenReason.INVISIBLE_INK)

    def _judge_clipped(self, indexes: Any) -> None:
        clips = Clips()
        for index in indexes.tolist():
            place = Rect(*self._texts.places[index].tolist())
            if any(Rect(*clip).share_of(place) < _LEAST_SHOWN_SHARE for clip in clips.of(self._texts.items[index])):
                self._is_open[index] = False
                self.reasons[index] = HiddenReason.CLIPPED

    def _judge_covered(self) -> None:
        """Judge text that a plain, opaque rectangle is drawn over; the shading of rows is not plain."""
        import numpy as np

        boxes, texts = self._objects.boxes, self._texts
        colours, alpha = boxes.colours[:, :3], boxes.colours[:, 3]
        is_plain = (colours.max(axis=1, initial=0) < _DARK) | (colours.min(axis=1, initial=255) >= 255 - _ALIKE)
        covers = boxes.some(is_plain & (alpha == _OPAQUE) & (boxes.numbers > texts.numbers[0]))
        indexes = np.flatnonzero(self._is_open)
        is_covered = np.zeros(len(indexes), dtype=bool)
        are_rectangles: dict[int, bool] = {}
        for part, is_within in _in_pairs(covers, texts, indexes, _covers):
            for number in np.flatnonzero(is_within.any(axis=1)).tolist():
                if number not in are_rectangles:
                    are_rectangles[number] = is_rectangle(covers.items[number])
                if are_rectangles[number]:
                    is_covered[part] |= is_within[number]
        self._settle(indexes[is_covered], HiddenReason.COVERED)

    def _judge_colours(self) -> None:
        """Judge text in the colour of what it is drawn on."""
        import numpy as np

        boxes, texts, pictures = self._objects.boxes, self._texts, self._objects.pictures
        grounds = np.vstack([boxes.colours[:, :3], [_WHITE]])  # the last, -1, is the paper
        indexes = np.flatnonzero(_resembles(texts.colours[:, :3], grounds) & self._is_open)
        is_lost = np.zeros(len(indexes), dtype=bool)
        under = np.full(len(indexes), -1)
        for part, is_under in _in_pairs(boxes, texts, indexes, _lies_under):
            last = np.where(is_under, np.arange(len(boxes))[:, None], -1).max(axis=0, initial=-1)
            shines_through = (is_under & (boxes.colours[:, 3] != _OPAQUE)[:, None]).any(axis=0)
            distance = np.abs(texts.colours[indexes[part], :3] - grounds[last]).max(axis=1)
            is_lost[part] = (distance <= _ALIKE) & ~shines_through
            under[part] = np.append(boxes.numbers, -1)[last]
        indexes, under = indexes[is_lost], under[is_lost]
        is_on_picture = np.zeros(len(indexes), dtype=bool)
        for part, is_under in _in_pairs(pictures, texts, indexes, _lies_under):
            is_on_picture[part] = (is_under & (pictures.numbers[:, None] > under[part])).any(axis=0)
        self._settle(indexes[~is_on_picture], HiddenReason.SAME_COLOUR)


def _in_pairs(
    column: Column, texts: Column, indexes: Any, relation: Callable[[Column, Column, Any], Any]
) -> Iterator[tuple[slice, Any]]:
    """Yield a relation of all of a column with texts, some of the texts at a time: which, and a matrix."""
    step = max(_MAX_PAIRS // max(len(column), 1), 1)
    for start in range(0, len(indexes), step):
        part = slice(start, start + step)
        yield part, relation(column, texts, indexes[part])


def _shares(column: Column, texts: Column, indexes: Any) -> Any:
    """Return the share of each text that lies inside."""
    import numpy as np

    x0, y0, x1, y1 = (side[:, None] for side in column.places.T)
    a0, b0, a1, b1 = texts.places[indexes].T
    width = np.clip(np.minimum(x1, a1) - np.maximum(x0, a0), 0, None)
    height = np.clip(np.minimum(y1, b1) - np.maximum(y0, b0), 0, None)
    area = (a1 - a0) * (b1 - b0)
    return np.where(area > 0, width * height, 0.0) / np.where(area > 0, area, 1.0)


def _covers(column: Column, texts: Column, indexes: Any) -> Any:
    """Tell what is drawn after a text and all over it, but for half a point."""
    x0, y0, x1, y1 = (side[:, None] for side in column.places.T)
    a0, b0, a1, b1 = texts.places[indexes].T
    is_after = column.numbers[:, None] > texts.numbers[indexes]
    is_wide = (x0 - _SLACK <= a0) & (a1 <= x1 + _SLACK)
    return is_after & is_wide & (y0 - _SLACK <= b0) & (b1 <= y1 + _SLACK)


def _lies_under(column: Column, texts: Column, indexes: Any) -> Any:
    """Tell what is drawn before a text and reaches under its middle."""
    x0, y0, x1, y1 = (side[:, None] for side in column.places.T)
    a0, b0, a1, b1 = texts.places[indexes].T
    x, y = (a0 + a1) / 2, (b0 + b1) / 2
    return (column.numbers[:, None] < texts.numbers[indexes]) & (x0 <= x) & (x <= x1) & (y0 <= y) & (y <= y1)


def _resembles(colours: Any, grounds: Any) -> Any:
    """Tell of each colour whether it is like any of others."""
    import numpy as np

    shown, which = np.unique(colours, axis=0, return_inverse=True)
    behind = np.unique(grounds, axis=0)
    if len(shown) * len(behind) > _MAX_PAIRS:
        return np.ones(len(colours), dtype=bool)
    distances = np.abs(shown[:, None, :] - behind[None, :, :]).max(axis=2)
    return (distances <= _ALIKE).any(axis=1)[which.ravel()]


def _shown(page: Any, place: Rect) -> Rect:
    """Turn page coordinates into points from the top left of the rotated, cropped page."""
    import pypdfium2.raw as pdfium

    scale = 100
    column, row = ctypes.c_int(), ctypes.c_int()
    width, height = page.get_size()
    corners = []
    for x, y in ((place.x0, place.y0), (place.x1, place.y1)):
        pdfium.FPDF_PageToDevice(page.raw, 0, 0, round(width * scale), round(height * scale), 0, x, y, column, row)
        corners.append((column.value / scale, row.value / scale))
    (x0, y0), (x1, y1) = corners
    return Rect(min(x0, x1), min(y0, y1), max(x0, x1), max(y0, y1))
