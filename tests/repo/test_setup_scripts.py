"""Set-up says what is wrong and what to do, and continuous integration runs what a developer runs."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.repo.inventory import REPO

SHELL_SCRIPTS = [*sorted((REPO / "scripts").glob("*.sh")), REPO / ".ci" / "run"]


def run(*command: str | Path, cwd: Path = REPO, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run a command with additional environment variables and return its result."""
    return subprocess.run(
        [str(part) for part in command],
        cwd=cwd,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


@pytest.mark.parametrize("script", SHELL_SCRIPTS, ids=lambda path: path.name)
def test_shell_scripts_parse_stop_at_errors_and_are_executable(script: Path) -> None:
    assert run("bash", "-n", script).returncode == 0
    assert "set -euo pipefail" in script.read_text(encoding="utf-8")
    assert os.access(script, os.X_OK)


def test_every_target_is_listed_and_can_be_planned() -> None:
    listed = re.findall(r"^([a-z-]+) ", run("make", "help").stdout, flags=re.MULTILINE)
    makefile = (REPO / "Makefile").read_text(encoding="utf-8")
    phony = re.search(r"^\.PHONY: (.*)$", makefile, flags=re.MULTILINE)
    assert phony is not None
    assert sorted(listed) == sorted(phony.group(1).split())
    for target in listed:
        planned = run("make", "--dry-run", target)
        assert planned.returncode == 0, planned.stderr


def test_continuous_integration_runs_the_targets_of_the_makefile() -> None:
    steps = re.findall(
        r"^step \S+ (?:scripts/offline\.sh \S+ )?make (\S+)",
        (REPO / ".ci" / "run").read_text(encoding="utf-8"),
        flags=re.MULTILINE,
    )
    assert steps == ["setup", "check", "test", "demo", "demo-log"]


def test_a_command_without_a_network_ends_as_it_ends_or_is_skipped_with_the_reason(tmp_path: Path) -> None:
    done = run("scripts/offline.sh", "sh", "-c", "tail -n +3 /proc/net/dev | cut -d: -f1; exit 7")
    assert done.returncode in {7, 77}, done.stderr
    if done.returncode == 7:
        assert done.stdout.split() == ["lo"]
    assert run("scripts/offline.sh").returncode == 2
    for name in ("bash", "sh", "env"):
        (tmp_path / name).symlink_to(shutil.which(name) or name)
    nowhere = run("scripts/offline.sh", "sh", "-c", "exit 7", PATH=str(tmp_path))
    assert (nowhere.returncode, "ip is missing" in nowhere.stderr) == (77, True)
    anyway = run("scripts/offline.sh", "--if-possible", "sh", "-c", "exit 7", PATH=str(tmp_path))
    assert (anyway.returncode, "SKIPPED" in anyway.stderr) == (7, True)


def test_setup_without_an_interpreter_names_the_package_to_install() -> None:
    done = run("scripts/setup.sh", "application", PYTHON="python-that-is-not-there")
    assert done.returncode == 2
    assert "python-that-is-not-there" in done.stderr
    assert "PYTHON=" in done.stderr


def test_setup_refuses_parts_it_does_not_know() -> None:
    done = run("scripts/setup.sh", "everything", PYTHON=sys.executable)
    assert done.returncode == 2
    assert "application, vllm, model" in done.stderr


@pytest.mark.slow
def test_setup_without_a_registry_says_how_to_name_one(tmp_path: Path) -> None:
    for part in ("scripts", "constraints", "distributions"):
        shutil.copytree(REPO / part, tmp_path / part, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(REPO / "pyproject.toml", tmp_path)
    settings = {"PIP_CONFIG_FILE": os.devnull, "PIP_INDEX_URL": "http://127.0.0.1:9/simple", "PIP_FIND_LINKS": ""}
    done = run(
        "scripts/setup.sh",
        "application",
        cwd=tmp_path,
        PYTHON=sys.executable,
        PIP_NO_CACHE_DIR="1",
        PIP_EXTRA_INDEX_URL="",
        **settings,
    )
    assert done.returncode == 3, done.stderr
    assert "rfc8785" in done.stderr
    assert "pip config set global.index-url" in done.stderr
    assert not (tmp_path / ".venv" / "averment-setup").exists()


def test_system_packages_are_named_by_feature() -> None:
    if shutil.which("dpkg-query") is None:
        pytest.skip("not a Debian system")
    done = run("scripts/setup_system.sh", "--list", "teleport")
    assert done.returncode == 2
    assert "ocr" in done.stderr
    assert run("scripts/setup_system.sh", "--list", "ocr").returncode in {0, 1}
