"""Defined terms and their definitions."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from averment.pipelines.anatomy.terms import find_terms

CASES = [
    ("“Affiliate” means any entity under common control. Other.",
     "Affiliate", "“Affiliate” means any entity under common control"),
    ("“Goods” shall have the meaning set forth in Section 2; other",
     "Goods", "“Goods” shall have the meaning set forth in Section 2"),
    ("Halden AG, a Swiss company (the “Seller”), sells.", "Seller", "Halden AG, a Swiss company"),
    ("the machines (hereinafter referred to as “Machines”) are", "Machines", "the machines"),
    ("Business Day means a day on which banks open.\nNext",
     "Business Day", "Business Day means a day on which banks open"),
    ("„Leistung“ bezeichnet die vereinbarte Arbeit. Weiter",
     "Leistung", "„Leistung“ bezeichnet die vereinbarte Arbeit"),
    ("die Alpha GmbH (nachfolgend „Anbieter“ genannt) liefert", "Anbieter", "die Alpha GmbH"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "term", "definition"), CASES)
def test_a_term_has_the_place_of_its_definition(text: str, term: str, definition: str) -> None:
    (found,) = find_terms(text)
    assert found.term == term
    assert text[found.start : found.end] == term
    meaning = text[found.definition_start : found.definition_end].strip("“„ ")
    assert meaning == definition.strip("“„ ")


def test_one_bracket_may_name_two() -> None:
    assert [term.term for term in find_terms('A and B (each, a "Party" and together the "Parties") agree.')] == [
        "Party",
        "Parties",
    ]


def test_a_mere_quotation_defines_nothing() -> None:
    assert find_terms("He called it “a fine machine” and left. (See “Machines of old” by Roe.)") == ()


@given(st.text(alphabet='Ab ("”)“„.;\nmeans the', max_size=200))
def test_places_lie_within_the_text_in_order(text: str) -> None:
    found = find_terms(text)
    assert [term.start for term in found] == sorted({term.start for term in found})
    for term in found:
        assert " ".join(text[term.start : term.end].split()) == term.term
        assert 0 <= term.definition_start <= term.definition_end <= len(text)


def test_hostile_text_costs_little() -> None:
    begin = time.process_time()
    for unit in ('("', "“A ", "A ", "(the “A”", "“A” means ", "hereinafter ", "((((", "(each "):
        find_terms(unit * (60_000 // len(unit)))
    assert time.process_time() - begin < 20
