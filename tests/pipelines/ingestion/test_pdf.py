"""PDF: canonical text, boxes, structure, cells, and refusals."""

import pytest

from averment.core.documents import ElementKind, ParsedDocument
from averment.core.errors import DocumentCorrupt, DocumentLimitExceeded, PartitionFailed
from averment.pipelines.ingestion.limits import ParseLimits, ParseOptions
from averment.pipelines.ingestion.pdf import partition_pdf
from tests.pipelines.ingestion.sample_files import make_pdf, statement_pdf


def _partition(content: bytes, **limits: int) -> ParsedDocument:
    return partition_pdf(content, limits=ParseLimits(**limits), options=ParseOptions())


def test_every_word_has_a_box_and_elements_cover_the_text() -> None:
    parsed = _partition(statement_pdf())
    assert "Products $ 63,355 $ 63,948" in parsed.text
    cut = [parsed.text[word.start : word.end] for word in parsed.words]
    assert "".join(cut) == "".join(parsed.text.split())
    position = 0
    for element in parsed.elements:
        assert parsed.text[element.start : element.end] == element.text
        assert not parsed.text[position : element.start].strip()
        position = element.end
    assert not parsed.text[position:].strip()


def test_boxes_are_in_points_from_the_top_left() -> None:
    parsed = _partition(make_pdf([[(72, 100, 12, "Term of agreement")]]))
    first = next(iter(parsed.words))
    assert first.page == 1
    assert first.x0 == pytest.approx(72, abs=2)
    assert 85 < first.y0 < first.y1 < 106


def test_a_rotated_page_has_boxes_on_the_page_as_shown() -> None:
    parsed = _partition(make_pdf([[(72, 100, 12, "Term of agreement")]], rotate=90))
    assert parsed.text == "Term of agreement"
    assert (parsed.pages[0].width, parsed.pages[0].height) == (792, 612)
    assert all(word.x1 <= 792 and word.y1 <= 612 for word in parsed.words)


def test_cells_of_a_statement_carry_headers_value_unit_scale_and_period() -> None:
    cells = {cell.text: cell for cell in _partition(statement_pdf()).cells}
    loss = cells["(10)"]
    assert (loss.value, loss.unit, loss.scale, loss.period) == ("-10", "USD", 10**6, "3 months ended 2022-06-25")
    assert cells["17,486"].row_header == "Net sales: | Services"
    assert cells["17,486"].column_header == "Three Months Ended | June 26, | 2021"


def test_running_lines_and_page_numbers_are_told_apart() -> None:
    pages = [
        [
            (72, 30, 9, "Supply Agreement"),
            (72, 300, 11, f"Clause {n} says what the parties agreed."),
            (300, 770, 9, str(n)),
        ]
        for n in range(1, 5)
    ]
    kinds = [element.kind for element in _partition(make_pdf(pages)).elements]
    assert kinds == [ElementKind.HEADER, ElementKind.PARAGRAPH, ElementKind.FOOTER] * 4


def test_bold_lines_are_headings() -> None:
    page = [(72, 80, 11, "1. Term"), (72, 110, 11, "This agreement lasts for two years from its date.")]
    parsed = _partition(make_pdf([page], bold=["1. Term"]))
    assert [element.kind for element in parsed.elements] == [ElementKind.HEADING, ElementKind.PARAGRAPH]
    assert parsed.title == "1. Term"


def test_blank_pages_are_no_text() -> None:
    with pytest.raises(PartitionFailed, match="no text found"):
        _partition(make_pdf([[]]))


def test_too_many_pages_and_broken_files_are_refused() -> None:
    with pytest.raises(DocumentLimitExceeded, match="2 pages, the limit is 1"):
        _partition(make_pdf([[(72, 80, 11, "a")], [(72, 80, 11, "b")]]), max_pages=1)
    with pytest.raises(DocumentCorrupt):
        _partition(b"%PDF-1.7 cut")
