"""List numbers as Word shows them, and runs that nobody sees."""

from typing import Any

import pytest
from lxml import etree  # type: ignore[import-untyped] # lxml has no stubs

from averment.pipelines.ingestion.docx_styles import DocxStyles, Numbering
from averment.pipelines.ingestion.hidden import HiddenReason

NAME = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
LEVELS = (
    '<w:lvl w:ilvl="0"><w:start w:val="1"/><w:numFmt w:val="decimal"/><w:lvlText w:val="%1."/></w:lvl>'
    '<w:lvl w:ilvl="1"><w:start w:val="1"/><w:numFmt w:val="decimal"/><w:lvlText w:val="%1.%2"/></w:lvl>'
    '<w:lvl w:ilvl="2"><w:start w:val="1"/><w:numFmt w:val="lowerLetter"/><w:lvlText w:val="(%3)"/></w:lvl>'
    '<w:lvl w:ilvl="3"><w:start w:val="1"/><w:numFmt w:val="bullet"/><w:lvlText w:val="x"/></w:lvl>'
)
NUMBERING = (
    f'<w:numbering {NAME}><w:abstractNum w:abstractNumId="0">{LEVELS}</w:abstractNum>'
    '<w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num>'
    '<w:num w:numId="2"><w:abstractNumId w:val="0"/><w:lvlOverride w:ilvl="0"><w:startOverride w:val="7"/>'
    "</w:lvlOverride></w:num></w:numbering>"
)
STYLES = (
    f'<w:styles {NAME}><w:style w:type="paragraph" w:styleId="Clause"><w:basedOn w:val="Base"/></w:style>'
    '<w:style w:type="paragraph" w:styleId="Base"><w:pPr><w:numPr><w:numId w:val="1"/></w:numPr></w:pPr></w:style>'
    '<w:style w:type="character" w:styleId="Ghost"><w:rPr><w:vanish/></w:rPr></w:style></w:styles>'
)


def xml(text: str) -> Any:
    return etree.fromstring(text)


def paragraph(num: str | None = None, level: int = 0, *, style: str = "") -> Any:
    own = "" if num is None else f'<w:numPr><w:ilvl w:val="{level}"/><w:numId w:val="{num}"/></w:numPr>'
    return xml(f'<w:p {NAME}><w:pPr><w:pStyle w:val="{style}"/>{own}</w:pPr></w:p>')


def labels(*paragraphs: Any) -> list[str]:
    numbering = Numbering(xml(NUMBERING), DocxStyles(xml(STYLES)))
    return [numbering.label(item) for item in paragraphs]


def test_levels_count_and_begin_anew() -> None:
    shown = labels(*(paragraph("1", level) for level in (0, 1, 1, 2, 2, 0, 1, 2, 3)))
    assert shown == ["1.", "1.1", "1.2", "(a)", "(b)", "2.", "2.1", "(a)", "•"]


def test_a_number_may_come_from_the_style_start_elsewhere_or_be_switched_off() -> None:
    assert labels(paragraph(style="Clause"), paragraph(style="Clause"), paragraph("0", style="Clause")) == [
        "1.",
        "2.",
        "",
    ]
    assert labels(paragraph("1"), paragraph("2"), paragraph("2")) == ["1.", "7.", "8."]
    assert labels(paragraph(), paragraph("99")) == ["", ""]
    assert Numbering(None, DocxStyles(None)).label(paragraph("1")) == ""


@pytest.mark.parametrize(
    ("run", "around", "reason"),
    [
        ("<w:vanish/>", "{}", HiddenReason.HIDDEN_FORMAT),
        ('<w:vanish w:val="0"/>', "{}", None),
        ('<w:rStyle w:val="Ghost"/>', "{}", HiddenReason.HIDDEN_FORMAT),
        ('<w:sz w:val="2"/>', "{}", HiddenReason.TINY),
        ('<w:color w:val="FFFFFF"/>', "{}", HiddenReason.SAME_COLOUR),
        ('<w:color w:val="FFFFFF"/><w:highlight w:val="blue"/>', "{}", None),
        ('<w:color w:val="FFFFFF"/><w:shd w:val="clear" w:fill="003366"/>', "{}", None),
        ('<w:color w:val="FFFFFF"/>', '<w:tc><w:tcPr><w:shd w:val="clear" w:fill="003366"/></w:tcPr>{}</w:tc>', None),
        ('<w:color w:val="FFFFFF"/>', "<w:tc>{}</w:tc>", HiddenReason.SAME_COLOUR),
        ('<w:color w:val="FFFFFF"/>', '<w:tbl><w:tblPr><w:tblStyle w:val="Fancy"/></w:tblPr>{}</w:tbl>', None),
        ('<w:color w:themeColor="background1" w:val="000000"/>', "{}", HiddenReason.SAME_COLOUR),
        ('<w:color w:val="333333"/><w:sz w:val="18"/>', "{}", None),
    ],
)
def test_what_keeps_a_run_from_being_seen(run: str, around: str, reason: HiddenReason | None) -> None:
    inner = f"<w:p><w:r><w:rPr>{run}</w:rPr><w:t>x</w:t></w:r></w:p>"
    root = xml(f"<w:document {NAME}><w:body>{around.format(inner)}</w:body></w:document>")
    found = next(root.iter("{*}r"))
    assert DocxStyles(xml(STYLES)).hidden(found, found.getparent()) is reason
