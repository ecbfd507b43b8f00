"""When contracts end."""

import time

import pytest

from averment.pipelines.anatomy.days import FoundDay
from averment.pipelines.anatomy.expiry import find_end

MADE = FoundDay(value="2001-11-28", start=0, end=1)
EFFECT = FoundDay(value="2001-12-01", start=0, end=1)
ENDS = [
    ("General Terms Effective Date: 1 April 2006 Termination Date: 1 April 2009 Amount", "2009-04-01", None),
    ("“Expiration Date” means June 30, 2025.", "2025-06-30", None),
    ("This promotion shall begin on June 1,1999 and shall terminate June 1, 2000 (herein “Term”)", "2000-06-01", None),
    ("The arrangement shall automatically terminate on December 31, 2020.", "2020-12-31", None),
    ("6. TERM: November 01, 2014 to October 31, 2017 7. EFFECT", "2017-10-31", None),
    ("The term of this Agreement shall end on the seventh anniversary of the date hereof.", "2008-11-28", "7 years"),
    ("The initial term of this Agreement shall be a period beginning on the Effective Date and ending ten (10) years "
     "thereafter.", "2011-12-01", "10 years"),
    ("This Agreement will commence on the Effective Date and will continue until termination as provided below.",
     None, "perpetual"),
    ("This Agreement will remain in force for perpetuity or until otherwise agreed.", None, "perpetual"),
    ("This Agreement shall become effective as of the day first above written and shall govern the relations between "
     "the parties, unless terminated as set forth in this Section.", None, "perpetual"),
    ("All rights granted shall continue until a Party terminates this Agreement.", None, "perpetual"),
    ("2. Term. Three years from the Effective Date, renewing for one-year periods.", "2004-12-01", "3 years"),
    ("This Agreement commences on the Effective Date and, unless sooner terminated, will terminate two years from the "
     "Effective Date.", "2003-12-01", "2 years"),
    ("Unless extended by mutual written agreement, this Agreement shall automatically expire, without notice, twelve "
     "months after the Effective Date.", "2002-12-01", "12 months"),
    ("The term hereof shall be sixty (60) months.", "2006-12-01", "60 months"),
    ("This Agreement shall expire on the earlier of (i) the sale of all Products and (ii) December 31, 2007.",
     "2007-12-31", None),
    ("This Agreement shall have an initial term of two years. The term shall commence on May 1, 2002 and shall "
     "expire on "
     "May 1, 2004.", "2004-05-01", None),
    ("The term of this Agreement shall be for a period of five (5) Contract Years.", "2006-12-01", "5 years"),
    ("The principal hereby appoints Halden Inc. for the term of three years.", "2004-12-01", "3 years"),
    ("Consultant shall serve for a term of 6 months.", "2002-06-01", "6 months"),
    ("The appointment shall continue for an indefinite period and may be ended by notice.", None, "perpetual"),
    ("This Agreement shall continue in effect until such time as all Services are done.", None, "perpetual"),
    ("The confidentiality obligations in this Agreement shall bind the Parties for a period of five (5) "
     "years.", None, None),
    ("Each License of the Company is in full force and has not, during the past three (3) years, been "
     "revoked.", None, None),
    ("If the conditions of this Agreement are not met on or prior to January 16, 2022, the End Date is "
     "later.", None, None),
    ("All covenants made in this Agreement will survive indefinitely.", None, None),
    ("If any term of this Agreement shall be held invalid for one year, the rest stands.", None, None),
    ("Das Mietverhältnis beginnt am 1. April 2021 und endet am 31. März 2026.", "2026-03-31", None),
    ("Der Mietvertrag läuft bis zum 31. Dezember 2025.", "2025-12-31", None),
    ("Diese Vereinbarung wird auf unbestimmte Zeit geschlossen.", None, "perpetual"),
    ("During the Term of this Agreement, and for a period of two years thereafter, nobody competes.", None, None),
    ("Duties under this Agreement shall continue for three years after the expiration of this Agreement.", None, None),
    ("Either Party may terminate during the term of this Agreement upon two weeks written notice.", None, None),
]  # fmt: skip


@pytest.mark.parametrize(("text", "expires", "term"), ENDS)
def test_a_contract_ends_as_its_sentences_say(text: str, expires: str | None, term: str | None) -> None:
    found, runs = find_end(text, EFFECT, made=MADE)
    assert (found.value if found else None, runs.value if runs else None) == (expires, term)


def test_without_a_beginning_a_term_names_no_day() -> None:
    found, runs = find_end("The term of this Agreement shall be three years.", None)
    assert found is None
    assert runs is not None
    assert runs.value == "3 years"


def test_what_ends_plainly_wins_over_what_ends_in_passing() -> None:
    text = (
        "The license period expires on May 1, 2003. "
        "This Agreement shall commence on the Effective Date and continue until June 30, 2005."
    )
    found, _ = find_end(text, EFFECT)
    assert found is not None
    assert found.value == "2005-06-30"
    assert text[found.start : found.end] == "June 30, 2005"


def test_hostile_text_costs_little() -> None:
    begin = time.process_time()
    for unit in (
        "the term of this Agreement ",
        "begins ",
        "until ",
        "for two years ",
        "unless terminated ",
        "shall end ",
    ):
        find_end(unit * (60_000 // len(unit)), EFFECT, made=MADE)
    assert time.process_time() - begin < 20
