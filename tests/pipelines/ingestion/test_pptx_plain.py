"""A slide made plain."""

import pytest
from lxml import etree  # type: ignore[import-untyped] # lxml has no stubs

from averment.pipelines.ingestion.hidden import HiddenReason
from averment.pipelines.ingestion.pptx_plain import drawing_paragraphs, make_plain, titles

NAMES = (
    'xmlns:p="http://schemas.openxmlformats.org/presentationml/2006/main" '
    'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"'
)


def _slide(paragraphs: str, *, about: str = "", fill: str = "", place: str = "") -> etree._Element:
    return etree.fromstring(
        f"<p:sld {NAMES}><p:cSld><p:spTree><p:sp><p:nvSpPr><p:cNvPr {about}/><p:nvPr>{place}</p:nvPr></p:nvSpPr>"
        f"<p:spPr>{fill}</p:spPr><p:txBody>{paragraphs}</p:txBody></p:sp></p:spTree></p:cSld></p:sld>"
    )


def _paragraph(text: str, *, properties: str = "", run: str = "") -> str:
    return f"<a:p>{properties}<a:r>{run}<a:t>{text}</a:t></a:r></a:p>"


def test_numbers_count_by_level_and_begin_anew() -> None:
    def item(text: str, level: int, kind: str, more: str = "") -> str:
        return _paragraph(text, properties=f'<a:pPr lvl="{level}"><a:buAutoNum type="{kind}"{more}/></a:pPr>')

    slide = _slide(
        item("a", 0, "arabicPeriod") + item("b", 1, "alphaLcParenBoth") + item("c", 1, "alphaLcParenBoth")
        + item("d", 0, "arabicPeriod") + item("e", 1, "alphaLcParenBoth") + _paragraph("plain")
        + item("f", 0, "romanUcParenR", ' startAt="4"')
    )  # fmt: skip
    assert make_plain(slide, size=(10, 10)) == []
    assert list(drawing_paragraphs(slide)) == ["1. a", "(a) b", "(b) c", "2. d", "(a) e", "plain", "IV) f"]


@pytest.mark.parametrize(
    ("run", "reason"),
    [
        ('<a:rPr strike="sngStrike"/>', HiddenReason.STRUCK_OUT),
        ('<a:rPr sz="100"/>', HiddenReason.TINY),
        ('<a:rPr><a:solidFill><a:srgbClr val="ff0000"/></a:solidFill></a:rPr>', HiddenReason.SAME_COLOUR),
        ('<a:rPr><a:solidFill><a:srgbClr val="00FF00"/></a:solidFill></a:rPr>', None),
    ],
)
def test_runs_that_nobody_sees(run: str, reason: HiddenReason | None) -> None:
    red = '<a:solidFill><a:srgbClr val="FF0000"/></a:solidFill>'
    assert make_plain(_slide(_paragraph("x", run=run), fill=red), size=(10, 10)) == ([("x", reason)] if reason else [])


def test_the_number_of_a_slide_is_no_text_and_titles_are_known() -> None:
    field = '<a:p><a:fld type="slidenum"><a:t>7</a:t></a:fld></a:p>'
    slide = _slide(_paragraph("Results") + field, place='<p:ph type="ctrTitle"/>')
    make_plain(slide, size=(10, 10))
    assert list(titles(slide)) == ["Results"]
