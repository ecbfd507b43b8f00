"""The corpus follows its folder: changed, removed and broken files, and a process killed in the middle."""

import json
import os
import random
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.e2e.installation import Installation, make_installation

pytestmark = pytest.mark.slow
N_KILLS = 12
N_RUNS = 40
SEED = 20_261_122
NURSERY = """
import json, os, sys
from averment.core.foreign import silence_libraries
silence_libraries()
import sentence_transformers, averment.pipelines.ingestion.ingestor
from averment.cli.main import main
for line in sys.stdin:
    pid = os.fork()
    if pid == 0:
        nowhere = os.open(os.devnull, os.O_RDWR)
        os.dup2(nowhere, 0), os.dup2(nowhere, 1), os.dup2(nowhere, 2)
        os._exit(main(json.loads(line)))
    print(pid, flush=True)
    print(os.waitpid(pid, 0)[1], flush=True)
"""


def contract(number: int, law: str) -> str:
    clauses = "\n\n".join(
        f"{index}. CLAUSE {index}. The parties agree on matter {index * number} within {index} days of notice."
        for index in range(1, 12)
    )
    return f"SUPPLY AGREEMENT NO. {number}\n\n{clauses}\n\n12. GOVERNING LAW. The law of {law} governs.\n"


def points(root: Path) -> set[str]:
    """Return the chunk ids that the catalog holds as ready, with their documents' texts."""
    with sqlite3.connect(root / ".averment" / "catalog.sqlite") as connection:
        rows = connection.execute(
            "SELECT d.file_name, c.ordinal, c.start, c.end, c.text_hash FROM document_chunks c "
            "JOIN documents d USING (document_id) WHERE d.status = 'ready' AND d.open_version IS NULL"
        )
        return {repr(row) for row in rows}


def index_count(installation: Installation) -> int:
    """Return how many points the index holds, which must be as many as the catalog expects."""
    checked = installation.ok("documents", "check", "--json").json()
    assert checked["ok"]
    return int(checked["found"])


@pytest.fixture
def installation(tmp_path: Path) -> Iterator[Installation]:
    (tmp_path / "documents").mkdir()
    yield make_installation(tmp_path)


def test_changed_and_removed_files_are_replaced_and_deleted_everywhere(installation: Installation) -> None:
    folder = installation.root / "documents"
    (folder / "a.txt").write_text(contract(1, "Norway"))
    (folder / "b.txt").write_text(contract(2, "Portugal"))
    assert installation.ok("ingest", "documents", "--json").json()["added"] == 2
    (folder / "a.txt").write_text(contract(1, "Iceland"))
    (folder / "b.txt").unlink()
    report = installation.ok("ingest", "documents", "--json").json()
    assert (report["changed"], report["removed"], report["added"]) == (1, 1, 0)
    found = installation.ok("search", "governing law", "--top-k", "20", "--json").json()["passages"]
    texts = " ".join(passage["text"] for passage in found)
    assert "Iceland" in texts
    assert "Norway" not in texts
    assert "Portugal" not in texts
    assert index_count(installation) == len(points(installation.root)) + 1


def test_a_source_out_of_sight_removes_nothing(installation: Installation) -> None:
    folder = installation.root / "documents"
    (folder / "a.txt").write_text(contract(1, "Norway"))
    installation.ok("ingest", "documents")
    folder.rename(installation.root / "elsewhere")
    assert installation.run("ingest", str(folder), "--json").code == 3
    assert installation.ok("search", "governing law", "--json").json()["passages"]


class Nursery:
    """Starts ingestions as forks of a process that has loaded the libraries, so that kills hit work, not imports."""

    def __init__(self, installation: Installation):
        self._process = subprocess.Popen(
            [sys.executable, "-c", NURSERY], cwd=installation.root, env=installation.environment(),
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip

    def __enter__(self) -> "Nursery":
        return self

    def __exit__(self, *_: object) -> None:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.close()
        self._process.wait(timeout=60)
        self._process.stdout.close()

    def run(self, *arguments: str, kill_after_s: float | None = None) -> tuple[int, float]:
        """Run a command, killed after so many seconds; returns its wait status and how long it took."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps(arguments) + "\n")
        self._process.stdin.flush()
        pid = int(self._process.stdout.readline())
        begin = time.monotonic()
        timer = threading.Timer(kill_after_s, os.kill, (pid, signal.SIGKILL)) if kill_after_s else None
        if timer:
            timer.start()
        status = int(self._process.stdout.readline())
        if timer:
            timer.cancel()
        return status, time.monotonic() - begin


def test_killed_at_random_moments_the_end_is_that_of_an_undisturbed_run(tmp_path: Path) -> None:
    chosen = random.Random(SEED)
    both = []
    for name in ("undisturbed", "killed"):
        root = tmp_path / name
        (root / "documents").mkdir(parents=True)
        for number in range(1, 25):
            (root / "documents" / f"c{number:02d}.txt").write_text(contract(number, f"Land {number}"))
        both.append(make_installation(root))
    undisturbed, killed = both
    with Nursery(undisturbed) as nursery:
        status, whole_s = nursery.run("ingest", "documents")
        assert status == 0
    n_killed = 0
    with Nursery(killed) as nursery:
        for number in range(N_RUNS):
            # Documents that are finished are not done again, so later runs are told to do them all anew.
            full = ("--full",) if number >= 4 else ()
            status, took_s = nursery.run("ingest", "documents", *full, kill_after_s=chosen.uniform(0.02, 1.0) * whole_s)
            if os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL:
                n_killed += 1
            elif full:
                whole_s = took_s  # the machine is less busy than before: kill earlier
            if n_killed == N_KILLS:
                break
    assert n_killed == N_KILLS
    report = killed.ok("ingest", "documents", "--json").json()
    assert report["status"] == "ok"
    assert points(killed.root) == points(undisturbed.root)
    assert index_count(killed) == index_count(undisturbed)
    killed.ok("audit", "verify")
