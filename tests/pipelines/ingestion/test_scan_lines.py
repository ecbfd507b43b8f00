"""Lines of scanned pages: in order however askew the page lies, columns apart, and nothing passed over."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from averment.pipelines.ingestion.pdf_lines import Run, arrange
from averment.pipelines.ingestion.scan_lines import fill_in, join_words

SIZE = (612.0, 792.0)
WORDS = ["the", "tenant", "pays", "rent", "in", "advance", "before", "every", "fifth", "working", "day", "it", "is"]


def word(text: str, x: float, y: float, *, confidence: float = 0.9) -> Run:
    box = (x, y, x + 5.0 * len(text), y + 8.0)
    return Run(
        x0=box[0], y0=box[1], x1=box[2], y1=box[3], size=8, is_bold=False, rotation=0,
        words=[(*box, text, False)], n_chars=len(text), confidence=confidence,
    )  # fmt: skip


def line(x: float, y: float, words: list[str]) -> list[Run]:
    runs = []
    for text in words:
        runs.append(word(text, x, y))
        x += 5.0 * len(text) + 5.0
    return runs


def askew(runs: list[Run], degrees: float) -> list[Run]:
    """Move words to where a page turned about its middle has them."""
    slope = math.tan(math.radians(degrees))
    found = []
    for run in runs:
        x0, y0 = run.x0, run.y0
        found.append(word(run.words[0][4], x0 - slope * (y0 - SIZE[1] / 2), y0 + slope * (x0 - SIZE[0] / 2)))
    return found


def texts(runs: list[Run]) -> list[str]:
    joined = join_words(runs, width=SIZE[0], height=SIZE[1])
    lines = arrange(joined, width=SIZE[0], height=SIZE[1])
    return [" ".join(word[4] for run in line.runs for word in run.words) for line in lines]


@given(st.floats(min_value=-3, max_value=3))
def test_rows_of_a_page_askew_stay_apart(degrees: float) -> None:
    rows = [
        [*line(72, 100 + 12 * row, WORDS[: 8 + row % 3]), word(f"{row}.00", 520, 100 + 12 * row)] for row in range(20)
    ]
    wanted = [" ".join(run.words[0][4] for run in row) for row in rows]
    assert texts(askew([run for row in rows for run in row], degrees)) == wanted


def test_columns_of_prose_are_read_one_after_the_other() -> None:
    left = [line(60, 100 + 12 * row, [f"l{row}", *WORDS[:6]]) for row in range(12)]
    right = [line(330, 100 + 12 * row, [f"r{row}", *WORDS[:6]]) for row in range(12)]
    found = texts(askew([run for row in (*left, *right) for run in row], 0.8))
    assert [text.split()[0] for text in found] == [f"{side}{row}" for side in "lr" for row in range(12)]


def test_joining_keeps_every_word_its_place_and_the_confidence() -> None:
    runs = [word("twelve", 72, 100, confidence=0.6), word("days", 107, 101, confidence=0.9), word("9", 400, 100)]
    joined = join_words(runs, width=SIZE[0], height=SIZE[1])
    assert [[found[4] for found in run.words] for run in joined] == [["twelve", "days"], ["9"]]
    assert [found for run in joined for found in run.words] == [run.words[0] for run in runs]
    assert joined[0].confidence == pytest.approx((0.6 * 6 + 0.9 * 4) / 10)
    assert joined[0].n_chars == 10
    assert (joined[0].y0, joined[0].y1) == (100, 109)
    assert join_words([], width=SIZE[0], height=SIZE[1]) == []


def test_a_few_lines_or_a_steep_drawing_turn_nothing() -> None:
    steep = [word(text, 72 + 30 * n, 100 + 4.5 * n) for n, text in enumerate(WORDS)]
    (run, *_) = join_words(steep, width=SIZE[0], height=SIZE[1])
    assert run.y0 == steep[0].y0


def test_what_the_first_reading_passed_over_is_added_beside_its_neighbour() -> None:
    first = [*line(72, 100, ["3.", "Term", "of"]), *line(72, 112, ["of", "it"])]
    others = [
        word("Term", 87, 100.5),  # both have it
        word("lease", 130, 100.2),
        word("4.", 40, 112),  # nothing stands to its left
        word("°", 300, 100),
        word("Eee", 300, 112, confidence=0.3),
    ]
    filled = fill_in(first, others)
    assert [run.words[0][4] for run in filled] == ["3.", "Term", "of", "lease", "4.", "of", "it"]
    assert [run for run in filled if run in first] == first
    assert texts(filled) == ["3. Term of lease", "4. of it"]


def test_what_touches_a_word_is_a_part_of_it_and_a_letter_alone_must_be_surer() -> None:
    first = [word("deliver", 100, 100), word("t", 171, 100, confidence=0.3), word("due", 190, 100)]
    others = [
        word("amoun", 145, 100),
        word("H", 300, 100),
        word("I", 320, 100, confidence=0.95),
        word("(a)", 60, 100),
    ]
    filled = fill_in(first, others)
    assert [run.words[0][4:] for run in filled] == [
        ("(a)", False), ("deliver", False), ("amoun", False), ("t", True), ("due", False), ("I", False),
    ]  # fmt: skip
