"""The main job where there is no network but loopback, and nothing is left in the user's home."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.e2e.installation import TIMEOUT_S, Installation, make_installation

pytestmark = pytest.mark.slow

# All in one process, so that libraries are loaded once: they decide at import whether to report to their makers.
SCRIPT = """
import socket, sys
tried = []
class Watched(socket.socket):
    def connect(self, address):
        tried.append(address)
        return super().connect(address)
    def connect_ex(self, address):
        tried.append(address)
        return super().connect_ex(address)
socket.socket = Watched
resolve = socket.getaddrinfo
def watched(host, *rest, **more):
    tried.append((host,))
    return resolve(host, *rest, **more)
socket.getaddrinfo = watched

from averment.cli.main import main
for arguments in (
    ["ingest", "documents"], ["ingest", "documents"], ["search", "governing law"],
    ["ask", "Which law governs the agreement?"], ["documents", "check"], ["audit", "verify"],
):
    code = main([*arguments, "--json"])
    assert code == 0, (arguments, code)
local = {"127.0.0.1", "localhost", "::1"}
strangers = [address for address in tried if isinstance(address, tuple) and address[0] not in local]
assert not strangers, strangers
print("DONE", file=sys.stderr)
"""


def isolated(repo: Path) -> str:
    """Return the command that runs another one in a network namespace with loopback only; skip where it may not."""
    command = str(repo / "scripts" / "offline.sh")
    probe = subprocess.run([command, "true"], capture_output=True, text=True, check=False)
    if probe.returncode:
        pytest.skip(probe.stderr.strip()[-200:])
    return command


def test_the_main_job_needs_no_network_and_asks_for_none(repo: Path, tmp_path: Path) -> None:
    command = isolated(repo)
    documents = tmp_path / "documents"
    documents.mkdir()
    for name in ("amendment-no-1-to-master-services-agreement.pdf", "quarterly-report-2026q2.html"):
        shutil.copy(repo / "examples" / "documents" / name, documents)
    (documents / "note.txt").write_text(
        "1. GOVERNING LAW. The laws of Norway govern this agreement.\n", encoding="utf-8"
    )
    installation: Installation = make_installation(tmp_path)
    done = subprocess.run(
        [command, sys.executable, "-c", SCRIPT], cwd=tmp_path, env=installation.environment(),
        capture_output=True, text=True, timeout=TIMEOUT_S, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-4000:]
    assert done.stderr.rstrip().endswith("DONE")
    assert "Norway" in done.stdout
    home = tmp_path / "home"
    assert not home.exists() or not list(home.iterdir())
