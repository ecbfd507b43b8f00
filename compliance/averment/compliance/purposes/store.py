"""The purposes of an installation as files: `purposes/<code>.yaml`, its signature `<code>.note`, and `signers`.

A purpose without a record may not be used, but for the packaged `trial`, which is for trying the system out and can
never be assessed.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final, Literal

from averment.compliance.log.durable import DurableFolder
from averment.compliance.log.note import VerifierKey
from averment.compliance.purposes.assessment import assess
from averment.compliance.purposes.record import CODE_PATTERN, PurposeRecord, new_record, parse_record, write_record
from averment.compliance.purposes.signature import SignedAssessment, read_assessment
from averment.core.analysis import Mode
from averment.core.errors import AuditIntegrityError, ConfigurationError, PurposeNotUsable, UsageError

TRIAL: Final = "trial"
SIGNERS: Final = "signers"
PurposeStatus = Literal["unassessed", "assessed", "void", "dated-ahead", "prohibited", "retired"]


@dataclass(frozen=True, slots=True, kw_only=True)
class PurposeState:
    """A purpose as it stands: its record, its signature where that is good, and what is wrong otherwise."""

    record: PurposeRecord
    status: PurposeStatus
    signed: SignedAssessment | None = None
    problem: str = ""


class PurposeStore:
    """Reads and writes the files of purposes.

    Args:
        folder: `purposes/` in the data directory; made when something is written.
    """

    def __init__(self, folder: Path):
        self.folder = folder

    def codes(self) -> list[str]:
        """Name the purposes that have a record, sorted."""
        return sorted(path.stem for path in self.folder.glob("*.yaml"))

    def path(self, code: str) -> Path:
        """Return the file of a purpose's record.

        Raises:
            UsageError: The text cannot be a purpose's code.
        """
        if not re.fullmatch(CODE_PATTERN, code):
            raise UsageError(f"{code!r} is no code of a purpose: small letters, digits, '_', '.', '-', at most 64")
        return self.folder / f"{code}.yaml"

    def record(self, code: str) -> PurposeRecord:
        """Read a purpose's record.

        Raises:
            PurposeNotUsable: There is none.
            ConfigurationError: It cannot be read.
        """
        path = self.path(code)
        try:
            record = parse_record(path.read_text(encoding="utf-8"), name=str(path))
        except FileNotFoundError as error:
            if code == TRIAL:
                return _trial_record()
            known = ", ".join(self.codes()) or "none"
            raise PurposeNotUsable(
                f"there is no purpose {code!r}; recorded are: {known}", hint=f"averment purpose new {code}"
            ) from error
        except (OSError, UnicodeDecodeError) as error:
            raise ConfigurationError(f"the purpose {str(path)!r} cannot be read: {error}") from error
        if record.code != code:
            raise ConfigurationError(f"{str(path)!r} holds the purpose {record.code!r}, expected {code!r}")
        return record

    def write(self, record: PurposeRecord) -> Path:
        """Write a record, in place of an older one."""
        path = self.path(record.code)
        self._write(path.name, write_record(record).encode())
        return path

    def write_signature(self, code: str, note: bytes) -> Path:
        """Write the signature of a purpose."""
        path = self._note(code)
        self._write(path.name, note)
        return path

    def has_signature(self, code: str) -> bool:
        """Tell whether a purpose was signed once, whether or not that signature still counts."""
        return self._note(code).exists()

    def signers(self) -> tuple[VerifierKey, ...]:
        """Return the keys that may sign assessments.

        Raises:
            ConfigurationError: The file of the keys is damaged.
        """
        path = self.folder / SIGNERS
        return tuple(map(VerifierKey.parse, path.read_text(encoding="utf-8").split())) if path.exists() else ()

    def add_signer(self, key: VerifierKey) -> None:
        """Let a key sign assessments."""
        keys = dict.fromkeys([*(known.vkey for known in self.signers()), key.vkey])
        self._write(SIGNERS, "".join(f"{vkey}\n" for vkey in keys).encode())

    def state(self, code: str, *, now: datetime) -> PurposeState:
        """Say how a purpose stands at a time.

        Raises:
            PurposeNotUsable: There is no such purpose.
            ConfigurationError: Its files cannot be read.
        """
        record = self.record(code)
        if record.is_retired:
            return PurposeState(record=record, status="retired", problem="it was retired")
        if assess(record).result == "prohibited" or record.article_5.is_prohibited:
            return PurposeState(record=record, status="prohibited", problem="its record names a prohibited practice")
        if not self.has_signature(code):
            return PurposeState(record=record, status="unassessed", problem="its assessment is not signed")
        try:
            signed = read_assessment(self._note(code).read_bytes(), record, signers=self.signers())
        except AuditIntegrityError as error:
            return PurposeState(record=record, status="void", problem=error.message)
        if signed.signed_at > now:
            problem = f"its assessment is dated {signed.signed_at.isoformat()}, which is not yet"
            return PurposeState(record=record, status="dated-ahead", signed=signed, problem=problem)
        return PurposeState(record=record, status="assessed", signed=signed)

    def mode(self, code: str, *, now: datetime) -> Mode:
        """Return the mode in which a purpose is used at a time; what may not be used has the mode of a trial."""
        return "assessed" if self.state(code, now=now).status == "assessed" else "trial"

    def states(self, *, now: datetime) -> Iterable[PurposeState]:
        """Say how every recorded purpose stands."""
        return [self.state(code, now=now) for code in self.codes()]

    def _note(self, code: str) -> Path:
        return self.path(code).with_suffix(".note")

    def _write(self, name: str, content: bytes) -> None:
        DurableFolder(self.folder, self.folder / ".tmp").write({name: content})


def _trial_record() -> PurposeRecord:
    return new_record(TRIAL, description="Trying the system out", owner="", intended_use="Trial use; not assessed.")
