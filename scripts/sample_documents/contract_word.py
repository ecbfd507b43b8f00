"""Write a sample contract as DOCX: heading styles, automatic multi-level numbering, tables, header and footer.

The clause numbers are Word list numbers (`w:numPr`), not text, as in contracts drafted in a word processor.
"""

import io
import re
import zipfile
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sample_documents.contract_source import Block, Contract

if TYPE_CHECKING:
    from docx.document import Document
    from docx.text.paragraph import Paragraph

_PIECE = re.compile(r"(\*\*.+?\*\*)")
_ZIP_TIME = (2025, 6, 16, 9, 0, 0)
_LEVELS = {"heading": 0, "clause": 1, "item": 2}
_LEVEL_XML = (("%1.", 0, 720), ("%1.%2", 720, 720), ("(%3)", 1287, 567))
_FIRST_NUMBERING_ID = 71


def contract_docx(contract: Contract) -> bytes:
    """Return the DOCX; equal sources and an equal python-docx give equal bytes."""
    import docx

    document = docx.Document()
    _set_properties(document, contract)
    _set_styles(document)
    _header_and_footer(document, contract)
    _cover(document, contract)
    numbering_id = _FIRST_NUMBERING_ID
    _add_numbering(document, numbering_id, has_headings=True)
    for index, block in enumerate(contract.blocks):
        if block.kind == "part":
            numbering_id += 1
            following = [later.kind for later in contract.blocks[index + 1 :]]
            until = following.index("part") if "part" in following else len(following)
            _add_numbering(document, numbering_id, has_headings="heading" in following[:until])
        _add_block(document, block, contract, numbering_id)
    raw = io.BytesIO()
    document.save(raw)
    return _repacked(raw.getvalue())


def _set_properties(document: "Document", contract: Contract) -> None:
    moment = datetime.strptime(f"{contract.dated} 09:00", "%d %B %Y %H:%M")  # noqa: DTZ007 - DOCX times are naive UTC
    properties = document.core_properties
    properties.title = f"{contract.title} – {contract.subtitle}"
    properties.author = contract.parties[0].name
    properties.last_modified_by = contract.parties[0].name
    properties.subject = contract.reference
    properties.comments = ""
    properties.created = properties.modified = moment
    properties.revision = 1


def _set_styles(document: "Document") -> None:
    from docx.enum.style import WD_STYLE_TYPE
    from docx.oxml.ns import qn
    from docx.shared import Cm, Pt, RGBColor

    section = document.sections[0]
    section.page_width, section.page_height = Cm(21.0), Cm(29.7)
    section.left_margin = section.right_margin = Cm(2.6)
    section.top_margin = section.bottom_margin = Cm(2.5)
    normal = document.styles["Normal"]
    normal.font.name, normal.font.size = "Times New Roman", Pt(11)
    normal.paragraph_format.space_after = Pt(7)
    normal.paragraph_format.line_spacing = 1.2
    for name, size in (("Title", 24), ("Heading 1", 14), ("Heading 2", 11.5)):
        style = document.styles[name]
        style.font.name, style.font.size, style.font.bold = "Times New Roman", Pt(size), True
        style.font.color.rgb = RGBColor(0, 0, 0)
        fonts = style.element.get_or_add_rPr().find(qn("w:rFonts"))
        for key in ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme"):
            fonts.attrib.pop(qn(f"w:{key}"), None)
    document.styles["Heading 2"].paragraph_format.space_before = Pt(12)
    for name, indent in (("Clause", 0.0), ("Clause Item", 0.0), ("Definition", 1.27)):
        style = document.styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH)
        style.base_style = normal
        if indent:
            style.paragraph_format.left_indent = Cm(indent)


def _header_and_footer(document: "Document", contract: Contract) -> None:
    from docx.enum.text import WD_ALIGN_PARAGRAPH
    from docx.shared import Pt

    section = document.sections[0]
    section.different_first_page_header_footer = True
    header = section.header.paragraphs[0]
    header.add_run(contract.running).font.size = Pt(8)
    footer = section.footer.paragraphs[0]
    footer.alignment = WD_ALIGN_PARAGRAPH.CENTER
    footer.add_run(f"Ref. {contract.reference} – Page ")
    _add_field(footer, "PAGE")
    footer.add_run(" of ")
    _add_field(footer, "NUMPAGES")


def _add_field(paragraph: "Paragraph", code: str) -> None:
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    field = OxmlElement("w:fldSimple")
    field.set(qn("w:instr"), code)
    run = OxmlElement("w:r")
    text = OxmlElement("w:t")
    text.text = "1"
    run.append(text)
    field.append(run)
    paragraph._p.append(field)  # python-docx has no API for fields


def _cover(document: "Document", contract: Contract) -> None:
    from docx.enum.text import WD_ALIGN_PARAGRAPH

    centred = [f"Dated {contract.dated}", "", ""]
    for line in centred:
        document.add_paragraph(line).alignment = WD_ALIGN_PARAGRAPH.CENTER
    document.add_paragraph(contract.title, style="Title").alignment = WD_ALIGN_PARAGRAPH.CENTER
    document.add_paragraph(contract.subtitle, style="Subtitle").alignment = WD_ALIGN_PARAGRAPH.CENTER
    for index, party in enumerate(contract.parties):
        if index:
            document.add_paragraph("and").alignment = WD_ALIGN_PARAGRAPH.CENTER
        paragraph = document.add_paragraph()
        paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
        paragraph.add_run(party.name).bold = True
        document.add_paragraph(f"({party.role})").alignment = WD_ALIGN_PARAGRAPH.CENTER
    sample = document.add_paragraph("Sample document: the parties, persons and places are fictional.")
    sample.alignment = WD_ALIGN_PARAGRAPH.CENTER
    document.add_page_break()  # type: ignore[no-untyped-call]  # python-docx leaves this method untyped
    document.add_paragraph(f"This {contract.doc} is dated {contract.dated} and is made between:")
    for index, party in enumerate(contract.parties, 1):
        tail = "; and" if index < len(contract.parties) else "."
        side = f"({index}) **{party.name}**, {party.description} (the **{party.role}**){tail}"
        _add_text(document.add_paragraph(), side)
    document.add_paragraph("The parties agree as follows.")


def _add_numbering(document: "Document", number_id: int, *, has_headings: bool) -> None:
    from docx.oxml import parse_xml
    from docx.oxml.ns import nsdecls

    levels = ""
    for level, (text, indent, hanging) in enumerate(_LEVEL_XML):
        shown = text if has_headings or level != 1 else "%2."
        form = "lowerLetter" if level == 2 else "decimal"
        levels += (
            f'<w:lvl w:ilvl="{level}"><w:start w:val="1"/><w:numFmt w:val="{form}"/><w:lvlText w:val="{shown}"/>'
            f'<w:lvlJc w:val="left"/><w:pPr><w:ind w:left="{max(indent, 720) + (567 if level == 2 else 0)}" '
            f'w:hanging="{hanging}"/></w:pPr></w:lvl>'
        )
    root = document.part.numbering_part.element
    abstract = parse_xml(
        f'<w:abstractNum {nsdecls("w")} w:abstractNumId="{number_id}"><w:multiLevelType w:val="multilevel"/>'
        f"{levels}</w:abstractNum>"
    )
    first_number = next(child for child in root if child.tag.endswith("}num"))
    first_number.addprevious(abstract)
    root.append(
        parse_xml(f'<w:num {nsdecls("w")} w:numId="{number_id}"><w:abstractNumId w:val="{number_id}"/></w:num>')
    )


def _add_block(document: "Document", block: Block, contract: Contract, numbering_id: int) -> None:
    from docx.enum.text import WD_ALIGN_PARAGRAPH

    if block.kind == "table":
        _add_table(document, block)
    elif block.kind == "signatures":
        _add_signatures(document, contract)
    elif block.kind == "part":
        paragraph = document.add_paragraph(block.text.replace(" | ", " – "), style="Heading 1")
        paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
        paragraph.paragraph_format.page_break_before = True
    else:
        style = {"heading": "Heading 2", "clause": "Clause", "item": "Clause Item", "definition": "Definition"}
        paragraph = document.add_paragraph(style=style.get(block.kind, "Normal"))
        _add_text(paragraph, block.text)
        if block.kind in _LEVELS:
            _set_number(paragraph, _LEVELS[block.kind], numbering_id)


def _set_number(paragraph: "Paragraph", level: int, numbering_id: int) -> None:
    properties: Any = paragraph._p.get_or_add_pPr()  # numbering has no public API
    numbering = properties.get_or_add_numPr()
    numbering.get_or_add_ilvl().val = level
    numbering.get_or_add_numId().val = numbering_id


def _add_text(paragraph: "Paragraph", text: str) -> None:
    for piece in _PIECE.split(text):
        if piece:
            paragraph.add_run(piece.strip("*") if piece.startswith("**") else piece).bold = piece.startswith("**")


def _add_table(document: "Document", block: Block) -> None:
    from docx.shared import Pt

    if block.text:
        caption = document.add_paragraph()
        caption.add_run(block.text).bold = True
        caption.paragraph_format.keep_with_next = True
    table = document.add_table(rows=0, cols=len(block.rows[0]), style="Table Grid")
    for index, row in enumerate(block.rows):
        for cell, text in zip(table.add_row().cells, row, strict=True):
            paragraph = cell.paragraphs[0]
            paragraph.paragraph_format.space_after = Pt(2)
            _add_text(paragraph, f"**{text}**" if index == 0 and text else text)
            for run in paragraph.runs:
                run.font.size = Pt(9.5)
    document.add_paragraph()


def _add_signatures(document: "Document", contract: Contract) -> None:
    heading = document.add_paragraph("Signatures", style="Heading 1")
    heading.paragraph_format.page_break_before = True
    document.add_paragraph(f"This {contract.doc} has been entered into on the date stated at its beginning.")
    for party in contract.parties:
        _add_text(document.add_paragraph(), f"Signed for and on behalf of **{party.name}**")
        document.add_paragraph("Signature: ____________________________")
        document.add_paragraph(f"Name: {party.signatory}")
        document.add_paragraph(f"Title: {party.capacity}")
        document.add_paragraph(f"Date: {contract.dated}")
        document.add_paragraph()


def _repacked(content: bytes) -> bytes:
    """Return the package with fixed entry times, so that two builds have equal bytes."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as source, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target:
        for name in source.namelist():
            entry = zipfile.ZipInfo(name, date_time=_ZIP_TIME)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o600 << 16
            target.writestr(entry, source.read(name))
    return out.getvalue()
