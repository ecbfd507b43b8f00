"""What names of parties look like."""

import pytest

from averment.pipelines.anatomy.party_names import (
    FoundParty,
    add_party,
    alias_after,
    is_name,
    is_public,
    name_at,
    name_key,
)


@pytest.mark.parametrize(
    "name",
    [
        "Halden Instruments, Inc.",
        "Rosa Brook",
        "eHalden Corp",
        "Bank of Halden",
        "Cargill, Incorporated",
        "Stadtwerke Halden AG",
    ],
)
def test_names(name: str) -> None:
    assert is_name(name)


@pytest.mark.parametrize(
    "text",
    ["Incorporated", "[Name]", "<Company name>", "Company shall comply", "the FCC", "5 Main Street", "Seller",
     "March 3", "SIGNED FOR AND ON BEHALF OF", "each party", "The Company", "____ GmbH"],
)  # fmt: skip
def test_what_only_looks_like_a_name(text: str) -> None:
    assert not is_name(text)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Halden AG, a Swiss company", "Halden AG"),
        ("Halden (Shenzhen) Co., Ltd. (the “Seller”)", "Halden (Shenzhen) Co., Ltd."),
        ("Halden, Incorporated through its Centre", "Halden, Incorporated"),
        ("Halden Inc.., a New York corporation", "Halden Inc."),
        ("der Halden Handel AG, vertreten durch", "Halden Handel AG"),
        ("Halden and Sons, Inc. and Opal", "Halden and Sons, Inc."),
    ],
)
def test_a_name_ends_where_its_description_begins(text: str, name: str) -> None:
    assert name_at(text, 0, end=len(text))[0] == name


def test_a_short_name_is_not_a_word_for_all_parties() -> None:
    assert alias_after("Halden AG (the “Seller”)", 9, end=24) == "Seller"
    assert alias_after("Halden AG (together the “Parties”)", 9, end=34) is None


def test_a_party_is_added_once() -> None:
    found: dict[str, FoundParty] = {}
    for name in ("Halden AG, London Branch", "HALDEN AG, LONDON BRANCH", "Opal GmbH", "HAG"):
        add_party(found, FoundParty(name=name, start=0, end=len(name), alias="HAG"))
    assert [party.name for party in found.values()] == ["Halden AG, London Branch", "Opal GmbH"]


def test_public_bodies_are_told_from_firms() -> None:
    assert is_public("County of Halden")
    assert not is_public("Halden County Bank")


def test_spellings_of_one_name_share_a_key() -> None:
    assert name_key("HALDEN, INC.") == name_key("Halden Inc") != name_key("Halder Inc")
