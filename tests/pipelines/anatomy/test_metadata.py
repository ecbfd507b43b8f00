"""Metadata with places."""

import time

from averment.core.documents import PageSpan
from averment.core.structure import FactField
from averment.pipelines.anatomy.metadata import contract_facts, contract_parties, page_of, placed, with_pages

TEXT = (
    "SUPPLY\nAGREEMENT\n\nThis Agreement is made as of March 3,\n2021 between Halden AG (“Halden”) and Opal\nGmbH.\n\f"
    "The term of this Agreement shall be two years.\nThis Agreement is governed by the laws of Ohio.\n"
)
PAGES = (
    PageSpan(page=1, start=0, end=TEXT.index("\f") + 1, width=1, height=1),
    PageSpan(page=2, start=TEXT.index("\f") + 1, end=len(TEXT), width=1, height=1),
)


def test_every_piece_has_its_place_in_the_canonical_text() -> None:
    parties = contract_parties(TEXT)
    facts = with_pages(contract_facts(TEXT, parties), PAGES)
    read = [
        (fact.field.value, fact.value, TEXT[fact.start : fact.end].replace("\n", " ").strip("."), fact.page)
        for fact in facts
    ]
    assert read == [
        ("party", "Halden AG", "Halden AG", 1),
        ("party", "Opal GmbH", "Opal GmbH", 1),
        ("agreement_date", "2021-03-03", "March 3, 2021", 1),
        ("effective_date", "2021-03-03", "March 3, 2021", 1),
        ("expiry_date", "2023-03-03", "two years", 2),
        ("term", "2 years", "two years", 2),
        ("governing_law", "Ohio", "This Agreement is governed by the laws of Ohio", 2),
    ]


def test_signatures_name_the_parties_where_no_preamble_does() -> None:
    text = "The undersigned agree to file jointly.\n\nHALDEN AG\nBy: /s/ A\n\nOPAL GMBH\nBy: /s/ B\n"
    assert [party.name for party in contract_parties(text)] == ["HALDEN AG", "OPAL GMBH"]


def test_persons_sign_under_the_undersigned() -> None:
    text = "The undersigned agree to file jointly.\n\n/s/ Rosa Brook\nRosa Brook\nBROOK TRUST\nBy: /s/ Rosa Brook\n"
    assert [party.name for party in contract_parties(text)] == ["Rosa Brook", "BROOK TRUST"]


def test_the_preamble_may_stand_behind_the_contents() -> None:
    contents = "".join(f"{number}. Rights between the owners{'.' * 60} {number}\n" for number in range(1, 90))
    text = f"FRANCHISE AGREEMENT\n{contents}\nThis agreement is made between Halden AG and Opal GmbH (“Opal”).\n"
    found = contract_parties(text)
    assert [party.name for party in found] == ["Halden AG", "Opal GmbH"]
    assert all(text[party.start : party.end] == party.name for party in found)


def test_a_title_is_found_whatever_stands_between_its_words() -> None:
    text = "EXHIBIT 1\nSOFTWARE DEVELOPMENT,\nHOSTING AND SUPPORT AGREEMENT\n"
    found = placed(FactField.TITLE, "SOFTWARE DEVELOPMENT HOSTING AND SUPPORT AGREEMENT", text=text)
    assert text[found.start : found.end] == text[10:-1]


def test_a_value_that_is_not_in_the_text_has_no_place() -> None:
    here = placed(FactField.TITLE, "Supply Agreement", text=TEXT)
    assert (TEXT[here.start : here.end], here.basis) == ("SUPPLY\nAGREEMENT", "stated")
    absent = placed(FactField.TITLE, "Scan 7", text=TEXT)
    assert (absent.start, absent.end, absent.basis) == (None, None, "name")


def test_pages_hold_their_own_offsets() -> None:
    assert [page_of(PAGES, offset) for offset in (0, len(TEXT) - 1, None, len(TEXT))] == [1, 2, None, None]


def test_hostile_text_costs_little() -> None:
    begin = time.process_time()
    for unit in (".", ". ", ".... 1 ", ".... ", "The undersigned ", "/s/ A B\n", "between A AG and "):
        contract_parties(unit * (60_000 // len(unit)))
    assert time.process_time() - begin < 10
