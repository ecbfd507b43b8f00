"""The tables of a DOCX as HTML that `markup_reader` understands: merged cells, heading rows, tables within cells."""

from collections.abc import Sequence
from typing import Any, Final

from averment.pipelines.ingestion.docx_styles import child, is_on, value
from averment.pipelines.ingestion.docx_tree import local, text_of

_MAX_SPAN: Final = 200


def table_markup(table: Any) -> Any:
    """Return a table as a tree of HTML.

    Args:
        table: A `w:tbl` element, made plain.
    """
    from lxml import etree  # type: ignore[import-untyped] # lxml has no stubs

    top = etree.Element("body")
    waiting = [(table, etree.SubElement(top, "table"))]
    while waiting:
        source, made = waiting.pop()
        above: dict[int, Any] = {}
        inner: list[tuple[Any, Any]] = []
        for row in source:
            if local(row) == "tr":
                _row(row, etree.SubElement(made, "tr"), above, inner)
        if inner and _is_grid(made):
            # Cells of a table that holds figures itself stay together; the tables within come after it.
            for _, place in reversed(inner):
                made.addnext(place)
        waiting.extend(inner)
    return top


def _is_grid(table: Any) -> bool:
    """Tell a table of cells from one that only lays out what is in it: a row of several cells without tables."""
    return any(sum(1 for cell in row if len(cell)) > 1 and not any(True for _ in row.iter("table")) for row in table)


def rows_markup(rows: Sequence[Sequence[str]]) -> Any:
    """Return rows of texts, as of a chart, as a tree of HTML."""
    from lxml import etree

    top = etree.Element("body")
    table = etree.SubElement(top, "table")
    for row in rows:
        made = etree.SubElement(table, "tr")
        for text in row:
            etree.SubElement(made, "td").text = text
    return top


def _row(row: Any, made: Any, above: dict[int, Any], waiting: list[tuple[Any, Any]]) -> None:
    """Write a row; `above` has the cells that may reach down into it, by their first column."""
    from lxml import etree

    properties = child(row, "trPr")
    is_head = properties is not None and is_on(child(properties, "tblHeader"))
    column = _count(properties, "gridBefore", 0)
    if column:
        etree.SubElement(made, "td").set("colspan", str(column))
    for cell in row:
        if local(cell) != "tc":
            continue
        own = child(cell, "tcPr")
        span = _count(own, "gridSpan", 1)
        merge = None if own is None else child(own, "vMerge")
        if merge is not None and (value(merge) or "continue") == "continue" and column in above:
            reaching = above[column]
            reaching.set("rowspan", str(int(reaching.get("rowspan") or "1") + 1))
            _blocks(cell, reaching, waiting)  # Word shows none, but a file may hold text here
        else:
            written = etree.SubElement(made, "th" if is_head else "td")
            if span > 1:
                written.set("colspan", str(span))
            _blocks(cell, written, waiting)
            above.pop(column, None)
            if merge is not None:
                above[column] = written
        column += span


def _blocks(cell: Any, made: Any, waiting: list[tuple[Any, Any]]) -> None:
    """Write what is in a cell; a table of one column within it is no more than a list."""
    from lxml import etree

    blocks = list(cell)
    while blocks:
        block = blocks.pop(0)
        name = local(block)
        if name == "p" and (text := text_of(block)).strip():
            etree.SubElement(made, "p").text = text
        elif name == "tbl" and all(sum(local(part) == "tc" for part in row) < 2 for row in block if local(row) == "tr"):
            blocks = [part for row in block for inner in row if local(inner) == "tc" for part in inner] + blocks
        elif name == "tbl":
            waiting.append((block, etree.SubElement(made, "table")))


def _count(properties: Any, name: str, default: int) -> int:
    told = "" if properties is None else value(child(properties, name)) or ""
    return min(int(told), _MAX_SPAN) if told.isdigit() and len(told) < 6 else default
