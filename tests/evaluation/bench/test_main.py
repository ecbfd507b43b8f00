"""The package runs as a module."""

import subprocess
import sys
from pathlib import Path

import pytest


@pytest.mark.slow
def test_help_names_the_options(repo: Path) -> None:
    command = [sys.executable, "-m", "averment.evaluation.bench", "--help"]
    done = subprocess.run(command, capture_output=True, text=True, check=True, cwd=repo)
    assert all(option in done.stdout for option in ("--only", "--quick", "--out", "--json", "--endpoint"))
