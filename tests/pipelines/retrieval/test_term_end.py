"""When a term ends, read from one sentence."""

from datetime import date

import pytest

from averment.pipelines.retrieval.term_end import term_end_years

SIGNED = date(2018, 5, 4)


@pytest.mark.parametrize(
    ("sentence", "years"),
    [
        ("The term of this Agreement shall commence on the Effective Date and continue until June 27, 2011.", {2011}),
        ("This Agreement shall expire on March 31, 2027, unless renewed.", {2027}),
        ("The initial term of this Agreement shall be three (3) years from the date hereof.", {2021}),
        ("The Initial Term begins on the Effective Date and ends ten (10) years thereafter.", {2028}),
        ("This Agreement will continue until the fifth (5th) anniversary of the Effective Date.", {2023}),
        ("This Agreement shall take effect on January 1, 2020 and remain in force for two years.", {2021, 2022}),
        ("“Contract Period” shall mean the contract period commencing May 1, 2019 and concluding May 2, 2020.", {2020}),
        ("Dieser Vertrag gilt bis zum 31.12.2026.", {2026}),
        ("Terms of the project: 12 weeks from February 8, 2019 to May 3, 2019.", {2019}),
    ],
)
def test_the_year_a_term_ends(sentence: str, years: set[int]) -> None:
    assert term_end_years(sentence, begins=SIGNED) == years


@pytest.mark.parametrize(
    "sentence",
    [
        "The term shall renew for successive periods of one (1) year.",
        "Either party may terminate this Agreement upon sixty (60) days notice.",
        "During the Term and for two years thereafter, the Consultant shall not solicit employees.",
        "The obligations of this Agreement survive its end for five (5) years.",
        "Each invoice is payable within thirty (30) days.",
        "The seller delivered the goods on June 1, 2019.",
    ],
)
def test_other_spans_of_time_end_no_term(sentence: str) -> None:
    assert term_end_years(sentence, begins=SIGNED) == frozenset()


def test_a_span_without_a_beginning_ends_nowhere() -> None:
    assert term_end_years("The term of this Agreement is three years.", begins=None) == frozenset()


def test_absurd_spans_are_no_terms() -> None:
    assert term_end_years("The term of this Agreement is 9999 years.", begins=SIGNED) == frozenset()
    assert term_end_years("The term of this Agreement is 9999 weeks.", begins=SIGNED) in (
        frozenset(),
        frozenset({2209}),
        frozenset({2210}),
    )
