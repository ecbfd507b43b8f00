"""What documents change, and which documents of a catalog that is."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from averment.core.structure import Amendment
from averment.pipelines.anatomy.amendments import Candidate, changed_document, find_amendments, is_of

PARTIES = ("Halden AG", "Opal GmbH")
SUPPLY = Candidate(document_id="d1", title="SUPPLY AGREEMENT", parties=("HALDEN AG", "Opal GmbH"), date="2021-03-03")


def amendment(title: str = "Supply Agreement", date: str | None = "2021-03-03") -> Amendment:
    return Amendment(kind="amends", title=title, start=0, end=len(title), date=date)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("AMENDMENT NO. 2 TO THE SUPPLY AGREEMENT\nThis Amendment No. 2 to the Supply Agreement dated March 3, 2021",
         ("amends", "Supply Agreement", "2021-03-03")),
        ("First Amendment\nThis First Amendment to the Lease (the “Lease”) entered into on April 15, 2010 by A",
         ("amends", "Lease", "2010-04-15")),
        ("Nachtrag Nr. 1\nNachtrag Nr. 1 zum Mietvertrag vom 3. März 2021 zwischen A und B",
         ("amends", "Mietvertrag", "2021-03-03")),
        ("AMENDMENT NO. 2 TO SUPPLY AGREEMENT\nThis Amendment No. 2 amends the Supply Agreement dated March 3, 2021",
         ("amends", "Supply Agreement", "2021-03-03")),
        ("AMENDMENT #3\nThis Amendment #3 to the Supply Agreement (this “Amendment”) is made as of May 2, 2022. "
         "WHEREAS, "
         "they have that certain Supply Agreement, effective March 3, 2021, as amended by Amendment #2 to the Supply "
         "Agreement, effective June 1, 2021;", ("amends", "Supply Agreement", "2021-03-03")),
        ("SIDE LETTER\nWe refer to the Management Agreement dated 1 February 2015 between you and us.",
         ("supplements", "Management Agreement", "2015-02-01")),
        ("SUPPLEMENT NO. 1\nThis Supplement No. 1 dated as of June 30, 2020 to the Guarantee Agreement dated as of "
         "January 15, 2018", ("supplements", "Guarantee Agreement", "2018-01-15")),
        ("LETTER AMENDMENT\nReference is made to that certain License Agreement, dated as of August 7, 2009 (the "
         "“Agreement”). The parties agree to amend the Agreement.", ("amends", "License Agreement", "2009-08-07")),
        ("TERMINATION AGREEMENT\nThis Termination Agreement terminates the Distribution Agreement dated April 3, 2012",
         ("terminates", "Distribution Agreement", "2012-04-03")),
        ("AMENDED AND RESTATED CREDIT AGREEMENT\nThis Amended and Restated Credit Agreement dated as of July 1, 2019 "
         "amends and restates in its entirety the Credit Agreement dated as of May 2, 2016.",
         ("restates", "Credit Agreement", "2016-05-02")),
        ("2. Nachtrag zum Liefervertrag\nDie Parteien haben am 5. Mai 2019 einen Liefervertrag geschlossen.",
         ("amends", "Liefervertrag", "2019-05-05")),
        ("Änderungsvereinbarung zum Rahmenvertrag vom 01.02.2018\nzwischen A und B",
         ("amends", "Rahmenvertrag", "2018-02-01")),
        ("ADDENDUM\nAddendum to Franchise Agreement dated May 1, 2020 between A and B",
         ("supplements", "Franchise Agreement", "2020-05-01")),
    ],
)  # fmt: skip
def test_an_amendment_names_what_it_changes(text: str, expected: tuple[str, str, str]) -> None:
    found = find_amendments(text, title=text.split("\n", maxsplit=1)[0])
    assert [(item.kind, item.title, item.date) for item in found] == [expected] or expected in [
        (item.kind, item.title, item.date) for item in found
    ]
    assert all(" ".join(text[item.start : item.end].split()).startswith(item.title[:4]) for item in found)


def test_a_contract_that_changes_nothing_has_none() -> None:
    assert (
        find_amendments("SUPPLY AGREEMENT\nThis Agreement may be amended in writing.", title="SUPPLY AGREEMENT") == ()
    )


def test_party_title_and_date_decide() -> None:
    assert changed_document(amendment(), parties=PARTIES, among=[SUPPLY]) == SUPPLY


@pytest.mark.parametrize(
    "candidate",
    [
        Candidate(document_id="d2", title="SUPPLY AGREEMENT", parties=PARTIES, date="2020-01-01"),
        Candidate(document_id="d3", title="SUPPLY AGREEMENT", parties=("Birch LLC", "Opal GmbH"), date="2021-03-03"),
        Candidate(document_id="d4", title="LEASE AGREEMENT", parties=PARTIES, date="2021-03-03"),
        Candidate(document_id="d5", title="AMENDMENT TO SUPPLY AGREEMENT", parties=PARTIES, date="2021-03-03"),
    ],
)
def test_another_date_party_or_title_is_another_document(candidate: Candidate) -> None:
    assert changed_document(amendment(), parties=PARTIES, among=[candidate]) is None


def test_two_that_fit_equally_well_are_no_answer() -> None:
    other = Candidate(document_id="d9", title="SUPPLY AGREEMENT", parties=PARTIES, date="2021-03-03")
    assert changed_document(amendment(), parties=PARTIES, among=[SUPPLY, other]) is None


@given(st.permutations([SUPPLY, *(
    Candidate(document_id=f"x{n}", title="LEASE", parties=PARTIES, date=None) for n in range(3)
)]))  # fmt: skip
def test_the_order_of_candidates_does_not_matter(candidates: list[Candidate]) -> None:
    assert changed_document(amendment(), parties=PARTIES, among=candidates) == SUPPLY


def test_hostile_text_costs_little() -> None:
    begin = time.process_time()
    for unit in (
        "Amendment to the ",
        "Amendment A ",
        "amends and restates the A ",
        "Nachtrag zum ",
        "Supplement of the And ",
    ):
        find_amendments(unit * (6_000 // len(unit)), title="Amendment")
    assert time.process_time() - begin < 10


def test_a_contract_that_speaks_of_amendments_changes_nothing() -> None:
    text = "SUPPLY AGREEMENT\nNo amendment of the Agreement is valid unless in writing."
    assert find_amendments(text, title="SUPPLY AGREEMENT") == ()


@pytest.mark.parametrize(
    ("paper", "expected"),
    [
        (None, True),
        ("Agreement", True),
        ("Development Agreement", True),
        ("Commercial License", False),
        ("Securities Exchange Act", False),
    ],
)
def test_a_change_belongs_to_the_paper_it_names(paper: str | None, expected: bool) -> None:
    assert is_of(paper, ("Development Agreement", "DEVELOPMENT AGREEMENT between Halden and Opal")) is expected
