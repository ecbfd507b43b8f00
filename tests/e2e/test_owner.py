"""While the service runs, other commands work through it; when it is killed, the next command takes over."""

import json
import signal
import sqlite3
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.e2e.installation import Installation, succeeded
from tests.e2e.serving import Served, serving
from tests.e2e.test_service import LEASE, QUESTION, make_corpus

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def installation(tmp_path_factory: pytest.TempPathFactory) -> Installation:
    return make_corpus(tmp_path_factory.mktemp("owner"))


@pytest.fixture(scope="module")
def served(installation: Installation) -> Iterator[Served]:
    with serving(installation) as running:
        yield running


def entries(installation: Installation) -> list[dict[str, object]]:
    found = installation.ok("audit", "show", "--json").json()["entries"]
    assert isinstance(found, list)
    return found


def test_commands_work_through_the_service_and_all_is_in_the_one_log(
    installation: Installation, served: Served
) -> None:
    owner = json.loads((installation.root / ".averment" / "owner.json").read_text(encoding="utf-8"))
    assert owner["pid"] == served.process.pid

    found = installation.ok("search", "governing law", "--json").json()["passages"]
    assert found
    answer = installation.ok("ask", QUESTION, "--filter", "file_name=lease.txt", "--json").json()
    assert "Norway" in answer["text"]
    late = LEASE.replace("Norway", "Iceland")
    (installation.root / "documents" / "late.txt").write_text(late, encoding="utf-8")
    report = installation.ok("ingest", "documents", "--json").json()
    assert (report["status"], report["added"], report["unchanged"]) == ("ok", 1, 2)

    with served.client() as client:
        body = {"query": "laws of Iceland", "filters": {"file_name": "late.txt"}}
        assert "Iceland" in client.post("/v1/search", json=body).json()["passages"][0]["text"]
    assert json.loads((installation.root / ".averment" / "owner.json").read_text(encoding="utf-8")) == owner

    # The newest entries are durable at once, and readable here when the owner has signed a checkpoint over them.
    deadline = time.monotonic() + 10.0
    while entries(installation)[-1]["type"] != "ingest.completed" and time.monotonic() < deadline:
        time.sleep(0.2)
    leaves = {entry["seq"]: entry for entry in entries(installation)}
    completed = leaves[answer["receipt"]["index"]]
    assert completed["type"] == "analysis.completed"
    assert completed["data"]["answer_id"] == answer["id"]  # type: ignore[index]
    ingested = [entry for entry in leaves.values() if entry["type"] == "ingest.document.parsed"]
    assert len(ingested) == 3
    installation.ok("audit", "verify")


def test_a_second_service_is_refused_and_names_the_first(installation: Installation, served: Served) -> None:
    second = installation.run("serve", "--port", "0")
    assert second.code == 3
    assert str(served.process.pid) in second.stderr
    assert served.process.poll() is None


def test_what_the_owner_refuses_arrives_as_the_error_it_is(installation: Installation, served: Served) -> None:
    refused = installation.run("audit", "export", "--out", "bundle.zip", "--json")
    assert (refused.code, refused.json()["code"]) == (3, "STO003")


def test_when_the_service_is_killed_the_next_command_takes_over(
    installation: Installation, served: Served, tmp_path: Path
) -> None:
    with served.client() as client:
        for number in range(4):
            client.post("/v1/analyses", json={"question": f"{QUESTION} {number}"})
    code, _ = served.stop(signal.SIGKILL)
    assert code == -signal.SIGKILL
    before = len(entries(installation))
    answer = succeeded(installation.run_alone("ask", QUESTION, "--filter", "file_name=late.txt", "--json")).json()
    known = installation.ok("documents", "list", "--json").stdout
    assert "Iceland" in answer["text"], f"{answer}\n{known}"
    assert len(entries(installation)) > before
    checked = installation.ok("documents", "check", "--json").json()
    with sqlite3.connect(installation.root / ".averment" / "catalog.sqlite") as catalog:
        (ready,) = catalog.execute("SELECT count(*) FROM documents WHERE status = 'ready'").fetchone()
    assert (checked["ok"], ready) == (True, 3)
    installation.ok("audit", "verify")
    bundle = tmp_path / "bundle.zip"
    installation.ok("audit", "export", "--out", str(bundle))
    assert bundle.stat().st_size > 0
