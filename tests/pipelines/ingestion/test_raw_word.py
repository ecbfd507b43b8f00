"""The second reading of DOCX and PPTX sees every part that may hold text."""

import pytest

from averment.core.completeness import LeftOut
from averment.pipelines.ingestion.archive import OfficeArchive
from averment.pipelines.ingestion.limits import ParseLimits
from averment.pipelines.ingestion.raw_word import word_texts
from averment.pipelines.ingestion.text_walk import RawText
from tests.pipelines.ingestion.office_files import CHART, NAMES, numbered, numbering, paragraph, run, word_file


def _texts(content: bytes) -> list[RawText]:
    return [found for found in word_texts(OfficeArchive(content, limits=ParseLimits())) if not found.may_add]


@pytest.mark.parametrize("part", ["header9", "footnotes", "endnotes", "comments", "somethingNew", "footer"])
def test_a_part_that_a_reader_overlooks_is_seen(part: str) -> None:
    content = word_file(paragraph("Body."), parts={f"word/{part}.xml": f"<w:x {NAMES}>{paragraph('Aside.')}</w:x>"})
    assert [found.text for found in _texts(content)] == ["Body.", "Aside."]


@pytest.mark.parametrize("part", ["styles", "glossary/document", "settings"])
def test_parts_without_text_of_the_document_are_not(part: str) -> None:
    content = word_file(paragraph("Body."), parts={f"word/{part}.xml": f"<w:x {NAMES}>{paragraph('Aside.')}</w:x>"})
    assert [found.text for found in _texts(content)] == ["Body."]


def test_what_is_no_text_says_why_and_what_may_stand_elsewhere_has_no_stream() -> None:
    body = (
        f"<w:p><w:r><w:instrText>PAGE</w:instrText></w:r><w:del>{run('gone').replace('w:t', 'w:delText')}</w:del>"
        f'<mc:AlternateContent><mc:Choice Requires="no">{run("new")}</mc:Choice><mc:Fallback>{run("old")}</mc:Fallback>'
        "</mc:AlternateContent></w:p>"
    )
    found = {(one.text, one.left_out, one.stream) for one in _texts(word_file(body))}
    main = "word/document.xml"
    assert found == {
        ("PAGE", LeftOut.FIELD_CODE, "body"),
        ("gone", None, ""),
        ("new", LeftOut.ALTERNATIVE, "body"),
        ("old", None, main),
    }


def test_numbered_paragraphs_and_figures_of_charts_are_told() -> None:
    content = word_file(
        numbered("Term") + paragraph("Plain"),
        parts={"word/numbering.xml": numbering(("decimal", "%1.")), "word/charts/chart1.xml": CHART},
        links=[("rC", "chart", "charts/chart1.xml")],
    )
    found = _texts(content)
    assert [(one.text, one.is_numbered) for one in found[:2]] == [("Term", True), ("Plain", False)]
    assert [one.text for one in found[2:]] == [
        "Revenue by year", "Segment A", "FY2023", "FY2024", "1200", "0.30000000000000004",
    ]  # fmt: skip
    assert found[-1].others == ("0.3",)
