"""DOCX and PPTX through unstructured, completed."""

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
    assert "one" not in parsed.text
    assert [e.text for e in parsed.elements if e.is_hidden] == ["Unseen."]
    assert parsed.warnings == {"hidden_runs": 1, "tracked_insertions": 1, "tracked_deletions": 1}


def test_pptx_keeps_title_and_body() -> None:
    parsed = partition(make_pptx("Term", "Two years.\nRenewal by notice."), name="a.pptx")
    assert parsed.text == "Term\nTwo years.\nRenewal by notice.\n"


def test_every_letter_of_real_templates_is_there(shared_data: Path) -> None:
    for path in sorted((shared_data / "corpus/docx").glob("*.docx")):
        gold = (shared_data / "text/docx" / f"{path.stem}.txt").read_text(encoding="utf-8")
        words = set(partition(path.read_bytes(), name=path.name).text.split())
        missing = [word for word in gold.split() if word != "|" and word not in words]
        assert len(missing) <= 0.01 * len(gold.split()), path.name
