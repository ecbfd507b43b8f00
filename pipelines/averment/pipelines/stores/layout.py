"""The layout of a canonical text as bytes: pages, word boxes, elements and table cells.

Four independently compressed parts stand after a short head, so that finding the boxes of a quotation does not read the
elements. Texts of elements and cells are not repeated: they are cut out of the canonical text.
"""

import json
import struct
import sys
import zlib
from array import array
from bisect import bisect_right
from collections.abc import Mapping, Sequence
from copy import copy
from dataclasses import dataclass
from typing import Any, Final

from averment.core.documents import Box, Element, ElementKind, PageSpan, ParsedDocument, TableCell, Words
from averment.core.errors import StoreError

_MAGIC: Final = b"AVL1"
_HEAD: Final = struct.Struct(">4s4I")
_WORD_COLUMNS: Final = ("starts", "ends", "pages", "x0", "y0", "x1", "y1")
_LEVEL: Final = 3
_MAX_PART_BYTES: Final = 1 << 30
_CELL_FIELDS: Final = (
    "id",
    "table",
    "row",
    "column",
    "start",
    "end",
    "row_header",
    "column_header",
    "value",
    "unit",
    "scale",
    "period",
    "page",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """Everything that points into a canonical text."""

    pages: tuple[PageSpan, ...]
    words: Words
    elements: tuple[Element, ...]
    cells: tuple[TableCell, ...]


def to_layout(parsed: ParsedDocument) -> bytes:
    """Write the layout of a parsed document."""
    parts = (
        _dump([[page.page, page.start, page.end, page.width, page.height, page.is_ocr] for page in parsed.pages]),
        _dump_words(parsed.words),
        _dump(_element_rows(parsed.elements)),
        _dump([[getattr(cell, name) for name in _CELL_FIELDS] for cell in parsed.cells]),
    )
    return _HEAD.pack(_MAGIC, *(len(part) for part in parts)) + b"".join(parts)


def from_layout(data: bytes, text: str) -> Layout:
    """Read a whole layout of a canonical text.

    Raises:
        StoreError: The bytes are no layout.
    """
    reader = LayoutReader(data, text)
    return Layout(pages=reader.pages(), words=reader.words(), elements=reader.elements(), cells=reader.cells())


class LayoutReader:
    """Reads the parts of a layout when they are asked for, once each.

    Raises:
        StoreError: The bytes are no layout.
    """

    def __init__(self, data: bytes, text: str) -> None:
        self._text = text
        self._parts = _split(data)
        self._pages: tuple[PageSpan, ...] | None = None
        self._words: Words | None = None
        self._elements: tuple[Element, ...] | None = None
        self._cells: tuple[TableCell, ...] | None = None

    def pages(self) -> tuple[PageSpan, ...]:
        """Return the pages in order."""
        if self._pages is None:
            self._pages = tuple(
                PageSpan(page=page, start=start, end=end, width=width, height=height, is_ocr=is_ocr)
                for page, start, end, width, height, is_ocr in _load(self._parts[0])
            )
        return self._pages

    def words(self) -> Words:
        """Return the words in order of the text."""
        if self._words is None:
            self._words = _read_words(_inflate(self._parts[1]))
        return self._words

    def elements(self) -> tuple[Element, ...]:
        """Return the elements in order."""
        if self._elements is None:
            self._elements = _read_elements(_load(self._parts[2]), self._text)
        return self._elements

    def cells(self) -> tuple[TableCell, ...]:
        """Return the table cells in order."""
        if self._cells is None:
            rows = (dict(zip(_CELL_FIELDS, row, strict=True)) for row in _load(self._parts[3]))
            self._cells = tuple(TableCell(**row, text=self._text[row["start"] : row["end"]]) for row in rows)
        return self._cells

    def page_at(self, offset: int) -> int | None:
        """Return the page that holds an offset; None where there are no pages."""
        pages = self.pages()
        at = bisect_right(pages, offset, key=lambda page: page.start) - 1
        return pages[at].page if at >= 0 else None

    def boxes(self, start: int, end: int) -> tuple[Box, ...]:
        """Return one box for each line that the span touches, in reading order; whole words."""
        return self.words().boxes(start, end)


def _element_rows(elements: Sequence[Element]) -> Mapping[str, object]:
    sections = {section: number for number, section in enumerate(dict.fromkeys(e.section for e in elements))}
    rows = [
        [
            element.id,
            element.kind.value,
            element.start,
            element.end,
            element.page,
            None if element.box is None else _numbers(element.box),
            sections[element.section],
            element.confidence,
            element.hidden_reason or element.is_hidden,
        ]
        for element in elements
    ]
    return {"sections": [list(section) for section in sections], "rows": rows}


def _numbers(box: Box) -> list[float]:
    return [box.page, box.x0, box.y0, box.x1, box.y1]


def _read_elements(data: Any, text: str) -> tuple[Element, ...]:
    sections = [tuple(str(part) for part in section) for section in data["sections"]]
    return tuple(
        Element(
            id=id_,
            kind=ElementKind(kind),
            text=text[start:end],
            start=start,
            end=end,
            page=page,
            box=None if box is None else Box(page=box[0], x0=box[1], y0=box[2], x1=box[3], y1=box[4]),
            section=sections[section],
            confidence=confidence,
            is_hidden=bool(hidden),
            hidden_reason=hidden if isinstance(hidden, str) else None,
        )
        for id_, kind, start, end, page, box, section, confidence, hidden in data["rows"]
    )


def _dump_words(words: Words) -> bytes:
    return zlib.compress(b"".join(_little_endian(getattr(words, name)).tobytes() for name in _WORD_COLUMNS), _LEVEL)


def _read_words(raw: bytes) -> Words:
    size = len(raw) // len(_WORD_COLUMNS)
    words = Words()
    for number, name in enumerate(_WORD_COLUMNS):
        column: array[int] | array[float] = getattr(words, name)
        column.frombytes(raw[number * size : (number + 1) * size])
        if sys.byteorder == "big":
            column.byteswap()
    return words


def _little_endian(column: "array[int] | array[float]") -> "array[int] | array[float]":
    if sys.byteorder == "little":
        return column
    swapped = copy(column)
    swapped.byteswap()
    return swapped


def _split(data: bytes) -> tuple[bytes, ...]:
    try:
        magic, *lengths = _HEAD.unpack_from(data)
    except struct.error as error:
        raise StoreError("a stored layout is cut off", hint="averment ingest --full makes it again") from error
    if magic != _MAGIC or _HEAD.size + sum(lengths) != len(data):
        raise StoreError("a stored blob is no layout", hint="averment ingest --full makes it again")
    parts = []
    at = _HEAD.size
    for length in lengths:
        parts.append(data[at : at + length])
        at += length
    return tuple(parts)


def _inflate(part: bytes) -> bytes:
    inflater = zlib.decompressobj()
    try:
        raw = inflater.decompress(part, _MAX_PART_BYTES)
    except zlib.error as error:
        raise StoreError("a stored layout is damaged", hint="averment ingest --full makes it again") from error
    if not inflater.eof:
        raise StoreError("a stored layout is cut off or too large", hint="averment ingest --full makes it again")
    return raw


def _dump(value: object) -> bytes:
    return zlib.compress(json.dumps(value, separators=(",", ":"), ensure_ascii=False).encode("utf-8"), _LEVEL)


def _load(part: bytes) -> Any:
    return json.loads(_inflate(part))
