"""Importing a module has no effects and brings no heavy library; an area imports what it declares."""

import ast
import importlib.metadata
import json
import os
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.repo.inventory import REPO, Module, broken_rules, project_modules

PROBE = Path(__file__).with_name("import_probe.py")
# Modules that define parts of a framework import it at their top; nobody else does.
FRAMEWORK = {"pipelines": "haystack", "flows": "prefect", "service": "fastapi"}
# haystack imports torch wherever torch is installed: that is not our module's doing.
BROUGHT_ALONG = {
    "haystack": {"haystack", "torch", "transformers"},
    "prefect": {"prefect", "fastapi"},
    "fastapi": {"fastapi"},
}
EXTRAS = {
    "core": {"telemetry"},
    "compliance": {"marks", "pii", "receipts", "reports", "timestamp"},
    "connectors": set[str](),
    "pipelines": {"pipelines", "training"},
    "evaluation": {"pipelines"},
    "flows": {"pipelines", "flows"},
    "service": {"service"},
    "cli": {"telemetry", "pipelines", "flows", "service", "cli"},
}


def imports(module: Module, *, top_level_only: bool) -> Iterator[str]:
    """Yield the dotted names that a module imports, without those for type checking alone."""

    def walk(node: ast.AST) -> Iterator[str]:
        for child in ast.iter_child_nodes(node):
            if isinstance(child, ast.If) and "TYPE_CHECKING" in ast.unparse(child.test):
                continue
            if top_level_only and isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
                continue
            if isinstance(child, ast.Import):
                yield from (alias.name for alias in child.names)
            elif isinstance(child, ast.ImportFrom) and child.level == 0 and child.module:
                yield child.module
                if child.module.startswith("averment"):
                    yield from (f"{child.module}.{alias.name}" for alias in child.names)
            else:
                yield from walk(child)

    yield from walk(module.tree())


def uses_framework(modules: list[Module]) -> set[str]:
    """Return the modules whose top level reaches their area's framework, through our own modules or at once."""
    edges = {module.name: set(imports(module, top_level_only=True)) for module in modules}
    frameworks = {module.name: FRAMEWORK.get(module.area) for module in modules}
    users = {
        name
        for name, wanted in edges.items()
        if any(
            target.split(".")[0].startswith(frameworks[name] or "-") or target.startswith("starlette")
            for target in wanted
        )
    }
    while True:
        more = {name for name, wanted in edges.items() if frameworks[name] and wanted & users and name not in users}
        if not more:
            return users
        users |= more


@pytest.fixture(scope="module")
def probed() -> dict[str, dict[str, list[str]]]:
    """Import every module in one fresh interpreter, those that may load a framework last."""
    modules = project_modules()
    users = uses_framework(modules)
    order = sorted(
        modules,
        key=lambda module: (
            module.name in users,
            list(FRAMEWORK).index(module.area) if module.area in FRAMEWORK else -1,
        ),
    )
    # No variable of ours is set: a module that reads one would find nothing.
    environment = {key: value for key, value in os.environ.items() if not key.startswith("AVERMENT_")}
    command = [sys.executable, str(PROBE), str(REPO), *(module.name for module in order)]
    done = subprocess.run(
        command, capture_output=True, text=True, check=True, cwd=REPO.anchor, env=environment, timeout=300
    )
    report: dict[str, dict[str, list[str]]] = json.loads(done.stdout)
    return report


@pytest.mark.slow
def test_importing_has_no_effects(probed: dict[str, dict[str, list[str]]]) -> None:
    effects = {name: "; ".join(result["effects"]) for name, result in probed.items() if result["effects"]}
    broken = broken_rules("effects", effects)
    assert not broken, "\n".join(broken)


def test_importing_brings_no_heavy_library(probed: dict[str, dict[str, list[str]]]) -> None:
    users = uses_framework(project_modules())
    found = []
    for name, result in probed.items():
        framework = FRAMEWORK.get(name.split(".")[1]) if name in users else None
        allowed = BROUGHT_ALONG.get(framework or "", set())
        found += [f"{name}: imports {library}" for library in result["heavy"] if library not in allowed]
    assert not found, "\n".join(found)


def test_an_area_imports_only_what_it_declares() -> None:
    project = tomllib.loads((REPO / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    base = {canonicalize_name(Requirement(line).name) for line in project["dependencies"]}
    extras = {
        extra: {canonicalize_name(Requirement(line).name) for line in lines}
        for extra, lines in project["optional-dependencies"].items()
    }
    providers = importlib.metadata.packages_distributions()
    undeclared: dict[str, str] = {}
    for module in project_modules():
        declared = base.union(*(extras[extra] for extra in EXTRAS[module.area]))
        for target in imports(module, top_level_only=False):
            top = target.split(".")[0]
            if top == "averment" or top in sys.stdlib_module_names:
                continue
            if not declared.intersection(canonicalize_name(name) for name in providers.get(top, [])):
                undeclared[f"{module.name}: {top}"] = (
                    f"from {providers.get(top, ['nothing installed'])[0]}, not declared"
                )
    broken = broken_rules("undeclared", undeclared)
    assert not broken, "\n".join(broken)
