"""ODT, ODS and ODP."""

import pytest

from averment.core.errors import DocumentCorrupt, DocumentEncrypted, PartitionFailed
from averment.pipelines.ingestion.partition import partition
from tests.pipelines.ingestion.open_document_files import make_open_document


def test_a_text_with_table_notes_and_running_lines() -> None:
    parsed = partition(
        make_open_document(
            "text",
            '<text:h text:outline-level="1">Lease</text:h><text:p>Due<text:s text:c="2"/>in<text:tab/>May.<text:note>'
            "<text:note-citation>1</text:note-citation><text:note-body><text:p>See annex.</text:p></text:note-body>"
            "</text:note></text:p><table:table><table:table-row><table:table-cell><text:p>Rent</text:p></table:table-cell>"
            "<table:table-cell><text:p>1,250</text:p></table:table-cell></table:table-row></table:table>"
            "<text:p>Checked.<office:annotation><text:p>By whom?</text:p></office:annotation></text:p>",
            page_styles="<style:master-page><style:footer><text:p>Confidential</text:p></style:footer></style:master-page>",
        ),
        name="a.odt",
    )
    assert [(e.kind.value, e.text) for e in parsed.elements] == [
        ("heading", "Lease"),
        ("paragraph", "Due in May.[1]"),
        ("table_row", "Rent 1,250"),
        ("paragraph", "Checked."),
        ("footnote", "[1] See annex."),
        ("other", "Comment: By whom?"),
        ("footer", "Confidential"),
    ]
    assert parsed.title == "Lease"
    assert [(cell.value, cell.row_header) for cell in parsed.cells if cell.value] == [("1250", "Rent")]
    assert all(parsed.text[e.start : e.end] == e.text for e in parsed.elements)


def test_sheets_name_themselves_and_hidden_parts_stand_apart() -> None:
    parsed = partition(
        make_open_document(
            "spreadsheet",
            '<table:table table:name="Fees"><table:table-column/><table:table-column/>'
            '<table:table-column table:visibility="collapse"/><table:table-row>'
            "<table:table-cell><text:p>Rent</text:p></table:table-cell><table:table-cell><text:p>5</text:p>"
            "</table:table-cell><table:table-cell><text:p>unseen</text:p></table:table-cell></table:table-row>"
            '<table:table-row table:visibility="collapse"><table:table-cell><text:p>hidden row</text:p>'
            '</table:table-cell></table:table-row></table:table><table:table table:name="Old" '
            'table:style-name="T"><table:table-row><table:table-cell><text:p>hidden sheet</text:p></table:table-cell>'
            "</table:table-row></table:table>",
            styles='<style:style style:name="T" style:family="table"><style:table-properties table:display="false"/>'
            "</style:style>",
        ),
        name="a.ods",
    )
    assert [(e.text, e.hidden_reason) for e in parsed.elements] == [
        ("Fees", None),
        ("Rent 5", None),
        ("unseen", "hidden_column"),
        ("hidden row", "hidden_row"),
        ("hidden sheet", "hidden_sheet"),
    ]


def test_a_presentation_gives_its_text() -> None:
    slide = "<draw:page><draw:frame><draw:text-box><text:p>Terms</text:p></draw:text-box></draw:frame></draw:page>"
    assert partition(make_open_document("presentation", slide), name="a.odp").text == "Terms\n"


def test_encrypted_hostile_and_empty_files_are_refused() -> None:
    with pytest.raises(DocumentEncrypted):
        partition(make_open_document("text", "", manifest="<m><encryption-data/></m>"), name="a.odt")
    with pytest.raises(PartitionFailed, match="no text"):
        partition(make_open_document("text", "<text:p/>"), name="a.odt")
    entity = make_open_document("text", "<text:p>&x;</text:p>").replace(
        b"<office:document-content", b"<!DOCTYPE d []>  "
    )
    with pytest.raises(DocumentCorrupt):
        partition(entity, name="a.odt")
