"""Checkpoints (C2SP tlog-checkpoint, version 1): the origin, size and root of a log, to be signed as a note.

The origin of a log's first shard is the log's name; that of a later year's shard is the name, a slash and the year.
"""

import base64
import binascii
import re
from dataclasses import dataclass

from averment.compliance.log.merkle import HASH_BYTES
from averment.compliance.log.note import Note
from averment.core.errors import AuditIntegrityError

_SHARD = re.compile(r"/[0-9]{4}")
_SIZE = re.compile(r"0|[1-9][0-9]{0,18}")


def shard_origin(log: str, year: int) -> str:
    """Return the origin of a log's shard of a year."""
    return f"{log}/{year:04d}"


def is_origin_of(origin: str, log: str) -> bool:
    """Tell whether the origin is that of a shard of the log of this name."""
    return origin == log or (origin.startswith(log) and _SHARD.fullmatch(origin, len(log)) is not None)


def origin_year(origin: str, log: str) -> int | None:
    """Return the year of the shard of a log; None for the first, whose origin names none."""
    return int(origin[-4:]) if origin != log else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Checkpoint:
    """The state of a log: its first `size` entries have the Merkle root `root`."""

    origin: str
    size: int
    root: bytes
    extensions: tuple[str, ...] = ()

    def text(self) -> str:
        """Write the text of the note."""
        lines = [self.origin, str(self.size), base64.b64encode(self.root).decode(), *self.extensions]
        return "".join(line + "\n" for line in lines)

    @classmethod
    def parse(cls, text: str, *, name: str) -> "Checkpoint":
        """Read the text of a note.

        Raises:
            AuditIntegrityError: It is not a checkpoint in its one canonical form; the message carries `name`.
        """
        lines = text.split("\n")
        if len(lines) < 4 or lines.pop() or not all(lines) or not _SIZE.fullmatch(lines[1]):
            raise AuditIntegrityError(f"{name}: not a checkpoint (expected origin, size and root hash, a line each)")
        try:
            root = base64.b64decode(lines[2], validate=True)
        except (binascii.Error, ValueError) as error:
            raise AuditIntegrityError(f"{name}: the root hash is not base64") from error
        checkpoint = cls(origin=lines[0], size=int(lines[1]), root=root, extensions=tuple(lines[3:]))
        if len(root) != HASH_BYTES or checkpoint.text() != text:
            raise AuditIntegrityError(f"{name}: the root hash is not {HASH_BYTES} bytes in canonical base64")
        return checkpoint


@dataclass(frozen=True, slots=True, kw_only=True)
class Sealed:
    """A signed checkpoint and its note."""

    checkpoint: Checkpoint
    note: Note
