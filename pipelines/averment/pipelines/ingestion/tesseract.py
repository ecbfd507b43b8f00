"""Tesseract by its C interface: every word of a picture with its place, its line and how sure of it Tesseract is.

The library comes with the system package that brings the program, and is bound here because parser processes may not
start programs. Nothing is left out or mended: a bracket around a figure makes it negative, and a word that Tesseract
is unsure of is still there.
"""

import ctypes
import os
import weakref
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any, Final, NamedTuple

from averment.core.errors import PartitionFailed

_NAMES: Final = (
    "libtesseract.so.5",
    "libtesseract.so.4",
    "libtesseract.5.dylib",
    "/opt/homebrew/lib/libtesseract.5.dylib",
)
_PSM_AUTO: Final = 3
_PSM_BLOCK: Final = 6
_COLUMNS: Final = 12
_WORD_LEVEL: Final = "5"


class OcrWord(NamedTuple):
    """A word of a picture: its box in pixels from the top left, its line (numbered over the picture), 0-1."""

    text: str
    x0: int
    y0: int
    x1: int
    y1: int
    line: int
    confidence: float


@cache
def _library() -> Any:
    """Load Tesseract's library, once.

    Raises:
        PartitionFailed: It is not installed.
    """
    # Tesseract's own threads slow it down and would oversubscribe the machine; the variable is read as it is loaded.
    os.environ["OMP_THREAD_LIMIT"] = "1"
    for name in _NAMES:
        try:
            return _declared(ctypes.CDLL(name))
        except OSError:
            continue
    raise PartitionFailed(
        f"a page is an image and needs OCR, but Tesseract's library is not installed: {', '.join(_NAMES)}",
        hint="run `make setup-system`, or install the Debian package tesseract-ocr",
    )


def tesseract_version() -> str:
    """Return the version of Tesseract's library.

    Raises:
        PartitionFailed: It is not installed.
    """
    version: bytes = _library().TessVersion()
    return version.decode("ascii", "replace")


def _declared(library: Any) -> Any:
    handle, text, number = ctypes.c_void_p, ctypes.c_char_p, ctypes.c_int
    for name, result, arguments in (
        ("TessVersion", text, ()),
        ("TessBaseAPICreate", handle, ()),
        ("TessBaseAPIDelete", None, (handle,)),
        ("TessBaseAPIInit3", number, (handle, text, text)),
        ("TessBaseAPISetPageSegMode", None, (handle, number)),
        ("TessBaseAPISetImage", None, (handle, handle, number, number, number, number)),
        ("TessBaseAPISetSourceResolution", None, (handle, number)),
        ("TessBaseAPIGetTsvText", handle, (handle, number)),
        ("TessBaseAPIClear", None, (handle,)),
        ("TessDeleteText", None, (handle,)),
    ):
        function = getattr(library, name)
        function.restype, function.argtypes = result, arguments
    return library


class Tesseract:
    """Reads pictures in one language; for one thread at a time.

    Args:
        tessdata: Folder of `*.traineddata`.
        language: Tesseract's language codes, joined by `+`.
    """

    def __init__(self, tessdata: Path, language: str):
        library = self._library = _library()
        self._handle = library.TessBaseAPICreate()
        weakref.finalize(self, library.TessBaseAPIDelete, self._handle)
        if library.TessBaseAPIInit3(self._handle, os.fsencode(tessdata), language.encode("ascii", "replace")):
            raise PartitionFailed(
                f"Tesseract cannot load {language!r} from {tessdata}", hint="install its language files again"
            )

    def read(self, picture: Any, *, dpi: float, is_block: bool = False) -> list[OcrWord]:
        """Read a picture and return its words in reading order.

        Args:
            picture: A numpy array of shades of grey, rows from the top, of shape (height, width) and type uint8.
            dpi: Its resolution in dots per inch.
            is_block: Whether it is one block of lines, so that no columns are looked for.
        """
        import numpy as np

        shades = np.ascontiguousarray(picture, dtype=np.uint8)
        height, width = shades.shape
        library, handle = self._library, self._handle
        library.TessBaseAPISetPageSegMode(handle, _PSM_BLOCK if is_block else _PSM_AUTO)
        library.TessBaseAPISetImage(handle, shades.ctypes.data, width, height, 1, width)
        library.TessBaseAPISetSourceResolution(handle, round(dpi))
        address = library.TessBaseAPIGetTsvText(handle, 0)
        library.TessBaseAPIClear(handle)
        if not address:
            return []
        try:
            table = ctypes.string_at(address).decode("utf-8", "replace")
        finally:
            library.TessDeleteText(address)
        return list(_words(table))


def _words(table: str) -> Iterator[OcrWord]:
    """Read Tesseract's table: level, page, block, paragraph, line, word, left, top, width, height, sureness, text."""
    line, place = -1, None
    for row in table.split("\n"):
        columns = row.split("\t", _COLUMNS - 1)
        if len(columns) < _COLUMNS or columns[0] != _WORD_LEVEL or not columns[-1].strip():
            continue
        if columns[1:5] != place:
            line, place = line + 1, columns[1:5]
        left, top, width, height = map(int, columns[6:10])
        sureness = min(max(float(columns[10]) / 100, 0.0), 1.0)
        yield OcrWord(columns[-1].strip(), left, top, left + width, top + height, line, sureness)
