"""What a parser process cannot do."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from averment.pipelines.ingestion.confinement import probe


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="the barriers are those of Linux")
def test_a_confined_process_is_refused_network_programs_and_writing(tmp_path: Path) -> None:
    target = tmp_path / "written"
    found = probe(str(target))
    assert {"network", "programs"} <= found
    assert target.exists() is ("files" not in found)


_STARTER = """
import socket, subprocess, sys
from averment.pipelines.ingestion import confinement
real = socket.socket
held = confinement.confine(allows_programs=True)
subprocess.run([sys.executable, "-c", ""], check=True)
try:
    real(socket.AF_INET, socket.SOCK_STREAM)
except OSError:
    print("no network")
print(*sorted(held))
"""


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="the barriers are those of Linux")
def test_a_process_that_may_start_programs_has_no_network_all_the_same() -> None:
    path = os.pathsep.join(path for path in sys.path if path)
    done = subprocess.run(
        [sys.executable, "-P", "-c", _STARTER],
        env={**os.environ, "PYTHONPATH": path},
        capture_output=True,
        text=True,
        check=True,
    )
    refused, held = done.stdout.splitlines()
    assert refused == "no network"
    assert "network" in held.split()
    assert "programs" not in held.split()
