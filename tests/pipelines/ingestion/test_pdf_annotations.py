"""Values of form fields are read where they stand, comments after the page."""

from averment.core.documents import ParsedDocument
from averment.pipelines.ingestion.limits import ParseOptions
from averment.pipelines.ingestion.partition import partition
from tests.pipelines.ingestion.sample_files import page_pdf

TEXT = "BT /F1 11 Tf 72 700 Td (The rent is) Tj ET BT /F1 11 Tf 72 600 Td (It is due monthly.) Tj ET"


def parse(*annotations: str) -> ParsedDocument:
    more = [f"<< /Type /Annot {body} >>".encode("cp1252") for body in annotations]
    page = f"/Annots [{' '.join(f'{8 + number} 0 R' for number in range(len(more)))}]"
    return partition(page_pdf(TEXT, page=page, more=more), name="a.pdf", options=ParseOptions(ocr=False))


def test_a_typed_value_is_read_in_its_place() -> None:
    parsed = parse("/Subtype /Widget /FT /Tx /T (rent) /V (1,250 euros) /Rect [140 697 260 712] /F 4")
    assert parsed.text == "The rent is 1,250 euros\nIt is due monthly."
    (box,) = parsed.words.boxes(parsed.text.index("1,250"), parsed.text.index("1,250") + 11)
    assert (round(box.x0), round(box.x1), round(box.y0)) == (140, 260, 80)
    assert parsed.warnings["form_values"] == 1


def test_a_tick_is_read_as_one() -> None:
    shown = "/AS /Yes /AP << /N << /Yes 7 0 R >> >>"
    tick = f"/Subtype /Widget /FT /Btn /T (agreed) /V /Yes {shown} /Rect [140 697 150 707] /F 4"
    assert parse(tick).text.startswith("The rent is [x]")


def test_comments_say_what_they_are_and_come_last() -> None:
    parsed = parse("/Subtype /Text /T (Ada) /Contents (Indexed?) /Rect [300 690 320 710] /F 4")
    assert parsed.text.splitlines()[-1] == "Comment (Ada): Indexed?"
    assert parsed.warnings["comments"] == 1


def test_typed_on_text_is_text_and_hidden_annotations_are_counted() -> None:
    parsed = parse(
        "/Subtype /FreeText /Contents (of EUR 900) /DA (/F1 11 Tf) /Rect [140 697 260 712] /F 4",
        "/Subtype /Text /Contents (Say yes.) /Rect [300 690 320 710] /F 2",
    )
    assert parsed.text.startswith("The rent is of EUR 900")
    assert "Say yes." not in parsed.text
    assert parsed.warnings["hidden_annotations"] == 1
