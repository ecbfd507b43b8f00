"""Only what decides a sentence's meaning is followed."""

import pytest

from averment.pipelines.anatomy.terms import find_terms
from averment.pipelines.reasoning.references_made import Elsewhere, deciding_terms, defined_elsewhere, parts_named

TERMS = """This Agreement is made as of May 1, 2024 (the “Effective Date”) by Halden AG (the “Seller”).
“Business Day” means any day other than a Saturday or Sunday.
“Net Sales” means all sales less ten percent (10%).
“Products” means the machines of Schedule 2.
“Quarter” means a period of three (3) months.
"""


@pytest.mark.parametrize(
    ("sentence", "terms"),
    [
        ("Seller shall deliver within ten (10) Business Days.", ["Business Day"]),
        ("The royalty is five percent (5%) of Net Sales.", ["Net Sales"]),
        ("Seller reports during each Quarter.", ["Quarter"]),
        ("Seller shall deliver the Products.", []),
        ("Net Sales are reported by Seller.", []),
        ("The Seller bears the risk in any case.", []),
    ],
)
def test_terms_that_something_is_counted_in_are_followed(sentence: str, terms: list[str]) -> None:
    assert [term.term for term in deciding_terms(sentence, find_terms(TERMS), text=TERMS)] == terms


def test_a_name_for_a_day_is_followed_only_where_a_day_is_asked_for() -> None:
    sentence = "The term begins on the Effective Date."
    found = [list(deciding_terms(sentence, find_terms(TERMS), text=TERMS, wants_day=wants)) for wants in (False, True)]
    assert [[term.term for term in terms] for terms in found] == [[], ["Effective Date"]]


@pytest.mark.parametrize(
    ("sentence", "parts"),
    [
        ("Liability is limited, subject to Section 9.1.", [("section 9.1", False)]),
        ("Except as set forth in Section 4.2, no fees are due.", [("section 4.2", False)]),
        ("The fees are set out in Exhibit B.", [("exhibit b", True)]),
        ("Exhibit C is incorporated herein by reference.", [("exhibit c", True)]),
        ("Vorbehaltlich § 9 ist die Haftung begrenzt.", [("section 9", False)]),
        ("Supplier terminated the contract under Section 3.", []),
        ("Section 9.1 was signed by both.", []),
    ],
)
def test_parts_that_a_sentence_depends_on_are_followed(sentence: str, parts: list[tuple[str, bool]]) -> None:
    assert [(part.label, part.is_attached) for part in parts_named(sentence)] == parts


@pytest.mark.parametrize(
    ("sentence", "found"),
    [
        (
            "Fees are due on a Business Day (as defined in the Master Services Agreement).",
            Elsewhere(term="Business Day", title="Master Services Agreement"),
        ),
        ("“Affiliate” is used as defined in this Agreement.", None),
        ("Fees are due on a business day.", None),
    ],
)
def test_a_term_of_another_paper_is_seen(sentence: str, found: Elsewhere | None) -> None:
    assert defined_elsewhere(sentence) == found
