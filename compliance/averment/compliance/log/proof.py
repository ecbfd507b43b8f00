"""Proofs that an entry is in a log (C2SP tlog-proof): index, audit path and checkpoint in one text.

The text and the entry are all that a verifier with the log's key needs, offline.
"""

import base64
import binascii
from dataclasses import dataclass
from typing import Final

from averment.compliance.log.checkpoint import Checkpoint
from averment.compliance.log.merkle import HASH_BYTES
from averment.compliance.log.note import Note
from averment.core.errors import AuditIntegrityError

HEADER: Final = "c2sp.org/tlog-proof@v1"


@dataclass(frozen=True, slots=True, kw_only=True)
class TlogProof:
    """An entry's index, its audit path from the sibling upwards, and the note of the checkpoint it leads to."""

    index: int
    path: tuple[bytes, ...]
    note: Note

    def encode(self) -> str:
        """Write the proof."""
        hashes = (base64.b64encode(node).decode() for node in self.path)
        head = "".join(line + "\n" for line in (HEADER, f"index {self.index}", *hashes))
        return head + "\n" + self.note.encode().decode()

    def checkpoint(self, *, name: str) -> Checkpoint:
        """Read the checkpoint, which is not trusted until the note is verified."""
        return Checkpoint.parse(self.note.text, name=name)

    @classmethod
    def parse(cls, text: str, *, name: str) -> "TlogProof":
        """Read a proof without trusting it; extra data (which the format leaves unauthenticated) is refused.

        Raises:
            AuditIntegrityError: It is not a proof in its one canonical form; the message carries `name`.
        """
        head, _, note = text.partition("\n\n")
        lines = head.split("\n")
        if len(lines) < 2 or lines[0] != HEADER or not lines[1].startswith("index "):
            raise AuditIntegrityError(f"{name}: not a proof (expected {HEADER!r}, then 'index N')")
        digits = lines[1].removeprefix("index ")
        try:
            path = tuple(base64.b64decode(line, validate=True) for line in lines[2:])
        except (binascii.Error, ValueError) as error:
            raise AuditIntegrityError(f"{name}: a hash of the audit path is not base64") from error
        if not digits.isascii() or not digits.isdigit() or len(digits) > 19 or any(len(h) != HASH_BYTES for h in path):
            raise AuditIntegrityError(f"{name}: the index or a hash of the audit path is malformed")
        proof = cls(index=int(digits), path=path, note=Note.parse(note.encode(), name=name))
        if proof.encode() != text:
            raise AuditIntegrityError(f"{name}: the proof is not in its canonical form")
        return proof
