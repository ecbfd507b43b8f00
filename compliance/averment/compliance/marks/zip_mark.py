"""Marks in ZIP archives: a member of its own; the digest is over names and contents of all others.

DOCX is such an archive too; `docx_mark` says what is different there.
"""

import hashlib
import io
import zipfile
from collections.abc import Mapping
from typing import Final

MEMBER: Final = "averment-mark.txt"
MAX_BYTES: Final = 512 * 1024 * 1024
_TIME: Final = (1980, 1, 1, 0, 0, 0)


def canonical(raw: bytes) -> bytes:
    """Return a digest over each member by name, the mark left out.

    Raises:
        zipfile.BadZipFile: It is no ZIP archive.
        ValueError: It unpacks to more than `MAX_BYTES`, or two members share a name.
    """
    return digests({name: content for name, content in unpacked(raw).items() if name != MEMBER})


def embed(raw: bytes, mark: str) -> bytes:
    """Return the archive with the mark as its last member; the same bytes for the same archive.

    Raises:
        zipfile.BadZipFile: It is no ZIP archive.
        ValueError: As in `canonical`.
    """
    return packed({**unpacked(raw), MEMBER: mark.encode()})


def extract(raw: bytes) -> str | None:
    """Return the mark, or None.

    Raises:
        zipfile.BadZipFile: It is no ZIP archive.
        ValueError: As in `canonical`.
    """
    mark = unpacked(raw).get(MEMBER)
    return None if mark is None else mark.decode("utf-8", errors="replace")


def unpacked(raw: bytes) -> dict[str, bytes]:
    """Return the members by name, in their order.

    Raises:
        zipfile.BadZipFile: It is no ZIP archive.
        ValueError: As in `canonical`.
    """
    with zipfile.ZipFile(io.BytesIO(raw)) as archive:
        if sum(info.file_size for info in archive.infolist()) > MAX_BYTES:
            raise ValueError(f"the file unpacks to more than {MAX_BYTES} bytes")
        names = archive.namelist()
        if len(set(names)) != len(names):
            raise ValueError("two parts of the file share a name")
        return {name: archive.read(name) for name in names}


def packed(members: Mapping[str, bytes]) -> bytes:
    """Return an archive of members in their order, which depends on nothing else."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            info = zipfile.ZipInfo(name, _TIME)
            info.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(info, content)
    return stream.getvalue()


def digests(members: Mapping[str, bytes]) -> bytes:
    """Return one line for each member, by name: the SHA-256 of its content and the name."""
    lines = (f"{hashlib.sha256(content).hexdigest()} {name}\n" for name, content in sorted(members.items()))
    return "".join(lines).encode()
