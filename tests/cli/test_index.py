"""A second index by command line, from listing to dropping."""

import pytest

from tests.e2e.installation import Installation, make_installation


@pytest.mark.slow
def test_an_installation_has_one_index(empty_installation: Installation) -> None:
    (only,) = empty_installation.ok("index", "list", "--json").json()["indexes"]
    assert (only["index"]["name"], only["index"]["state"], only["documents"]) == ("1", "serving", 0)
    back = empty_installation.run("index", "rollback", "--json")
    assert (back.code, back.json()["code"]) == (1, "IDX004")
    dropped = empty_installation.run("index", "drop", "1", "--json")
    assert (dropped.code, dropped.json()["code"]) == (2, "CFG002")


@pytest.mark.slow
def test_reindex_rollback_and_drop(tmp_path_factory: pytest.TempPathFactory) -> None:
    root = tmp_path_factory.mktemp("reindex")
    (root / "documents").mkdir()
    (root / "documents" / "lease.txt").write_text("1. GOVERNING LAW. The law of Norway governs.\n")
    installation = make_installation(root)
    installation.ok("ingest", "documents")
    report = installation.ok("reindex", "--json").json()
    assert (report["status"], report["index"], report["documents"]) == ("switched", "2", 1)
    assert installation.ok("search", "governing law", "--json").json()["passages"]
    installation.ok("documents", "check")
    assert installation.ok("index", "rollback", "--json").json()["index"] == "1"
    installation.ok("documents", "check")
    installation.ok("index", "drop", "2")
    states = [item["index"]["state"] for item in installation.ok("index", "list", "--json").json()["indexes"]]
    assert states == ["serving"]
    changes = installation.ok("audit", "show", "--type", "retriever.index.changed", "--json").json()["entries"]
    assert [entry["data"]["change"] for entry in changes] == ["begun", "switched", "rolled-back", "dropped"]
    installation.ok("audit", "verify")
