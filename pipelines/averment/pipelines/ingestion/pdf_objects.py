"""pdfium's page objects as columns: how each text, filled path and picture of a page is drawn, and where.

A page of a report has thousands of objects and pdfium answers one question about one of them at a time, so its
functions are called by address, without the conversions of its Python module, and write into the columns themselves.
What forms hold is not looked into. The caller holds `pdf_second_reading.PDFIUM_LOCK`.
"""

import ctypes
from dataclasses import dataclass, field
from functools import cache
from typing import Any, Final, NamedTuple

_MAX_OBJECTS: Final = 50_000
# A path that is lower or narrower is a rule or a frame.
_LEAST_BOX_POINTS: Final = 3.0
_MAX_CLIP_PATHS: Final = 8
_ROW: Final = 16
_Box = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """Objects of one kind in the order they are drawn, as numpy arrays of one length.

    Args:
        numbers: Their place among all objects.
        items: pdfium's handles.
        colours: Red, green, blue and alpha of the filling, 0-255.
    """

    numbers: Any
    items: Any
    colours: Any

    def __len__(self) -> int:
        return len(self.numbers)

    def some(self, chosen: Any) -> "Column":
        """Return those that a mask chooses."""
        return Column(
            numbers=self.numbers[chosen],
            items=self.items[chosen],
            colours=self.colours[chosen],
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class PageObjects:
    """The objects of a page.

    Args:
        texts: Texts.
        modes: How each text is drawn, as PDF numbers it.
        n_clips: By how many paths each text is clipped; 0 or less for one that is not.
        boxes: Filled paths large enough to lie under or over a text.
        pictures: Everything else that is not a path.
        kinds: What each picture is, as pdfium numbers it.
        n_paths: Paths, filled or not.
    """

    texts: Column
    modes: Any
    n_clips: Any
    boxes: Column
    pictures: Column
    kinds: Any
    n_paths: int


class _Functions(NamedTuple):
    count: Any
    get: Any
    kind: Any
    bounds: Any
    colour: Any
    mode: Any
    draw_mode: Any
    clip: Any
    count_clips: Any


@cache
def _functions() -> _Functions:
    """Return pdfium's functions as they take plain addresses; they are too short to give up the interpreter's lock."""
    import pypdfium2.raw as pdfium

    number, address = ctypes.c_int, ctypes.c_void_p

    def plain(function: Any, result: Any, *arguments: Any) -> Any:
        return ctypes.PYFUNCTYPE(result, *arguments)(ctypes.cast(function, address).value or 0)

    return _Functions(
        count=plain(pdfium.FPDFPage_CountObjects, number, address),
        get=plain(pdfium.FPDFPage_GetObject, address, address, number),
        kind=plain(pdfium.FPDFPageObj_GetType, number, address),
        bounds=plain(pdfium.FPDFPageObj_GetBounds, number, *[address] * 5),
        colour=plain(pdfium.FPDFPageObj_GetFillColor, number, *[address] * 5),
        mode=plain(pdfium.FPDFTextObj_GetTextRenderMode, number, address),
        draw_mode=plain(pdfium.FPDFPath_GetDrawMode, number, *[address] * 3),
        clip=plain(pdfium.FPDFPageObj_GetClipPath, address, address),
        count_clips=plain(pdfium.FPDFClipPath_CountPaths, number, address),
    )


class _Rows:
    """Where pdfium writes what it knows of the objects of a page: four numbers of four bytes for each."""

    def __init__(self, count: int):
        self._buffer = ctypes.create_string_buffer(_ROW * max(count, 1))
        self._start = ctypes.addressof(self._buffer)
        self._end = self._start + _ROW * count

    def addresses(self) -> tuple[range, range, range, range]:
        """Return the addresses of the four numbers of every row."""
        first, second, third, fourth = (
            range(self._start + offset, self._end + offset, _ROW) for offset in range(0, _ROW, 4)
        )
        return first, second, third, fourth

    def read(self, dtype: str) -> Any:
        import numpy as np

        return np.frombuffer(memoryview(self._buffer), dtype=dtype).reshape(-1, 4)


@dataclass(slots=True)
class _Found:
    """Objects of one kind while they are read."""

    numbers: list[int] = field(default_factory=list)
    items: list[int] = field(default_factory=list)

    def column(self, colours: Any) -> Column:
        import numpy as np

        numbers = np.asarray(self.numbers, dtype=np.intp)
        return Column(
            numbers=numbers,
            items=np.asarray(self.items, dtype=np.uint64),
            colours=colours[numbers].astype(np.int32),
        )


def read_objects(page: Any) -> PageObjects:
    """Read the objects of a page.

    Args:
        page: A page of pypdfium2; it stays open as long as the objects are used.
    """
    import numpy as np
    import pypdfium2.raw as pdfium

    call = _functions()
    raw = ctypes.addressof(page.raw.contents)
    count = min(call.count(raw), _MAX_OBJECTS)
    rows = _Rows(count)
    texts, paths, pictures = _Found(), _Found(), _Found()
    modes: list[int] = []
    clips: list[int] = []
    kinds: list[int] = []
    get, get_mode, get_colour, get_clip, count_clips = call.get, call.mode, call.colour, call.clip, call.count_clips
    for number, red, green, blue, alpha in zip(range(count), *rows.addresses(), strict=True):
        item = get(raw, number)
        mode = get_mode(item)
        if mode >= 0:  # a text
            get_colour(item, red, green, blue, alpha)
            texts.numbers.append(number)
            texts.items.append(item)
            modes.append(mode)
            clips.append(count_clips(get_clip(item)))
        elif (kind := call.kind(item)) == pdfium.FPDF_PAGEOBJ_PATH:
            paths.numbers.append(number)
            paths.items.append(item)
        else:
            pictures.numbers.append(number)
            pictures.items.append(item)
            kinds.append(kind)
    colours = rows.read("<u4")
    return PageObjects(
        texts=texts.column(colours),
        modes=np.asarray(modes, dtype=np.int64),
        n_clips=np.asarray(clips, dtype=np.int64),
        boxes=_boxes(paths),
        pictures=pictures.column(colours),
        kinds=np.asarray(kinds, dtype=np.int64),
        n_paths=len(paths.items),
    )


def places_of(items: Any) -> Any:
    """Return where objects stand: x0, y0, x1, y1 in the page's own coordinates, y upwards; not a number if unknown."""
    import numpy as np

    rows = _Rows(len(items))
    get_bounds = _functions().bounds
    is_known = [
        bool(get_bounds(item, left, bottom, right, top))
        for item, left, bottom, right, top in zip(items.tolist(), *rows.addresses(), strict=True)
    ]
    found = rows.read("<f4")[: len(items)].astype(np.float64)
    found[~np.asarray(is_known, dtype=bool)] = np.nan
    return found


def _boxes(paths: _Found) -> Column:
    """Return the filled paths large enough to lie under or over a text."""
    import numpy as np

    call = _functions()
    modes = (ctypes.c_int * 2)()
    fill, stroke = ctypes.addressof(modes), ctypes.addressof(modes) + 4
    is_filled = [bool(call.draw_mode(item, fill, stroke)) and modes[0] != 0 for item in paths.items]
    numbers = np.asarray(paths.numbers, dtype=np.intp)[np.asarray(is_filled, dtype=bool)]
    items = np.asarray(paths.items, dtype=np.uint64)[np.asarray(is_filled, dtype=bool)]
    x0, y0, x1, y1 = places_of(items).T
    is_large = np.minimum(x1 - x0, y1 - y0) > _LEAST_BOX_POINTS
    numbers, items = numbers[is_large], items[is_large]
    rows = _Rows(len(items))
    for item, red, green, blue, alpha in zip(items.tolist(), *rows.addresses(), strict=True):
        call.colour(item, red, green, blue, alpha)
    return Column(numbers=numbers, items=items, colours=rows.read("<u4")[: len(items)].astype(np.int32))


def is_rectangle(item: int) -> bool:
    """Tell a path of four straight sides that nothing shines through."""
    import pypdfium2.raw as pdfium

    handle = _handle(item)
    count = pdfium.FPDFPath_CountSegments(handle)
    if count not in (4, 5) or pdfium.FPDFPageObj_HasTransparency(handle):
        return False
    kinds = [pdfium.FPDFPathSegment_GetType(pdfium.FPDFPath_GetPathSegment(handle, place)) for place in range(count)]
    return all(kind in (pdfium.FPDF_SEGMENT_LINETO, pdfium.FPDF_SEGMENT_MOVETO) for kind in kinds)


def text_of(item: int, text_page: Any) -> str:
    """Return the text of a text object.

    Args:
        item: pdfium's handle.
        text_page: pypdfium2's text page.
    """
    import pypdfium2.raw as pdfium

    handle = _handle(item)
    size = pdfium.FPDFTextObj_GetText(handle, text_page.raw, None, 0)
    if size <= 2:
        return ""
    buffer = (ctypes.c_ushort * ((size + 1) // 2))()
    pdfium.FPDFTextObj_GetText(handle, text_page.raw, buffer, size)
    return bytes(buffer).decode("utf-16-le", errors="replace").rstrip("\x00")


def _handle(item: int) -> Any:
    import pypdfium2.raw as pdfium

    return ctypes.cast(int(item), pdfium.FPDF_PAGEOBJECT)


class Clips:
    """The paths that clip the objects of a page; objects share them, so each is measured once."""

    def __init__(self) -> None:
        self._known: dict[int, _Box | None] = {}

    def of(self, item: int) -> list[_Box]:
        """Return a rectangle around each path that clips an object."""
        import pypdfium2.raw as pdfium

        path = pdfium.FPDFPageObj_GetClipPath(_handle(item))
        found = []
        for number in range(min(max(pdfium.FPDFClipPath_CountPaths(path), 0), _MAX_CLIP_PATHS)):
            key = ctypes.cast(pdfium.FPDFClipPath_GetPathSegment(path, number, 0), ctypes.c_void_p).value or 0
            if not key or key not in self._known:
                self._known[key] = _hull(path, number)
            place = self._known[key]
            if place is not None:
                found.append(place)
        return found


def _hull(path: Any, number: int) -> _Box | None:
    import pypdfium2.raw as pdfium

    x, y = ctypes.c_float(), ctypes.c_float()
    xs, ys = [], []
    for step in range(pdfium.FPDFClipPath_CountPathSegments(path, number)):
        segment = pdfium.FPDFClipPath_GetPathSegment(path, number, step)
        if pdfium.FPDFPathSegment_GetPoint(segment, x, y):
            xs.append(x.value)
            ys.append(y.value)
    return (min(xs), min(ys), max(xs), max(ys)) if xs else None
