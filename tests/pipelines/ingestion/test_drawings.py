"""Charts and diagrams: what they show is read, wherever they lie."""

from lxml import etree  # type: ignore[import-untyped] # lxml has no stubs

from averment.pipelines.ingestion.drawings import Drawing, read_drawing
from averment.pipelines.ingestion.partition import partition
from tests.pipelines.ingestion.office_files import CHART, paragraph, word_file

DIAGRAM = (
    '<d:dataModel xmlns:d="http://schemas.openxmlformats.org/drawingml/2006/diagram" '
    'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"><d:ptLst><d:pt><d:t><a:p><a:r><a:t>Holding AG'
    "</a:t></a:r></a:p></d:t></d:pt><d:pt><d:t><a:p><a:r><a:t>owns 80 %</a:t></a:r></a:p></d:t></d:pt></d:ptLst>"
    "</d:dataModel>"
)


def test_a_chart_is_its_titles_and_the_table_it_draws() -> None:
    assert read_drawing(etree.fromstring(CHART)) == Drawing(
        lines=("Revenue by year",), rows=(("", "Segment A"), ("FY2023", "1200"), ("FY2024", "0.3"))
    )


def test_a_diagram_is_its_texts() -> None:
    assert read_drawing(etree.fromstring(DIAGRAM)).lines == ("Holding AG", "owns 80 %")


def test_drawings_of_a_document_stand_where_they_hang_and_are_certified() -> None:
    hung = (
        '<w:p><w:r><w:drawing><wp:inline><a:graphic><a:graphicData><c:chart r:id="rC"/></a:graphicData></a:graphic>'
        "</wp:inline></w:drawing></w:r></w:p>"
    )
    content = word_file(
        paragraph("Before.") + hung + paragraph("After."),
        parts={"word/charts/chart1.xml": CHART},
        links=[("rC", "chart", "charts/chart1.xml")],
    )
    parsed = partition(content, name="a.docx")
    assert parsed.text.split("\n")[:5] == ["Before.", "Revenue by year", "Segment A", "FY2023 1200", "FY2024 0.3"]
    assert next((cell.text, cell.row_header, cell.column_header) for cell in parsed.cells) == (
        "1200",
        "FY2023",
        "Segment A",
    )
    assert parsed.certificate is not None
    assert parsed.certificate.is_complete
    assert not parsed.certificate.whole.left_out
