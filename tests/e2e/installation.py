"""An installation driven through the command line, as a user drives it."""

import io
import json
import os
import subprocess
import sys
from collections.abc import Mapping
from contextlib import chdir, redirect_stderr, redirect_stdout
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from averment.core.foreign import QUIET

TIMEOUT_S = 900
MODELS = Path(__file__).parents[2] / "models"


@dataclass(frozen=True)
class Result:
    """What a command left: exit code, output, and the one JSON object if it printed one."""

    code: int
    stdout: str
    stderr: str

    def json(self) -> dict[str, Any]:
        """Read the object that `--json` printed."""
        found = json.loads(self.stdout)
        assert isinstance(found, dict)
        assert found["schema_version"] == 1
        return found


@dataclass(frozen=True)
class Installation:
    """A folder with settings and data; `extra` are variables that its commands get besides."""

    root: Path
    extra: Mapping[str, str] = field(default_factory=dict)

    @property
    def evidence(self) -> Path:
        """Return the folder of the log."""
        return self.root / ".averment" / "evidence"

    def run(self, *arguments: str) -> Result:
        """Run a command in the folder, inside this process, so that libraries are loaded once for many commands."""
        from averment.cli.main import main

        out, err = io.StringIO(), io.StringIO()
        before = dict(os.environ)
        os.environ.clear()
        os.environ.update(self.environment())
        try:
            with chdir(self.root), redirect_stdout(out), redirect_stderr(err):
                code = main(arguments)
        finally:
            os.environ.clear()
            os.environ.update(before)
        return Result(code, out.getvalue(), err.getvalue())

    def run_alone(self, *arguments: str) -> Result:
        """Run a command in the folder, in a process of its own."""
        done = subprocess.run(
            [sys.executable, "-m", "averment.cli.main", *arguments],
            cwd=self.root, env=self.environment(), capture_output=True, text=True, timeout=TIMEOUT_S, check=False,
        )  # fmt: skip
        return Result(done.returncode, done.stdout, done.stderr)

    def ok(self, *arguments: str) -> Result:
        """Run a command that must succeed, inside this process."""
        return succeeded(self.run(*arguments))

    def start(self, *arguments: str) -> "subprocess.Popen[str]":
        """Start a command and leave it running."""
        return subprocess.Popen(
            [sys.executable, "-m", "averment.cli.main", *arguments],
            cwd=self.root, env=self.environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        )  # fmt: skip

    def environment(self) -> dict[str, str]:
        """Return the variables of the commands: no language model, and no trial of which arithmetic is fastest."""
        kept = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith(("AVERMENT_", "PREFECT_")) and name not in QUIET
        }
        return {
            **kept,
            "HOME": str(self.root / "home"),
            "AVERMENT_MODEL__ENABLED": "false",
            "AVERMENT_EMBEDDING__BACKEND": "torch",
            "AVERMENT_EMBEDDING__PRECISION": "float32",
            "AVERMENT_MODEL__MODELS_DIR": str(MODELS),
            "OMP_THREAD_LIMIT": "1",
            **self.extra,
        }


def succeeded(result: Result) -> Result:
    """Return the result of a command that must have succeeded."""
    assert result.code == 0, f"{result.code}\n{result.stdout[-2000:]}\n{result.stderr[-4000:]}"
    return result


def make_installation(root: Path) -> Installation:
    """Make a folder an installation."""
    root.mkdir(parents=True, exist_ok=True)
    installation = Installation(root)
    installation.ok("init")
    return installation
