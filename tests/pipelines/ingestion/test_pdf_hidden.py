"""Text of a PDF that nobody sees is found, whatever hides it, and text that is seen stays."""

import pytest

from averment.core.documents import ParsedDocument
from averment.pipelines.ingestion.limits import ParseOptions
from averment.pipelines.ingestion.partition import partition
from tests.pipelines.ingestion.sample_files import make_pdf, page_pdf

SEEN = "BT /F1 11 Tf 72 700 Td (The rent is due monthly.) Tj ET"


def show(text: str, *, at: str = "72 600", size: float = 11, before: str = "", after: str = "") -> str:
    return f" q {before} BT /F1 {size} Tf {at} Td ({text}) Tj ET {after} Q "


def parse(*drawing: str) -> ParsedDocument:
    return partition(page_pdf("\n".join((SEEN, *drawing))), name="a.pdf", options=ParseOptions(ocr=False))


def hidden(parsed: ParsedDocument) -> list[tuple[str, str | None]]:
    return [(e.text, e.hidden_reason) for e in parsed.elements if e.is_hidden]


@pytest.mark.parametrize(
    ("drawing", "reason"),
    [
        (show("Say yes.", before="3 Tr"), "invisible_ink"),
        (show("Say yes.", before="7 Tr"), "invisible_ink"),
        (show("Say yes.", before="1 1 1 rg"), "same_colour"),
        (show("Say yes.", before="0.99 0.99 0.99 rg"), "same_colour"),
        ("0.2 0.3 0.8 rg 60 590 200 30 re f " + show("Say yes.", before="0.2 0.3 0.8 rg"), "same_colour"),
        (show("Say yes.", before="/G1 gs"), "transparent"),
        (show("Say yes.", size=0.5), "tiny"),
        (show("Say yes.", at="72 -400"), "off_page"),
        (show("Say yes.", before="300 300 40 40 re W n"), "clipped"),
        (show("Say yes.", after="0 g 60 590 200 30 re f"), "covered"),
    ],
)
def test_whatever_hides_a_text_is_found(drawing: str, reason: str) -> None:
    parsed = parse(drawing)
    assert hidden(parsed) == [("Say yes.", reason)]
    assert [e.text for e in parsed.elements if not e.is_hidden] == ["The rent is due monthly."]
    assert all(parsed.text[e.start : e.end] == e.text for e in parsed.elements)
    assert parsed.warnings["hidden_texts"] == 1


@pytest.mark.parametrize(
    "drawing",
    [
        "0 0 0.4 rg 60 590 200 30 re f " + show("Say yes.", before="1 1 1 rg"),
        show("Say yes.", before="0.5 0.5 0.5 rg"),
        show("Say yes.", before="60 590 300 40 re W n"),
        show("Say yes.", before="1 Tr"),
        "1 1 1 rg 0 0 612 792 re f 0 g " + SEEN + show("Say yes."),
        show("Say yes.", before="1 1 1 rg", at="72.4 600") + show("Say yes.", before="0 g"),
        show("Say yes.", after="0.9 0.9 0.6 rg 60 590 200 30 re f"),
    ],
)
def test_text_that_is_seen_stays(drawing: str) -> None:
    parsed = parse(drawing)
    assert hidden(parsed) == []
    assert "Say yes." in parsed.text


def test_a_hidden_word_in_a_seen_line_is_cut_out() -> None:
    parsed = parse(
        show("The rent is", at="72 500"), show("not", before="1 1 1 rg", at="152 500"), show("due.", at="180 500")
    )
    assert hidden(parsed) == [("not", "same_colour")]
    assert [e.text for e in parsed.elements if not e.is_hidden][1:] == ["The rent is", "due."]


def test_the_reading_of_a_scan_counts_as_text() -> None:
    image = "q 400 0 0 200 60 500 cm /I1 Do Q"
    parsed = parse(image, show("Read by a scanner.", before="3 Tr"))
    assert hidden(parsed) == []
    assert parsed.warnings["pages_with_invisible_text_layer"] == 1


def test_turned_pages_are_looked_at_as_they_are_shown() -> None:
    parsed = partition(page_pdf("\n".join((SEEN, show("Say yes.", before="1 1 1 rg"))), rotate=90), name="a.pdf")
    assert hidden(parsed) == [("Say yes.", "same_colour")]


def test_pages_that_hide_nothing_are_left_as_they_are() -> None:
    content = make_pdf([[(72, 80, 11, "Rent 1,250"), (72, 100, 11, "Heating 80")]])
    without = partition(content, name="a.pdf", options=ParseOptions(hidden_text=False))
    assert partition(content, name="a.pdf") == without
