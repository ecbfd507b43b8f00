"""Evidence of a document: collected under short names, and held against the log and the files it names."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from averment.compliance.documents.filled import (
    EntryEvidence,
    Evidence,
    FileEvidence,
    FilledDocument,
    Status,
)
from averment.compliance.log.merkle import leaf_hash
from averment.compliance.log.reader import LogReader
from averment.core.errors import AuditIntegrityError, UsageError
from averment.core.ids import sha256_id


@dataclass(slots=True)
class EvidenceList:
    """Evidence in the order in which it was first cited: `E1`, `E2`, ..."""

    _names: dict[Evidence, str] = field(default_factory=dict)

    def cite(self, evidence: Evidence) -> str:
        """Return the name of a piece of evidence, the same each time."""
        return self._names.setdefault(evidence, f"E{len(self._names) + 1}")

    def listed(self) -> Mapping[str, Evidence]:
        """Return what was cited, by name."""
        return {name: evidence for evidence, name in self._names.items()}


class EvidenceStore:
    """Finds what evidence names.

    Args:
        evidence_dir: The folder `evidence/`.
        places: Folders that `FileEvidence.place` starts from; a place of several folders is looked for in order.
    """

    def __init__(self, evidence_dir: Path, places: Mapping[str, tuple[Path, ...]]):
        self._log = evidence_dir / "log"
        self._places = places

    def problem(self, evidence: Evidence) -> str | None:
        """Say why a piece of evidence does not hold, or None where it does."""
        if isinstance(evidence, EntryEvidence):
            return self._entry_problem(evidence)
        return self._file_problem(evidence)

    def _file(self, place: str, path: str) -> Path | None:
        """Find a file of a place; a path that leads out of its place is not followed."""
        for root in self._places.get(place, ()):
            found = root / path
            if found.is_file() and found.resolve().is_relative_to(root.resolve()):
                return found
        return None

    def _entry_problem(self, evidence: EntryEvidence) -> str | None:
        reader = LogReader(self._log)
        try:
            entry = reader.entry(evidence.index, size=reader.checkpoint().size)
        except (AuditIntegrityError, UsageError) as error:
            return f"entry {evidence.index} cannot be read: {error.message}"
        found = f"sha256:{leaf_hash(entry).hex()}"
        return None if found == evidence.leaf_hash else f"entry {evidence.index} has another hash than was cited"

    def _file_problem(self, evidence: FileEvidence) -> str | None:
        path = self._file(evidence.place, evidence.path)
        if path is None:
            return f"the file {evidence.path!r} is gone"
        found = file_digest(path)
        return None if found == evidence.sha256 else f"the file {evidence.path!r} was changed"


def file_digest(path: Path) -> str:
    """Return `sha256:<hex>` of a file, read in pieces."""
    with path.open("rb") as content:
        return f"sha256:{hashlib.file_digest(content, 'sha256').hexdigest()}"


def entry_evidence(index: int, entry: bytes, *, type: str, time: str) -> EntryEvidence:  # noqa: A002 - the field's name
    """Cite an entry of the log by its bytes."""
    return EntryEvidence(index=index, leaf_hash=f"sha256:{leaf_hash(entry).hex()}", type=type, time=time)


def content_evidence(content: bytes, *, path: str) -> FileEvidence:
    """Cite a file of the folder `compliance/` by the bytes it is given."""
    return FileEvidence(place="compliance", path=path, sha256=sha256_id(content))


def broken_fields(document: FilledDocument, store: EvidenceStore) -> Mapping[str, str]:
    """Return the fields with evidence that does not hold today, each with the reason."""
    broken = {name: store.problem(evidence) for name, evidence in document.evidence.items()}
    found: dict[str, str] = {}
    for key, filled in document.fields.items():
        problems = dict.fromkeys(p for block in filled.blocks for name in block.evidence if (p := broken[name]))
        if problems:
            found[key] = "; ".join(problems)
    return found


def recheck(document: FilledDocument, store: EvidenceStore) -> FilledDocument:
    """Hold every field's evidence against what is there today: a provided field whose evidence fails is stale."""
    fields = dict(document.fields)
    for key, reason in broken_fields(document, store).items():
        if fields[key].status is Status.PROVIDED:
            fields[key] = fields[key].model_copy(update={"status": Status.STALE, "reason": reason})
    return document.model_copy(update={"fields": fields})
