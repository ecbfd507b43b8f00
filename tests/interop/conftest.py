"""Logs of the sizes at which other people's verifiers must accept ours, and the two programs that judge them."""

import importlib.util
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType

import pytest

from tests.compliance.evidence import filled_log

# One entry; one full tile; a tree of three levels with partial tiles at its edge, and a kept checkpoint in the midst.
SIZES = ([1], [256], [12_345, 70_001])


@dataclass(frozen=True)
class SomeLog:
    """A log with its public key."""

    folder: Path
    vkey: str
    size: int


def load_script(path: Path) -> ModuleType:
    """Import a script of `scripts/`."""
    spec = importlib.util.spec_from_file_location(path.stem, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="session")
def go_script(repo: Path) -> ModuleType:
    """Load the script that builds and runs the Go program."""
    return load_script(repo / "scripts" / "check_log_with_go.py")


@pytest.fixture(scope="session")
def checker(go_script: ModuleType, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build the Go program; skip where Go or its module is missing."""
    go = go_script.find_go()
    if go is None:
        pytest.skip(go_script.MISSING)
    program = go_script.build_checker(go, tmp_path_factory.mktemp("go"))
    assert isinstance(program, Path)
    return program


Judge = Callable[[SomeLog], "subprocess.CompletedProcess[str]"]


@pytest.fixture(scope="session", params=["go", "aics-tlog"])
def judge(request: pytest.FixtureRequest, repo: Path) -> Judge:
    """Return what lets a foreign verifier read a log: exit code 0 accepts, 1 rejects."""
    if request.param == "go":
        program: Path = request.getfixturevalue("checker")
        return lambda log: _run([str(program), str(log.folder / "log"), *log.vkey.split()])
    script = load_script(repo / "scripts" / "check_log_with_aics.py")
    interpreter = script.find_interpreter()
    if interpreter is None:
        pytest.skip(script.MISSING)
    return lambda log: _run([interpreter, str(script.__file__), str(log.folder / "log"), *log.vkey.split()])


Checker = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture(scope="session")
def formats(repo: Path) -> Checker:
    """Return what lets other people's software read an export: its kind, then files. Exit code 0 accepts."""
    script = load_script(repo / "scripts" / "check_formats.py")
    interpreter = script.find_interpreter()
    if interpreter is None:
        pytest.skip(script.MISSING)
    return lambda kind, *files: _run([interpreter, str(script.__file__), kind, *map(str, files)])


def _run(command: list[str]) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(command, capture_output=True, text=True, check=False)


@pytest.fixture(scope="session", params=SIZES, ids=lambda sizes: str(sizes[-1]))
def some_log(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> SomeLog:
    """Make a log of one of the sizes."""
    folder = tmp_path_factory.mktemp("log")
    key = filled_log(folder, request.param)
    return SomeLog(folder, key.verifier.vkey, request.param[-1])
