"""The elements of a PDF are cut where the page hides a text."""

from averment.pipelines.ingestion.limits import ParseOptions
from averment.pipelines.ingestion.partition import partition
from tests.pipelines.ingestion.sample_files import page_pdf


def test_a_hidden_word_in_a_seen_line_is_cut_out() -> None:
    drawing = (
        "BT /F1 11 Tf 72 500 Td (The rent is) Tj ET",
        "q 1 1 1 rg BT /F1 11 Tf 152 500 Td (not) Tj ET Q",
        "BT /F1 11 Tf 180 500 Td (due.) Tj ET",
    )
    parsed = partition(page_pdf("\n".join(drawing)), name="a.pdf", options=ParseOptions(ocr=False))
    assert [(e.text, e.hidden_reason) for e in parsed.elements if e.is_hidden] == [("not", "same_colour")]
    assert [e.text for e in parsed.elements if not e.is_hidden] == ["The rent is", "due."]
    assert [e.id for e in parsed.elements] == ["e1", "e2", "e3"]
