"""Who signs a contract."""

import time

from averment.pipelines.anatomy.signatories import find_signatories


def _names(text: str, *, allow_persons: bool = False) -> list[str]:
    found = find_signatories(text, allow_persons=allow_persons)
    assert all(text[party.start : party.end] == party.name for party in found)
    return [party.name for party in found]


def test_names_above_signatures() -> None:
    text = "as agreed.\n\nHALDEN INSTRUMENTS, INC.\nBy: /s/ A. Berg\nName: A. Berg\n\nOpal GmbH\nBy: _______\n"
    assert _names(text) == ["HALDEN INSTRUMENTS, INC.", "Opal GmbH"]


def test_the_side_a_signatory_takes_is_no_part_of_its_name() -> None:
    lines = ("HALDEN CORPORATION DISTRIBUTOR", "RESELLER Opal Works, Inc.", "WITNESS: TOWN OF LINDE")
    text = "".join(f"\n{line}\nBy: ___\n" for line in lines)
    assert _names(text) == ["HALDEN CORPORATION", "Opal Works, Inc.", "TOWN OF LINDE"]


def test_two_columns_are_two_signatories() -> None:
    assert _names("\nHALDEN GROUP LIMITED OPAL TECHNOLOGY, INC.\nBy: ___ By: ___\n") == [
        "HALDEN GROUP LIMITED",
        "OPAL TECHNOLOGY, INC.",
    ]
    assert _names("\nHALDEN LIMITED PARTNERSHIP\nBy: ___\n") == ["HALDEN LIMITED PARTNERSHIP"]


def test_headings_and_notes_do_not_sign() -> None:
    assert (
        _names(
            "\n6.1 CONFIDENTIALITY INFORMATION\nBy: ___\n\nFRANCHISE OWNER\nBy: ___\n\nACCEPTED AND AGREED TO\nBy: ___"
        )
        == []
    )


def test_persons_sign_for_themselves_only_where_that_is_asked_for() -> None:
    text = (
        "\n/s/ Rosa Brook\nRosa Brook\nBROOK FAMILY TRUST\nBy: /s/ Rosa Brook\n\n"
        "HALDEN AG\n/s/ Otto Linde\nBy: Otto Linde\n"
    )
    assert _names(text) == ["BROOK FAMILY TRUST", "HALDEN AG"]
    assert _names(text, allow_persons=True) == ["Rosa Brook", "BROOK FAMILY TRUST", "HALDEN AG"]


def test_hostile_text_costs_little() -> None:
    begin = time.process_time()
    for unit in ("A ", "\nBy: ", "AG B ", "/s/ A B\n", "A: ", "INC. ", "AGREEMENT "):
        find_signatories("\n" + unit * (12_000 // len(unit)), allow_persons=True)
    assert time.process_time() - begin < 10
