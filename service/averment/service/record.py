"""The log of an open installation, for commands that work beside answers: entries, exports, erasure, verification."""

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from averment.compliance.audit import ExportRequest, VerificationReport, export, own_policy, verify_log
from averment.compliance.marks.release import Release, release_file
from averment.compliance.purposes.store import PurposeStore
from averment.compliance.recorder import EvidenceRecorder
from averment.compliance.retention import Retention, retention_in_force
from averment.compliance.signing_keys import mark_key
from averment.core.audit import AuditEvent, EventType, EventValue
from averment.core.errors import StoreBusy
from averment.pipelines.workspace import Workspace

if TYPE_CHECKING:
    from averment.compliance.erasure import Eraser


class Record:
    """What is done with the log itself.

    Args:
        workspace: The open installation, with its log or with what reaches the log's owner.
    """

    def __init__(self, workspace: Workspace):
        self.settings = workspace.settings
        self.data_dir = workspace.data_dir
        self._workspace = workspace
        self._evidence = workspace.audit if isinstance(workspace.audit, EvidenceRecorder) else None

    def own_log(self) -> EvidenceRecorder:
        """Return the log, which this process must own.

        Raises:
            StoreBusy: Another process owns it.
        """
        if self._evidence is None:
            raise StoreBusy(
                "the log is open in another process, and this is done by its owner alone",
                hint="stop averment serve for the time of this command",
            )
        return self._evidence

    def record_event(self, kind: EventType, data: Mapping[str, EventValue], *, subject: str) -> None:
        """Log an event of a command that works beside the stores."""
        self._workspace.audit.append(AuditEvent(type=kind, subject=subject, data=data))

    def release_file(self, raw: bytes, release: Release) -> bytes:
        """Return a file as it may leave: no claim in it, marked where a sentence was generated, and that in the log."""
        signer = mark_key(self.data_dir.keys, name=self.settings.log.origin)
        return release_file(raw, release, signer=signer, audit=self._workspace.audit)

    def export_log(self, out: Path, request: ExportRequest) -> Path:
        """Log an export, then write it.

        Raises:
            StoreBusy: Another process owns the log.
        """
        return export(self.own_log(), request, out=out)

    def verify_log(self) -> VerificationReport:
        """Check the whole log against its own policy, sealed first where this process owns it."""
        if self._evidence is not None:
            self._evidence.seal()
        return verify_log(self.data_dir.evidence, own_policy(self.data_dir.evidence))

    def retention(self) -> Retention:
        """Return retention as settings and signed assessments have it at this moment."""
        purposes = PurposeStore(self.data_dir.purposes)
        return retention_in_force(self.settings.retention, purposes, now=self._workspace.clock.now())

    def eraser(self, *, subject: str) -> "Eraser":
        """Return what erases people, on behalf of a subject.

        Raises:
            StoreBusy: Another process owns the log.
        """
        from averment.service.person_rights import make_eraser

        return make_eraser(self._workspace, self.own_log(), retention=self.retention(), subject=subject)

    def export_person(self, identity: str, out: Path, *, names: tuple[str, ...], subject: str) -> int:
        """Log an access request, then write what is held of a person; return how many entries there are."""
        from averment.service.person_rights import export_held

        return export_held(self._workspace, self.own_log(), identity=identity, names=names, out=out, subject=subject)
