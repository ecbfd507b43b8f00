"""Parties of contracts, read off preambles and signatures."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from averment.pipelines.anatomy.parties import find_parties

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
    ("by and among ALDER CORPORATION, BIRCH HOLDINGS CORPORATION and CEDAR CORPORATION Dated as of April 2, 2020",
     ["ALDER CORPORATION", "BIRCH HOLDINGS CORPORATION", "CEDAR CORPORATION"]),
    ("between the following two parties: Party A: Halden Technology (Shenzhen) Co., Ltd. Registration Address: Room 5 "
     "Party B: Opal Trading (Hong Kong) Limited Registration Address: Room 9",
     ["Halden Technology (Shenzhen) Co., Ltd.", "Opal Trading (Hong Kong) Limited"]),
    ("is entered into by and between Rosa Brook, director of Halden Web (hereinafter referred to as “Client”) and "
     "Otto Linde, managing director of Opal Design Ltd (hereinafter referred to as “Company”).",
     ["Halden Web", "Opal Design Ltd"]),
    ("is entered into by Quince Corporation (“Buyer”), a Utah corporation, and Gull Oil Ltd., a company in Malta "
     "(“Gull”). In addition, Gull India, Ltd, a company in India (“Gull India”), is executing this Agreement solely "
     "for purposes of Section 1. WHEREAS, Gull owns", ["Quince Corporation", "Gull Oil Ltd.", "Gull India, Ltd"]),
    ("Article 1 Parties 1. Baoding Halden Limited Liability Company (hereinafter referred to as Party A), established "
     "under the laws of China. 2. Opal Technology, Inc., (hereinafter referred to as Party B), established in Nevada.",
     ["Baoding Halden Limited Liability Company", "Opal Technology, Inc."]),
    ("Date: 27 April 2006 To: Halden Bank, N.A., not individually, but as Servicer (“Counterparty”) Attention: Swaps "
     "From: Opal AG, London Branch (“Opal AG”) Subject: Cap Transaction Opal AG Ref: 3 Dear Sirs",
     ["Halden Bank, N.A.", "Opal AG, London Branch"]),
    ("between i3 Halden Solutions, LLC (“i3”), a Virginia limited liability company (“Reseller”) and the company set "
     "forth below: Company: Opal Works, Inc. (OPW) Telephone: 1-866", ["i3 Halden Solutions, LLC", "Opal Works, Inc."]),
    ("Halden, Inc, a Delaware corporation (the “Company”), is pleased to retain Rosa Brook (“Consultant”) to advise.",
     ["Halden, Inc", "Rosa Brook"]),
    ("terms under which Halden Group, Inc., a Utah Corporation (“HALDEN”), authorizes Opal Direct, Inc., a Maine "
     "Corporation, having an address at 5 Main Street (“RESELLER”) to be its agent.",
     ["Halden Group, Inc.", "Opal Direct, Inc."]),
    ("made by and between the TOWN OF HALDEN, VIRGINIA, a Virginia municipal corporation (“Grantor”), and OPAL GAS "
     "COMPANY, a Virginia corporation (“Grantee”). WHEREAS, Grantor", ["TOWN OF HALDEN", "OPAL GAS COMPANY"]),
    ("PLAN OF MERGER BY AND AMONG ALDER BIDCO, INC., ALDER MERGER SUB, INC. AND HALDEN HOLDINGS, INC. August 19, 2021 "
     "TABLE OF CONTENTS", ["ALDER BIDCO, INC.", "ALDER MERGER SUB, INC.", "HALDEN HOLDINGS, INC."]),
    ("abgeschlossen zwischen 1. Halden Technik SE, Wien, Österreich, und 2. Dr. Eva Huber, wohnhaft in Graz, gemeinsam "
     "die „Parteien“.", ["Halden Technik SE", "Dr. Eva Huber"]),
    ("made by and between HALDEN, LTD., Company No. 514, by R. Brook, and R. J. Hale Trading, Inc. (“Hale”).",
     ["HALDEN, LTD.", "R. J. Hale Trading, Inc."]),
    ("made between (i) Halden Pty Limited ACN 081 123 456 of Level 3, Sydney and (ii) Opal Ltd of 80 Long Street.",
     ["Halden Pty Limited", "Opal Ltd"]),
    ("is entered into at Bern by Halden (Suisse) Co., Ltd. (“Party A”), and Mr. Odin Hale, holder of card no. 1 "
     "(“Party "
     "B”).", ["Halden (Suisse) Co., Ltd.", "Odin Hale"]),
    ("between A.D. Halden Ltd. of 22 Long St. (hereinafter: the “Company”) And: 1. Rosa Brook 2. Odin Hale "
     "(hereinafter: "
     "the “Founders”)", ["A.D. Halden Ltd.", "Rosa Brook", "Odin Hale"]),
    ("by and among Halden Inc. (the “Company”), and each of Rosa Brook and Odin Hale (each, a “Holder”).",
     ["Halden Inc.", "Rosa Brook", "Odin Hale"]),
    ("between HALDEN INC, (the “Company”), and ROSA P. BROOK and ODIN W. HALE (hereinafter the “Persons”).",
     ["HALDEN INC", "ROSA P. BROOK", "ODIN W. HALE"]),
    ("is between Halden Trust I, Halden Power Corp. and, as remarketing agent, Brook & Co. Inc. SECTION 1.",
     ["Halden Trust I", "Halden Power Corp.", "Brook & Co. Inc."]),
    ("CONTRACT NO. 5 PARTY A: HALDEN CYBER TECHNOLOGY LTD. PARTY B: OPAL COMMERCE LIMITED SIGNING LOCATION: BERN",
     ["HALDEN CYBER TECHNOLOGY LTD.", "OPAL COMMERCE LIMITED"]),
    ("between HALDEN LTD., 12 Long Street, herein called “principal,” and OPAL SUPPLY of 11 Cave Road, herein called "
     "“agent.” 2. SUBJECT", ["HALDEN LTD.", "OPAL SUPPLY"]),
    ("between Halden Inc., a Bern corporation (“Halden”), and the firm that applies in the Halden Co-Brand Program.",
     ["Halden Inc."]),
    ("PARTIES: Rosa Brook (“EMPLOYEE”) and Halden, Inc., its divisions. RECITALS", ["Rosa Brook", "Halden, Inc."]),
    ("July 1, 2018 HALDEN PIPELINE LP “Carrier” and OPAL CORPORATION “Shipper” TABLE OF CONTENTS",
     ["HALDEN PIPELINE LP", "OPAL CORPORATION"]),
    ("Add-X Halden AB located at the address Long Street 5, and Opal Inc., located at Short Street 7, have agreed.",
     ["Add-X Halden AB", "Opal Inc."]),
    ("The Seller: Halden Import & Export Co., Ltd. Address: 88 Long Road The Agent: Opal Sourcing LLC Address: 2 "
     "Mott St",
     ["Halden Import & Export Co., Ltd.", "Opal Sourcing LLC"]),
    ("zwischen der Halden Versicherung a.G., Bern (nachstehend „Kunde“), und Frau Dr. Rosa Brook, Lindenweg 4, im "
     "Folgenden „Beraterin“ genannt, wird", ["Halden Versicherung a.G.", "Dr. Rosa Brook"]),
    ("is entered into by and between ______________ (hereafter “Vendor”) and the Halden Public Schools, 2300 "
     "Washington Street, Roxbury (“HPS”).", ["Halden Public Schools"]),
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


@pytest.mark.parametrize(
    "text",
    [
        "between <Research institution name> and [INSERT COMPANY NAME] (“Company”).",
        "between Developer (“Developer”) and the entity identified below. We hold Company harmless.",
        "between Participant (“Participant”) and the Company, as identified below.",
        "regulations of the FCC. The obligations between the FCC and each licensee stand.",
    ],
)
def test_blanks_roles_and_authorities_are_no_parties(text: str) -> None:
    assert find_parties(text) == ()


def test_half_of_a_jurisdiction_is_no_party() -> None:
    text = (
        "between (1) Halden Ltd (registered in England and Wales with number 5) (the “Bank”); and (2) Opal Ltd "
        "(“Opal”)."
    )
    assert [party.name for party in find_parties(text)] == ["Halden Ltd", "Opal Ltd"]


def test_the_parent_that_describes_a_party_is_none() -> None:
    text = (
        "between Halden Network, a division of Opal Holdings, Inc. (“Network”), and the entity that signs "
        "(“Affiliate”)."
    )
    assert [party.name for party in find_parties(text)] == ["Halden Network"]


def test_prose_has_no_parties() -> None:
    assert find_parties("The difference between quality and quantity is small, and all of it matters.") == ()


@given(st.text(alphabet='Aa b,.("”)“\n;1and GmbH', max_size=300))
def test_places_cut_the_names_out_of_any_text(text: str) -> None:
    flat = " ".join(("between " + text).split())
    for party in find_parties(flat):
        assert flat[party.start : party.end] == party.name


def test_hostile_text_costs_little() -> None:
    begin = time.process_time()
    for unit in ("A ", "between Aa and ", '("', "Inc. ", "A and ", "Aa, a ", "between " * 3, "((((", "1. "):
        find_parties(unit * (6_000 // len(unit)))
    assert time.process_time() - begin < 10
