"""The flows with Prefect's own embedded server, as a process: reports, artifacts, retries, and a kill in the middle."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.installation import TIMEOUT_S, Installation, Result, make_installation

pytestmark = pytest.mark.slow

LAWS = ("Norway", "Portugal", "Iceland", "Chile", "Peru", "Spain", "Ghana", "Japan", "Malta", "Nepal")
N_DOCUMENTS = 20
BATCH = """
name: law-check
questions:
  - id: law
    question: Which law governs the agreement?
  - id: term
    question: How long does the agreement run?
documents: [c01.txt, c02.txt, c03.txt]
"""
# One process with one embedded server for everything that needs a server: its start is most of the time.
SCRIPT = """
import json, sys
from contextlib import redirect_stdout
from io import StringIO
from averment.cli.main import main

def run(*arguments):
    out = StringIO()
    with redirect_stdout(out):
        code = main(arguments)
    return {"code": code, "out": json.loads(out.getvalue())}

found = {
    "first": run("flows", "ingest", "documents", "--json"),
    "second": run("flows", "ingest", "documents", "--json"),
    "batch": run("flows", "batch", "batch.yaml", "--out", "table", "--json"),
    "again": run("flows", "batch", "batch.yaml", "--out", "table", "--json"),
}

from prefect import flow
from prefect.client.orchestration import get_client
from averment.core.errors import DocumentCorrupt, SourceUnavailable
from averment.flows.ingest_corpus import ingest_batch
from averment.flows.submission import uninspected
from tests.flows.doubles import DoubleIngestor, DoubleWiring

@flow
def tries(failures):
    wiring = DoubleWiring(DoubleIngestor(failures=failures))
    task = ingest_batch.with_options(retries=2, retry_delay_seconds=0)
    state = task.submit(*uninspected(wiring, "contracts", []), return_state=True)
    return {"calls": wiring.ingestor.calls, "completed": state.is_completed()}

found["passing trouble"] = tries([SourceUnavailable("away"), SourceUnavailable("away")])
found["lasting trouble"] = tries([DocumentCorrupt("broken")])
with get_client(sync_client=True) as client:
    artifacts = client.request("POST", "/artifacts/filter", json={"sort": "CREATED_DESC"}).json()
    found["artifacts"] = {item["key"]: item["data"] for item in reversed(artifacts)}
    runs = client.request("POST", "/flow_runs/filter", json={}).json()
    found["runs"] = sorted(run["state_name"] for run in runs)
json.dump(found, open("found.json", "w"))
"""


def contract(number: int, law: str) -> str:
    return (
        f"SUPPLY AGREEMENT NO. {number}\n\n1. TERM. This Agreement runs for {number + 1} years.\n\n"
        f"2. GOVERNING LAW. This Agreement is governed by the laws of {law}.\n"
    )


@pytest.fixture(scope="module")
def installation(tmp_path_factory: pytest.TempPathFactory) -> Installation:
    root = tmp_path_factory.mktemp("flows")
    (root / "documents").mkdir()
    for number in range(1, N_DOCUMENTS + 1):
        text = contract(number, LAWS[number % len(LAWS)])
        (root / "documents" / f"c{number:02d}.txt").write_text(text, encoding="utf-8")
    (root / "batch.yaml").write_text(BATCH, encoding="utf-8")
    return make_installation(root)


@pytest.fixture(scope="module")
def ran(installation: Installation, repo: Path) -> tuple[Result, dict[str, Any]]:
    """Run the flows once; returns what the process left and what it found."""
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT],
        cwd=installation.root, env={**installation.environment(), "PYTHONPATH": str(repo)},
        capture_output=True, text=True, timeout=TIMEOUT_S, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-4000:]
    found = json.loads((installation.root / "found.json").read_text(encoding="utf-8"))
    return Result(done.returncode, done.stdout, done.stderr), found


def test_a_run_that_succeeded_leaves_no_noise(ran: tuple[Result, dict[str, Any]]) -> None:
    shown = ran[0].stderr
    # The trouble that the last part of the script makes on purpose is Prefect's to report.
    before_trouble = shown.split("ingest-batch", 1)[0]
    for word in ("Traceback", "CancelledError", "cancelled", "Task exception", "Warning", "posthog", "Retry("):
        assert word not in before_trouble, shown[-3000:]


def test_the_first_run_reads_everything_and_the_second_nothing(ran: tuple[Result, dict[str, Any]]) -> None:
    first, second = ran[1]["first"], ran[1]["second"]
    assert (first["code"], first["out"]["status"], first["out"]["added"]) == (0, "ok", N_DOCUMENTS)
    assert first["out"]["n_chunks_embedded"] >= N_DOCUMENTS
    assert (second["code"], second["out"]["unchanged"], second["out"]["n_chunks_embedded"]) == (0, N_DOCUMENTS, 0)


def test_the_report_is_an_artifact(ran: tuple[Result, dict[str, Any]]) -> None:
    artifacts = ran[1]["artifacts"]
    assert (
        f"{N_DOCUMENTS} unchanged" in artifacts["ingest-report"] or f"{N_DOCUMENTS} added" in artifacts["ingest-report"]
    )
    assert "law" in artifacts["batch-law-check"]
    assert "Norway" not in json.dumps(artifacts), "document text has no place on Prefect's page"
    assert ran[1]["runs"].count("Completed") >= 4


def test_the_table_holds_every_cell_once_and_a_second_run_answers_nothing(
    ran: tuple[Result, dict[str, Any]], installation: Installation
) -> None:
    batch, again = ran[1]["batch"]["out"], ran[1]["again"]["out"]
    assert (batch["documents"], batch["cells"], batch["answered_now"]) == (3, 6, 6)
    assert (again["cells"], again["answered_now"]) == (6, 0)
    rows = json.loads((installation.root / "table" / "table.json").read_text(encoding="utf-8"))["rows"]
    assert len({(row["document_id"], row["question_id"]) for row in rows}) == 6
    laws = {row["title"]: row["quote"] for row in rows if row["question_id"] == "law"}
    assert LAWS[1] in laws["SUPPLY AGREEMENT NO. 1"]
    assert all(row["log_index"] is not None for row in rows)


def test_only_trouble_that_may_pass_is_tried_again(ran: tuple[Result, dict[str, Any]]) -> None:
    assert ran[1]["passing trouble"] == {"calls": 3, "completed": True}
    assert ran[1]["lasting trouble"] == {"calls": 1, "completed": False}


def test_a_batch_that_is_killed_goes_on_where_it_stopped(
    ran: tuple[Result, dict[str, Any]], installation: Installation
) -> None:
    whole = BATCH.replace("[c01.txt, c02.txt, c03.txt]", "{kind: []}").replace("law-check", "all")
    (installation.root / "all.yaml").write_text(whole, encoding="utf-8")
    journal = installation.root / "all" / "cells.jsonl"
    arguments = [sys.executable, "-m", "averment.cli.main", "flows", "batch", "all.yaml", "--out", "all", "--json"]
    # In a group of its own, so that the embedded server dies with it.
    process = subprocess.Popen(
        arguments, cwd=installation.root, env=installation.environment(), start_new_session=True,
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    deadline = time.monotonic() + 300
    while (not journal.exists() or journal.stat().st_size == 0) and process.poll() is None:
        assert time.monotonic() < deadline, "the batch did not begin"
        time.sleep(0.02)
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    finished = {json.loads(line)["key"] for line in journal.read_bytes().split(b"\n")[:-1]}
    assert 0 < len(finished) < 2 * N_DOCUMENTS

    done = installation.run_alone("flows", "batch", "all.yaml", "--out", "all", "--json")
    assert done.code == 0, done.stderr[-4000:]
    assert "Traceback" not in done.stderr
    result = done.json()
    assert (result["documents"], result["cells"]) == (N_DOCUMENTS, 2 * N_DOCUMENTS)
    assert result["answered_now"] == 2 * N_DOCUMENTS - len(finished)
    keys = [json.loads(line)["key"] for line in journal.read_text(encoding="utf-8").splitlines() if line]
    assert len(keys) == len(set(keys)) == 2 * N_DOCUMENTS
    installation.ok("audit", "verify")
