"""Gold is found again in a text extracted otherwise."""

import random

from hypothesis import given
from hypothesis import strategies as st

from averment.evaluation.alignment import Alignment

WORDS = (
    "agreement",
    "party",
    "shall",
    "term",
    "notice",
    "law",
    "fees",
    "of",
    "the",
    "days",
    "written",
    "Größe",
    "12.5",
)


def text(seed: int, n_words: int = 400) -> str:
    chooser = random.Random(seed)
    return " ".join(chooser.choice(WORDS) + (str(n) if n % 7 == 0 else "") for n in range(n_words))


def furnish(source: str) -> str:
    """Break lines, hyphenate, and put page furniture in, as another extractor would."""
    words = source.split(" ")
    out = []
    for number, word in enumerate(words):
        out.append(word if number % 13 else word[: len(word) // 2] + "-\n" + word[len(word) // 2 :])
        if number % 60 == 59:
            out.append("\n\nPage 3 of 9 CONFIDENTIAL\f")
    return "\n ".join(out)


@given(st.integers(0, 200), st.integers(0, 1_000), st.integers(1, 300))
def test_every_letter_finds_its_partner_in_the_same_text(seed: int, start: int, length: int) -> None:
    source = text(seed)
    end = min(len(source), start + length)
    found = Alignment(source, source).span(start, end)
    assert found.n_letters == sum(letter.isalnum() for letter in source[start:end])
    assert found.share == (1.0 if found.n_letters else 0.0)
    assert all(start <= place < end for place in found.positions)


@given(st.integers(0, 30))
def test_other_line_breaks_and_page_furniture_cost_little(seed: int) -> None:
    source = text(seed)
    ours = furnish(source)
    alignment = Alignment(source, ours)
    for start in range(0, len(source) - 120, 120):
        found = alignment.span(start, start + 120)
        assert found.share > 0.9
        assert list(found.positions) == sorted(set(found.positions))
        letters = [letter for letter in source[start : start + 120].lower() if letter.isalnum()]
        assert sum(ours[place].lower() in letters for place in found.positions) == len(found.positions)


def test_what_is_not_there_is_missed() -> None:
    assert Alignment("governing law of Utah", "").span(0, 9).share == 0.0
    assert Alignment(text(1), text(2)).span(0, 200).share < 0.9
