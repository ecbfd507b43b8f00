"""DOCX and PPTX through unstructured, completed; XLSX through openpyxl (see `xlsx`).

unstructured gives the elements in order, their kinds, list numbers as shown, and tables as HTML, which become rows
and cells here. `docx_plain` makes a DOCX plain before, so that insertions, content controls and text boxes are not
overlooked. What the file's XML still holds more, paragraph by paragraph, is added at the end and counted in the
warnings (`paragraphs_added`). unstructured must not reach for the network: its language model is installed by set-up,
and its notices are switched off.
"""

import os
import re
from collections.abc import Iterable, Set
from dataclasses import dataclass, field, replace
from io import BytesIO
from typing import Any, Final

from averment.core.documents import Element, ElementKind, ParsedDocument
from averment.core.errors import DocumentCorrupt, DocumentLimitExceeded, PartitionFailed
from averment.pipelines.ingestion import docx_plain, docx_tree
from averment.pipelines.ingestion.archive import OfficeArchive
from averment.pipelines.ingestion.canonical import CanonicalWriter
from averment.pipelines.ingestion.docx_tables import rows_markup, table_markup
from averment.pipelines.ingestion.embedded import read_embedded
from averment.pipelines.ingestion.hidden import count_hidden
from averment.pipelines.ingestion.language import detect_language
from averment.pipelines.ingestion.limits import ParseLimits
from averment.pipelines.ingestion.markup_reader import MarkupReader
from averment.pipelines.ingestion.markup_tree import parse_tree
from averment.pipelines.ingestion.media_types import DOCX, XLSX
from averment.pipelines.ingestion.pptx_plain import drawing_paragraphs
from averment.pipelines.ingestion.presentation import by_slide, read_presentation
from averment.pipelines.ingestion.tables import number_cells

_KINDS: Final = {
    "Title": ElementKind.HEADING,
    "Header": ElementKind.HEADER,
    "Footer": ElementKind.FOOTER,
    "ListItem": ElementKind.LIST_ITEM,
    "Footnote": ElementKind.FOOTNOTE,
}
_MAX_HEADING_CHARS: Final = 140
_STRICT: Final = b"http://purl.oclc.org/ooxml/"
_STRICT_NAME: Final = re.compile(rb"http://purl\.oclc\.org/ooxml/(\w+)/")
_QUIET: Final = {"UNSTRUCTURED_DISABLE_NOTICE": "1", "SCARF_NO_ANALYTICS": "true", "DO_NOT_TRACK": "1"}


def partition_office(content: bytes, *, media_type: str, limits: ParseLimits) -> ParsedDocument:
    """Partition a DOCX, PPTX or XLSX file.

    Raises:
        DocumentCorrupt: A part is missing, damaged or hostile.
        DocumentEncrypted: It needs a password.
        DocumentLimitExceeded: It would expand too far, or is too long.
        PartitionFailed: It holds no text, or the language model of unstructured is missing.
    """
    archive = OfficeArchive(content, limits=limits)
    if any(_STRICT in archive.read(name) for name in archive.names if name == "_rels/.rels"):
        # The libraries know the names of the older of the two variants of the standard only.
        content = archive.replaced({}, edit=_to_transitional)
        archive = OfficeArchive(content, limits=replace(limits, max_expanded_bytes=2 * limits.max_expanded_bytes))
    if media_type == XLSX:
        from averment.pipelines.ingestion.xlsx import partition_xlsx

        parsed = partition_xlsx(content, archive=archive, limits=limits)
    else:
        reading = _Reading()
        if media_type == DOCX:
            _read_docx(reading, archive)
        else:
            _read_pptx(reading, archive)
        parsed = reading.document(media_type, limits=limits)
    attachments, n_unread = read_embedded(archive)
    if not attachments and not n_unread:
        return parsed
    warnings = {**parsed.warnings, **({"embedded_objects_unread": n_unread} if n_unread else {})}
    return replace(parsed, attachments=attachments, warnings=warnings)


def _to_transitional(part: bytes) -> bytes:
    return _STRICT_NAME.sub(rb"http://schemas.openxmlformats.org/\1/2006/", part)


@dataclass(slots=True)
class _Reading:
    writer: CanonicalWriter = field(default_factory=CanonicalWriter)
    grids: list[Any] = field(default_factory=list)
    warnings: dict[str, int] = field(default_factory=dict)

    def add_all(self, elements: Iterable[Any], *, tables: Iterable[Any] = (), headings: Set[str] | None = None) -> None:
        """Write unstructured's elements.

        Args:
            elements: They.
            tables: The tables among them as trees of HTML, in their order; those given as markup where they are none.
            headings: The letters and digits of the headings; None where unstructured is to tell.
        """
        trees = iter(tables)
        for element in elements:
            if type(element).__name__ != "Table":
                kind = _kind(element)
                if headings is not None and kind in (ElementKind.HEADING, ElementKind.PARAGRAPH):
                    kind = ElementKind.HEADING if _letters(element.text) in headings else ElementKind.PARAGRAPH
                self.add(element.text, kind)
            elif (tree := next(trees, None)) is not None:
                self.add_table(tree)
            elif element.metadata.text_as_html:
                self.add_table(parse_tree(element.metadata.text_as_html.encode("utf-8")))
            else:
                self.add(element.text, ElementKind.TABLE_ROW)

    def add_table(self, tree: Any) -> None:
        """Write a table that is given as a tree of HTML, a row a line."""
        reader = MarkupReader(self.writer, first_table=len(self.grids) + 1)
        reader.read(tree)
        self.grids.extend(reader.grids)

    def add(self, text: str, kind: ElementKind) -> Element | None:
        """Write a block; its inner lines stay lines."""
        for line in text.splitlines():
            self.writer.write(line)
            self.writer.end_line(joins=True)
        return self.writer.end_line(kind)

    def complete(self, texts: Iterable[str], kind: ElementKind, *, warning: str) -> None:
        """Add the texts whose letters and digits the canonical text lacks; heads and feet among those of their kind."""
        if kind in (ElementKind.HEADER, ElementKind.FOOTER):
            have = _letters("\n".join(element.text for element in self.writer.elements if element.kind is kind))
        else:
            have = _letters(self.writer.text())
        for text in texts:
            wanted = _letters(text)
            if wanted and wanted not in have:
                self.add(text, kind)
                have += wanted
                self.warnings[warning] = self.warnings.get(warning, 0) + 1

    def document(self, media_type: str, *, limits: ParseLimits) -> ParsedDocument:
        """Finish."""
        text = self.writer.text()
        if not text.strip():
            raise PartitionFailed("no text found in the document", hint="check that it is the right file")
        if len(text) > limits.max_chars:
            raise DocumentLimitExceeded(f"the text has {len(text)} characters, the limit is {limits.max_chars}")
        language = detect_language(text)
        title = next((e.text for e in self.writer.elements if e.kind is ElementKind.HEADING), None)
        return ParsedDocument(
            text=text,
            elements=tuple(self.writer.elements),
            cells=tuple(number_cells(self.grids, language=language)),
            media_type=media_type,
            parser=_parser(),
            language=language,
            title=" ".join(title.split())[:200] if title else None,
            warnings=self.warnings,
        )


def _read_docx(reading: _Reading, archive: OfficeArchive) -> None:
    plain = docx_plain.make_plain(archive)
    body = next(iter(docx_tree.named(plain.root, "body")), None)
    tables = () if body is None else (table_markup(one) for one in body if docx_tree.local(one) == "tbl")
    reading.add_all(_unstructured("docx", plain.content), tables=tables)
    parts = [name for name in archive.names if docx_plain.RUNNING.fullmatch(name)]
    settled = OfficeArchive(plain.content, limits=ParseLimits())
    reading.complete(docx_plain.paragraphs(plain.root), ElementKind.PARAGRAPH, warning="paragraphs_added")
    for part in parts:
        kind = ElementKind.HEADER if "header" in part else ElementKind.FOOTER
        reading.complete(docx_plain.paragraphs(settled.xml(part)), kind, warning="paragraphs_added")
    for text in plain.footnotes:
        reading.add(text, ElementKind.FOOTNOTE)
    for text in plain.comments:
        reading.add(text, ElementKind.OTHER)
    reading.writer.write_hidden(plain.hidden)
    counts = {
        **count_hidden(plain.hidden),
        "comments": len(plain.comments),
        "tracked_insertions": plain.n_insertions,
        "tracked_deletions": plain.n_deletions,
        "tracked_moves": plain.n_moves,
    }
    reading.warnings.update({code: count for code, count in counts.items() if count})


def _read_pptx(reading: _Reading, archive: OfficeArchive) -> None:
    made = read_presentation(archive)
    elements = by_slide(_unstructured("pptx", made.content))
    for number, slide in enumerate(made.slides, start=1):
        if slide.is_hidden:
            continue
        reading.writer.section = (f"Slide {number}",)
        heads = {_letters(title) for title in slide.titles}
        reading.add_all(elements.get(number, ()), headings=heads)
        reading.complete(drawing_paragraphs(slide.root), ElementKind.PARAGRAPH, warning="paragraphs_added")
        for drawing in slide.drawings:
            for line in drawing.lines:
                reading.add(line, ElementKind.PARAGRAPH)
            if drawing.rows:
                reading.add_table(rows_markup(drawing.rows))
        for text in slide.notes:
            reading.add(text, ElementKind.PARAGRAPH)
        reading.writer.section = ()
    for text in made.running:
        reading.add(text, ElementKind.HEADER)
    for text in made.comments:
        reading.add(text, ElementKind.OTHER)
    reading.writer.write_hidden(made.hidden)
    counts = {**count_hidden(made.hidden), "comments": len(made.comments)}
    reading.warnings.update({code: count for code, count in counts.items() if count})


def _unstructured(kind: str, content: bytes) -> list[Any]:
    """Run one of unstructured's partitioners."""
    import zipfile

    from lxml import etree  # type: ignore[import-untyped] # lxml has no stubs

    os.environ.update(_QUIET)  # read when unstructured is imported; set before anything of it runs
    _require_model()
    try:
        if kind == "docx":
            from unstructured.partition.docx import partition_docx

            return list(partition_docx(file=BytesIO(content), include_page_breaks=False))
        from unstructured.partition.pptx import partition_pptx

        return list(partition_pptx(file=BytesIO(content), include_page_breaks=False, include_slide_notes=False))
    except etree.XMLSyntaxError as error:
        raise DocumentLimitExceeded(
            f"the file nests deeper than its reader for {kind.upper()} follows", hint="treat it as hostile"
        ) from error
    except (KeyError, ValueError, zipfile.BadZipFile, AttributeError, IndexError, TypeError) as error:
        raise DocumentCorrupt(
            f"the file cannot be read as {kind.upper()} ({type(error).__name__})",
            hint="open it in Office and save it again",
        ) from error


def _require_model() -> None:
    from importlib.util import find_spec

    if find_spec("en_core_web_sm") is None:
        raise PartitionFailed(
            "the language model en_core_web_sm is not installed; unstructured needs it and may not download it",
            hint="run `make setup`",
        )


def _kind(element: Any) -> ElementKind:
    kind = _KINDS.get(type(element).__name__, ElementKind.PARAGRAPH)
    if kind is ElementKind.HEADING and len(element.text) > _MAX_HEADING_CHARS:
        return ElementKind.PARAGRAPH
    return kind


def _letters(text: str) -> str:
    return "".join(char for char in text if char.isalnum())


def _parser() -> str:
    from importlib.metadata import version

    return f"unstructured {version('unstructured')}"
