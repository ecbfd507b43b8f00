"""A long ingestion that began through a short-lived owner: it takes over when that one ends, however it ends."""

import json
import signal
import sqlite3
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from averment.core.audit import EventType
from averment.core.testing.endpoint import ModelEndpoint, ScriptedReply
from averment.pipelines.models.profiles import load_profile
from tests.e2e.installation import Installation, make_installation
from tests.e2e.test_service import LEASE, QUESTION

pytestmark = pytest.mark.slow

N_DOCUMENTS = 40
N_BEFORE = 8
N_PARTS = 3
WAIT_S = 300
THINKING = "qwen3-8b"


def wait_until(what: str, is_so: Callable[[], bool]) -> None:
    """Wait for something that another process does."""
    deadline = time.monotonic() + WAIT_S
    while not is_so():
        assert time.monotonic() < deadline, what
        time.sleep(0.05)


@pytest.fixture
def installation(tmp_path: Path) -> Installation:
    made = make_installation(tmp_path)
    (tmp_path / "documents").mkdir()
    (tmp_path / "documents" / "lease-00.txt").write_text(LEASE, encoding="utf-8")
    made.ok("ingest", "documents")
    for number in range(1, N_DOCUMENTS):
        text = "\n\n".join(LEASE.replace("Norway", f"Norway, chapter {number}.{part}") for part in range(N_PARTS))
        (tmp_path / "documents" / f"lease-{number:02d}.txt").write_text(text, encoding="utf-8")
    return made


def n_ready(installation: Installation) -> int:
    with sqlite3.connect(installation.root / ".averment" / "catalog.sqlite") as catalog:
        (ready,) = catalog.execute("SELECT count(*) FROM documents WHERE status = 'ready'").fetchone()
    return int(ready)


def owner(installation: Installation) -> int | None:
    try:
        return int(json.loads((installation.root / ".averment" / "owner.json").read_text(encoding="utf-8"))["pid"])
    except (OSError, ValueError):
        return None


@pytest.mark.parametrize("end", ["in order", "killed"])
def test_an_ingestion_outlives_the_question_it_worked_through(installation: Installation, end: str) -> None:
    asked, may_answer = threading.Event(), threading.Event()

    def reply(_: Mapping[str, object]) -> ScriptedReply:
        asked.set()
        may_answer.wait(WAIT_S)
        return ScriptedReply(text="{}")

    name = load_profile(THINKING).served_name
    with ModelEndpoint(replies=reply, served=(name,)) as endpoint:
        variables = {
            "AVERMENT_MODEL__ENABLED": "true",
            "AVERMENT_MODEL__ENDPOINT": endpoint.base_url,
            "AVERMENT_MODEL__PROFILE": THINKING,
        }
        question = replace(installation, extra=variables).start("ask", QUESTION, "--json")
        assert asked.wait(WAIT_S), "the question came to the model"
        assert owner(installation) == question.pid
        ingestion = installation.start("ingest", "documents", "--json")
        wait_until("documents become ready", lambda: n_ready(installation) > N_BEFORE)
        # Held in the midst of its work, wherever that is, so that the question ends before it does.
        ingestion.send_signal(signal.SIGSTOP)
        n_then = n_ready(installation)
        if end == "killed":
            question.send_signal(signal.SIGKILL)
        may_answer.set()
        question.communicate(timeout=WAIT_S)
        ingestion.send_signal(signal.SIGCONT)
        wait_until("the ingestion takes over", lambda: owner(installation) in {ingestion.pid, None})
        out, err = ingestion.communicate(timeout=WAIT_S)
    assert question.returncode == (0 if end == "in order" else -signal.SIGKILL)
    assert ingestion.returncode == 0, err[-4000:]
    assert n_then < N_DOCUMENTS, "the ingestion was at work when the question ended"
    report = json.loads(out)
    assert (report["status"], report["added"], report["unchanged"]) == ("ok", N_DOCUMENTS - 1, 1)
    _check(installation)


def _check(installation: Installation) -> None:
    """Every document is ready once, its points are there, and the log has each of them once."""
    assert n_ready(installation) == N_DOCUMENTS
    installation.ok("documents", "check")
    installation.ok("audit", "verify")
    entries = installation.ok("audit", "show", "--json").json()["entries"]
    parsed = [entry["data"]["document_id"] for entry in entries if entry["type"] == EventType.DOCUMENT_INGESTED]
    assert len(parsed) == len(set(parsed)) == N_DOCUMENTS
    assert sum(entry["type"] == EventType.INGEST_COMPLETED for entry in entries) == 2
