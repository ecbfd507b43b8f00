"""Places of pdfium's characters are those of the parser's words, however a page is turned."""

import pytest

from averment.pipelines.ingestion.partition import partition
from averment.pipelines.ingestion.pdf_second_reading import PDFIUM_LOCK, SecondReading
from tests.pipelines.ingestion.sample_files import make_pdf


@pytest.mark.parametrize("rotate", [0, 90, 180, 270])
def test_characters_stand_in_the_words_that_hold_them(rotate: int) -> None:
    content = make_pdf([[(72, 100, 11, "Term"), (300, 500, 14, "2031")]], rotate=rotate)
    parsed = partition(content, name="a.pdf")
    boxes = [(parsed.text[word.start : word.end], word) for word in parsed.words]
    with SecondReading(content) as second, PDFIUM_LOCK:
        characters = second.characters(1)
        for index, char in enumerate(characters.text):
            if char.isspace():
                continue
            place = characters.place(index)
            assert place is not None
            there = [
                text
                for text, box in boxes
                if box.x0 - 1 <= place[0] <= box.x1 + 1 and box.y0 - 2 <= place[1] <= box.y1 + 2
            ]
            assert any(char in text for text in there), (char, place, there)
        second.release((1,))


def test_what_is_no_character_has_no_place() -> None:
    with SecondReading(make_pdf([[(72, 100, 11, "Term")]])) as second, PDFIUM_LOCK:
        assert second.characters(1).place(10_000) is None
        second.release((1,))


def test_lines_are_those_of_pdfium_with_the_places_of_their_words() -> None:
    content = make_pdf([[(72, 100, 10, "Due now."), (72, 130, 10, "Term 2031")]])
    with SecondReading(content) as second, PDFIUM_LOCK:
        lines = second.characters(1).lines()
        second.release((1,))
    assert [[word[4] for word in line.runs[0].words] for line in lines] == [["Due", "now."], ["Term", "2031"]]
    assert lines[0].y1 < lines[1].y0
    first, second_word = lines[1].runs[0].words
    assert 71 < first[0] < first[2] < second_word[0] < second_word[2] < 130
