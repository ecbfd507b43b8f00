"""Entries as a table (CSV, RFC 4180): one entry a row, what an entry states as JSON in the last column."""

import csv
import io
import json
from collections.abc import Iterable, Iterator
from typing import Final

from averment.compliance.events import Leaf

COLUMNS: Final = (
    "entry",
    "time",
    "type",
    "actor",
    "purpose",
    "answer_id",
    "document_id",
    "id",
    "parents",
    "leaf_hash",
    "data",
)
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")


def table_lines(entries: Iterable[tuple[Leaf, str]]) -> Iterator[bytes]:
    """Yield the lines of the table, its heading first, in UTF-8.

    Args:
        entries: Each entry's leaf and its leaf hash.
    """
    yield _line(COLUMNS)
    for leaf, leaf_hash in entries:
        data = leaf["data"]
        assert isinstance(data, dict)
        cells = {
            "entry": leaf["seq"],
            "answer_id": data.get("answer_id"),
            "document_id": data.get("document_id"),
            "leaf_hash": leaf_hash,
            "parents": leaf["parents"],
            "data": data,
        }
        yield _line([_cell(cells[name] if name in cells else leaf[name]) for name in COLUMNS])


def _cell(value: object) -> str:
    """Write a cell; a text that a spreadsheet would compute gets an apostrophe before it."""
    if value is None:
        return ""
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, sort_keys=True)
    return f"'{text}" if isinstance(value, str) and text.startswith(_FORMULA) else text


def _line(cells: Iterable[str]) -> bytes:
    buffer = io.StringIO()
    csv.writer(buffer, lineterminator="\r\n").writerow(cells)
    return buffer.getvalue().encode()
