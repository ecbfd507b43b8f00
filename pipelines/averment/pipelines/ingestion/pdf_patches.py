"""Text of a PDF page that nobody sees: drawn without ink, in the colour of what lies behind it, transparent, clipped
away, or covered by a box.

pdfium's page objects tell how text is drawn; what is suspicious becomes a patch, a place with its text and reason.
Text without ink over a picture is the reading of a scan that most scanners add: it counts as text.

What this does not do: it renders nothing, so text that a picture, a pattern or a blend mode hides stays text, and it
does not look into form objects, which are drawn as one.
"""

import ctypes
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Final, NamedTuple

from averment.pipelines.ingestion.hidden import HiddenReason

_INVISIBLE_MODES: Final = frozenset({3, 7})
_CLEAR_ALPHA: Final = 20
_ALIKE: Final = 6
_DARK: Final = 70
_WHITE: Final = (255, 255, 255)
_MAX_OBJECTS: Final = 20_000
_LEAST_BOX_POINTS: Final = 3.0
_BAND_POINTS: Final = 12.0
_MAX_BANDS: Final = 1_500
_MAX_CLIP_PATHS: Final = 8

_Colour = tuple[int, int, int]


class Rect(NamedTuple):
    """A rectangle in the page's own coordinates, y upwards, or in points from the top left of the page as shown."""

    x0: float
    y0: float
    x1: float
    y1: float

    def holds(self, x: float, y: float, *, slack: float = 0.0) -> bool:
        """Tell whether a point lies inside."""
        return self.x0 - slack <= x <= self.x1 + slack and self.y0 - slack <= y <= self.y1 + slack

    def covers(self, other: "Rect") -> bool:
        """Tell whether another rectangle lies inside, but for half a point."""
        return self.holds(other.x0, other.y0, slack=0.5) and self.holds(other.x1, other.y1, slack=0.5)

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


class _Text(NamedTuple):
    """A text object; numbers tell the order in which objects are drawn."""

    number: int
    item: Any
    colour: _Colour
    alpha: int
    mode: int


class _Box(NamedTuple):
    """A filled path large enough to lie under or over a text."""

    number: int
    item: Any
    colour: _Colour
    alpha: int
    place: Rect


@dataclass(slots=True)
class _Drawn:
    """The objects of a page in the order they are drawn."""

    texts: list[_Text] = field(default_factory=list)
    boxes: list[_Box] = field(default_factory=list)
    pictures: list[tuple[int, Any]] = field(default_factory=list)


def find_patches(page: Any) -> PagePatches:
    """Find the text of a page that is not seen; the caller holds pdfium's lock.

    Args:
        page: A page of pypdfium2.
    """
    import pypdfium2.raw as pdfium

    drawn = _collect(pdfium, page.raw)
    if not drawn.texts:
        return PagePatches()
    colours = {box.colour for box in drawn.boxes} | {_WHITE}
    first = drawn.texts[0].number
    covers = any(box.number > first and _may_cover(box) and _is_rectangle(pdfium, box.item) for box in drawn.boxes)
    suspects = [
        text
        for text in drawn.texts
        if covers
        or text.alpha <= _CLEAR_ALPHA
        or text.mode in _INVISIBLE_MODES
        or text.colour in colours
        or min(text.colour) >= 255 - _ALIKE
        or pdfium.FPDFClipPath_CountPaths(pdfium.FPDFPageObj_GetClipPath(text.item)) > 0
    ]
    return _Judge(pdfium, page, drawn).judge(suspects) if suspects else PagePatches()


def _collect(pdfium: Any, page: Any) -> _Drawn:
    """Read kind, colour and mode of every object of a page; what forms hold is not looked into."""
    drawn = _Drawn()
    red, green, blue, alpha = (ctypes.c_uint() for _ in range(4))
    mode, stroke = ctypes.c_int(), ctypes.c_int()
    get_object, get_kind, get_colour = (
        pdfium.FPDFPage_GetObject,
        pdfium.FPDFPageObj_GetType,
        pdfium.FPDFPageObj_GetFillColor,
    )
    for number in range(min(pdfium.FPDFPage_CountObjects(page), _MAX_OBJECTS)):
        item = get_object(page, number)
        kind = get_kind(item)
        if kind == pdfium.FPDF_PAGEOBJ_TEXT:
            get_colour(item, red, green, blue, alpha)
            shown = (red.value, green.value, blue.value)
            drawn.texts.append(_Text(number, item, shown, alpha.value, pdfium.FPDFTextObj_GetTextRenderMode(item)))
        elif kind != pdfium.FPDF_PAGEOBJ_PATH:
            drawn.pictures.append((number, item))
        elif pdfium.FPDFPath_GetDrawMode(item, mode, stroke) and mode.value:
            place = _bounds(pdfium, item)
            # A rule or a frame hides nothing.
            if place is not None and min(place.x1 - place.x0, place.y1 - place.y0) > _LEAST_BOX_POINTS:
                get_colour(item, red, green, blue, alpha)
                drawn.boxes.append(_Box(number, item, (red.value, green.value, blue.value), alpha.value, place))
    return drawn


def _may_cover(box: _Box) -> bool:
    """Tell what is used to black or white out text; the shading of rows and boxes is neither."""
    is_plain = max(box.colour) < _DARK or min(box.colour) >= 255 - _ALIKE
    return box.alpha == 255 and is_plain


def _is_rectangle(pdfium: Any, item: Any) -> bool:
    count = pdfium.FPDFPath_CountSegments(item)
    if count not in (4, 5) or pdfium.FPDFPageObj_HasTransparency(item):
        return False
    kinds = [pdfium.FPDFPathSegment_GetType(pdfium.FPDFPath_GetPathSegment(item, place)) for place in range(count)]
    return all(kind in (pdfium.FPDF_SEGMENT_LINETO, pdfium.FPDF_SEGMENT_MOVETO) for kind in kinds)


def _bounds(pdfium: Any, item: Any) -> Rect | None:
    left, bottom, right, top = (ctypes.c_float() for _ in range(4))
    if not pdfium.FPDFPageObj_GetBounds(item, left, bottom, right, top):
        return None
    return Rect(left.value, bottom.value, right.value, top.value)


def _alike(first: _Colour, second: _Colour) -> bool:
    return all(abs(a - b) <= _ALIKE for a, b in zip(first, second, strict=True))


class _Judge:
    """Looks closer at the texts of one page."""

    def __init__(self, pdfium: Any, page: Any, drawn: _Drawn):
        self._pdfium = pdfium
        self._page = page
        self._drawn = drawn
        self._width, self._height = page.get_size()
        self._pictures: list[tuple[int, Rect]] | None = None
        # Boxes by the bands of the page they lie in: a table has hundreds, of which few lie at one height.
        self._bands: dict[int, list[_Box]] = {}
        for box in drawn.boxes:
            first, last = int(box.place.y0 // _BAND_POINTS), int(box.place.y1 // _BAND_POINTS)
            for band in range(max(first, -_MAX_BANDS), min(last, _MAX_BANDS) + 1):
                self._bands.setdefault(band, []).append(box)

    def judge(self, suspects: Sequence[_Text]) -> PagePatches:
        """Judge the suspects; where one is hidden, tell what else is written."""
        reasons: dict[int, HiddenReason] = {}
        has_layer = False
        for text in suspects:
            reason, is_layer = self._reason(text)
            has_layer = has_layer or is_layer
            if reason is not None:
                reasons[text.number] = reason
        if not reasons:
            return PagePatches(has_layer=has_layer)
        hidden: list[Patch] = []
        seen: list[Patch] = []
        text_page = self._pdfium.FPDFText_LoadPage(self._page.raw)
        try:
            for text in self._drawn.texts:
                place = _bounds(self._pdfium, text.item)
                reason = reasons.get(text.number)
                if place is not None:
                    words = self._text(text.item, text_page)
                    (hidden if reason else seen).append(Patch(self._shown(place), words, reason))
        finally:
            self._pdfium.FPDFText_ClosePage(text_page)
        hidden = [patch for patch in hidden if patch.text.strip()]  # spaces hide nothing, whatever their colour
        return PagePatches(tuple(hidden), tuple(seen) if hidden else (), has_layer)

    def _reason(self, text: _Text) -> tuple[HiddenReason | None, bool]:
        """Say why a text is not seen, and whether it is the reading of a scan."""
        place = _bounds(self._pdfium, text.item)
        if place is None:
            return None, False
        if text.mode in _INVISIBLE_MODES:
            is_layer = any(picture.share_of(place) > 0.5 for _, picture in self._find_pictures())
            return (None if is_layer else HiddenReason.INVISIBLE_INK), is_layer
        if text.alpha <= _CLEAR_ALPHA:
            return HiddenReason.TRANSPARENT, False
        if self._is_clipped(text.item, place):
            return HiddenReason.CLIPPED, False
        x, y = place.middle
        here = [box for box in self._bands.get(int(y // _BAND_POINTS), ()) if box.place.x0 <= x <= box.place.x1]
        if self._is_covered(text.number, place, here):
            return HiddenReason.COVERED, False
        behind = self._behind(text.number, place, here)
        is_lost = behind is not None and _alike(text.colour, behind)
        return (HiddenReason.SAME_COLOUR if is_lost else None), False

    def _find_pictures(self) -> list[tuple[int, Rect]]:
        if self._pictures is None:
            places = ((number, _bounds(self._pdfium, item)) for number, item in self._drawn.pictures)
            self._pictures = [(number, place) for number, place in places if place is not None]
        return self._pictures

    def _behind(self, number: int, place: Rect, boxes: Sequence[_Box]) -> _Colour | None:
        """Return the colour of what a text is drawn on; None where that is no plain colour."""
        last, colour = -1, _WHITE
        for box in boxes:
            if box.number < number and box.place.holds(*place.middle):
                if box.alpha != 255:
                    return None
                last, colour = box.number, box.colour
        if any(last < other < number and picture.holds(*place.middle) for other, picture in self._find_pictures()):
            return None
        return colour

    def _is_covered(self, number: int, place: Rect, boxes: Sequence[_Box]) -> bool:
        """Tell a text that a plain, opaque rectangle is drawn over."""
        return any(
            box.number > number
            and _may_cover(box)
            and box.place.covers(place)
            and _is_rectangle(self._pdfium, box.item)
            for box in boxes
        )

    def _is_clipped(self, item: Any, place: Rect) -> bool:
        """Tell a text of which the clipping leaves next to nothing."""
        pdfium = self._pdfium
        path = pdfium.FPDFPageObj_GetClipPath(item)
        x, y = ctypes.c_float(), ctypes.c_float()
        for number in range(min(max(pdfium.FPDFClipPath_CountPaths(path), 0), _MAX_CLIP_PATHS)):
            xs, ys = [], []
            for step in range(pdfium.FPDFClipPath_CountPathSegments(path, number)):
                segment = pdfium.FPDFClipPath_GetPathSegment(path, number, step)
                if pdfium.FPDFPathSegment_GetPoint(segment, x, y):
                    xs.append(x.value)
                    ys.append(y.value)
            if xs and Rect(min(xs), min(ys), max(xs), max(ys)).share_of(place) < 0.05:
                return True
        return False

    def _text(self, item: Any, text_page: Any) -> str:
        size = self._pdfium.FPDFTextObj_GetText(item, text_page, None, 0)
        if size <= 2:
            return ""
        buffer = (ctypes.c_ushort * ((size + 1) // 2))()
        self._pdfium.FPDFTextObj_GetText(item, text_page, buffer, size)
        return bytes(buffer).decode("utf-16-le", errors="replace").rstrip("\x00")

    def _shown(self, place: Rect) -> Rect:
        """Turn page coordinates into points from the top left of the rotated, cropped page."""
        scale = 100
        column, row = ctypes.c_int(), ctypes.c_int()
        size = (round(self._width * scale), round(self._height * scale))
        corners = []
        for x, y in ((place.x0, place.y0), (place.x1, place.y1)):
            self._pdfium.FPDF_PageToDevice(self._page.raw, 0, 0, *size, 0, x, y, column, row)
            corners.append((column.value / scale, row.value / scale))
        (x0, y0), (x1, y1) = corners
        return Rect(min(x0, x1), min(y0, y1), max(x0, x1), max(y0, y1))
