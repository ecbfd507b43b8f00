"""A ZIP archive as a folder: its members become documents of their own, and nothing is unpacked onto a disk.

The canonical text is the list of members that are taken out, a path a line. A path is made of the member's name
without what could lead elsewhere (drive, leading slashes, `..`). A member that cannot be taken out (encrypted,
damaged, expanding beyond reason) is handed on with its reason, so that it stands in quarantine under its own name.
Directories, links and what systems leave behind (`__MACOSX`, `.DS_Store`, dot files) are no documents.
"""

import stat
import zipfile
import zlib
from collections.abc import Iterator
from io import BytesIO
from pathlib import PurePosixPath
from typing import Final

from averment.core.documents import Attachment, ElementKind, ParsedDocument
from averment.core.errors import (
    DocumentCorrupt,
    DocumentEncrypted,
    DocumentError,
    DocumentLimitExceeded,
    PartitionFailed,
)
from averment.pipelines.ingestion.canonical import CanonicalWriter
from averment.pipelines.ingestion.limits import ParseLimits, ParseOptions
from averment.pipelines.ingestion.media_types import ZIP

_RATIO_FROM_BYTES: Final = 1 << 20
_ENCRYPTED_FLAG: Final = 0x1
_MAX_PATH_CHARS: Final = 400
_LEFT_BEHIND: Final = frozenset({"__MACOSX", "Thumbs.db", "desktop.ini"})


def partition_folder(content: bytes, *, limits: ParseLimits, options: ParseOptions) -> ParsedDocument:
    """List an archive and take its members out.

    Raises:
        DocumentCorrupt: Its directory cannot be read.
        DocumentLimitExceeded: It has too many members, or would expand too far.
        PartitionFailed: It holds no file.
    """
    try:
        archive = zipfile.ZipFile(BytesIO(content))
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError) as error:
        raise DocumentCorrupt("the archive's directory cannot be read", hint="deliver the file again") from error
    members = archive.infolist()
    _check(members, limits)
    warnings: dict[str, int] = {}
    writer = CanonicalWriter()
    found: list[Attachment] = []
    for member, path in _documents(members, warnings):
        found.append(_take_out(archive, member, path, limits=limits, options=options))
        writer.write(path)
        writer.end_line(ElementKind.LIST_ITEM)
    if not found:
        raise PartitionFailed("no text found: the archive holds no file", hint="check that it is the right file")
    return ParsedDocument(
        text=writer.text(),
        elements=tuple(writer.elements),
        media_type=ZIP,
        parser="averment folder 1",
        warnings=warnings,
        attachments=tuple(found),
    )


def _check(members: list[zipfile.ZipInfo], limits: ParseLimits) -> None:
    if len(members) > limits.max_parts:
        raise DocumentLimitExceeded(
            f"the archive has {len(members)} members, the limit is {limits.max_parts}",
            hint="unpack it and ingest the folder",
        )
    # zipfile never gives more of a member than its directory declares, so this bounds what comes out.
    expanded = sum(member.file_size for member in members)
    if expanded > limits.max_expanded_bytes:
        raise DocumentLimitExceeded(
            f"the archive would expand to {expanded} bytes, the limit is {limits.max_expanded_bytes}",
            hint="unpack it and ingest the folder, or raise the limit of expanded bytes if it is trusted",
            details={"expanded_bytes": expanded},
        )


def _documents(members: list[zipfile.ZipInfo], warnings: dict[str, int]) -> Iterator[tuple[zipfile.ZipInfo, str]]:
    """Yield the members that are documents, each with a path that leads nowhere and is used once."""
    used: set[str] = set()
    for member in members:
        if member.is_dir():
            continue
        path = safe_path(member.filename)
        if stat.S_ISLNK(member.external_attr >> 16):
            warnings["links_skipped"] = warnings.get("links_skipped", 0) + 1
            continue
        if not path or any(part in _LEFT_BEHIND or part.startswith((".", "~$")) for part in path.split("/")):
            warnings["members_skipped"] = warnings.get("members_skipped", 0) + 1
            continue
        if path != member.filename:
            warnings["unsafe_member_names"] = warnings.get("unsafe_member_names", 0) + 1
        path = _unique(path, used)
        used.add(path)
        yield member, path


def _unique(path: str, used: set[str]) -> str:
    place = PurePosixPath(path)
    number = 1
    while path in used:
        number += 1
        path = str(place.with_name(f"{place.stem} ({number}){place.suffix}"))
    return path


def safe_path(name: str) -> str:
    """Return a member's name as a path below its archive; empty where nothing of it names a file."""
    parts = name.replace("\\", "/").split("/")
    kept = ["".join(char for char in part if char.isprintable()).strip() for part in parts]
    kept = [part for part in kept if part not in ("", ".", "..") and not (len(part) == 2 and part[1] == ":")]
    return " ".join("/".join(kept).split())[-_MAX_PATH_CHARS:].lstrip("/")


def _take_out(
    archive: zipfile.ZipFile, member: zipfile.ZipInfo, path: str, *, limits: ParseLimits, options: ParseOptions
) -> Attachment:
    content = b""
    failure: DocumentError | None = None
    try:
        content = _read(archive, member, limits=limits, options=options)
    except DocumentError as error:
        failure = error
    return Attachment(name=path, media_type="application/octet-stream", content=content, is_member=True, error=failure)


def _read(archive: zipfile.ZipFile, member: zipfile.ZipInfo, *, limits: ParseLimits, options: ParseOptions) -> bytes:
    ratio = member.file_size / max(member.compress_size, 1)
    if member.file_size > _RATIO_FROM_BYTES and ratio > limits.max_expansion_ratio:
        raise DocumentLimitExceeded(
            f"the member expands {ratio:.0f} times, the limit is {limits.max_expansion_ratio} (a zip bomb)",
            hint="unpack it if it is trusted, or raise the limit of the expansion ratio",
            details={"expanded_bytes": member.file_size},
        )
    is_encrypted = bool(member.flag_bits & _ENCRYPTED_FLAG)
    if is_encrypted and options.password is None:
        raise _encrypted()
    try:
        return archive.read(member, pwd=options.password.encode() if options.password else None)
    except NotImplementedError as error:
        if is_encrypted:
            raise _encrypted() from error
        raise DocumentCorrupt(
            f"the member is packed with method {member.compress_type}, which is not known here", hint="pack it anew"
        ) from error
    except RuntimeError as error:
        raise _encrypted() from error
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError) as error:
        raise DocumentCorrupt("the member is damaged", hint="deliver the archive again") from error


def _encrypted() -> DocumentEncrypted:
    return DocumentEncrypted("the member of the archive is encrypted", hint="pack it without a password")
