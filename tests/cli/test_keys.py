import shutil
from pathlib import Path

from averment.compliance.averment_verify import main
from tests.e2e.installation import Installation


def test_a_key_is_changed_and_revoked_and_the_log_verifies(empty_installation: Installation, tmp_path: Path) -> None:
    copy = Installation(shutil.copytree(empty_installation.root, tmp_path / "copy"))
    (old,) = copy.ok("keys", "list", "--json").json()["keys"]
    new = copy.ok("keys", "rotate", "--json").json()
    assert copy.run("keys", "rotate").code == 2
    assert [key["id"] for key in copy.ok("keys", "list", "--json").json()["keys"]] == [new["id"], old["id"]]
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
