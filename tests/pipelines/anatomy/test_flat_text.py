"""Folded text and the way back."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from averment.pipelines.anatomy.flat_text import FlatText

RULED = "the\n-----\nBuyer --- and"
TEXTS = st.text(alphabet="ab \n\t\f\u00a0Ä.", max_size=80)


@given(TEXTS)
def test_a_folded_text_is_the_words_with_single_spaces(text: str) -> None:
    assert FlatText(text).text == " ".join(text.split())


@given(TEXTS, st.data())
def test_every_stretch_leads_back_to_the_same_words(text: str, data: st.DataObject) -> None:
    flat = FlatText(text)
    if not flat.text.strip():
        return
    start = data.draw(st.integers(0, len(flat.text) - 1))
    end = data.draw(st.integers(start + 1, len(flat.text)))
    begin, stop = flat.place(start, end)
    assert text[begin:stop].split() == flat.text[start:end].split() or not flat.text[start:end].strip()


def test_a_rule_that_underlines_a_word_is_white_space() -> None:
    flat = FlatText(RULED)
    assert flat.text == "the Buyer and"
    assert RULED[slice(*flat.place(4, 9))] == "Buyer"


def test_a_part_of_a_text_knows_offsets_of_the_whole() -> None:
    text = "skipped\n\nSUPPLY\n AGREEMENT tail"
    flat = FlatText(text, 9, 26)
    start, end = flat.place(0, len(flat.text))
    assert flat.text == "SUPPLY AGREEMENT"
    assert text[start:end] == "SUPPLY\n AGREEMENT"


def test_an_empty_stretch_has_no_place() -> None:
    with pytest.raises(ValueError, match="no stretch"):
        FlatText("abc").place(1, 1)
