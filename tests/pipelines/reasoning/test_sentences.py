"""Sentences are cut where a reader would cut them, at exact offsets."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from averment.pipelines.reasoning.sentences import is_heading, split, within


def texts(text: str) -> list[str]:
    return [span.text for span in split(text)]


@given(st.text(alphabet='aB1.;:?!() \n\fSection,"”§', max_size=400), st.integers(min_value=0, max_value=1000))
def test_every_span_is_the_text_at_its_place(text: str, offset: int) -> None:
    spans = split(text, offset=offset)
    assert all(text[span.start - offset : span.end - offset] == span.text for span in spans)
    assert all(one.end <= other.start for one, other in pairwise(spans))
    assert all(span.text == span.text.strip() for span in spans)


@given(st.text(alphabet="aB1. \n", max_size=300))
def test_nothing_but_white_space_is_lost(text: str) -> None:
    covered = "".join(span.text for span in split(text))
    assert "".join(covered.split()) == "".join(text.split())


@pytest.mark.parametrize(
    "whole",
    [
        "This Agreement, dated Feb. 3, 2020, is made by Foo Inc. and Bar Corp. in the U.S. of America.",
        "Dies gilt gem. § 4 Abs. 2 des Vertrags bis zum 6. April 2024.",
        "The price is $3.50 per unit, i.e. less than No. 7 of Art. 12 says.",
        "It was signed by J. P. Morgan.",
        "12.3. Term. This Agreement ends on May 1, 2020.",
        "5.2 Geltendes Recht. Es gilt deutsches Recht.",
    ],
)
def test_abbreviations_numbering_and_run_in_headings_end_nothing(whole: str) -> None:
    assert texts(whole) == [whole]


def test_sentences_and_paragraphs_end() -> None:
    assert texts("One is here. Two is there!\n\nThree is new") == ["One is here.", "Two is there!", "Three is new"]


def test_lettered_items_that_end_are_sentences_of_their_own() -> None:
    found = texts('Terms. (a) "Action" means any suit. (b) "Cost" means cost under (c) below. (iv) The fee is due.')
    assert found[1:] == ['(b) "Cost" means cost under (c) below.', "(iv) The fee is due."]


def test_a_sentence_across_a_line_break_is_one() -> None:
    assert len(texts("The tenant shall pay\nthe rent in advance.")) == 1


@pytest.mark.parametrize(
    "heading", ["GOVERNING LAW", "ARTICLE II", "Section 4.1 Term of Agreement", "12.", "Limitation of Liability", "(a)"]
)
def test_headings_are_told(heading: str) -> None:
    assert is_heading(heading)
    assert not split(heading)[0].is_citable


@pytest.mark.parametrize(
    "sentence",
    [
        "The law of Delaware governs.",
        "Es gilt deutsches Recht, und der Gerichtsstand ist Berlin.",
        "Rent: $12,500.00",
        "Neither party may assign this Agreement.",
    ],
)
def test_assertions_are_no_headings(sentence: str) -> None:
    assert not is_heading(sentence)


def test_a_very_long_sentence_is_cut_at_semicolons() -> None:
    long = "The parties agree that " + "; ".join(f"obligation {n} shall be performed in full" for n in range(80)) + "."
    assert all(len(span.text) <= 1500 for span in split(long))


def test_within_keeps_what_an_edge_cuts() -> None:
    spans = split("Aaa is one. Bbb is two. Ccc is three.")
    assert [span.text for span in within(spans, 12, 26)] == ["Bbb is two.", "Ccc is three."]


def test_german_ordinals_and_abbreviations_end_no_sentence() -> None:
    text = (
        "Die Kündigung ist zum 31. Dezember eines jeden Jahres möglich. Die Miete ist bis zum 3. Werktag des Monats zu "
        "zahlen. Gemäß Ziff. 4 i.V.m. Anlage 2 gilt § 5 Abs. 2 Nr. 1 S. 2 bzgl. der Kosten. Im 2. Vertragsjahr gilt "
        "dies z. B. nicht."
    )
    assert [span.text.split()[0] for span in split(text)] == ["Die", "Die", "Gemäß", "Im"]
