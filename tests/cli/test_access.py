import shutil
from pathlib import Path

import pytest

from averment.core.access import Principal
from averment.core.clock import SystemClock
from averment.service.identity.caller import Caller
from averment.service.identity.sessions import Sessions
from averment.service.identity.store import open_store
from tests.e2e.installation import Installation

SUBJECT = "https://id.example#anna"


@pytest.fixture
def copy(empty_installation: Installation, tmp_path: Path) -> Installation:
    return Installation(shutil.copytree(empty_installation.root, tmp_path / "copy"))


@pytest.mark.slow
def test_a_subjects_sessions_end_and_the_log_says_so_without_a_name(copy: Installation) -> None:
    anna = Caller(principal=Principal(subject=SUBJECT, groups=()), way="session")
    with open_store(copy.root / ".averment" / "access.sqlite") as store:
        sessions = Sessions(store, clock=SystemClock(), idle_s=600, max_s=600)
        secret = sessions.start(anna)
        assert copy.ok("access", "revoke", "--subject", SUBJECT, "--json").json()["sessions"] == 1
        assert sessions.find(secret) is None
    copy.ok("access", "revoke", "--token", "j-1")
    shown = copy.ok("audit", "show", "--type", "access.revoked", "--json")
    assert [entry["data"]["kind"] for entry in shown.json()["entries"]] == ["subject", "token"]
    assert "anna" not in shown.stdout
    copy.ok("audit", "verify")


@pytest.mark.parametrize("arguments", [(), ("--subject", "a", "--token", "b")])
def test_one_of_both_is_named(copy: Installation, arguments: tuple[str, ...]) -> None:
    assert copy.run("access", "revoke", *arguments, "--json").json()["code"] == "CFG002"


def test_an_answer_that_is_none_is_said(copy: Installation) -> None:
    refused = copy.run("access", "who-could-see", "a-0", "--json")
    assert (refused.code, refused.json()["code"]) == (2, "CFG002")


@pytest.mark.slow
def test_who_could_see_the_documents_of_an_answer_before_and_after_they_were_relabelled(copy: Installation) -> None:
    (copy.root / "documents").mkdir()
    (copy.root / "documents" / "lease.txt").write_text("This lease is governed by the laws of Norway.\n")
    copy.ok("ingest", "documents")
    copy.ok("keys", "create", "nightly", "--group", "legal")
    answer = copy.ok("ask", "Which law governs the lease?", "--json").json()["id"]
    settings = copy.root / "averment.yaml"
    source = "sources:\n- name: filesystem\n  path: documents\n  readers: [legal]\n"
    settings.write_text(settings.read_text().replace("sources: []\n", "") + source)
    copy.ok("ingest", "filesystem")
    found = copy.ok("access", "who-could-see", answer, "--json").json()
    (document,) = found["documents"]
    assert (document["then"]["groups"], document["now"]["groups"]) == (["everyone"], ["legal"])
    assert [(one["then"], one["now"]) for one in found["seen"]] == [(True, False)]
    keys = {one["name"]: (one["then"], one["now"]) for one in found["keys"]}
    assert keys == {"api-key": (True, False), "nightly": (False, True)}
    assert found["not_established"]
    shown = copy.ok("access", "who-could-see", answer).stdout
    assert "everyone\tlegal" in shown
