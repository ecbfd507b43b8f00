"""DOCX and PPTX through unstructured, completed."""

from io import BytesIO
from pathlib import Path

import pytest

from averment.core.documents import ElementKind
from averment.pipelines.ingestion.partition import partition
from tests.pipelines.ingestion.sample_files import make_docx, make_pptx
from tests.pipelines.ingestion.test_docx_plain import edited_docx

pytestmark = pytest.mark.slow  # unstructured takes seconds to import


def test_docx_keeps_order_headings_and_rows() -> None:
    content = make_docx(["# Fees", "Fees are due monthly."], table=[("Item", "2023"), ("Licence", "$ 1,250")])
    parsed = partition(content, name="a.docx")
    assert parsed.text == "Fees\nFees are due monthly.\nItem 2023\nLicence $ 1,250\n"
    assert parsed.elements[0].kind is ElementKind.HEADING
    (cell,) = parsed.cells
    assert (cell.value, cell.unit, cell.row_header, cell.column_header) == ("1250", "USD", "Licence", "2023")


def test_tracked_changes_and_hidden_runs() -> None:
    parsed = partition(edited_docx(), name="a.docx")
    assert "Term is two years." in parsed.text
    assert [(e.text, e.hidden_reason) for e in parsed.elements if e.is_hidden] == [
        ("one", "deleted"),
        ("Unseen.", "hidden_format"),
    ]
    assert "one" not in "".join(e.text for e in parsed.elements if not e.is_hidden)
    assert parsed.warnings == {
        "hidden_texts": 2,
        "hidden_characters_deleted": 3,
        "hidden_characters_hidden_format": 7,
        "tracked_insertions": 1,
        "tracked_deletions": 1,
    }


def test_clause_numbers_are_in_the_text_in_and_out_of_tables() -> None:
    import docx

    document = docx.Document()
    document.add_paragraph("Term", style="List Number")
    cell = document.add_table(rows=1, cols=1).cell(0, 0)
    cell.paragraphs[0].style = document.styles["List Number"]
    cell.paragraphs[0].add_run("Rent")
    inner = cell.add_table(1, 2)
    inner.cell(0, 0).text, inner.cell(0, 1).text = "Heating", "80"
    document.add_paragraph("Deposit", style="List Number")
    stream = BytesIO()
    document.save(stream)
    parsed = partition(stream.getvalue(), name="a.docx")
    assert parsed.text.splitlines() == ["1. Term", "2. Rent", "Heating 80", "3. Deposit"]


def test_a_hidden_slide_is_told_apart() -> None:
    import pptx

    deck = pptx.Presentation()
    for text in ("Seen", "Not seen"):
        deck.slides.add_slide(deck.slide_layouts[5]).shapes.title.text = text
    deck.slides[1]._element.set("show", "0")
    stream = BytesIO()
    deck.save(stream)
    parsed = partition(stream.getvalue(), name="a.pptx")
    assert [(e.text, e.hidden_reason) for e in parsed.elements] == [("Seen", None), ("Not seen", "hidden_slide")]


def test_pptx_keeps_title_and_body() -> None:
    parsed = partition(make_pptx("Term", "Two years.\nRenewal by notice."), name="a.pptx")
    assert parsed.text == "Term\nTwo years.\nRenewal by notice.\n"


def test_every_letter_of_real_templates_is_there(shared_data: Path) -> None:
    for path in sorted((shared_data / "corpus/docx").glob("*.docx")):
        gold = (shared_data / "text/docx" / f"{path.stem}.txt").read_text(encoding="utf-8")
        words = set(partition(path.read_bytes(), name=path.name).text.split())
        missing = [word for word in gold.split() if word != "|" and word not in words]
        assert len(missing) <= 0.01 * len(gold.split()), path.name
