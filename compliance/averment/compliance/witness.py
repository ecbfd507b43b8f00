"""A witness (C2SP tlog-witness): remembers the newest checkpoint of each log and cosigns only what extends it.

Run by somebody else than the log, it makes sure that the log shows everybody the same history. It sees checkpoints,
never entries. State is one file per log; it is durable before a cosignature leaves.
"""

import hashlib
import threading
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from typing import Final

from averment.compliance.log.checkpoint import Checkpoint
from averment.compliance.log.cosignature import cosign
from averment.compliance.log.durable import DurableFolder, make_folder
from averment.compliance.log.merkle import EMPTY_ROOT, verify_consistency
from averment.compliance.log.note import COSIGNATURE, Note, SignerKey, VerifierKey
from averment.compliance.log.policy import TrustPolicy
from averment.compliance.log.submission import SIZE_TYPE, Submission
from averment.core.clock import Clock
from averment.core.errors import AuditIntegrityError, ConfigurationError

KEY_FILE: Final = "witness.skey"
POLICY_FILE: Final = "logs.tlog-policy"
_SEEN: Final = "checkpoints"


@dataclass(frozen=True, slots=True, kw_only=True)
class WitnessReply:
    """Status, body and media type of an answer."""

    status: HTTPStatus
    body: bytes = b""
    content_type: str = "text/plain; charset=utf-8"


def create_witness(folder: Path, *, name: str, policy: str) -> VerifierKey:
    """Make a witness's folder with a new key; return its public half.

    Args:
        folder: Its own folder, on a machine that the log's operator does not run.
        name: The key's name, by habit a host name that the witness's operator owns.
        policy: The text of a trust policy, or one public key: the logs to cosign.

    Raises:
        ConfigurationError: There is a key already, the name is not allowed, or the policy names no log.
    """
    if (folder / KEY_FILE).exists():
        raise ConfigurationError(f"{folder} already holds a witness's key; keys are never overwritten")
    TrustPolicy.parse(policy, name="the policy")
    signer = SignerKey.generate(name, algorithm=COSIGNATURE)
    make_folder(folder)
    DurableFolder(folder, folder / "tmp").write(
        {POLICY_FILE: policy.encode(), KEY_FILE: f"{signer.skey}\n".encode()},
    )
    return signer.verifier


class Witness:
    """A witness at work. Thread-safe; one process to a folder.

    Args:
        folder: What `create_witness` made.
        clock: Supplies the time of cosignatures.

    Raises:
        ConfigurationError: Key or policy are missing or damaged.
    """

    def __init__(self, folder: Path, *, clock: Clock):
        self._folder = folder
        self._clock = clock
        try:
            self._signer = SignerKey.parse((folder / KEY_FILE).read_text("ascii").strip(), algorithm=COSIGNATURE)
            self._policy = TrustPolicy.parse((folder / POLICY_FILE).read_text("utf-8"), name=str(folder / POLICY_FILE))
        except (OSError, UnicodeDecodeError) as error:
            raise ConfigurationError(
                f"{folder} is not a witness's folder: {error}", hint="averment-witness init makes one"
            ) from error
        self._disk = DurableFolder(folder, folder / "tmp")
        self._lock = threading.Lock()

    @property
    def vkey(self) -> str:
        """Return the witness's public key."""
        return self._signer.verifier.vkey

    def add_checkpoint(self, body: bytes) -> WitnessReply:
        """Answer a request: a cosignature where the checkpoint extends the newest one seen, a refusal else.

        Raises:
            OSError: What was seen could not be made durable; nothing was cosigned.
        """
        try:
            submission = Submission.parse(body)
            checkpoint = Checkpoint.parse(submission.note.text, name="checkpoint")
        except AuditIntegrityError as error:
            return _refusal(HTTPStatus.BAD_REQUEST, error.message)
        log = self._policy.log_of(checkpoint.origin)
        if log is None:
            return _refusal(HTTPStatus.NOT_FOUND, "this log is not known here")
        try:
            self._policy.open_checkpoint(submission.note.encode(), name="checkpoint")
        except AuditIntegrityError as error:
            return _refusal(HTTPStatus.FORBIDDEN, error.message)
        if submission.old_size > checkpoint.size:
            return _refusal(HTTPStatus.BAD_REQUEST, "the old size is larger than the checkpoint")
        with self._lock:
            return self._extend(submission, checkpoint, log=log)

    def _extend(self, submission: Submission, checkpoint: Checkpoint, *, log: str) -> WitnessReply:
        """Compare with the newest checkpoint seen, keep the new one, cosign it. Holds the lock."""
        seen = self._seen(log)
        if submission.old_size != seen.size:
            return WitnessReply(status=HTTPStatus.CONFLICT, body=f"{seen.size}\n".encode(), content_type=SIZE_TYPE)
        if seen.size == checkpoint.size and seen.root != checkpoint.root:
            return _refusal(HTTPStatus.CONFLICT, f"another root was cosigned for {seen.size} entries: a fork")
        if not verify_consistency(
            seen.size, checkpoint.size, old_root=seen.root, new_root=checkpoint.root, proof=submission.proof
        ):
            return _refusal(HTTPStatus.UNPROCESSABLE_ENTITY, f"the proof from {seen.size} entries does not verify")
        self._disk.write({self._name(log): submission.note.encode()})
        moment = int(self._clock.now().timestamp())
        line = cosign(submission.note.text, self._signer, time_s=moment).line()
        return WitnessReply(status=HTTPStatus.OK, body=line.encode())

    def _seen(self, log: str) -> Checkpoint:
        """Return the newest checkpoint cosigned of a log, of whatever year; of size 0 where there is none.

        Raises:
            AuditIntegrityError: The file is damaged: nothing is cosigned until it is mended.
        """
        name = self._name(log)
        try:
            raw = (self._folder / name).read_bytes()
        except FileNotFoundError:
            return Checkpoint(origin=log, size=0, root=EMPTY_ROOT)
        return Checkpoint.parse(Note.parse(raw, name=name).text, name=name)

    @staticmethod
    def _name(log: str) -> str:
        return f"{_SEEN}/{hashlib.sha256(log.encode()).hexdigest()}"


def _refusal(status: HTTPStatus, reason: str) -> WitnessReply:
    return WitnessReply(status=status, body=f"{reason}\n".encode())
