"""Core and compliance work where only the base dependencies are installed: no torch, no web framework."""

import importlib.metadata
import subprocess
import sys
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.repo.inventory import REPO, project_modules

IMPORT_ALL = """
import importlib, importlib.abc, sys

absent, names = (set(argument.split(",")) for argument in sys.argv[1:])

class OnlyTheBase(importlib.abc.MetaPathFinder):
    def find_spec(self, name, path=None, target=None):
        top = name.partition(".")[0]
        if top in absent:
            raise ModuleNotFoundError(f"{name} is not in the base install", name=name)

sys.meta_path.insert(0, OnlyTheBase())
for name in sorted(names):
    importlib.import_module(name)
"""


def base_distributions() -> set[str]:
    """Return the canonical names of the base dependencies and of all that they need."""
    found: set[str] = set()
    waiting = ["averment"]
    while waiting:
        name = canonicalize_name(waiting.pop())
        if name in found:
            continue
        try:
            lines = importlib.metadata.requires(name) or []
        except importlib.metadata.PackageNotFoundError:
            continue
        found.add(name)
        wanted = map(Requirement, lines)
        waiting += [each.name for each in wanted if each.marker is None or each.marker.evaluate({"extra": ""})]
    return found


def test_core_and_compliance_import_with_the_base_install_alone(tmp_path: Path) -> None:
    base = base_distributions()
    absent = {
        top
        for top, owners in importlib.metadata.packages_distributions().items()
        if base.isdisjoint(canonicalize_name(owner) for owner in owners)
    }
    assert {"torch", "haystack", "prefect", "fastapi", "sqlalchemy", "typer"} <= absent
    names = [module.name for module in project_modules() if module.area in {"core", "compliance"}]
    command = [sys.executable, "-c", IMPORT_ALL, ",".join(absent), ",".join(names)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=tmp_path, timeout=120)
    assert done.returncode == 0, done.stderr[-2000:]


def test_the_verifier_runs_as_one_file_without_the_project(tmp_path: Path) -> None:
    verifier = REPO / "compliance" / "averment" / "compliance" / "averment_verify.py"
    copy = tmp_path / "averment_verify.py"
    copy.write_bytes(verifier.read_bytes())
    code = (
        "import importlib.util, sys\n"
        "sys.modules['averment'] = None\n"  # an import of the project would fail
        f"spec = importlib.util.spec_from_file_location('verify', {str(copy)!r})\n"
        "module = importlib.util.module_from_spec(spec); sys.modules['verify'] = module\n"
        "spec.loader.exec_module(module)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=False, cwd=tmp_path, timeout=60
    )
    assert done.returncode == 0, done.stderr[-2000:]
