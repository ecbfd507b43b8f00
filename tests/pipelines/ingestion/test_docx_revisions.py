"""Tracked changes of a DOCX: what was agreed is read, what is gone is told apart."""

import pytest

from averment.core.documents import ParsedDocument
from averment.pipelines.ingestion.partition import partition
from tests.pipelines.ingestion.office_files import paragraph, run, table, word_file


def _read(body: str) -> ParsedDocument:
    parsed = partition(word_file(paragraph("Start.") + body), name="a.docx")
    assert parsed.certificate is not None
    assert parsed.certificate.is_complete, parsed.certificate.summary
    return parsed


def _shown(parsed: ParsedDocument) -> list[str]:
    return [element.text for element in parsed.elements if not element.is_hidden][1:]


def _hidden(parsed: ParsedDocument) -> list[tuple[str, str | None]]:
    return [(element.text, element.hidden_reason) for element in parsed.elements if element.is_hidden]


@pytest.mark.slow
def test_what_was_moved_is_read_where_it_went_and_kept_as_deleted_where_it_was() -> None:
    clause = run("The buyer may audit the books.")
    parsed = _read(
        f"<w:p><w:moveFrom>{clause}</w:moveFrom></w:p>{paragraph('Between.')}<w:p><w:moveTo>{clause}</w:moveTo></w:p>"
    )
    assert _shown(parsed) == ["Between.", "The buyer may audit the books."]
    assert _hidden(parsed) == [("The buyer may audit the books.", "deleted")]
    assert parsed.warnings["tracked_moves"] == 1


def test_deleted_and_hidden_rows_are_gone_with_all_their_cells() -> None:
    rows = table([paragraph("Rent"), paragraph("5")], [paragraph("Deposit"), paragraph("7")])
    gone = rows.replace("<w:tr>", "<w:tr><w:trPr><w:del/></w:trPr>", 1)
    assert (_shown(_read(gone)), _hidden(_read(gone))) == (["Deposit 7"], [("Rent 5", "deleted")])
    unseen = rows.replace("<w:tr>", "<w:tr><w:trPr><w:hidden/></w:trPr>", 1)
    assert _hidden(_read(unseen)) == [("Rent 5", "hidden_row")]


def test_paragraphs_whose_end_was_deleted_are_one() -> None:
    joined = paragraph("First half ", "<w:rPr><w:del/></w:rPr>") + paragraph("second half.")
    assert _shown(_read(joined)) == ["First half second half."]


@pytest.mark.parametrize(
    ("properties", "reason"),
    [
        ("<w:strike/>", "struck_out"),
        ('<w:strike w:val="false"/>', None),
        ('<w:color w:val="000000"/><w:highlight w:val="black"/>', "same_colour"),
        ('<w:color w:val="FFFFFF"/><w:highlight w:val="black"/>', None),
        ('<w:color w:val="FFFFFF"/><w:shd w:val="clear" w:fill="FEFEFE"/>', "same_colour"),
        ("<w:webHidden/>", None),
    ],
)
def test_looks_that_hide(properties: str, reason: str | None) -> None:
    parsed = _read(f"<w:p>{run('Shown. ')}{run('Maybe.', properties)}</w:p>")
    assert _hidden(parsed) == ([("Maybe.", reason)] if reason else [])


def test_boxes_beside_the_page_and_hidden_ones_are_told_apart() -> None:
    box = (
        "<w:p><w:r><w:drawing><wp:anchor>{}<a:graphic><a:graphicData><wps:wsp><wps:txbx><w:txbxContent>"
        f"{paragraph('Pay twice.')}</w:txbxContent></wps:txbx></wps:wsp></a:graphicData></a:graphic></wp:anchor>"
        "</w:drawing></w:r></w:p>"
    )
    far = "<wp:positionH><wp:posOffset>-99000000</wp:posOffset></wp:positionH>"
    assert _hidden(_read(box.format(far))) == [("Pay twice.", "off_page")]
    assert _hidden(_read(box.format('<wp:docPr id="1" name="x" hidden="1"/>'))) == [("Pay twice.", "hidden_format")]
    assert _shown(_read(box.format('<wp:docPr id="1" name="x"/>'))) == ["Pay twice."]


def test_wrappers_of_text_are_opened() -> None:
    body = (
        f'<w:p><w:bdo w:val="rtl">{run("one ")}</w:bdo><w:dir w:val="rtl">{run("two ")}</w:dir>'
        f"<w:smartTag>{run('three ')}</w:smartTag><w:r><w:ruby><w:rt>{run('reading')}</w:rt>"
        f"<w:rubyBase>{run('word')}</w:rubyBase></w:ruby></w:r></w:p>"
    )
    assert _shown(_read(body)) == ["one two three wordreading"]
