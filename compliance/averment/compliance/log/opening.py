"""Starting a log, and opening one for writing: one writer at a time, and what it finds."""

import fcntl
import os
from collections.abc import Sequence
from pathlib import Path

from averment.compliance.log.checkpoint import Checkpoint
from averment.compliance.log.durable import DurableFolder, make_folder
from averment.compliance.log.edge import RightEdge
from averment.compliance.log.layout import CHECKPOINT, HISTORY
from averment.compliance.log.note import SignerKey, VerifierKey, sign_note
from averment.compliance.log.recovery import RecoveredLog, recover
from averment.compliance.log.wal import WalWriter
from averment.core.errors import AuditIntegrityError, StoreBusy


def create_log(evidence_folder: Path, signer: SignerKey) -> None:
    """Start an empty log: a signed checkpoint of size 0.

    Raises:
        AuditIntegrityError: There is a log already.
    """
    log_folder = evidence_folder / "log"
    if log_folder.exists() and any(log_folder.iterdir()):
        raise AuditIntegrityError(f"{log_folder} is not empty; a log is never started over another one")
    empty = Checkpoint(origin=signer.name, size=0, root=RightEdge().frontier.root())
    note = sign_note(empty.text(), [signer]).encode()
    make_folder(log_folder)
    DurableFolder(log_folder, evidence_folder / "tmp").write({CHECKPOINT: note, f"{HISTORY}/0": note})


def open_files(
    evidence_folder: Path, keys: Sequence[VerifierKey], *, segment_bytes: int
) -> tuple[int, RecoveredLog, WalWriter]:
    """Take the lock, recover, and open the write-ahead log; nothing stays held where one of them fails.

    Raises:
        StoreBusy: Another process has the log.
        AuditIntegrityError: The log's files do not fit each other, or none of the keys signed it.
    """
    lock = lock_log(evidence_folder)
    try:
        recovered = recover(evidence_folder / "log", evidence_folder / "wal", keys=keys)
        next_index = recovered.edge.size + len(recovered.unsealed)
        return lock, recovered, WalWriter(evidence_folder / "wal", next_index=next_index, segment_bytes=segment_bytes)
    except BaseException:
        os.close(lock)
        raise


def lock_log(evidence_folder: Path) -> int:
    """Take a log for this process and return the descriptor whose closing lets go of it.

    Raises:
        StoreBusy: Another process has it.
    """
    make_folder(evidence_folder)
    descriptor = os.open(evidence_folder / "writer.lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        os.close(descriptor)
        raise StoreBusy(
            f"another process writes the evidence log in {evidence_folder}",
            hint="stop it, or let it do the work (averment serve owns the data directory while it runs)",
        ) from error
    return descriptor
