"""Which cells of a workbook nobody sees, and the comments that hang on cells.

openpyxl's fast reader knows neither hidden rows nor hidden columns, so both are read from the sheet's XML. A row that
a filter hides counts as hidden: whoever opens the file does not see it.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from io import BytesIO
from typing import Any, Final

from averment.core.errors import DocumentCorrupt
from averment.pipelines.ingestion.archive import OfficeArchive
from averment.pipelines.ingestion.hidden import HiddenReason

_MAX_COLUMN: Final = 16_384
_TINY_POINTS: Final = 2.0
_COMMENTS: Final = re.compile(r"xl/(?:comments\d*|threadedComments/[^/]+)\.xml|xl/comments/[^/]+\.xml")
_MASK: Final = re.compile(r"\s*;\s*;\s*;?\s*")


@dataclass(slots=True)
class Visibility:
    """Hidden rows and columns of one sheet, counted from 0."""

    rows: set[int] = field(default_factory=set)
    columns: set[int] = field(default_factory=set)
    _styles: dict[Any, HiddenReason | None] = field(default_factory=dict)

    def reason(self, cell: Any, *, row: int, column: int) -> HiddenReason | None:
        """Say why a cell is not seen; None for one that is."""
        if row in self.rows:
            return HiddenReason.HIDDEN_ROW
        if column in self.columns:
            return HiddenReason.HIDDEN_COLUMN
        style = getattr(cell, "_style_id", None)
        if style not in self._styles:
            self._styles[style] = _style_reason(cell)
        return self._styles[style]


def read_visibility(archive: OfficeArchive, sheet: Any) -> Visibility:
    """Read the hidden rows and columns of a sheet of openpyxl's fast reader."""
    from lxml import etree  # type: ignore[import-untyped] # lxml has no stubs

    path = str(getattr(sheet, "_worksheet_path", "") or "").lstrip("/")
    found = Visibility()
    if path not in archive.names:
        return found
    data = archive.read(path)
    if b"hidden=" not in data and b"zeroHeight=" not in data:
        return found
    walk = etree.iterparse(BytesIO(data), events=("start",), resolve_entities=False, no_network=True, huge_tree=True)
    try:
        for _, element in walk:
            name = etree.QName(element).localname
            if name == "row" and element.get("hidden") in ("1", "true"):
                found.rows.add(_int(element.get("r")) - 1)
            elif name == "col" and element.get("hidden") in ("1", "true"):
                last = min(_int(element.get("max")), _MAX_COLUMN)
                found.columns.update(range(_int(element.get("min")) - 1, last))
            if name in ("c", "v", "f"):
                element.clear()
    except etree.XMLSyntaxError as error:
        raise DocumentCorrupt(f"part {path} of the workbook is cut short or no XML", hint="deliver it again") from error
    return found


def read_comments(archive: OfficeArchive) -> Iterator[str]:
    """Yield the comments on cells, in order of their sheets' parts, each once."""
    seen: set[str] = set()
    has_threads = any("threadedComments/" in name for name in archive.names)
    for name in sorted(archive.names):
        if not _COMMENTS.fullmatch(name):
            continue
        is_older = "threadedComments/" not in name
        for comment in archive.xml(name).iter():
            if not isinstance(comment.tag, str) or comment.tag.rpartition("}")[2] not in ("comment", "threadedComment"):
                continue
            text = " ".join("".join(comment.itertext()).split())
            if has_threads and is_older and "[Threaded comment]" in text:
                continue  # what older programs show instead of the thread
            if text and text not in seen:
                seen.add(text)
                place = comment.get("ref")
                yield f"Comment ({place}): {text}" if place else f"Comment: {text}"


def _style_reason(cell: Any) -> HiddenReason | None:
    form = getattr(cell, "number_format", None) or ""
    if _MASK.fullmatch(form):
        return HiddenReason.HIDDEN_FORMAT
    font = getattr(cell, "font", None)
    if font is None:
        return None
    if font.sz is not None and float(font.sz) <= _TINY_POINTS:
        return HiddenReason.TINY
    fill = getattr(cell, "fill", None)
    if fill is not None and fill.fill_type not in (None, "none") and not _is_white(fill.fgColor):
        return None
    return HiddenReason.SAME_COLOUR if _is_white(font.color) else None


def _is_white(colour: Any) -> bool:
    """Tell white, given as such or as the theme's background."""
    if colour is None:
        return False
    if colour.type == "rgb":
        return str(colour.rgb).upper()[-6:] in ("FFFFFF", "FEFEFE")
    if colour.type == "theme":
        return colour.theme == 0 and not colour.tint
    return bool(colour.type == "indexed" and colour.indexed in (1, 9))


def _int(text: str | None) -> int:
    return int(text) if text is not None and text.isdigit() and len(text) < 9 else 0
