"""Citations: the program copies text, page and boxes; nobody else writes a quotation."""

from collections.abc import Callable, Sequence
from functools import cached_property
from typing import Final, Protocol

from averment.core.answers import Citation, Operand
from averment.core.documents import Box, DocumentVersion, Element, PageSpan, TableCell
from averment.core.structure import DocumentStructure
from averment.pipelines.ingestion.visibility import shown_text
from averment.pipelines.reasoning.entries import Entry

LABEL_JOIN: Final = " · "


class TextReader(Protocol):
    """Where canonical texts and what points into them are read from."""

    def text(self, text_hash: str) -> str:
        """Return a whole canonical text."""

    def layout(self, text_hash: str, *, document_id: str | None = None) -> "Layout":
        """Return the reader of a text's layout in a document."""

    def structure(self, text_hash: str | None, *, document_id: str | None = None) -> DocumentStructure:
        """Return how a text is built: its sections, terms and tags; empty where nothing was read of it."""


class Layout(Protocol):
    """What points into one canonical text."""

    def pages(self) -> tuple[PageSpan, ...]:
        """Return the pages in order; empty for formats without pages."""

    def page_at(self, offset: int) -> int | None:
        """Return the page that holds an offset."""

    def boxes(self, start: int, end: int) -> tuple[Box, ...]:
        """Return one box for each line that the span touches."""

    def elements(self) -> tuple[Element, ...]:
        """Return the parsed blocks in order."""

    def cells(self) -> tuple[TableCell, ...]:
        """Return the table cells in order."""


class Source:
    """One document with its text and layout, from which citations are cut.

    Args:
        document: What the catalog says; its `text_hash` is set.
        text: Its canonical text.
        layout: What points into the text.
        structure: Reads how the document is built, the tags of its figures among it; it has none when absent.
    """

    def __init__(
        self,
        document: DocumentVersion,
        *,
        text: str,
        layout: Layout,
        structure: Callable[[], DocumentStructure] = DocumentStructure,
    ):
        self.document = document
        self.text = text
        self.layout = layout
        self.structure = structure
        self.text_hash = document.text_hash or ""

    @cached_property
    def shown(self) -> str:
        """Return the text with what is hidden covered with spaces, offsets unchanged."""
        return shown_text(self.text, self.layout.elements())

    def cite(self, start: int, end: int) -> Citation:
        """Copy a span out of the canonical text."""
        return Citation(
            document_id=self.document.document_id,
            text_hash=self.text_hash,
            source_uri=self.document.source_uri,
            title=self.document.title,
            start=start,
            end=end,
            quote=self.text[start:end],
            page=self.layout.page_at(start),
            boxes=self.layout.boxes(start, end),
        )


def operand(name: str, entry: Entry, source: Source, *, unit: str | None) -> Operand:
    """Make the operand of a cell; its citation is the cell's own text."""
    cell = entry.cell
    header = LABEL_JOIN.join(part for part in (cell.row_header, cell.column_header) if part)
    return Operand(
        name=name,
        label=header,
        value=entry.value,
        unit=unit,
        scale=cell.scale,
        period=cell.period or cell.column_header or None,
        citation=source.cite(cell.start, cell.end),
        concept=entry.concept,
    )


def shared_unit(entries: Sequence[Entry]) -> str | None:
    """Return the one unit that the cells with a unit have, or None where they have none or several.

    Statements print a currency sign on their first and last rows only; a cell without one shares the unit of the
    cells it is computed with.
    """
    units = {entry.cell.unit for entry in entries if entry.cell.unit}
    return units.pop() if len(units) == 1 else None
