"""What is in quarantine is listed with its mend, tried again by one command, and released where that is allowed."""

from pathlib import Path

import pytest

from tests.e2e.installation import Installation, make_installation

TORN = b"%PDF-1.7\nnothing"
WHOLE = b"The rent is due monthly."


@pytest.fixture(scope="module")
def installation(tmp_path_factory: pytest.TempPathFactory) -> Installation:
    root = tmp_path_factory.mktemp("quarantine")
    (root / "documents").mkdir()
    return make_installation(root)


@pytest.mark.slow
def test_nothing_in_quarantine_is_an_empty_list(empty_installation: Installation) -> None:
    assert empty_installation.ok("documents", "quarantine", "--json").json()["quarantine"] == []
    assert empty_installation.ok("documents", "retry", "--all", "--json").json()["status"] == "ok"
    unnamed = empty_installation.run("documents", "retry", "--json")
    assert (unnamed.code, unnamed.json()["code"]) == (2, "CFG002")


@pytest.mark.slow
def test_what_was_mended_gets_in_by_one_command(installation: Installation, repo: Path) -> None:
    folder = installation.root / "documents"
    (folder / "torn.pdf").write_bytes(TORN)
    (folder / "torn.pdf.txt").write_bytes(WHOLE)
    assert installation.run("ingest", "documents").code == 1
    (row,) = installation.ok("documents", "quarantine", "--json").json()["quarantine"]
    assert (row["failure"]["code"], row["is_releasable"]) == ("DOC004", False)
    assert row["failure"]["hint"]
    refused = installation.run("documents", "release", "torn.pdf", "--reason", "it looks well", "--json")
    assert (refused.code, refused.json()["code"]) == (2, "CFG002")
    assert "DOC004" in refused.json()["detail"]
    again = installation.run("documents", "retry", "torn.pdf", "--json")
    assert (again.code, again.json()["quarantined"]) == (1, 1)
    sample = repo / "examples" / "documents" / "amendment-no-1-to-master-services-agreement.pdf"
    (folder / "torn.pdf").write_bytes(sample.read_bytes())
    mended = installation.ok("documents", "retry", "--all", "--json").json()
    assert [(item["status"], Path(item["source_uri"]).name) for item in mended["items"]] == [("changed", "torn.pdf")]
    assert installation.ok("documents", "quarantine", "--json").json()["quarantine"] == []
    assert len(installation.ok("documents", "list", "--json").json()["documents"]) == 2, "the other file is left alone"
