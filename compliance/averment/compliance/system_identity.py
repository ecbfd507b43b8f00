"""Which software wrote an entry: its version and a digest over its own source files."""

import hashlib
from dataclasses import dataclass
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Final

AREAS: Final = ("core", "connectors", "pipelines", "compliance", "flows", "service", "cli", "evaluation")
_SUFFIXES: Final = {".py", ".j2", ".json", ".yaml"}


@dataclass(frozen=True, slots=True, kw_only=True)
class SystemIdentity:
    """Version (`0.1.0`) and source digest (`sha256:<hex>`) of the running software."""

    version: str
    digest: str


@cache
def running_system() -> SystemIdentity:
    """Identify the running software by the files of every installed area, in order of their names."""
    import averment

    digest = hashlib.sha256()
    for area in AREAS:
        for root in averment.__path__:
            for path in sorted((Path(root) / area).rglob("*")):
                if path.suffix in _SUFFIXES and path.is_file():
                    content = hashlib.sha256(path.read_bytes()).hexdigest()
                    digest.update(f"{content}  {area}/{path.relative_to(Path(root) / area).as_posix()}\n".encode())
    try:
        number = version("averment")
    except PackageNotFoundError:
        number = "unknown"
    return SystemIdentity(version=number, digest=f"sha256:{digest.hexdigest()}")
