"""Raised note marks stand apart from the figures they are set behind."""

from collections.abc import Sequence

import pypdfium2
import pytest

from averment.pipelines.ingestion.partition import partition
from averment.pipelines.ingestion.pdf_certificate import PdfAccount
from averment.pipelines.ingestion.pdf_completeness import PageWords
from averment.pipelines.ingestion.pdf_lines import Word
from averment.pipelines.ingestion.pdf_marks import find_marks
from tests.pipelines.ingestion.sample_files import page_pdf

FIGURE, MARK, PLAIN = "/F1 10 Tf 0 Ts", "/F1 6 Tf 4 Ts", "/F1 6 Tf 0 Ts"


def _line(*texts: tuple[str, str], y: int = 700) -> str:
    shown = " ".join(f"{font} ({text}) Tj" for font, text in texts)
    return f"BT 72 {y} Td {shown} ET"


@pytest.mark.parametrize(
    ("texts", "read"),
    [
        ([(FIGURE, "in 2025"), (MARK, "1"), (FIGURE, " and later")], "in 2025 1 and later"),
        ([(FIGURE, "in 2025"), (MARK, "12"), (FIGURE, ", and")], "in 2025 12, and"),
        ([(FIGURE, "about 10"), (MARK, "9"), (FIGURE, " tons")], "about 10 9 tons"),
        ([(FIGURE, "in 20251 and later")], "in 20251 and later"),
        ([(FIGURE, "in 2025"), (PLAIN, "1"), (FIGURE, " small")], "in 20251 small"),  # low, but not raised
        ([(FIGURE, "part "), (MARK, "345"), (FIGURE, " raised")], "part 345 raised"),  # raised as a whole
        ([(FIGURE, "code 2"), (MARK, "345"), (FIGURE, " long")], "code 2345 long"),  # longer than marks are
    ],
)
def test_a_lower_raised_digit_behind_a_figure_is_a_mark(texts: list[tuple[str, str]], read: str) -> None:
    parsed = partition(page_pdf(_line(*texts)), name="a.pdf")
    assert parsed.text.strip() == read
    assert parsed.certificate is not None
    assert parsed.certificate.is_complete
    assert parsed.certificate.whole.n_accounted == sum(map(str.isalnum, read))
    assert "".join(parsed.text[word.start : word.end] for word in parsed.words) == read.replace(" ", "")


def test_marks_stand_apart_on_a_page_that_is_read_by_characters_too(monkeypatch: pytest.MonkeyPatch) -> None:
    real, calls = PdfAccount.compare, list[int]()

    def fail_at_first(self: PdfAccount, page: int, ours: PageWords, *, beyond: Sequence[Word] = ()) -> bool:
        calls.append(page)
        return real(self, page, ours, beyond=beyond) and len(calls) > 1

    monkeypatch.setattr(PdfAccount, "compare", fail_at_first)
    texts = ((FIGURE, "in 2025"), (MARK, "12"), (FIGURE, ", and later"))
    parsed = partition(page_pdf(_line(*texts)), name="a.pdf")
    assert parsed.warnings["pages_read_by_characters"] == 1
    assert parsed.text.strip() == "in 2025 12, and later"
    assert parsed.certificate is not None
    assert parsed.certificate.is_complete


def test_a_marked_amount_is_a_cell_with_its_value() -> None:
    rows = [
        _line((FIGURE, "Net sales"), y=700),
        "BT 300 700 Td /F1 10 Tf 0 Ts (1,234) Tj /F1 6 Tf 4 Ts (1) Tj ET BT 400 700 Td /F1 10 Tf 0 Ts (5,678) Tj ET",
        _line((FIGURE, "Other income"), y=684),
        "BT 300 684 Td /F1 10 Tf 0 Ts (2,345) Tj ET BT 400 684 Td (6,789) Tj ET",
    ]
    parsed = partition(page_pdf("\n".join(rows)), name="a.pdf")
    assert "Net sales 1,234 1 5,678" in parsed.text
    assert [cell.value for cell in parsed.cells if cell.value] == ["1234", "5678", "2345", "6789"]


def test_a_figure_that_stands_unmarked_too_is_left_alone() -> None:
    drawing = _line((FIGURE, "in 2025"), (MARK, "1")) + _line((FIGURE, "zip 20251"), y=600)
    document = pypdfium2.PdfDocument(page_pdf(drawing))
    text_page = document[0].get_textpage()
    assert find_marks(text_page.get_text_range(), text_page) == {}
