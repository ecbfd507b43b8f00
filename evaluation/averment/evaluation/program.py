"""Which program made a result: one digest of the sources of the packages it came from."""

from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Final

from averment.core.ids import content_hash, sha256_id
from averment.core.jsonable import canonical_json

ANSWERING: Final = ("averment.core", "averment.pipelines", "averment.evaluation")
"""What decides a reply: how documents are read, how questions are answered, and what the arms make of that."""


def program_digest(packages: Sequence[str] = ANSWERING) -> str:
    """Identify the sources of packages: equal where every file has equal content and stands at an equal place.

    Args:
        packages: Import names, such as `averment.pipelines`.
    """
    files = {
        f"{package}/{path.relative_to(root)}": content_hash(path.read_bytes())
        for package in packages
        for root in _roots(package)
        for path in root.rglob("*")
        if path.is_file() and path.suffix != ".pyc"
    }
    return sha256_id(canonical_json(sorted(files.items())))


def _roots(package: str) -> list[Path]:
    found = find_spec(package)
    if found is None or found.submodule_search_locations is None:
        raise ModuleNotFoundError(f"no package {package!r}: its sources cannot be identified")
    return [Path(place) for place in found.submodule_search_locations]
