"""`averment hold`: set, listed, released, and refused where there is nothing to hold or no ground."""

import pytest

from tests.e2e.installation import Installation

pytestmark = pytest.mark.slow


def test_a_hold_is_set_listed_and_released(empty_installation: Installation) -> None:
    made = empty_installation.ok(
        "hold", "set", "entry", "0", "--ground", "gdpr-17-3-e", "--reason", "a claim", "--json"
    )
    hold = made.json()
    assert (hold["target"], hold["class"], hold["until"]) == ("entry", "hold", None)
    assert hold["hold_id"] in empty_installation.ok("hold", "list").stdout
    assert (
        empty_installation.ok("hold", "release", hold["hold_id"], "--reason", "settled", "--json").json() == made.json()
    )
    assert empty_installation.ok("hold", "list", "--json").json()["holds"] == []
    shown = empty_installation.ok("audit", "show", "--type", "hold.placed", "--type", "hold.released", "--json").json()
    assert len(shown["entries"]) == 2
    empty_installation.ok("audit", "verify")


def test_a_pin_ends_ten_years_after_putting_into_service(empty_installation: Installation) -> None:
    options = ("--ground", "gdpr-17-3-b", "--class", "doc-10y", "--since", "2026-12-01", "--json")
    hold = empty_installation.ok("hold", "set", "entry", "1", *options).json()
    assert hold["until"] == "2036-12-01"
    empty_installation.ok("hold", "release", hold["hold_id"])


@pytest.mark.parametrize(
    "arguments",
    [
        ("thing", "0", "--ground", "gdpr-17-3-e"),
        ("entry", "9999", "--ground", "gdpr-17-3-e"),
        ("entry", "0", "--ground", "ai-act-19"),
        ("entry", "0", "--ground", "gdpr-17-3-e", "--class", "long"),
        ("entry", "0", "--ground", "gdpr-17-3-e", "--until", "soon"),
        ("subject", "nobody-at-all", "--ground", "gdpr-17-3-e"),
    ],
)
def test_misuse_says_what_is_possible(empty_installation: Installation, arguments: tuple[str, ...]) -> None:
    refused = empty_installation.run("hold", "set", *arguments, "--json")
    assert (refused.code, refused.json()["code"]) == (2, "CFG002")


def test_grounds_are_listed_with_their_articles(empty_installation: Installation) -> None:
    listed = empty_installation.ok("hold", "list", "--grounds", "--json").json()["grounds"]
    assert "GDPR Art. 17(3)(e)" in {ground["article"] for ground in listed}
