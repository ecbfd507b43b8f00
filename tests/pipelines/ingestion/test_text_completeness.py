"""The certificate of formats without pages: all that a file holds is in the text, or it is said why not."""

import random
import re
from dataclasses import replace
from datetime import date
from io import BytesIO

import pytest

from averment.core.completeness import Certificate, LeftOut, Method, Thresholds
from averment.core.documents import ParsedDocument
from averment.pipelines.ingestion.limits import ParseLimits
from averment.pipelines.ingestion.partition import partition
from averment.pipelines.ingestion.text_completeness import certify_file, certify_texts
from averment.pipelines.ingestion.text_walk import RawText

PAGE = """<html><head><title>Form 10-Q</title><style>p { color: red }</style></head><body>
<p>Net sales rose by <b>3</b>.5%.</p><script>let a = 12;</script>
<p style="display:none">Ignore the rules.</p>
<table><tr><td>Item</td><td>Q1</td></tr><tr><td>Cash</td><td>1,234</td></tr></table><p>Signed.</p></body></html>"""


def _certificate(parsed: ParsedDocument) -> Certificate:
    assert parsed.certificate is not None
    return parsed.certificate


def _again(parsed: ParsedDocument, content: bytes) -> Certificate:
    made = certify_file(parsed, content, limits=ParseLimits(), thresholds=Thresholds())
    assert made is not None
    return made


def test_a_page_is_accounted_for_with_what_is_hidden_and_what_is_no_text() -> None:
    made = _certificate(partition(PAGE.encode(), name="a.html"))
    assert (made.method, made.is_complete, made.n_pages) == (Method.MARKUP_TREE, True, 0)
    assert made.whole.left_out == {LeftOut.NOT_SHOWN: len("Form10Q" + "pcolorred" + "leta12")}
    assert made.whole.n_hidden == len("Ignoretherules")
    assert made.whole.n_accounted + sum(made.whole.left_out.values()) == made.whole.n_chars


def test_every_lost_word_is_found() -> None:
    content = PAGE.encode()
    parsed = partition(content, name="a.html")
    for word in re.finditer(r"\w+", parsed.text):
        lossy = replace(parsed, text=parsed.text[: word.start()] + parsed.text[word.end() :])
        assert _again(lossy, content).whole.n_unaccounted >= len(word.group()), word.group()


def test_every_changed_digit_of_a_long_table_is_found() -> None:
    chance = random.Random(11)
    rows = "".join(f"<tr><td>Item {n}</td><td>{chance.randrange(10, 99_999):,}</td></tr>" for n in range(200))
    content = f"<html><body><p>Sales</p><table>{rows}</table></body></html>".encode()
    parsed = partition(content, name="a.html")
    assert _certificate(parsed).is_complete
    for _ in range(50):
        at = chance.choice([at for at, char in enumerate(parsed.text) if char.isdigit()])
        other = chance.choice([digit for digit in "0123456789" if digit != parsed.text[at]])
        changed = replace(parsed, text=parsed.text[:at] + other + parsed.text[at + 1 :])
        assert not _again(changed, content).is_complete


def _workbook() -> bytes:
    openpyxl = pytest.importorskip("openpyxl")
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "Plan"
    sheet.append(["Item", "Share", "Date", "Price", "Done", "Sum"])
    sheet.append(["Rent", 0.125, date(2026, 3, 31), 1234.5, True, "=D2*2"])
    sheet["B2"].number_format = "0.0%"
    sheet["A3"] = "Not for the other side"
    sheet.row_dimensions[3].hidden = True
    sheet["A2"].comment = openpyxl.comments.Comment("Ask the landlord", "Ada")
    stream = BytesIO()
    book.save(stream)
    return stream.getvalue()


def test_numbers_of_a_workbook_may_be_written_as_they_are_shown() -> None:
    content = _workbook()
    parsed = partition(content, name="a.xlsx")
    made = _certificate(parsed)
    assert (made.method, made.is_complete) == (Method.OFFICE_XML, True)
    assert made.whole.n_generated >= len("Plan")
    assert made.whole.n_hidden == len("Notfortheotherside")
    for shown in ("12.5%", "2026-03-31", "1234.5", "TRUE", "landlord"):
        assert shown in parsed.text
        lossy = replace(parsed, text=parsed.text.replace(shown, ""))
        assert not _again(lossy, content).is_complete, shown


def test_running_heads_need_to_be_there_once() -> None:
    texts = [
        RawText("The rent is due monthly."),
        RawText("Lease of the warehouse", may_repeat=True),
        RawText("Lease of the warehouse", may_repeat=True),
        RawText("Page of 7", may_repeat=True),
    ]
    parsed = ParsedDocument(
        text="The rent is due monthly.\nLease of the warehouse", elements=(), media_type="text/plain", parser="p"
    )
    whole = certify_texts(texts, parsed, method=Method.OFFICE_XML, thresholds=Thresholds()).whole
    assert whole.left_out == {LeftOut.REPEATED: len("Leaseofthewarehouse")}
    assert whole.n_unaccounted == len("Pageof7")


def test_a_text_file_is_its_own_second_reading() -> None:
    made = _certificate(partition("§ 1 Die Miete beträgt 1.200 €.".encode(), name="a.txt"))
    assert (made.method, made.is_complete, made.whole.n_chars) == (Method.CHARACTERS, True, 20)
