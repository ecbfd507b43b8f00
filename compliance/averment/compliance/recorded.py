"""What the log keeps of an analysis, read back: who asked what, under which stack, and the answer.

It reads files alone, so it works beside the process that writes the log. Opening a text is for whoever has logged that
they do; finding an analysis opens none.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from averment.compliance import audit
from averment.compliance.events import Leaf
from averment.compliance.index import EntryFilter
from averment.compliance.key_encryption import KeyEncryption
from averment.compliance.keys import SUBJECT_KEYS, SubjectKeys, load_keys
from averment.compliance.payloads import entry_payload
from averment.compliance.people import People
from averment.compliance.recorder import PAYLOADS, SCRATCH
from averment.core.audit import EventType
from averment.core.errors import AuditIntegrityError, UsageError


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundAnalysis:
    """The two entries of a finished analysis."""

    answer_id: str
    started: Leaf
    completed: Leaf

    @property
    def entry(self) -> int:
        """Return the index of the entry that holds the answer."""
        return int(str(self.completed["seq"]))


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordedAnalysis:
    """What was asked and answered, as it was recorded.

    `stack` are the facts of `analysis.started`; `request` is empty for an analysis that was recorded before requests
    were kept.
    """

    stack: Mapping[str, object]
    purpose: str
    question: str
    request: Mapping[str, object]
    answer: Mapping[str, object]


class RecordedAnalyses:
    """The analyses in one log.

    Args:
        evidence_dir: The folder `evidence/`.
        keys_dir: The folder of the installation's keys.
        wrapping: The key-encryption key; the one in `keys_dir` when None.
    """

    def __init__(self, evidence_dir: Path, keys_dir: Path, *, wrapping: KeyEncryption | None = None):
        self._evidence_dir = evidence_dir
        self._keys = load_keys(keys_dir, wrapping=wrapping)
        self._people = People(evidence_dir, self._keys, scratch=evidence_dir / SCRATCH)

    def find(self, answer_id: str, *, subject: str | None = None) -> FoundAnalysis:
        """Find the entries of an answer.

        Args:
            answer_id: Its id.
            subject: Who must have asked; anybody where None.

        Raises:
            UsageError: There is no such answer of the subject's, or its analysis was not finished.
        """
        actor = None if subject is None else self._actor(subject)
        query = EntryFilter(answer_id=answer_id, types=(EventType.ANALYSIS_STARTED, EventType.ANALYSIS_COMPLETED))
        leaves = {str(leaf["type"]): leaf for leaf in audit.show(self._evidence_dir, query)} if answer_id else {}
        if not leaves or any(actor not in (None, leaf["actor"]) for leaf in leaves.values()):
            raise UsageError(
                f"there is no answer {answer_id!r} in the log", hint="averment audit show --type analysis.completed"
            )
        if len(leaves) != 2:
            raise UsageError(f"the analysis of answer {answer_id!r} was not finished")
        return FoundAnalysis(
            answer_id=answer_id,
            started=leaves[EventType.ANALYSIS_STARTED],
            completed=leaves[EventType.ANALYSIS_COMPLETED],
        )

    def open(self, found: FoundAnalysis) -> RecordedAnalysis:
        """Decrypt what was asked and answered.

        Raises:
            StoreError: A text or its key is gone: erased.
            AuditIntegrityError: A text was changed, or is not what was written.
        """
        stack = found.started["data"]
        if not isinstance(stack, dict):
            raise AuditIntegrityError(f"the entry of answer {found.answer_id!r} has no data")
        names = _payload_names(found.started)
        return RecordedAnalysis(
            stack=stack,
            purpose=str(found.started["purpose"]),
            question=self._payload(found.started, "question").decode("utf-8"),
            request=self._object(found.started, "request") if "request" in names else {},
            answer=self._object(found.completed, "answer"),
        )

    def _actor(self, subject: str) -> str:
        found = self._people.find(subject)
        return found.actor if found else ""

    def _object(self, leaf: Leaf, name: str) -> Mapping[str, object]:
        try:
            content = json.loads(self._payload(leaf, name))
        except ValueError as error:
            raise AuditIntegrityError(f"the payload {name!r} of entry {leaf['seq']} is not JSON") from error
        if not isinstance(content, dict):
            raise AuditIntegrityError(f"the payload {name!r} of entry {leaf['seq']} is not a JSON object")
        return content

    def _payload(self, leaf: Leaf, name: str) -> bytes:
        subjects = SubjectKeys(
            self._evidence_dir / SUBJECT_KEYS,
            self._keys.wrapping,
            scratch=self._evidence_dir / SCRATCH,
        )
        return entry_payload(leaf, name, subjects=subjects, folder=self._evidence_dir / PAYLOADS)


def _payload_names(leaf: Leaf) -> list[str]:
    commitments = leaf["commitments"]
    return [str(item["name"]) for item in commitments] if isinstance(commitments, list) else []
