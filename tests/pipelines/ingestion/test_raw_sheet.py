"""The second reading of a workbook, and workbooks that other programs write."""

import pytest

from averment.core.documents import ParsedDocument
from averment.pipelines.ingestion.partition import partition
from tests.pipelines.ingestion.office_files import packed

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
TYPES = "application/vnd.openxmlformats-officedocument.spreadsheetml"


def _book(rows: str, *, more: str = "", settings: str = "", parts: dict[str, str] | None = None) -> ParsedDocument:
    return partition(
        packed(
            {
                "[Content_Types].xml": f'<Types xmlns="{PACKAGE}/content-types"><Default Extension="rels" ContentType='
                '"application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType='
                f'"application/xml"/><Override PartName="/xl/workbook.xml" ContentType="{TYPES}.sheet.main+xml"/>'
                f'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{TYPES}.worksheet+xml"/></Types>',
                "_rels/.rels": f'<Relationships xmlns="{PACKAGE}/relationships"><Relationship Id="r" '
                f'Type="{OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
                "xl/workbook.xml": f'<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}">{settings}<sheets>'
                '<sheet name="S" sheetId="1" r:id="r"/></sheets></workbook>',
                "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{PACKAGE}/relationships"><Relationship Id="r" '
                f'Type="{OFFICE}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>',
                "xl/worksheets/sheet1.xml": f'<worksheet xmlns="{MAIN}">{more}'
                f"<sheetData>{rows}</sheetData></worksheet>",
                **(parts or {}),
            }
        ),
        name="a.xlsx",
    )


def _cell(place: str, value: str, more: str = "") -> str:
    return f'<c r="{place}" {more}><v>{value}</v></c>'


@pytest.mark.parametrize(
    ("rows", "lines"),
    [
        (f'<row r="1">{_cell("A1", "1")}</row><row r="1048576">{_cell("XFD1048576", "2")}</row>', ["1", "2"]),
        (f'<row r="5">{_cell("A5", "5")}</row><row r="2">{_cell("A2", "2")}</row>', ["2", "5"]),
        (f'<row r="1">{_cell("B1", "2")}{_cell("A1", "1")}</row>', ["1 2"]),
        (f'<row r="1">{_cell("A1", "1")}{_cell("A1", "99")}</row>', ["1 99"]),
        ("<row><c><v>11</v></c><c><v>12</v></c></row><row><c><v>13</v></c></row>", ["11 12", "13"]),
        ('<row r="1"><c r="A1" t="inlineStr"><is><r><t>In</t></r><r><t>line</t></r></is></c></row>', ["Inline"]),
        ('<row r="1"><c r="A1" t="e"><v>#REF!</v></c><c r="B1" t="str"><v>text</v></c></row>', ["#REF! text"]),
        ('<row r="1"><c r="A1"><f>1+1</f></c></row>', ["=1+1"]),
        (f'<row r="1">{_cell("A1", "100")}{_cell("B1", "0")}{_cell("C1", "0")}</row>', ["100 0 0"]),
    ],
)
def test_cells_stand_where_their_places_say(rows: str, lines: list[str]) -> None:
    parsed = _book(rows, more='<dimension ref="A1:XFD1048576"/>')
    assert parsed.text.split("\n")[1:-1] == lines
    assert parsed.certificate is not None
    assert parsed.certificate.is_complete, parsed.certificate.summary


def test_a_thread_of_comments_is_read_once() -> None:
    thread = (
        '<ThreadedComments xmlns="http://schemas.microsoft.com/office/spreadsheetml/2018/threadedcomments">'
        '<threadedComment ref="A1" id="1"><text>Why so high?</text></threadedComment>'
        '<threadedComment ref="A1" id="2" parentId="1"><text>Market rent.</text></threadedComment></ThreadedComments>'
    )
    older = (
        f'<comments xmlns="{MAIN}"><commentList><comment ref="A1"><text><t>[Threaded comment] Your version shows: Why '
        "so high? Reply: Market rent.</t></text></comment></commentList></comments>"
    )
    parts = {"xl/threadedComments/threadedComment1.xml": thread, "xl/comments1.xml": older}
    parsed = _book(f'<row r="1">{_cell("A1", "7")}</row>', parts=parts)
    assert parsed.text.split("\n")[2:-1] == ["Comment (A1): Why so high?", "Comment (A1): Market rent."]
    assert parsed.certificate is not None
    assert parsed.certificate.is_complete
