"""What others say about a checkpoint: cosignatures of witnesses (C2SP tlog-witness), and a time stamp (RFC 3161).

Nothing is asked of anybody unless the settings name them. Where no quorum is demanded, who does not answer in time is
left out and named in a warning; where one is demanded, the checkpoint is not published without it.
"""

import logging
import urllib.error
import urllib.request
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from averment.compliance.log.checkpoint import Checkpoint
from averment.compliance.log.cosignature import cosigned_at
from averment.compliance.log.note import Note
from averment.compliance.log.policy import Witness
from averment.compliance.log.reader import LogReader
from averment.compliance.log.submission import SIZE_TYPE, Submission
from averment.core.errors import AuditIntegrityError

MAX_REPLY_BYTES: Final = 64 * 1024
_ATTEMPTS: Final = 3

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """What an HTTP server answered."""

    status: int
    body: bytes
    content_type: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """A POST to one of those who are asked."""

    url: str
    body: bytes
    content_type: str = "text/plain; charset=utf-8"


Post = Callable[[Request], Reply]
Timestamper = Callable[[bytes], bytes]
"""Returns the RFC 3161 response over some bytes; raises OSError or AuditIntegrityError where none was to be had."""


def http_post(timeout_s: float) -> Post:
    """Return what sends requests over HTTP, each within a time; it raises OSError where nobody answers."""

    def post(request: Request) -> Reply:
        message = urllib.request.Request(  # noqa: S310 - the settings allow http and https only
            request.url, data=request.body, headers={"Content-Type": request.content_type}, method="POST"
        )
        try:
            with urllib.request.urlopen(message, timeout=timeout_s) as answer:  # noqa: S310
                return _reply(answer.status, answer)
        except urllib.error.HTTPError as error:
            with error:
                return _reply(error.code, error)

    return post


def _reply(status: int, answer: object) -> Reply:
    read, headers = getattr(answer, "read"), getattr(answer, "headers")  # noqa: B009 - both kinds of answers have them
    return Reply(status=status, body=read(MAX_REPLY_BYTES), content_type=headers.get("Content-Type", ""))


@dataclass(slots=True, kw_only=True)
class Anchors:
    """Those who are asked about checkpoints of one log.

    Attributes:
        witnesses: Witnesses with their addresses.
        needed: How many of them must cosign before a checkpoint is published; 0 publishes without waiting.
        post: Sends a request.
        timestamper: Has checkpoints time-stamped; None for none.
    """

    witnesses: Sequence[Witness]
    needed: int
    post: Post
    timestamper: Timestamper | None = None
    _sizes: dict[str, int] = field(default_factory=dict)

    def cosigned(self, note: Note, checkpoint: Checkpoint, *, log_folder: Path) -> Note:
        """Return a checkpoint's note with the cosignatures that were to be had; asks all witnesses at once.

        Args:
            note: The note, signed by the log.
            checkpoint: What it holds.
            log_folder: The folder `log/`, whose tiles reach the checkpoint's size.

        Raises:
            ConnectionError: Fewer cosigned than are needed.
        """
        if not self.witnesses:
            return note
        found: list[Note] = []
        remarks: list[str] = []

        def ask(witness: Witness) -> None:
            try:
                found.append(self._ask(witness, note, checkpoint, LogReader(log_folder)))
            except (OSError, AuditIntegrityError, ValueError) as error:
                remarks.append(f"{witness.name}: {error}")

        with ThreadPoolExecutor(max_workers=len(self.witnesses)) as pool:
            list(pool.map(ask, self.witnesses))
        if len(found) < self.needed:
            raise ConnectionError(f"{len(found)} of {self.needed} needed witnesses cosigned ({'; '.join(remarks)})")
        if remarks:
            logger.warning("checkpoint size=%d lacks cosignatures: %s", checkpoint.size, "; ".join(remarks))
        own = dict.fromkeys(note.signatures)
        return Note(text=note.text, signatures=tuple(own | dict.fromkeys(s for one in found for s in one.signatures)))

    def timestamped(self, note: Note) -> bytes | None:
        """Return the time-stamping authority's response over a note's text, or None where none was to be had."""
        if self.timestamper is None:
            return None
        try:
            return self.timestamper(note.text.encode())
        except (OSError, AuditIntegrityError) as error:
            logger.warning("a checkpoint was not time-stamped: %s", error)
            return None

    def _ask(self, witness: Witness, note: Note, checkpoint: Checkpoint, reader: LogReader) -> Note:
        """Ask one witness; what it has seen is learnt from its refusal where it is not known."""
        for _ in range(_ATTEMPTS):
            old = self._sizes.get(witness.name, 0)
            if old > checkpoint.size:
                raise ValueError(f"has cosigned {old} entries already, more than the {checkpoint.size} asked for")
            proof = reader.consistency(old, checkpoint.size) if 0 < old < checkpoint.size else []
            body = Submission(old_size=old, proof=tuple(proof), note=note).encode()
            reply = self.post(Request(url=f"{witness.url.rstrip('/')}/add-checkpoint", body=body))
            if reply.status == 409 and reply.content_type.startswith(SIZE_TYPE):
                self._sizes[witness.name] = int(reply.body)
                continue
            if reply.status != 200:
                raise ValueError(f"refused with status {reply.status}")
            self._sizes[witness.name] = checkpoint.size
            return _own_lines(note, reply.body, witness)
        raise ValueError("named another size each time it was asked")


def _own_lines(note: Note, lines: bytes, witness: Witness) -> Note:
    """Return the cosignatures of a witness out of its answer; other lines are left out."""
    answered = Note.parse(note.encode() + lines, name=witness.name)
    if cosigned_at(answered, witness.key, name=witness.name) is None:
        raise ValueError("answered without its cosignature")
    own = (witness.key.name, witness.key.id)
    return Note(text=note.text, signatures=tuple(s for s in answered.signatures if (s.name, s.key_id) == own))
