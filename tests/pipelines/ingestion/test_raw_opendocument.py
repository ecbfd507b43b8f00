"""The second reading of OpenDocument files."""

import pytest

from averment.pipelines.ingestion.partition import partition
from tests.pipelines.ingestion.office_files import repacked
from tests.pipelines.ingestion.open_document_files import NAMESPACES, make_open_document

ROWS = (
    '<table:table table:name="S"><table:table-row table:number-rows-repeated="2"><table:table-cell>'
    '<text:p>Rent</text:p></table:table-cell><table:table-cell office:value="7" table:number-columns-repeated="2"/>'
    "</table:table-row></table:table>"
)


def test_rows_and_cells_count_as_often_as_they_are_shown() -> None:
    parsed = partition(make_open_document("spreadsheet", ROWS), name="a.ods")
    assert parsed.text.split("\n")[:-1] == ["S", "Rent 7 7", "Rent 7 7"]
    assert parsed.certificate is not None
    assert parsed.certificate.is_complete, parsed.certificate.summary


def test_objects_within_are_read_and_certified() -> None:
    content = make_open_document("text", "<text:p>See the chart.</text:p><draw:frame><draw:object/></draw:frame>")
    chart = (
        f"<office:document-content {NAMESPACES}><office:body><office:chart><text:p>Rent by year</text:p><table:table>"
        "<table:table-row><table:table-cell><text:p>2024</text:p></table:table-cell><table:table-cell><text:p>500"
        "</text:p></table:table-cell></table:table-row></table:table></office:chart></office:body>"
        "</office:document-content>"
    )
    parsed = partition(repacked(content, {"Object 1/content.xml": chart.encode()}), name="a.odt")
    assert [element.text for element in parsed.elements] == ["See the chart.", "Rent by year", "2024 500"]
    assert parsed.certificate is not None
    assert parsed.certificate.is_complete


@pytest.mark.parametrize(
    "body",
    [
        "<text:p>One<text:note><text:note-citation>1</text:note-citation><text:note-body><text:p>Two</text:p>"
        "</text:note-body></text:note> three</text:p>",
        "<text:tracked-changes><text:changed-region><text:deletion><text:p>gone</text:p></text:deletion>"
        "</text:changed-region></text:tracked-changes><text:p>One two</text:p>",
        "<text:p>One <text:title>Field</text:title> <text:creator>Ada</text:creator></text:p>",
        '<text:section text:display="none"><text:p>unseen</text:p></text:section><text:p>One</text:p>',
        "<text:p>One <office:annotation><text:p>Why?</text:p></office:annotation>two</text:p>",
    ],
)
def test_all_of_a_text_is_accounted_for(body: str) -> None:
    parsed = partition(make_open_document("text", body), name="a.odt")
    assert parsed.certificate is not None
    assert parsed.certificate.is_complete, parsed.certificate.summary
    assert not parsed.certificate.whole.left_out
