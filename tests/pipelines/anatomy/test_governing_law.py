"""The law that governs a contract."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from averment.pipelines.anatomy.governing_law import find_governing_law

LAWS = [
    ("This Agreement shall be governed by and construed in accordance with the laws of the State of New York.",
     "New York"),
    ("THIS AGREEMENT WILL BE GOVERNED BY THE INTERNAL LAWS OF THE COMMONWEALTH OF VIRGINIA WITHOUT GIVING EFFECT TO "
     "ANY CHOICE OF LAW.", "Virginia"),
    ("The laws of England and Wales shall apply to this contract.", "England and Wales"),
    ("This Agreement is governed by English law.", "England"),
    ("The parties agree that this Agreement shall be construed in accordance with English law.", "England"),
    ("This Agreement is governed by the laws of the United States of America and of the Commonwealth of Virginia.",
     "Virginia"),
    ("This contract is governed by the laws of the People’s Republic of China.", "China"),
    ("This Agreement is governed by the internal laws, and not the law of conflicts, of the State of "
     "Nevada.", "Nevada"),
    ("This Agreement is governed by the laws of the United States of America and by the laws of the State of Utah.",
     "Utah"),
    ("It is deemed made in the State of Georgia and shall be construed according to the laws thereof.", "Georgia"),
    ("The parties agree that Delaware law governs this Agreement.", "Delaware"),
    ("This Agreement shall be interpreted and enforced under Michigan law.", "Michigan"),
    ("The arbitrators shall apply Swiss law to any dispute.", "Switzerland"),
    ("The law applicable to this Agreement is the law of Singapore.", "Singapore"),
    ("It is governed by the laws of Hong Kong Special Administrative Region.", "Hong Kong"),
    ("Dieser Vertrag unterliegt dem Recht der Bundesrepublik Deutschland.", "Germany"),
    ("Es gilt deutsches Recht unter Ausschluss des UN-Kaufrechts.", "Germany"),
    ("Für diesen Vertrag gilt schweizerisches Recht.", "Switzerland"),
]  # fmt: skip


@pytest.mark.parametrize(("clause", "jurisdiction"), LAWS)
def test_a_clause_names_its_law(clause: str, jurisdiction: str) -> None:
    text = f"1. Price. The price is due. {clause} 3. Notices. Notices are in writing."
    found = find_governing_law(text)
    assert found is not None
    assert found.jurisdiction == jurisdiction
    assert clause.rstrip(".") in text[found.start : found.end] + "."


def test_where_a_party_is_organised_governs_nothing() -> None:
    assert find_governing_law("Halden, a corporation organized and existing under the laws of Ohio, sells.") is None


def test_a_heading_alone_may_name_the_law() -> None:
    found = find_governing_law("Term: one year. Governing Law: California. Notices: in writing.")
    assert found is not None
    assert found.jurisdiction == "California"


@pytest.mark.parametrize(
    "text",
    [
        "This Agreement is governed by the laws of the Governing Law state.",
        "It is governed by the laws of the State in which the Premises are located.",
        "Each party shall comply with the laws of the jurisdiction in which it works.",
        "All that is proper shall be done under Applicable Law, including with Antitrust Law, governed by this "
        "Agreement.",
    ],
)
def test_what_is_to_be_filled_in_is_no_law(text: str) -> None:
    assert find_governing_law(text) is None


def test_the_clause_that_says_governed_wins() -> None:
    text = "The goods are made under the laws of Ohio. This Agreement is governed by the laws of Utah."
    found = find_governing_law(text)
    assert found is not None
    assert found.jurisdiction == "Utah"


@given(st.text(alphabet="laws of the Governed by A.B ", max_size=200))
def test_a_place_lies_within_the_text(text: str) -> None:
    found = find_governing_law(text)
    assert found is None or 0 <= found.start < found.end <= len(text)


def test_hostile_text_costs_little() -> None:
    begin = time.process_time()
    for unit in ("laws of ", "governed by the laws of A ", "law A. ", "Recht der A ", "the laws "):
        find_governing_law(unit * (100_000 // len(unit)))
    assert time.process_time() - begin < 20
