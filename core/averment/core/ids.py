"""Identifiers: what they are made from, and that they carry their algorithm.

Ids that name content derive from the content (`sha256:<hex>`); ids that name an
event or a record are UUIDv7 (RFC 9562), so they sort by time.
"""

import hashlib
import json
import os
import uuid
from typing import NewType

DocumentId = NewType("DocumentId", str)
ChunkId = NewType("ChunkId", str)
ContentHash = NewType("ContentHash", str)
TextHash = NewType("TextHash", str)
AnswerId = NewType("AnswerId", str)

_HASH_PREFIX = "sha256:"


def sha256_id(data: bytes) -> str:
    """Return `sha256:<64 hex digits>` of data."""
    return _HASH_PREFIX + hashlib.sha256(data).hexdigest()


def content_hash(data: bytes) -> ContentHash:
    """Identify the bytes of a source file."""
    return ContentHash(sha256_id(data))


def text_hash(text: str) -> TextHash:
    """Identify a canonical text by its UTF-8 bytes.

    Lone surrogates cannot occur in a canonical text; one raises `UnicodeEncodeError`.
    """
    return TextHash(sha256_id(text.encode("utf-8")))


def chunk_id(*, document_id: str, text_hash: str, start: int, end: int, pipeline_version: str) -> ChunkId:
    """Identify a chunk by what it is cut from, where, and by which pipeline.

    The parts are joined as a JSON array, so no two different tuples share an encoding.
    """
    parts = json.dumps([document_id, text_hash, start, end, pipeline_version], separators=(",", ":"))
    return ChunkId(sha256_id(parts.encode("utf-8")))


def point_id(chunk: str) -> str:
    """Derive the UUID under which the index stores a chunk (indexes accept integers or UUIDs only)."""
    return str(uuid.uuid5(uuid.NAMESPACE_OID, chunk))


def uuid7_ms(identity: str) -> int:
    """Return the time in a UUIDv7, in milliseconds since the Unix epoch."""
    return uuid.UUID(identity).int >> 80


def uuid7(*, unix_ms: int, randomness: bytes | None = None) -> str:
    """Make a UUIDv7 (RFC 9562, section 5.7) from a time in milliseconds and ten random bytes.

    Args:
        unix_ms: Milliseconds since the Unix epoch, 0 to 2**48 - 1.
        randomness: Ten bytes; drawn from the operating system when absent.
    """
    noise = os.urandom(10) if randomness is None else randomness
    if len(noise) != 10 or not 0 <= unix_ms < 1 << 48:
        raise ValueError(f"uuid7 needs 10 random bytes and 0 <= unix_ms < 2**48, got {len(noise)} and {unix_ms}")
    value = bytearray(unix_ms.to_bytes(6, "big") + noise)
    value[6] = (value[6] & 0x0F) | 0x70
    value[8] = (value[8] & 0x3F) | 0x80
    digits = value.hex()
    return f"{digits[:8]}-{digits[8:12]}-{digits[12:16]}-{digits[16:20]}-{digits[20:]}"
