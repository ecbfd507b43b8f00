"""The modules of the project, its files, and the shrink-only lists that its rules are checked against."""

import ast
import subprocess
from dataclasses import dataclass
from pathlib import Path

REPO = Path(__file__).resolve().parents[2]
AREAS = ("core", "connectors", "pipelines", "compliance", "flows", "service", "evaluation")
ALLOWED = Path(__file__).parent / "allowed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Module:
    """A module of the project: where it lies and what it is imported as."""

    path: Path
    name: str

    @property
    def area(self) -> str:
        """The word after `averment.`: usually the top folder; `cli` lies in the service's."""
        return self.name.split(".")[1]

    @property
    def is_package(self) -> bool:
        """Whether this is the `__init__` of a package."""
        return self.path.name == "__init__.py"

    def tree(self) -> ast.Module:
        """Parse the module."""
        return ast.parse(self.path.read_text(encoding="utf-8"), filename=str(self.path))


def project_modules() -> list[Module]:
    """Return every module below the source roots, sorted by name."""
    found = []
    for area in AREAS:
        for path in (REPO / area / "averment").rglob("*.py"):
            parts = path.relative_to(REPO / area).with_suffix("").parts
            name = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
            found.append(Module(path=path, name=name))
    return sorted(found, key=lambda module: module.name)


def project_files() -> list[Path]:
    """Return the files that git tracks or would track; every file of an export without git."""
    command = ["git", "-C", str(REPO), "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    listing = subprocess.run(command, capture_output=True, check=False)
    if listing.returncode == 0 and listing.stdout:
        paths = [REPO / name for name in listing.stdout.decode().split("\0") if name]
    else:
        made_here = {"models", "out", "dist", "build", "__pycache__"}
        paths = [
            path
            for path in REPO.rglob("*")
            if not any(part in made_here or part.startswith(".") for part in path.relative_to(REPO).parts)
        ]
    return sorted(path for path in paths if path.is_file())


def broken_rules(name: str, violations: dict[str, str]) -> list[str]:
    """Compare violations (key to description) with the list `allowed/<name>.txt` of those still allowed.

    Returns what is wrong: a violation that is not listed, an entry that is no longer needed, an entry
    without a reason.
    """
    entries: dict[str, str] = {}
    for line in (ALLOWED / f"{name}.txt").read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            key, _, reason = line.partition("  # ")
            entries[key.strip()] = reason.strip()
    return [
        *(f"{key}: {text}" for key, text in violations.items() if key not in entries),
        *(f"{key}: no longer needed in allowed/{name}.txt, remove it" for key in entries if key not in violations),
        *(f"{key}: give a reason in allowed/{name}.txt" for key, reason in entries.items() if not reason),
    ]
