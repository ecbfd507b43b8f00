"""Zip containers, opened with limits: nothing is unpacked before its size is known to be bearable.

Office files are zip containers of XML parts. A part that expands beyond reason, too many parts, an encrypted part, or
a document type definition in a part (Office writes none; attacks do) ends the reading.
"""

import zipfile
import zlib
from collections.abc import Callable
from io import BytesIO
from typing import Any, Final

from averment.core.errors import DocumentCorrupt, DocumentEncrypted, DocumentLimitExceeded
from averment.pipelines.ingestion.limits import ParseLimits

_RATIO_FROM_BYTES: Final = 1 << 20
_ENCRYPTED_FLAG: Final = 0x1


class OfficeArchive:
    """The parts of an Office file.

    Raises:
        DocumentCorrupt: It is no whole zip container.
        DocumentEncrypted: A part needs a password.
        DocumentLimitExceeded: It would expand too far.
    """

    def __init__(self, content: bytes, *, limits: ParseLimits):
        try:
            self._zip = zipfile.ZipFile(BytesIO(content))
        except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError) as error:
            raise DocumentCorrupt("the zip container is damaged", hint="deliver the file again") from error
        members = self._zip.infolist()
        if len(members) > limits.max_parts:
            raise DocumentLimitExceeded(f"the container has {len(members)} parts, the limit is {limits.max_parts}")
        expanded = sum(member.file_size for member in members)
        if expanded > limits.max_expanded_bytes:
            raise DocumentLimitExceeded(
                f"the container would expand to {expanded} bytes, the limit is {limits.max_expanded_bytes}",
                hint="raise the limit of expanded bytes if the file is trusted",
                details={"expanded_bytes": expanded},
            )
        for member in members:
            self._check(member, limits)
        self.names = [member.filename for member in members]

    def read(self, name: str) -> bytes:
        """Return one part.

        Raises:
            DocumentCorrupt: The part is missing or damaged.
        """
        try:
            return self._zip.read(name)
        except KeyError as error:
            raise DocumentCorrupt(f"the file lacks its part {name}", hint="deliver the file again") from error
        except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, OSError, RuntimeError) as error:
            raise DocumentCorrupt(f"part {name} of the file is damaged", hint="deliver the file again") from error

    def xml(self, name: str) -> Any:
        """Return one part as a tree, with no entity expanded and nothing fetched.

        Raises:
            DocumentCorrupt: The part is missing, damaged, no XML, or carries a document type definition.
        """
        from lxml import etree  # type: ignore[import-untyped] # lxml has no stubs

        data = self.read(name)
        if b"<!DOCTYPE" in data[:4096] or b"<!ENTITY" in data[:65536]:
            raise DocumentCorrupt(
                f"part {name} carries a document type definition, which Office files never do",
                hint="treat it as hostile",
            )
        parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=True)
        try:
            return etree.fromstring(data, parser)
        except etree.XMLSyntaxError as error:
            raise DocumentCorrupt(f"part {name} of the file is cut short or no XML", hint="deliver it again") from error

    def replaced(self, parts: dict[str, bytes], *, edit: Callable[[bytes], bytes]) -> bytes:
        """Return the container with some parts exchanged and every XML part edited."""
        target = BytesIO()
        with zipfile.ZipFile(target, "w", zipfile.ZIP_STORED) as out:
            for name in dict.fromkeys(self.names):
                if name.endswith("/"):
                    continue
                data = parts[name] if name in parts else self.read(name)
                out.writestr(name, edit(data) if name.endswith((".xml", ".rels")) else data)
        return target.getvalue()

    @staticmethod
    def _check(member: zipfile.ZipInfo, limits: ParseLimits) -> None:
        if member.flag_bits & _ENCRYPTED_FLAG:
            raise DocumentEncrypted("a part of the file is encrypted and needs a password", hint="save it without one")
        ratio = member.file_size / max(member.compress_size, 1)
        if member.file_size > _RATIO_FROM_BYTES and ratio > limits.max_expansion_ratio:
            raise DocumentLimitExceeded(
                f"a part expands {ratio:.0f} times, the limit is {limits.max_expansion_ratio} (a zip bomb)",
                hint="raise the limit of the expansion ratio if the file is trusted",
                details={"expanded_bytes": member.file_size},
            )
