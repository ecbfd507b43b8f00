"""An erasure that SIGKILL ends anywhere is finished by the same command: nothing names the person, the log holds."""

import json
import os
import random
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from averment.compliance.audit import own_policy, verify_log
from averment.compliance.keys import load_keys
from tests.e2e.installation import Installation, make_installation

pytestmark = pytest.mark.slow

KILLS = 40 if os.environ.get("AVERMENT_TEST_LONG") else 1
NAME = "Caspian Holloway-Nesh"
FORGET = ("forget", "p-17", "--name", NAME, "--document", "lease.txt=mask", "--document", "memo.txt=remove")
PAPERS = ("--papers", "mask", "--json")
COUNTS = ("payloads_in_part", "documents_removed", "documents_masked", "documents_kept")


@pytest.fixture(scope="module")
def installation(tmp_path_factory: pytest.TempPathFactory) -> Installation:
    made = make_installation(tmp_path_factory.mktemp("killed") / "root")
    documents = made.root / "documents"
    documents.mkdir()
    (documents / "lease.txt").write_text(f"LEASE\n\nThe tenant is {NAME}. The rent is EUR 900.\n", encoding="utf-8")
    (documents / "memo.txt").write_text(f"MEMO\n\n{NAME} called about the rent.\n", encoding="utf-8")
    (made.root / ".averment" / "compliance").mkdir(exist_ok=True)
    (made.root / ".averment" / "compliance" / "owner.txt").write_text(NAME, encoding="utf-8")
    assert made.ok("ingest", "documents", "--json").json()["added"] == 2
    made.ok("ask", f"Who is {NAME}?", "--json")
    return made


def naming(root: Path) -> list[Path]:
    files = (path for path in root.rglob("*") if path.is_file())
    return [path for path in files if b"holloway" in path.read_bytes().lower()]


def certificates(folder: Path) -> list[dict[str, Any]]:
    written = sorted((folder / ".averment" / "evidence" / "certificates").glob("*.json"))
    return [json.loads(path.read_bytes()) for path in written]


@pytest.mark.long
def test_an_erasure_killed_anywhere_is_finished_by_the_same_command(installation: Installation, tmp_path: Path) -> None:
    assert naming(installation.root / ".averment")
    seed = int(os.environ.get("AVERMENT_TEST_SEED") or random.randrange(1 << 30))
    driver = [sys.executable, str(Path(__file__).with_name("killed_command.py"))]
    done = subprocess.run(
        [*driver, str(installation.root), str(tmp_path), str(KILLS), str(seed), *FORGET, *PAPERS],
        env=installation.environment(), capture_output=True, text=True, timeout=60 * (KILLS + 15), check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    whole, *killed = [json.loads(line) for line in done.stdout.splitlines()]
    assert whole["codes"] == [0]
    (expected,) = certificates(Path(whole["folder"]))
    assert expected["search"]["remaining"] == []
    assert [expected[name] > 0 for name in COUNTS] == [True, True, True, False]
    assert len(killed) == KILLS
    for outcome in killed:
        folder, told = Path(outcome["folder"]), (seed, outcome, _words(tmp_path, outcome["folder"]))
        assert outcome["codes"] == [-9, 0], told
        assert naming(folder / ".averment") == [], told
        first, *more = certificates(folder)
        assert [first[name] for name in COUNTS] == [expected[name] for name in COUNTS], told
        assert (first["search"]["remaining"], len(more) <= 1) == ([], True), told
        assert [row["action"] for row in first["papers"]] == ["mask"], told
        assert {row["name"] for row in first["reached"]} == {row["name"] for row in expected["reached"]}, told
        evidence = folder / ".averment" / "evidence"
        assert not list((evidence / "erasures").glob("*.json")), told
        report = verify_log(evidence, own_policy(evidence), keys=load_keys(folder / ".averment" / "keys"))
        assert report.is_ok, (told, report.failures)


def _words(work: Path, folder: str) -> str:
    """Return what the command that was given again said, where it failed."""
    return (work / f"again-{Path(folder).name.removeprefix('kill-')}.txt").read_text(encoding="utf-8")[-1500:]
