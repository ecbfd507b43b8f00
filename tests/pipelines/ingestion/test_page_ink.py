"""What pages show: rules and frames are nothing, letters without a word over them were passed over."""

from collections.abc import Callable
from io import BytesIO
from typing import Any

import pypdfium2
import pytest

from averment.pipelines.ingestion.page_ink import Box, PageInk, Unread, read_ink
from tests.pipelines.ingestion.sample_files import make_pdf, page_pdf

LINES = [
    "The tenant pays the rent before the fifth working day",
    "of every calendar month in advance to the landlord",
    "who may ask for interest on whatever is paid too late",
]


def _ink(content: bytes) -> PageInk:
    document = pypdfium2.PdfDocument(content)
    made = read_ink(document[0])
    assert made is not None
    return made


def _printed() -> tuple[bytes, list[list[Box]]]:
    """Return a page of lines in Courier, and the places of the words of each."""
    size, places = 12.0, []
    for row, line in enumerate(LINES):
        y, at, words = 100.0 + 20 * row, 0, []
        for word in line.split():
            words.append((72 + 0.6 * size * at, y - 8, 72 + 0.6 * size * (at + len(word)), y + 2))
            at += len(word) + 1
        places.append(words)
    return make_pdf([[(72.0, 100.0 + 20 * row, size, line) for row, line in enumerate(LINES)]]), places


@pytest.mark.parametrize(
    ("drawing", "is_blank"),
    [
        ("", True),
        ("1 1 1 rg 0 0 612 792 re f", True),
        ("0.9 0.9 0.8 rg 0 0 612 792 re f", True),
        ("0 0 0 rg 72 700 450 1.5 re f", True),  # a rule
        ("0.5 0.5 0.5 RG 2 w 60 60 480 650 re S", True),  # a frame
        ("0 0 0 rg 300 400 1 1 re f", True),  # a speck
        ("0 0 0 rg 300 400 9 9 re f", False),  # a box
        ("BT /F1 10 Tf 300 40 Td (7) Tj ET", False),
        ("BT /F1 10 Tf 0.75 g 300 40 Td (pale print) Tj ET", False),
        ("1 1 1 rg 0 0 612 792 re f 0 0 0 rg 0 0 612 792 re f 1 g BT /F1 10 Tf 300 40 Td (white) Tj ET", False),
        ("q 200 0 0 200 100 300 cm /I1 Do Q", False),  # a picture
    ],
)
def test_a_page_is_blank_when_it_shows_nothing_but_rules_and_specks(drawing: str, is_blank: bool) -> None:
    assert _ink(page_pdf(drawing)).is_blank is is_blank


def test_letters_that_no_word_covers_are_counted() -> None:
    content, places = _printed()
    ink = _ink(content)
    n_letters = [sum(char.isalnum() for char in line) for line in LINES]
    words = [word for line in places for word in line]
    assert ink.unread(words).n_letters == 0
    assert ink.unread([]).n_letters > sum(n_letters) * 0.7
    for row, lost in enumerate(n_letters):
        rest = [word for line in (*places[:row], *places[row + 1 :]) for word in line]
        assert lost * 0.7 < ink.unread(rest).n_letters < lost * 1.3
    without_tenant = [word for word in words if word != places[0][1]]
    assert 4 <= ink.unread(without_tenant).n_letters <= 8


def test_lines_are_counted_in_which_a_word_was_not_read() -> None:
    content, places = _printed()
    ink = _ink(content)
    assert ink.unread([]).n_lines == 3
    last_words_lost = ink.unread([word for line in places for word in line[:-1]])
    assert last_words_lost.n_lines == 0  # the rest of each line was read
    assert ink.unread(places[0]).n_lines == 2
    assert 10 <= last_words_lost.n_letters <= 20
    assert all(72 < x0 < x1 < 560 for x0, _, x1, _ in last_words_lost.places())
    bullets = Unread(
        marks=((50, 100, 55, 106, 1), (50, 130, 56, 136, 2), (50, 160, 52, 166, 1)), alone=(True,) * 3, height=8.0
    )
    assert (bullets.n_letters, bullets.n_lines) == (4, 0)


def test_words_that_stand_on_bare_paper_are_told() -> None:
    content, places = _printed()
    words = [word for line in places for word in line]
    moved = [(x0, y0 + 300, x1, y1 + 300) for x0, y0, x1, y1 in words]
    ink = _ink(content)
    assert ink.bare_share(words) == ink.bare_share([]) == 0.0
    assert ink.bare_share(moved) == 1.0
    assert ink.bare_share([*words, *moved, (5000.0, 10.0, 5010.0, 20.0)]) == pytest.approx(0.5, abs=0.03)


@pytest.mark.parametrize("turn", [90, 180, 270])
def test_words_on_their_sides_cover_their_letters_too(turn: int) -> None:
    content, places = _printed()
    document = pypdfium2.PdfDocument(content)
    document[0].set_rotation(turn)
    stream = BytesIO()
    document.save(stream)
    turned: dict[int, Callable[[Any], Box]] = {
        90: lambda box: (792 - box[3], box[0], 792 - box[1], box[2]),
        180: lambda box: (612 - box[2], 792 - box[3], 612 - box[0], 792 - box[1]),
        270: lambda box: (box[1], 612 - box[2], box[3], 612 - box[0]),
    }
    ink = _ink(stream.getvalue())
    words = [turned[turn](word) for line in places for word in line]
    assert ink.unread(words).n_letters == 0
    assert ink.unread(words[:-10]).n_letters > 20


def test_rules_are_no_letters_and_huge_pages_are_not_rendered() -> None:
    ink = _ink(page_pdf("0 0 0 rg 72 700 450 5 re f 72 600 300 3 re f"))
    assert ink.unread([(72.0, 300.0, 140.0, 308.0)]).n_letters == 0
    wide = pypdfium2.PdfDocument.new()
    assert read_ink(wide.new_page(9000, 500)) is None
