"""When contracts are made, take effect and end."""

import time
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from averment.pipelines.anatomy.dating import read_dating

MADE = "This Agreement is made as of May 1, 2020 (the “Effective Date”) between A and B. "
ENDS = [
    ("The term of this Agreement shall be three (3) years from the Effective Date.", "2023-05-01", "3 years"),
    ("This Agreement shall continue until December 31, 2024 unless terminated.", "2024-12-31", None),
    ("The initial term of this Agreement shall commence on June 1, 2020 and continue for 18 months.",
     "2021-11-01", "18 months"),
    ("The term of this Agreement will continue until the fifth (5th) anniversary of the Effective Date.",
     "2025-05-01", "5 years"),
    ("This Agreement will be in effect until the end of 2026.", "2026-12-31", None),
    ("This Agreement shall remain in effect until terminated by either party.", None, "perpetual"),
    ("This Agreement may be terminated upon thirty days written notice.", None, None),
]  # fmt: skip


@pytest.mark.parametrize(("sentence", "expires", "term"), ENDS)
def test_a_contract_ends_as_its_term_says(sentence: str, expires: str | None, term: str | None) -> None:
    found = read_dating(MADE + sentence)
    assert (found.expires.value if found.expires else None) == expires
    assert (found.term.value if found.term else None) == term


def test_a_date_that_follows_from_others_says_so() -> None:
    found = read_dating(MADE + "The term of this Agreement shall be three years.")
    assert found.expires is not None
    assert found.expires.basis == "computed"
    assert found.effective is not None
    assert (found.effective.value, found.effective.basis) == ("2020-05-01", "stated")


@pytest.mark.parametrize(
    ("text", "made", "effective"),
    [
        ("made and entered into this first (1st) day of January, 1996 by A", "1996-01-01", "1996-01-01"),
        ("dated May 1, 2020. “Effective Date” means June 3, 2020.", "2020-05-01", "2020-06-03"),
        ("made May 1, 2020. This Agreement shall become effective on June 3, 2020.", "2020-05-01", "2020-06-03"),
        ("geschlossen am 3. März 2021. Der Vertrag tritt am 1. April 2021 in Kraft.", "2021-03-03", "2021-04-01"),
        (
            "This First Amendment to the Development Agreement entered into on April 15, 2010 by A. " + "x " * 900
            + "By: A Date: July 18, 2011", "2011-07-18", "2011-07-18",
        ),
    ],
)  # fmt: skip
def test_making_and_effect_are_told_apart(text: str, made: str, effective: str) -> None:
    found = read_dating(text)
    assert found.made is not None
    assert found.effective is not None
    assert (found.made.value, found.effective.value) == (made, effective)


@pytest.mark.parametrize(
    ("text", "made"),
    [
        ("CONTRACT Astana January 31, 2000 Halden, by Power of Attorney 1-13 dated January 3, 2000", "2000-01-31"),
        ("The Schedule 13G with respect to shares of Halden Inc., dated as of December 31, 2019, is filed jointly. "
         "January 22, 2020 (Date) HALDEN TRUST /s/ R. Brook", "2020-01-22"),
        ("Figures after December 31, 1999 count. Signed and effective this 25th day of May, 1999. By: /s/ T. Walsh",
         "1999-05-25"),
        ("are agreed. " + "x " * 400 + "IN WITNESS WHEREOF, the Parties, duly authorized. Rome, 2 April 2020 Halden",
         "2020-04-02"),
        ("entered into as of the Effective Date by A. “Effective Date” shall mean December 5, 2014.", "2014-12-05"),
        ("Das Mietverhältnis beginnt am 1. April 2021. Hamburg, den 3. März 2021", "2021-03-03"),
        ("Dieser Vertrag tritt am 01.07.2022 in Kraft. Berlin, 15.06.2022", "2022-06-15"),
        ("This Agreement dated March 12,1999, by and between A and B", "1999-03-12"),
        ("First Amendment to the Supply Agreement dated June 1, 2010. THIS AMENDMENT (“Amendment”) entered into as of "
         "May 2, 2011 by A and B.", "2011-05-02"),
        ("This second amendment to the Supply Agreement by and between Halden Inc. and Opal Corp., originally "
         "dated July "
         "3, 2014 and as amended on October 3, 2014, is hereby made as of the 9th day of November, "
         "2016.", "2016-11-09"),
        ("made by and between Halden AG and Opal GmbH, whose offices are in Bern and Graz, this 7th day of May, 1999.",
         "1999-05-07"),
        ("THIS AMENDMENT amends the Outsourcing Agreement dated July 1, 1999 by and between A and B. This "
         "Amendment is made "
         "as of this 14th day of May, 2004.", "2004-05-14"),
        ("made on the 14t h day of April, 2015. 2 Source: HALDEN INC, S-1/A, 4/16/2015", "2015-04-14"),
    ],
)  # fmt: skip
def test_papers_and_periods_of_others_do_not_date_a_contract(text: str, made: str) -> None:
    found = read_dating(text)
    assert found.made is not None
    assert found.made.value == made


@pytest.mark.parametrize(
    "text",
    [
        "entered into by A and the Schools. It refers to the challenge that takes place between April 1st, 2017 "
        "and June.",
        "made on the date of the last signature. " + "x " * 80 + "WHEREAS, A owns the disclosure dated May 4, 2014;",
        "was appointed as trustee of Halden on February 14, 2012 under the Act.",
    ],
)
def test_dates_in_running_text_do_not_date_a_contract(text: str) -> None:
    assert read_dating(text + " x" * 6_000).made is None


def test_the_preamble_is_the_place_of_a_date_that_a_title_page_has_too() -> None:
    text = (
        "COOPERATION AGREEMENT made by Halden AG May 2, 2020 1. Term 2. Price This Agreement is signed on May "
        "2, 2020 by A"
    )
    found = read_dating(text, preamble_end=len(text))
    assert found.made is not None
    assert found.made.start == text.rindex("May 2, 2020")


def test_effect_from_the_day_of_making_has_the_place_that_says_so() -> None:
    text = (
        "This Agreement is made May 2, 2020. This Agreement shall become effective upon the date first written above."
    )
    found = read_dating(text)
    assert found.effective is not None
    assert (found.effective.value, found.effective.basis) == ("2020-05-02", "computed")
    assert text[found.effective.start : found.effective.end] == "the date first written above"


def test_the_effect_of_another_agreement_is_not_its_own() -> None:
    text = (
        "entered into on April 15, 2010 (“EffectiveDate”) by A and B. This replaces the Confidentiality Agreement "
        "between the Parties, which was effective July 17, 2009."
    )
    found = read_dating(text)
    assert found.effective is not None
    assert (found.effective.value, found.effective.basis) == ("2010-04-15", "stated")


def test_a_text_without_dates_has_none() -> None:
    found = read_dating("The parties agree to agree.")
    assert (found.made, found.effective, found.expires, found.term) == (None, None, None, None)


@given(
    st.dates(date(1950, 1, 1), date(2090, 12, 28)),
    st.integers(1, 40),
    st.sampled_from(["year", "month"]),
)
def test_a_term_in_months_or_years_ends_on_a_like_day(begin: date, count: int, unit: str) -> None:
    day = f"{begin:%B} {begin.day}, {begin.year}"
    text = f"This Lease is made as of {day}. The term of this Lease shall be {count} {unit}{'s' if count > 1 else ''}."
    found = read_dating(text)
    assert found.expires is not None
    last = date.fromisoformat(found.expires.value)
    months = count * (12 if unit == "year" else 1)
    assert (last.year * 12 + last.month) - (begin.year * 12 + begin.month) == months
    assert last.day == begin.day or last.day >= 28


def test_hostile_text_costs_little() -> None:
    begin = time.process_time()
    for unit in (
        "effective ",
        "the term of this Agreement shall ",
        "until May 1, 2020 ",
        "Date: ",
        "dated ",
        "“Term” for ",
    ):
        read_dating(unit * (60_000 // len(unit)))
    assert time.process_time() - begin < 20


def test_a_german_contract_is_made_on_the_day_before_the_word() -> None:
    found = read_dating(
        "Dieser Liefervertrag wird am 15. März 2023 zwischen der Halden AG und der Opal GmbH geschlossen und tritt am "
        "1. April 2023 in Kraft."
    )
    assert found.made is not None
    assert found.effective is not None
    assert (found.made.value, found.effective.value) == ("2023-03-15", "2023-04-01")
