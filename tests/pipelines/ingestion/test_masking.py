"""Masking: every copy of the words in a parsed document goes, every place stays."""

import pytest

from averment.core.documents import Attachment, Element, ElementKind, ParsedDocument, TableCell
from averment.core.erasure import MASK, name_pattern
from averment.core.errors import DocumentWithheld
from averment.core.ids import sha256_id
from averment.pipelines.ingestion.masking import mask_document, read_again
from averment.pipelines.stores.withheld import Withheld

TEXT = "Salary of Ben Lee 4,000"
PARSED = ParsedDocument(
    text=TEXT,
    title="Ben Lee",
    elements=(Element(id="e", kind=ElementKind.PARAGRAPH, text=TEXT, start=0, end=23, section=("Of ben lee",)),),
    cells=(
        TableCell(
            id="c", table="t", row=0, column=1, start=18, end=23, text="4,000", row_header="Ben Lee",
            column_header="Pay", value="4000",
        ),
    ),
    attachments=(Attachment(name="a", media_type="text/plain", content=b""),),
    media_type="text/plain",
    parser="plain 1",
)  # fmt: skip
MASKED = f"Salary of {MASK * 7} 4,000"


def test_text_elements_headings_headers_and_title_lose_the_name() -> None:
    pattern = name_pattern(["Ben Lee"])
    assert pattern is not None
    found = mask_document(PARSED, pattern)
    (element,), (cell,) = found.elements, found.cells
    assert (found.text, found.title, found.attachments) == (MASKED, MASK * 7, ())
    assert (element.text, element.section, element.end) == (MASKED, (f"Of {MASK * 7}",), 23)
    assert (cell.row_header, cell.text, cell.value, cell.start) == (MASK * 7, "4,000", "4000", 18)
    assert "Lee" not in repr(found)


def test_the_same_text_read_again_is_masked_again_and_keeps_its_files_inside() -> None:
    found = read_again(PARSED, Withheld(text_hash=sha256_id(TEXT.encode()), spans=((10, 17),)))
    assert (found.text, found.title, len(found.attachments)) == (MASKED, MASK * 7, 1)


@pytest.mark.parametrize("withheld", [Withheld(), Withheld(text_hash="sha256:" + "0" * 64, spans=((10, 17),))])
def test_what_reads_differently_is_not_let_in(withheld: Withheld) -> None:
    with pytest.raises(DocumentWithheld):
        read_again(PARSED, withheld)
