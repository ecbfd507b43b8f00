import shutil
from pathlib import Path

import pytest

from averment.compliance.averment_verify import main
from tests.e2e.installation import Installation


def test_a_key_is_changed_and_revoked_and_the_log_verifies(empty_installation: Installation, tmp_path: Path) -> None:
    copy = Installation(shutil.copytree(empty_installation.root, tmp_path / "copy"))
    old, *_ = copy.ok("keys", "list", "--json").json()["keys"]
    new = copy.ok("keys", "rotate", "--json").json()
    assert copy.run("keys", "rotate").code == 2
    listed = copy.ok("keys", "list", "--json").json()["keys"]
    assert [key["id"] for key in listed if key["kind"] == "log"] == [new["id"], old["id"]]
    assert copy.ok("keys", "revoke", old["id"], "--json").json()["id"] == old["id"]
    assert "revoked" in copy.ok("keys", "list").stdout
    copy.ok("audit", "verify")
    kinds = [entry["type"] for entry in copy.ok("audit", "show", "--json").json()["entries"]]
    assert (kinds[-2:], kinds.count("key.destroyed")) == (["key.created", "key.destroyed"], 1)
    assert main([str(copy.evidence), "--policy", str(copy.evidence / "policy.tlog-policy")]) == 0


def test_a_lost_key_is_replaced(empty_installation: Installation, tmp_path: Path) -> None:
    copy = Installation(shutil.copytree(empty_installation.root, tmp_path / "copy"))
    assert copy.run("keys", "rotate", "--lost").code == 2
    (copy.evidence.parent / "keys" / "log.skey").unlink()
    assert copy.run("keys", "rotate").code == 2
    assert "give verifiers the new policy" in copy.ok("keys", "rotate", "--lost").stderr
    copy.ok("audit", "verify")


def test_the_key_that_wraps_others_is_changed_and_said_to_be(empty_installation: Installation, tmp_path: Path) -> None:
    made = Installation(shutil.copytree(empty_installation.root, tmp_path / "copy"))
    path = made.root / ".averment" / "keys" / "wrapping.key"
    before = path.read_bytes()
    done = made.ok("keys", "rewrap", "--json").json()
    assert done["wrapped"] > 0
    assert path.read_bytes() != before
    (event,) = made.ok("audit", "show", "--type", "key.destroyed", "--json").json()["entries"]
    assert (event["data"]["kind"], event["data"]["reason"]) == ("wrapping", "replaced")
    path.write_bytes(before)
    assert made.run("keys", "rotate", "--json").json()["code"] == "CFG001"


@pytest.mark.slow
def test_an_api_key_is_made_listed_and_revoked_and_the_log_names_its_digest(
    empty_installation: Installation, tmp_path: Path
) -> None:
    copy = Installation(shutil.copytree(empty_installation.root, tmp_path / "copy"))
    options = ("--group", "legal", "--role", "reviewer", "--scope", "oversight", "--purpose", "trial", "--days", "2")
    made = copy.ok("keys", "create", "desk", *options, "--json").json()
    assert (made["subject"], made["groups"], made["roles"]) == ("key:desk", ["legal"], ["reviewer"])
    listed = copy.ok("keys", "list", "--json")
    assert [key["kind"] for key in listed.json()["keys"]] == ["log", "api", "api"]
    assert made["secret"] not in listed.stdout
    assert made["id"] in copy.ok("keys", "list").stdout
    assert copy.ok("keys", "create", "plain").stdout.startswith("avm_")
    assert copy.ok("keys", "revoke", made["id"], "--json").json()["state"] == "revoked"
    entries = copy.ok("audit", "show", "--json").json()["entries"]
    about = [entry["type"] for entry in entries if entry["data"].get("key") == made["digest"]]
    assert about == ["key.created", "key.destroyed"]
    copy.ok("audit", "verify")


@pytest.mark.slow
def test_misuse_of_api_keys_says_what_is_possible(empty_installation: Installation, tmp_path: Path) -> None:
    copy = Installation(shutil.copytree(empty_installation.root, tmp_path / "copy"))
    copy.ok("keys", "create", "desk")
    for arguments, code in (
        (("create", "desk"), "CFG002"),
        (("create", "other", "--scope", "everything"), "CFG002"),
        (("create", "other", "--purpose", "nothing-known"), "POL004"),
        (("create", "other", "--days", "0"), "CFG002"),
        (("create", "other", "--role", "king"), "CFG002"),
        (("revoke", "avm_nothing_"), "CFG003"),
        (("revoke", "avm_nothing_", "--last", "3"), "CFG002"),
    ):
        refused = copy.run("keys", *arguments, "--json")
        assert (arguments, refused.code, refused.json()["code"]) == (arguments, 2, code)
