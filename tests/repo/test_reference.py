import subprocess
import sys
from pathlib import Path


def test_the_reference_pages_are_those_of_the_program(repo: Path) -> None:
    done = subprocess.run(
        [sys.executable, "scripts/make_reference.py", "--check"], cwd=repo, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, f"{done.stderr}; run: python scripts/make_reference.py"
