"""A filled document as DOCX, for people who edit: the same bytes for the same document, no signature, no embedding."""

import datetime
import io
import zipfile
from typing import TYPE_CHECKING

from averment.compliance.bundle import pack
from averment.compliance.documents.filled import Block, EntryEvidence, FilledDocument, FilledField
from averment.compliance.documents.rendering.page import shown_evidence
from averment.compliance.documents.words import Words
from averment.core.errors import ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from docx.document import Document


def render_docx(document: FilledDocument) -> bytes:
    """Write the DOCX; its dates are the log's.

    Raises:
        ConfigurationError: python-docx is not installed.
    """
    try:
        import docx
    except ModuleNotFoundError as error:
        raise ConfigurationError("DOCX needs python-docx", hint="make setup") from error
    words, page = Words(document.language), docx.Document()
    _describe(page, document)
    page.add_heading(f"{document.title} ({document.article})", level=0)
    page.add_paragraph(f"{words('label_as_of')}: {document.log.time}")
    page.add_paragraph(f"Averment {document.software.version}, {document.software.digest}")
    page.add_paragraph(words("overview"))
    for key, field in document.fields.items():
        _field(page, key, field, words=words)
    page.add_heading(words("label_limits"), level=1)
    for line in (*document.not_established, *document.law.caveats):
        page.add_paragraph(line, style="List Bullet")
    page.add_heading(words("label_checkpoint"), level=1)
    page.add_paragraph(words("checkpoint"))
    page.add_paragraph(document.log.note)
    page.add_heading(words("label_evidence"), level=1)
    heads = (words("label_number"), words("label_evidence"), words("head_digest"))
    _table(page, heads, list(_evidence(document, words)))
    return _repacked(page)


def _describe(page: "Document", document: FilledDocument) -> None:
    properties = page.core_properties
    moment = datetime.datetime.fromisoformat(document.log.time).replace(tzinfo=None, microsecond=0)
    properties.title, properties.language = document.title, document.language
    properties.author = properties.last_modified_by = f"Averment {document.software.version}"
    properties.created = properties.modified = moment
    properties.comments = ""


def _field(page: "Document", key: str, field: FilledField, *, words: Words) -> None:
    page.add_heading(f"{key} {field.title}", level=1)
    unverified = f" [{words('not_verified')}]" if not field.verified else ""
    page.add_paragraph().add_run(field.asks + unverified).italic = True
    status = page.add_paragraph()
    status.add_run(words(f"status_{field.status}")).bold = True
    status.add_run(f" {field.reason}")
    for block in field.blocks:
        _block(page, block, words)
    if field.owner or field.date:
        page.add_paragraph(f"{words('label_owner')}: {field.owner}, {field.date}")


def _block(page: "Document", block: Block, words: Words) -> None:
    author = "" if block.made_by == "machine" else f" ({words('by_people')})"
    more = len(block.evidence) - len(shown_evidence(block))
    rest = f" {words('and_more', number=more)}" if more else ""
    cited = f" [{' '.join(shown_evidence(block))}{rest}]" if block.evidence else ""
    page.add_paragraph(f"{block.text}{author}{cited}")
    if block.columns:
        _table(page, block.columns, block.rows)


def _table(page: "Document", heads: "Sequence[str]", rows: "Sequence[Sequence[str]]") -> None:
    from docx.oxml import OxmlElement

    table = page.add_table(rows=1, cols=len(heads), style="Table Grid")
    # The first row is a head that repeats on every page and that screen readers announce.
    table.rows[0]._tr.get_or_add_trPr().append(OxmlElement("w:tblHeader"))
    for cell, head in zip(table.rows[0].cells, heads, strict=True):
        cell.paragraphs[0].add_run(head).bold = True
    for row in rows:
        for cell, text in zip(table.add_row().cells, row, strict=True):
            cell.text = text


def _evidence(document: FilledDocument, words: Words) -> "Iterable[tuple[str, str, str]]":
    for name, found in document.evidence.items():
        if isinstance(found, EntryEvidence):
            yield name, f"{words('head_entry')} {found.index} {found.type} {found.time}", found.leaf_hash
        else:
            yield name, f"{words('head_file')} {found.path} ({words('place_' + found.place)})", found.sha256


def _repacked(page: "Document") -> bytes:
    """Write the archive with fixed times and order of members."""
    written = io.BytesIO()
    page.save(written)
    with zipfile.ZipFile(written) as archive:
        return pack({name: archive.read(name) for name in archive.namelist()})
