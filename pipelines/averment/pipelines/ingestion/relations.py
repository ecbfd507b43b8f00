"""What the parts of an Office file refer to: targets by identity, as names of parts."""

import posixpath
from collections.abc import Mapping
from typing import NamedTuple

from averment.pipelines.ingestion.archive import OfficeArchive


class Relation(NamedTuple):
    """A reference of one part to another: the last word of its type, and the name of the part referred to."""

    kind: str
    target: str


def relations(archive: OfficeArchive, part: str) -> Mapping[str, Relation]:
    """Return what a part of the file refers to, by identity; nothing outside the file. Empty `part`: the file itself.

    Raises:
        DocumentCorrupt: The part that lists them is damaged.
    """
    folder, _, name = part.rpartition("/")
    listing = posixpath.join(folder, "_rels", f"{name}.rels")
    if listing not in archive.names:
        return {}
    found = {}
    for relation in archive.xml(listing):
        if not isinstance(relation.tag, str) or relation.get("TargetMode") == "External":
            continue
        target = (relation.get("Target") or "").replace("\\", "/")
        path = target.lstrip("/") if target.startswith("/") else posixpath.normpath(posixpath.join(folder, target))
        found[relation.get("Id") or ""] = Relation((relation.get("Type") or "").rpartition("/")[2], path)
    return found


def main_part(archive: OfficeArchive, *, default: str) -> str:
    """Return the part that holds the document itself."""
    targets = (relation.target for relation in relations(archive, "").values() if relation.kind == "officeDocument")
    return next((target for target in targets if target in archive.names), default)
