"""HTML and inline XBRL to a parsed document.

`markup_reader` walks the tree; here the parsed document is put together: cells with their headers (`tables`), tagged
figures with their facts (`ixbrl`), page footers of filings told apart, and the title.
"""

import re
from collections import Counter
from dataclasses import replace
from typing import Any

from averment.core.documents import Element, ElementKind, ParsedDocument
from averment.core.errors import DocumentLimitExceeded, PartitionFailed
from averment.pipelines.ingestion.canonical import CanonicalWriter
from averment.pipelines.ingestion.hidden import count_hidden
from averment.pipelines.ingestion.html_style import read_style_sheet
from averment.pipelines.ingestion.ixbrl import read_facts
from averment.pipelines.ingestion.language import detect_language
from averment.pipelines.ingestion.limits import ParseLimits
from averment.pipelines.ingestion.markup_reader import MarkupReader
from averment.pipelines.ingestion.markup_tree import parse_tree
from averment.pipelines.ingestion.media_types import HTML
from averment.pipelines.ingestion.tables import number_cells


def partition_markup(content: bytes, *, limits: ParseLimits) -> ParsedDocument:
    """Partition an HTML file.

    Raises:
        DocumentCorrupt: There is no element in it.
        DocumentLimitExceeded: It is longer than allowed.
        PartitionFailed: It shows no text.
    """
    root = parse_tree(content)
    writer = CanonicalWriter()
    reader = MarkupReader(writer, facts=read_facts(root), styles=read_style_sheet(root))
    reader.read(root)
    if not writer.text().strip():
        raise PartitionFailed(
            "no text found: the page shows none", hint="the text may be made by scripts: save it from a browser"
        )
    writer.write_hidden(reader.hidden)
    text = writer.text()
    if len(text) > limits.max_chars:
        raise DocumentLimitExceeded(
            f"the text has {len(text)} characters, the limit is {limits.max_chars}", hint="raise the limit, or split it"
        )
    language = detect_language(text)
    return ParsedDocument(
        text=text,
        elements=tuple(mark_running(writer.elements)),
        cells=tuple(number_cells(reader.grids, language=language)),
        media_type=HTML,
        parser=_parser(),
        language=language,
        title=_title(root) or _first_heading(writer.elements),
        warnings=count_hidden(reader.hidden),
    )


def mark_running(elements: list[Element]) -> list[Element]:
    """Mark short blocks that come again and again with other page numbers as footers."""
    counts = Counter(_pattern(element) for element in elements if len(element.text) < 90)
    return [
        replace(element, kind=ElementKind.FOOTER)
        if len(element.text) < 90 and counts[_pattern(element)] >= 8 and element.text[-1:].isdigit()
        and element.kind in (ElementKind.PARAGRAPH, ElementKind.HEADING)
        else element
        for element in elements
    ]  # fmt: skip


def _pattern(element: Element) -> str:
    return re.sub(r"\d+$", "#", element.text)


def _title(root: Any) -> str | None:
    title = root.find(".//title")
    text = " ".join("".join(title.itertext()).split()) if title is not None else ""
    # Filing software puts the name of the file there.
    return text[:200] if " " in text else None


def _first_heading(elements: list[Element]) -> str | None:
    found = next((element.text for element in elements if element.kind is ElementKind.HEADING), None)
    return " ".join(found.split())[:200] if found else None


def _parser() -> str:
    from importlib.metadata import version

    return f"lxml {version('lxml')}"
