"""`averment forget` and `averment subject`: what they print, and what they refuse. Erasing for good is in e2e."""

import json
import zipfile
from pathlib import Path

import pytest

from tests.e2e.installation import Installation, make_installation

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def installation(tmp_path_factory: pytest.TempPathFactory) -> Installation:
    made = make_installation(tmp_path_factory.mktemp("person"))
    made.ok("subject", "register", "p-17", "--name", "Anna Schmidt", "--json")
    return made


def test_spellings_are_needed_to_register_somebody(installation: Installation) -> None:
    assert installation.run("subject", "register", "p-18", "--json").json()["code"] == "CFG002"
    assert "2 spellings" in installation.ok("subject", "register", "p-17", "--name", "A. Schmidt").stderr


def test_a_dry_run_lists_and_changes_nothing(installation: Installation) -> None:
    before = installation.ok("audit", "show", "--json").json()["entries"]
    plan = installation.ok("forget", "p-17", "--dry-run", "--json").json()
    assert (plan["documents"], plan["entries"], plan["holds"]) == ([], [], [])
    assert "0 entries" in installation.ok("forget", "p-17", "--dry-run").stdout
    assert installation.ok("audit", "show", "--json").json()["entries"] == before


@pytest.mark.parametrize(
    "arguments",
    [
        ("p-17", "--documents", "burn"),
        ("p-17", "--documents", "keep"),
        ("p-17", "--documents", "mask:gdpr-17-3-b"),
        ("p-17", "--document", "lease.txt"),
        ("p-17", "--refuse", "ai-act-19"),
    ],
)
def test_misuse_says_what_is_possible(installation: Installation, arguments: tuple[str, ...]) -> None:
    refused = installation.run("forget", *arguments, "--json")
    assert (refused.code, refused.json()["code"]) == (2, "CFG002")


def test_of_somebody_who_is_not_known_nothing_is_left(installation: Installation) -> None:
    assert installation.ok("forget", "nobody", "--json").json()["nothing_left"] is True
    assert "nothing is left to erase" in installation.ok("forget", "nobody").stdout


def test_a_document_that_is_gone_is_passed_over(installation: Installation) -> None:
    planned = installation.ok("forget", "p-17", "--document", "gone.txt=remove", "--dry-run", "--json")
    assert "no document is called 'gone.txt': passed over" in planned.stderr
    assert planned.json()["documents"] == []


def test_a_refusal_is_in_the_log(installation: Installation) -> None:
    entry = installation.ok("forget", "p-17", "--refuse", "gdpr-17-3-b", "--json").json()["entry"]
    shown = installation.ok("audit", "show", "--type", "erasure.refused", "--json").json()["entries"]
    assert [leaf["seq"] for leaf in shown] == [entry]


def test_what_is_held_is_written_as_a_zip(installation: Installation, tmp_path: Path) -> None:
    out = tmp_path / "held.zip"
    installation.ok("subject", "export", "p-17", "--out", str(out), "--json")
    with zipfile.ZipFile(out) as archive:
        assert "Anna Schmidt" in json.loads(archive.read("person.json"))["names"]
    shown = installation.ok("audit", "show", "--type", "access.exported", "--json").json()["entries"]
    assert [leaf["data"]["kind"] for leaf in shown] == ["subject"]
