"""Canonical text of pages: offsets, words and segments agree."""

from averment.pipelines.ingestion.pdf_lines import Line, Run
from averment.pipelines.ingestion.pdf_text import PdfText


def _line(y: float, *words: tuple[float, str]) -> Line:
    boxes = [(x, y, x + 5 * len(text), y + 10, text, False) for x, text in words]
    run = Run(
        x0=boxes[0][0],
        y0=y,
        x1=boxes[-1][2],
        y1=y + 10,
        size=10,
        is_bold=False,
        rotation=0,
        words=boxes,
        n_chars=sum(len(text) for _, text in words),
    )
    return Line(runs=[run], y0=y, y1=y + 10)


def test_pages_cover_the_text_and_the_form_feed_ends_a_page() -> None:
    result = PdfText()
    result.add_page([_line(10, (20, "One"), (40, "page"))], page=1, width=612, height=792)
    result.add_page([], page=2, width=612, height=792)
    result.add_page([_line(10, (20, "Third"))], page=3, width=612, height=792)
    assert result.text == "One page\f\fThird"
    assert [(page.start, page.end) for page in result.pages] == [(0, 9), (9, 10), (10, 15)]


def test_words_cut_the_text_and_wide_gaps_cut_segments() -> None:
    result = PdfText()
    result.add_page([_line(10, (20, "Net"), (38, "sales"), (300, "1,200"))], page=1, width=612, height=792)
    text = result.text
    assert [text[word.start : word.end] for word in result.words] == ["Net", "sales", "1,200"]
    assert [text[s.start : s.end] for s in result.lines[0].segments] == ["Net sales", "1,200"]


def test_gaps_of_a_line_set_to_full_width_in_a_typewriters_font_cut_nothing() -> None:
    words = ["the", "Company", "shall", "deliver", "to", "the", "Agent", "at", "any", "time", "a", "list"]
    places, x = [], 20.0
    for number, word in enumerate(words):
        places.append((x, word))
        x += 5 * len(word) + (16 if number % 3 == 0 else 8)
    result = PdfText()
    result.add_page([_line(10, *places), _line(30, (20, "Net"), (60, "1,200"))], page=1, width=612, height=792)
    assert [len(line.segments) for line in result.lines] == [1, 2]
    result.add_page([_line(10, (20, "Gross"), (53, "margin"), (120, "7"))], page=2, width=612, height=792)
    assert len(result.lines[2].segments) == 2, "a page without long lines is set like the page before"


def test_control_characters_become_replacement_characters_in_place() -> None:
    result = PdfText()
    result.add_page([_line(10, (20, "a\x02b"))], page=1, width=612, height=792)
    assert result.text == "a\ufffdb"


def test_a_page_that_is_taken_away_leaves_nothing() -> None:
    result, same = PdfText(), PdfText()
    for text in (result, same):
        text.add_page([_line(10, (20, "One"))], page=1, width=612, height=792)
    result.add_page([_line(10, (20, "Two"), (60, "words"))], page=2, width=612, height=792)
    assert result.last_page == "Two words"
    result.drop_page()
    assert result == same
    result.drop_page()
    assert result == PdfText()
