"""What a log sends to a witness (C2SP tlog-witness, `add-checkpoint`): old size, consistency proof, checkpoint."""

import base64
import binascii
import re
from dataclasses import dataclass
from typing import Final

from averment.compliance.log.merkle import HASH_BYTES
from averment.compliance.log.note import Note
from averment.core.errors import AuditIntegrityError

SIZE_TYPE: Final = "text/x.tlog.size"
MAX_PROOF: Final = 63
_OLD = re.compile(r"old (0|[1-9][0-9]{0,18})")


@dataclass(frozen=True, slots=True, kw_only=True)
class Submission:
    """The size a witness cosigned last, the proof from there to the checkpoint, and the checkpoint's note."""

    old_size: int
    proof: tuple[bytes, ...]
    note: Note

    def encode(self) -> bytes:
        """Write the body of the request."""
        lines = [f"old {self.old_size}", *(base64.b64encode(node).decode() for node in self.proof), ""]
        return "".join(line + "\n" for line in lines).encode() + self.note.encode()

    @classmethod
    def parse(cls, body: bytes) -> "Submission":
        """Read the body of a request; nothing in it is trusted.

        Raises:
            AuditIntegrityError: It is not one.
        """
        head, _, note = body.partition(b"\n\n")
        try:
            first, *hashes = head.decode("ascii").split("\n")
            proof = tuple(base64.b64decode(line, validate=True) for line in hashes)
        except (UnicodeDecodeError, binascii.Error) as error:
            raise AuditIntegrityError("the request's first lines are not an old size and hashes") from error
        match = _OLD.fullmatch(first)
        if match is None or len(proof) > MAX_PROOF or any(len(node) != HASH_BYTES for node in proof):
            raise AuditIntegrityError("the request does not begin with 'old SIZE' and at most 63 hashes")
        return cls(old_size=int(match[1]), proof=proof, note=Note.parse(note, name="checkpoint"))
