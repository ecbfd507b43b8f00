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
