"""Parties of contracts, read off preambles and signatures."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from averment.pipelines.anatomy.parties import find_parties, find_signatories, name_key

PREAMBLES = [
    (
        'This Agreement is made as of May 1, 2020 by and between Halden Instruments, Inc., a Delaware corporation '
        '("Halden"), and Rosa Brook, an individual residing in Ohio ("Consultant"). WHEREAS, the parties',
        ["Halden Instruments, Inc.", "Rosa Brook"],
    ),
    (
        'THIS LEASE, dated May 1, 2020, is by and among Alder Capital Ltd., a Cayman Islands company ("Alder"), Birch '
        'LLC, a Michigan limited liability company ("Birch"), and Cedar Holdings, Inc., a Delaware corporation.',
        ["Alder Capital Ltd.", "Birch LLC", "Cedar Holdings, Inc."],
    ),
    (
        'is entered into by Quince Chemical Corporation ("Buyer"), a Utah corporation, Gull Oil Ltd., a company '
        'incorporated in Malta ("Gull").',
        ["Quince Chemical Corporation", "Gull Oil Ltd."],
    ),
    (
        "zwischen der Alpha Technik GmbH & Co. KG, Hamburg (nachfolgend „Anbieter“), und der Beta Handel AG, vertreten "
        "durch den Vorstand (nachfolgend „Kunde“). Präambel",
        ["Alpha Technik GmbH & Co. KG", "Beta Handel AG"],
    ),
    (
        "MASTER AGREEMENT dated 13 October 2005 DAIRY LANE LIMITED (Company no 2085882) whose registered office is at "
        "Hill House and SEVERN GROUP LIMITED (company no 44) whose registered office is at Lane End.",
        ["DAIRY LANE LIMITED", "SEVERN GROUP LIMITED"],
    ),
    ("dated as of 09/24/2018, is between Clear Hill (the \"Company\") and Spark Works, LLC (the \"Contractor\").",
     ["Clear Hill", "Spark Works, LLC"]),
]  # fmt: skip


@pytest.mark.parametrize(("preamble", "names"), PREAMBLES)
def test_a_preamble_names_its_parties_in_order(preamble: str, names: list[str]) -> None:
    found = find_parties(preamble)
    assert [party.name for party in found] == names
    assert all(preamble[party.start : party.end] == party.name for party in found)


def test_short_names_stay_with_their_parties() -> None:
    assert [party.alias for party in find_parties(PREAMBLES[0][0])] == ["Halden", "Consultant"]


def test_what_only_describes_a_party_is_none() -> None:
    text = (
        "between Halden AG, a company organized under the laws of Switzerland and having its office at 5 Main Street, "
        'Zug, and registered with the Commercial Register ("Halden"), and Opal GmbH ("Opal").'
    )
    assert [party.name for party in find_parties(text)] == ["Halden AG", "Opal GmbH"]


def test_prose_has_no_parties() -> None:
    assert find_parties("The difference between quality and quantity is small, and all of it matters.") == ()


def test_names_above_signatures() -> None:
    text = "as agreed.\n\nHALDEN INSTRUMENTS, INC.\nBy: /s/ A. Berg\nName: A. Berg\n\nOpal GmbH\nBy: _______\n"
    found = find_signatories(text)
    assert [party.name for party in found] == ["HALDEN INSTRUMENTS, INC.", "Opal GmbH"]
    assert all(text[party.start : party.end] == party.name for party in found)


def test_spellings_of_one_name_share_a_key() -> None:
    assert name_key("HALDEN, INC.") == name_key("Halden Inc") != name_key("Halder Inc")


@given(st.text(alphabet='Aa b,.("”)“\n;1and GmbH', max_size=300))
def test_places_cut_the_names_out_of_any_text(text: str) -> None:
    flat = " ".join(("between " + text).split())
    for party in find_parties(flat):
        assert flat[party.start : party.end] == party.name


def test_hostile_text_costs_little() -> None:
    begin = time.process_time()
    for unit in ("A ", "between Aa and ", '("', "Inc. ", "A and ", "Aa, a ", "between " * 3, "((((", "1. "):
        find_parties(unit * (6_000 // len(unit)))
        find_signatories("\n" + unit * (12_000 // len(unit)))
    assert time.process_time() - begin < 10
