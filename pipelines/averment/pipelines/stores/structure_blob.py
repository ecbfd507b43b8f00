"""The structure of a canonical text as bytes: sections, terms, cross-references, tagged figures, conflicts.

Rows of values in the order of the types' fields, compressed. Metadata and amendments are rows of the catalog.
"""

import json
import zlib
from dataclasses import fields
from typing import Any, Final

from averment.core.errors import StoreError
from averment.core.structure import CrossReference, DefinedTerm, DocumentStructure, Section, TagConflict, TaggedFact

_MAGIC: Final = b"AVS1"
_LEVEL: Final = 3
_MAX_BYTES: Final = 1 << 28
_PARTS: Final[tuple[tuple[str, Any], ...]] = (
    ("sections", Section),
    ("terms", DefinedTerm),
    ("references", CrossReference),
    ("tags", TaggedFact),
    ("conflicts", TagConflict),
)


def to_bytes(structure: DocumentStructure) -> bytes:
    """Write a structure; equal structures give equal bytes."""
    parts = {}
    for name, kind in _PARTS:
        columns = [field.name for field in fields(kind)]
        parts[name] = {
            "columns": columns,
            "rows": [[getattr(item, column) for column in columns] for item in getattr(structure, name)],
        }
    return _MAGIC + zlib.compress(json.dumps(parts, separators=(",", ":"), ensure_ascii=False).encode("utf-8"), _LEVEL)


def from_bytes(data: bytes) -> DocumentStructure:
    """Read a structure, without metadata and amendments.

    Raises:
        StoreError: The bytes are no structure.
    """
    if not data.startswith(_MAGIC):
        raise StoreError("a stored blob is no structure", hint="averment ingest --full makes it again")
    inflater = zlib.decompressobj()
    try:
        parts = json.loads(inflater.decompress(data[len(_MAGIC) :], _MAX_BYTES))
        read = {
            name: tuple(kind(**dict(zip(parts[name]["columns"], row, strict=True))) for row in parts[name]["rows"])
            for name, kind in _PARTS
            if name in parts  # sections were not kept at first
        }
    except (zlib.error, ValueError, KeyError, TypeError) as error:
        raise StoreError("a stored structure is damaged", hint="averment ingest --full makes it again") from error
    if not inflater.eof:
        raise StoreError("a stored structure is cut off or too large", hint="averment ingest --full makes it again")
    return DocumentStructure(**read)
