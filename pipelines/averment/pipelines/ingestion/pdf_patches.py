"""Text of a PDF page that nobody sees: drawn without ink, in the colour of what lies behind it, transparent, clipped
away, or covered by a box.

pdfium's page objects (`pdf_objects`) tell how text is drawn; text that is not seen becomes a patch, a place with its
text and reason. Text without ink over a picture is the reading of a scan that most scanners add: it counts as text.

What this does not do: it renders nothing, so text that a picture, a pattern or a blend mode hides stays text, and it
does not look into form objects, which are drawn as one.
"""

import ctypes
import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

from averment.pipelines.ingestion.hidden import HiddenReason
from averment.pipelines.ingestion.pdf_objects import (
    Clips,
    Column,
    PageObjects,
    is_rectangle,
    places_of,
    text_of,
)

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


def find_patches(objects: PageObjects, page: Any, *, text_page: Any) -> PagePatches:
    """Find the text of a page that is not seen; the caller holds pdfium's lock.

    Args:
        objects: The objects of the page.
        page: A page of pypdfium2.
        text_page: Its text page.
    """
    if not len(objects.texts):
        return PagePatches()
    judge = _Judge(objects)
    judge.run()
    if not judge.reasons:
        return PagePatches(has_layer=judge.has_layer)
    places = places_of(objects.texts.items).tolist()

    def patch(index: int) -> Patch:
        text = text_of(objects.texts.items[index], text_page)
        return Patch(_shown(page, Rect(*places[index])), text, judge.reasons.get(index))

    # Spaces hide nothing, whatever their colour.
    hidden = tuple(found for index in sorted(judge.reasons) if (found := patch(index)).text.strip())
    if not hidden:
        return PagePatches(has_layer=judge.has_layer)
    known = (index for index, place in enumerate(places) if not math.isnan(place[0]))
    return PagePatches(hidden, tuple(patch(index) for index in known if index not in judge.reasons), judge.has_layer)


class _Judge:
    """Says of the texts of a page why they are not seen: `reasons` by the index of the text."""

    def __init__(self, objects: PageObjects):
        import numpy as np

        self.reasons: dict[int, HiddenReason] = {}
        self.has_layer = False
        self._objects = objects
        self._texts = objects.texts
        self._is_open = np.ones(len(self._texts), dtype=bool)

    def run(self) -> None:
        import numpy as np

        texts, objects = self._texts, self._objects
        is_invisible = np.isin(objects.modes, _INVISIBLE_MODES)
        is_clear = texts.colours[:, 3] <= _CLEAR_ALPHA
        is_clipped = objects.n_clips > 0
        covers = objects.boxes.some(_may_cover(objects.boxes) & (objects.boxes.numbers > texts.numbers[0]))
        grounds = np.vstack([objects.boxes.colours[:, :3], [_WHITE]])
        is_lost = _resembles(texts.colours[:, :3], grounds)
        is_beneath = texts.numbers < covers.numbers.max(initial=-1)
        doubtful = np.flatnonzero(is_invisible | is_clear | is_clipped | is_beneath | is_lost)
        if not len(doubtful):
            return
        places = np.full((len(texts), 4), np.nan)
        places[doubtful] = places_of(texts.items[doubtful])
        self._is_open = ~np.isnan(places[:, 0])
        self._judge_invisible(places, is_invisible)
        self._settle(is_clear & self._is_open, HiddenReason.TRANSPARENT)
        self._judge_clipped(places, is_clipped)
        self._judge_covered(places, is_beneath, covers)
        self._judge_colours(places, is_lost, grounds)

    def _settle(self, which: Any, reason: HiddenReason | None) -> None:
        """Settle texts, a mask, for one reason or as seen."""
        self._is_open[which] = False
        if reason is not None:
            self.reasons.update(dict.fromkeys(which.nonzero()[0].tolist(), reason))

    def _judge_invisible(self, places: Any, is_invisible: Any) -> None:
        """Judge text without ink: over a picture it is the reading of a scan."""
        import numpy as np

        chosen = np.flatnonzero(is_invisible & self._is_open)
        if not len(chosen):
            return
        is_layer = np.zeros(len(self._texts), dtype=bool)
        pictures = places_of(self._objects.pictures.items)
        for part in _parts(chosen, len(pictures)):
            is_layer[part] = (_shares(pictures, places[part]) > _LEAST_LAYER_SHARE).any(axis=0)
        self.has_layer = bool(is_layer.any())
        self._settle(is_layer, None)
        self._settle(is_invisible & self._is_open, HiddenReason.INVISIBLE_INK)

    def _judge_clipped(self, places: Any, is_clipped: Any) -> None:
        import numpy as np

        clips = Clips()
        for index in np.flatnonzero(is_clipped & self._is_open).tolist():
            place = Rect(*places[index].tolist())
            if any(Rect(*clip).share_of(place) < _LEAST_SHOWN_SHARE for clip in clips.of(self._texts.items[index])):
                self._is_open[index] = False
                self.reasons[index] = HiddenReason.CLIPPED

    def _judge_covered(self, places: Any, is_beneath: Any, covers: Column) -> None:
        """Judge text that a plain, opaque rectangle is drawn over."""
        import numpy as np

        is_covered = np.zeros(len(self._texts), dtype=bool)
        are_rectangles: dict[int, bool] = {}
        over = places_of(covers.items)
        for part in _parts(np.flatnonzero(is_beneath & self._is_open), len(covers)):
            is_after = covers.numbers[:, None] > self._texts.numbers[part]
            is_within = is_after & _covers(over, places[part])
            for number in np.flatnonzero(is_within.any(axis=1)).tolist():
                if number not in are_rectangles:
                    are_rectangles[number] = is_rectangle(covers.items[number])
                if are_rectangles[number]:
                    is_covered[part] |= is_within[number]
        self._settle(is_covered, HiddenReason.COVERED)

    def _judge_colours(self, places: Any, is_doubtful: Any, grounds: Any) -> None:
        """Judge text in the colour of what it is drawn on; the last of the grounds is the paper."""
        import numpy as np

        chosen = np.flatnonzero(is_doubtful & self._is_open)
        if not len(chosen):
            return
        boxes, pictures, texts = self._objects.boxes, self._objects.pictures, self._texts
        is_lost = np.zeros(len(texts), dtype=bool)
        ground_places, picture_places = places_of(boxes.items), places_of(pictures.items)
        for part in _parts(chosen, len(boxes) + len(pictures)):
            is_under = (boxes.numbers[:, None] < texts.numbers[part]) & _reaches(ground_places, places[part])
            last = np.where(is_under, np.arange(len(boxes))[:, None], -1).max(axis=0, initial=-1)
            shines_through = (is_under & (boxes.colours[:, 3] != _OPAQUE)[:, None]).any(axis=0)
            is_between = pictures.numbers[:, None] > np.append(boxes.numbers, -1)[last]
            is_between &= pictures.numbers[:, None] < texts.numbers[part]
            is_on_picture = (is_between & _reaches(picture_places, places[part])).any(axis=0)
            distance = np.abs(texts.colours[part, :3] - grounds[last]).max(axis=1)
            is_lost[part] = (distance <= _ALIKE) & ~shines_through & ~is_on_picture
        self._settle(is_lost, HiddenReason.SAME_COLOUR)


def _may_cover(boxes: Column) -> Any:
    """Tell what is used to black or white out text; the shading of rows is neither."""
    colours = boxes.colours[:, :3]
    is_plain = (colours.max(axis=1, initial=0) < _DARK) | (colours.min(axis=1, initial=255) >= 255 - _ALIKE)
    return is_plain & (boxes.colours[:, 3] == _OPAQUE)


def _parts(chosen: Any, n_others: int) -> Iterator[Any]:
    """Yield some at a time of what is compared with so many others."""
    step = max(_MAX_PAIRS // max(n_others, 1), 1)
    for start in range(0, len(chosen), step):
        yield chosen[start : start + step]


def _shares(outer: Any, inner: Any) -> Any:
    """Return the share of each of the inner rectangles that lies inside each of the outer ones."""
    import numpy as np

    x0, y0, x1, y1 = (side[:, None] for side in outer.T)
    a0, b0, a1, b1 = inner.T
    width = np.clip(np.minimum(x1, a1) - np.maximum(x0, a0), 0, None)
    height = np.clip(np.minimum(y1, b1) - np.maximum(y0, b0), 0, None)
    area = (a1 - a0) * (b1 - b0)
    return np.where(area > 0, width * height, 0.0) / np.where(area > 0, area, 1.0)


def _covers(outer: Any, inner: Any) -> Any:
    """Tell which rectangles lie all over which others, but for half a point."""
    x0, y0, x1, y1 = (side[:, None] for side in outer.T)
    a0, b0, a1, b1 = inner.T
    return (x0 - _SLACK <= a0) & (a1 <= x1 + _SLACK) & (y0 - _SLACK <= b0) & (b1 <= y1 + _SLACK)


def _reaches(outer: Any, inner: Any) -> Any:
    """Tell which rectangles hold the middle of which others."""
    x0, y0, x1, y1 = (side[:, None] for side in outer.T)
    a0, b0, a1, b1 = inner.T
    x, y = (a0 + a1) / 2, (b0 + b1) / 2
    return (x0 <= x) & (x <= x1) & (y0 <= y) & (y <= y1)


def _resembles(colours: Any, grounds: Any) -> Any:
    """Tell of each colour whether it is like any of others."""
    import numpy as np

    shown, which = np.unique(_packed(colours), return_inverse=True)
    behind = np.unique(_packed(grounds))
    if len(shown) * len(behind) > _MAX_PAIRS:
        return np.ones(len(colours), dtype=bool)
    is_like = np.ones((len(shown), len(behind)), dtype=bool)
    for shift in (0, 8, 16):
        is_like &= np.abs((shown >> shift & 255)[:, None] - (behind >> shift & 255)) <= _ALIKE
    return np.asarray(is_like.any(axis=1))[which]


def _packed(colours: Any) -> Any:
    return colours[:, 0] << 16 | colours[:, 1] << 8 | colours[:, 2]


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
