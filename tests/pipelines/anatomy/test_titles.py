"""What contracts call themselves."""

import time

import pytest

from averment.pipelines.anatomy.titles import clean, find_title

TITLES = [
    ("Exhibit 10.1\n\nSUPPLY\nAGREEMENT\n\nThis Agreement is made", "SUPPLY AGREEMENT"),
    (
        "CONFIDENTIALITY (NON-DISCLOSURE) AGREEMENT\n\nThis Agreement is made",
        "CONFIDENTIALITY (NON-DISCLOSURE) AGREEMENT",
    ),
    ("CONFIDENTIAL TREATMENT REQUESTED\nHOSTING AGREEMENT\n", "HOSTING AGREEMENT"),
    ("UNDER 17 C.F.R. SECTION 200.80\nOMITTED\nLease\n", "Lease"),
    ("EX-10.17 6 d01ex.txt TRANSPORT AGREEMENT EXHIBIT 10.17\n", "TRANSPORT AGREEMENT"),
    ("SUPPLY AGREEMENT BETWEEN HALDEN AG AND\nOPAL GMBH\n", "SUPPLY AGREEMENT"),
    ("Contract #: 820019\nSERVICE AGREEMENT\n", "SERVICE AGREEMENT"),
    ("Service Agreement No. 4\n\nGAS TRANSPORT AGREEMENT\n", "GAS TRANSPORT AGREEMENT"),
    ("Mietvertrag über Gewerberäume\n\nVermieter: Halden AG\n", "Mietvertrag über Gewerberäume"),
    ("Exhibit 2.1 Execution Version AGREEMENT AND PLAN OF MERGER\n", "AGREEMENT AND PLAN OF MERGER"),
    ("COVENANT NOT TO COMPETE\n\nThis Covenant is made", "COVENANT NOT TO COMPETE"),
    ("Territory: Civilian Agencies Agreement Term: 1 Year\nRESELLER AGREEMENT\n", "RESELLER AGREEMENT"),
    ("AGREEMENT\n\n1. Price", "AGREEMENT"),
]
INLINE = [
    (
        "Portions are omitted. SERVICES AGREEMENT This Services Agreement (this “Agreement”) is made",
        "Services Agreement",
    ),
    ("THIS MUTUAL NON-DISCLOSURE AGREEMENT is made by A", "MUTUAL NON-DISCLOSURE AGREEMENT"),
    ("This brand license agreement (the “Agreement”) is made", "brand license agreement"),
    (
        "This Amendment #3 to the Manufacturing Agreement (this “Amendment”)",
        "Amendment #3 to the Manufacturing Agreement",
    ),
    ("PROMOTION AGREEMENT (the “Agreement”) This agreement (the “Agreement”) is made", "PROMOTION AGREEMENT"),
    ("EXHIBIT 10.1 Sponsorship Agreement Parties This Agreement is effective", "Sponsorship Agreement"),
    ("STORAGE AGREEMENT ------- This agreement binds", "STORAGE AGREEMENT"),
]


@pytest.mark.parametrize(("head", "title"), TITLES)
def test_a_line_that_names_a_kind_is_the_title(head: str, title: str) -> None:
    assert find_title(head, " ".join(head.split()), marked=()) == title


@pytest.mark.parametrize(("flat", "title"), INLINE)
def test_where_lines_are_lost_the_preamble_tells(flat: str, title: str) -> None:
    assert find_title(flat + " and more words of it" * 10, flat, marked=()) == title


def test_what_says_more_wins_over_a_bare_agreement() -> None:
    head = "AGREEMENT\n\nThis Storage Agreement (this “Agreement”) is made.\n"
    assert find_title(head, " ".join(head.split()), marked=("Agreement",)) == "Storage Agreement"


def test_a_text_without_one_has_none() -> None:
    assert find_title("Minutes\n\nAll was said.", "Minutes All was said.", marked=()) is None


def test_what_stands_around_a_title_is_cut_off() -> None:
    assert clean("Exhibit 10.2  - MASTER AGREEMENT (Page 2 of 3)") == "MASTER AGREEMENT"


def test_hostile_text_costs_little() -> None:
    begin = time.process_time()
    for unit in ("This A ", "AGREEMENT ", "A, ", "THIS AA BB ", "This aa ", "(A ", "No. 1 "):
        text = unit * (20_000 // len(unit))
        find_title(text, text, marked=())
    assert time.process_time() - begin < 10
