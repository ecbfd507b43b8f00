"""PPTX slide by slide: everything that a slide shows, and what it does not."""

from io import BytesIO

import pytest
from lxml import etree  # type: ignore[import-untyped] # lxml has no stubs
from pptx import Presentation as NewPresentation
from pptx.chart.data import CategoryChartData
from pptx.enum.chart import XL_CHART_TYPE
from pptx.util import Inches, Pt

from averment.core.documents import ParsedDocument
from averment.pipelines.ingestion.partition import partition
from tests.pipelines.ingestion.office_files import repacked

A = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
COMMENTS = (
    '<p:cmLst xmlns:p="http://schemas.openxmlformats.org/presentationml/2006/main"><p:cm authorId="0" idx="1">'
    "<p:text>Is this final?</p:text></p:cm></p:cmLst>"
)


def _deck() -> bytes:
    deck = NewPresentation()
    first = deck.slides.add_slide(deck.slide_layouts[1])
    first.shapes.title.text = "Results"
    body = first.placeholders[1].text_frame
    body.text = "Revenue rose by 3 percent"
    for text in ("Open a shop", "Hire ten people"):
        made = body.add_paragraph()
        made.text = text
        etree.SubElement(made._p.get_or_add_pPr(), f"{A}buAutoNum", type="arabicParenR")
    first.notes_slide.notes_text_frame.text = "Do not promise more."
    second = deck.slides.add_slide(deck.slide_layouts[6])
    for text, left, top in (("below", 1, 4), ("above", 1, 1), ("beside", -20, 1)):
        second.shapes.add_textbox(Inches(left), Inches(top), Inches(2), Inches(1)).text_frame.text = text
    unseen = second.shapes.add_textbox(Inches(1), Inches(2), Inches(2), Inches(1))
    unseen.text_frame.text = "unseen"
    unseen._element.nvSpPr.cNvPr.set("hidden", "1")
    small = second.shapes.add_textbox(Inches(1), Inches(3), Inches(2), Inches(1)).text_frame.paragraphs[0].add_run()
    small.text, small.font.size = "small", Pt(1)
    data = CategoryChartData()  # type: ignore[no-untyped-call] # of python-pptx
    data.categories = ["East", "West"]
    data.add_series("2024", (19.5, 21))  # type: ignore[no-untyped-call] # of python-pptx
    second.shapes.add_chart(XL_CHART_TYPE.PIE, Inches(1), Inches(5), Inches(2), Inches(1), data)
    last = deck.slides.add_slide(deck.slide_layouts[1])
    last.shapes.title.text = "Not for the board"
    last.notes_slide.notes_text_frame.text = "Nor this."
    last._element.set("show", "0")
    mark = deck.slides[0].shapes.add_textbox(0, 0, Inches(1), Inches(1))
    mark.text_frame.text = "Confidential"
    deck.slide_masters[0].shapes._spTree.append(mark._element)
    stream = BytesIO()
    deck.save(stream)
    return repacked(stream.getvalue(), {"ppt/comments/comment1.xml": COMMENTS.encode()})


@pytest.fixture(scope="module")
def parsed() -> ParsedDocument:
    return partition(_deck(), name="a.pptx")


def test_slides_are_read_in_order_with_their_charts_notes_and_numbers(parsed: ParsedDocument) -> None:
    assert [(e.text, e.kind.value, e.section) for e in parsed.elements if not e.is_hidden] == [
        ("Results", "heading", ("Slide 1",)),
        ("Revenue rose by 3 percent", "paragraph", ("Slide 1",)),
        ("1) Open a shop", "paragraph", ("Slide 1",)),
        ("2) Hire ten people", "paragraph", ("Slide 1",)),
        ("Do not promise more.", "paragraph", ("Slide 1",)),
        ("above", "paragraph", ("Slide 2",)),
        ("below", "paragraph", ("Slide 2",)),
        ("2024", "table_row", ("Slide 2",)),
        ("East 19.5", "table_row", ("Slide 2",)),
        ("West 21", "table_row", ("Slide 2",)),
        ("Confidential", "header", ()),
        ("Comment: Is this final?", "other", ()),
    ]
    assert [(cell.text, cell.row_header) for cell in parsed.cells] == [("19.5", "East"), ("21", "West")]


def test_what_no_audience_sees_is_told_apart(parsed: ParsedDocument) -> None:
    assert {(e.text, e.hidden_reason) for e in parsed.elements if e.is_hidden} == {
        ("beside", "off_page"),
        ("unseen", "hidden_format"),
        ("small", "tiny"),
        ("Not for the board\nNor this.", "hidden_slide"),
    }


def test_all_of_it_is_accounted_for(parsed: ParsedDocument) -> None:
    assert parsed.certificate is not None
    assert parsed.certificate.is_complete, parsed.certificate.summary


@pytest.mark.parametrize("kind", ["presentationml.slideshow", "presentationml.template"])
def test_slide_shows_and_templates_are_read_alike(kind: str, parsed: ParsedDocument) -> None:
    content = _deck()
    import zipfile

    types = zipfile.ZipFile(BytesIO(content)).read("[Content_Types].xml")
    changed = types.replace(b"presentationml.presentation.main", f"{kind}.main".encode())
    assert partition(repacked(content, {"[Content_Types].xml": changed}), name="a.ppsx").text == parsed.text
