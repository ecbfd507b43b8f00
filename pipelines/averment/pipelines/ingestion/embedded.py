"""Files embedded in Office files (a workbook in a contract) as attachments, to become documents of their own.

What a part of the file refers to as a package, or as a document to be shown in its place, is taken out; charts keep
their workbooks, whose figures they draw.
Objects in the older OLE form are taken out where they hold a package or a native file; others are counted.
"""

import posixpath
import re
from io import BytesIO
from typing import Any, Final

from averment.core.documents import Attachment
from averment.core.errors import DocumentCorrupt
from averment.pipelines.ingestion.archive import OfficeArchive

_RELATIONS: Final = re.compile(r"(?:word|ppt/slides|xl/worksheets)/_rels/[^/]+\.rels")
_NATIVE: Final = "\x01Ole10Native"
_MAX_NAME_CHARS: Final = 120


def read_embedded(archive: OfficeArchive) -> tuple[tuple[Attachment, ...], int]:
    """Return the embedded files in the order of their names, and how many objects could not be taken out."""
    targets: set[str] = set()
    names = set(archive.names)
    for name in archive.names:
        if _RELATIONS.fullmatch(name):
            folder = posixpath.dirname(posixpath.dirname(name))
            targets.update(_targets(archive.xml(name), folder))
    found: list[Attachment] = []
    n_unread = 0
    for target in sorted(targets & names):
        name, content = _unwrap(posixpath.basename(target), archive.read(target))
        if content:
            found.append(Attachment(name=name, media_type="application/octet-stream", content=content))
        else:
            n_unread += 1
    return tuple(found), n_unread


def _targets(relations: Any, folder: str) -> set[str]:
    found = set()
    for relation in relations:
        kind = (relation.get("Type") or "").rpartition("/")[2]
        target = relation.get("Target") or ""
        if kind in ("package", "oleObject", "aFChunk") and relation.get("TargetMode") != "External":
            path = target.lstrip("/") if target.startswith("/") else posixpath.join(folder, target)
            found.add(posixpath.normpath(path))
    return found


def _unwrap(name: str, content: bytes) -> tuple[str, bytes]:
    """Take a file out of an OLE object; other content is returned as it is, nothing where it cannot be read."""
    import olefile

    if not content.startswith(b"\xd0\xcf\x11\xe0"):
        return name, content
    try:
        with olefile.OleFileIO(BytesIO(content)) as container:
            for stream in ("Package", "CONTENTS"):
                if container.exists(stream):
                    return name, bytes(container.openstream(stream).read())
            if container.exists(_NATIVE):
                return _native(container.openstream(_NATIVE).read(), name)
            # A whole document in the older format, which says itself what it is.
            return name, content if container.exists("WordDocument") or container.exists("Workbook") else b""
    except (OSError, ValueError, IndexError, TypeError) as error:
        raise DocumentCorrupt(f"the embedded object {name} is damaged", hint="deliver the file again") from error


def _native(data: bytes, name: str) -> tuple[str, bytes]:
    """Read the record that wraps a file of any kind: size, flags, label, path, path again, size, bytes."""
    parts = data[6:].split(b"\x00", 2)
    if len(parts) < 3:
        return name, b""
    label = parts[0].decode("cp1252", errors="replace").replace("\\", "/").rpartition("/")[2]
    rest = parts[2][4:]
    path_size = int.from_bytes(rest[:4], "little")
    rest = rest[4 + path_size :]
    size = int.from_bytes(rest[:4], "little")
    content = rest[4 : 4 + size]
    clean = "".join(char for char in label if char.isprintable())[:_MAX_NAME_CHARS].strip(". ")
    return clean or name, content if len(content) == size else b""
