"""The log as oversight and incidents use it: append and read back, texts opened only once it is logged that they are.

Works beside the process that owns the log: events go through the audit port, entries are read from files.
"""

import json
import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import Final

from averment.compliance import audit as log
from averment.compliance.events import Leaf
from averment.compliance.index import EntryFilter
from averment.compliance.key_encryption import KeyEncryption
from averment.compliance.keys import KEYED_BY_LOG, SUBJECT_KEYS, EvidenceKeys, SubjectKeys, load_keys
from averment.compliance.payloads import entry_payload
from averment.compliance.people import People
from averment.compliance.recorded import FoundAnalysis, RecordedAnalyses, RecordedAnalysis
from averment.compliance.recorder import PAYLOADS, SCRATCH
from averment.core.audit import AuditEvent, EventType
from averment.core.clock import rfc3339
from averment.core.errors import AuditIntegrityError, UsageError
from averment.core.ports import AuditSink

_CODE: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:+-]{0,99}")


def checked_code(text: str, *, what: str) -> str:
    """Return a text that may stand in a leaf as a code.

    Raises:
        UsageError: It may not; `what` names it.
    """
    if _CODE.fullmatch(text) is None:
        raise UsageError(
            f"the {what} {text!r} is no code", hint="letters, digits and . _ : + -, for example wrong-figures"
        )
    return text


def instant(text: str) -> str:
    """Return a time or a date (its first instant in UTC) as entries have times, so that they compare as texts.

    Raises:
        UsageError: It is no time.
    """
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise UsageError(f"{text!r} is no time", hint="for example 2026-01-31 or 2026-01-31T08:00:00Z") from error
    return rfc3339(moment if moment.tzinfo else moment.replace(tzinfo=UTC))


class OversightRecord:
    """What oversight reads from and writes into the log of an installation.

    Args:
        evidence_dir: The folder `evidence/`.
        keys_dir: The folder of the installation's keys.
        audit: Takes events.
        wrapping: The key-encryption key; the one in `keys_dir` when None.
    """

    def __init__(self, evidence_dir: Path, keys_dir: Path, *, audit: AuditSink, wrapping: KeyEncryption | None = None):
        self._evidence_dir = evidence_dir
        self._keys_dir = keys_dir
        self._audit = audit
        self._wrapping = wrapping

    def append(self, event: AuditEvent) -> int:
        """Make an event durable and readable, and return its index.

        Raises:
            AuditWriteFailed: It could not be made durable.
        """
        index = self._audit.append(event)
        self._audit.receipt(index)  # entries are read under a signed checkpoint
        return index

    def leaves(
        self,
        types: Sequence[EventType],
        *,
        answer_id: str = "",
        document_id: str = "",
        since: str = "",
        until: str = "",
    ) -> list[Leaf]:
        """Return the entries of some types, in order.

        Args:
            types: Which.
            answer_id: Of one answer.
            document_id: Of one document.
            since: From this time on.
            until: Before this time.
        """
        query = EntryFilter(
            types=tuple(types), answer_id=answer_id, document_id=document_id, time_from=since, time_to=until
        )
        return list(log.show(self._evidence_dir, query))

    def pseudonym(self, subject: str) -> str:
        """Return the name that entries have of somebody; empty for somebody whom the log does not know."""
        found = People(self._evidence_dir, self._keys, scratch=self._evidence_dir / SCRATCH).find(subject)
        return found.actor if found else ""

    def keyed(self, text: str) -> str:
        """Return what entries have of a text that is keyed by the log, such as a group."""
        return self._keys.keyed_digest(KEYED_BY_LOG, text)

    def open_analysis(self, answer_id: str, *, subject: str, reason: str) -> RecordedAnalysis:
        """Return what was asked and answered, as `open_found`, without the entries."""
        return self.open_found(answer_id, subject=subject, reason=reason)[1]

    def open_found(self, answer_id: str, *, subject: str, reason: str) -> tuple[FoundAnalysis, RecordedAnalysis]:
        """Return the entries of an analysis and what they commit to, once the log holds that it is read.

        Whatever was logged before can be read afterwards.

        Raises:
            UsageError: There is no such answer.
            StoreError: Its texts were erased.
        """
        analyses = RecordedAnalyses(self._evidence_dir, self._keys_dir, wrapping=self._wrapping)
        found = analyses.find(answer_id)
        self.append(
            AuditEvent(
                type=EventType.ACCESS_READ,
                subject=subject,
                parents=(found.entry,),
                data={"answer_id": answer_id, "reason": reason},
            )
        )
        return found, analyses.open(found)

    def text(self, leaf: Leaf, name: str) -> bytes:
        """Decrypt a payload of an entry.

        Raises:
            UsageError: It has no payload of that name.
            StoreError: Payload or key were erased.
        """
        scratch = self._evidence_dir / SCRATCH
        subjects = SubjectKeys(self._evidence_dir / SUBJECT_KEYS, self._keys.wrapping, scratch=scratch)
        return entry_payload(leaf, name, subjects=subjects, folder=self._evidence_dir / PAYLOADS)

    def document(self, leaf: Leaf, name: str) -> Mapping[str, object]:
        """Decrypt a payload that is a JSON object.

        Raises:
            AuditIntegrityError: It is none.
        """
        found = json.loads(self.text(leaf, name))
        if not isinstance(found, dict):
            raise AuditIntegrityError(f"the payload {name!r} of entry {leaf['seq']} is not a JSON object")
        return found

    @cached_property
    def _keys(self) -> EvidenceKeys:
        return load_keys(self._keys_dir, wrapping=self._wrapping)
