"""What `audit verify` looks at beside the tree: entries' form and schema, payloads, the log's own policy."""

import json
from collections import Counter
from pathlib import Path
from typing import Final

from averment.compliance.events import Leaf, decode_leaf, encode_leaf, event_rules
from averment.compliance.keys import SubjectKeys, log_key_digest
from averment.compliance.log.policy import KeySpan, TrustPolicy
from averment.compliance.log.verification import Failure
from averment.compliance.payloads import open_parts, payload_keys, payload_path, read_payload
from averment.core.audit import EventType
from averment.core.errors import AuditError, AuditIntegrityError, AuditWriteFailed, ConfigurationError, StoreError

_KINDS: Final = frozenset(str(kind) for kind in EventType)


class EntryChecks:
    """Looks at entries one by one and counts what is no failure.

    Args:
        evidence_dir: The folder `evidence/`.
        subjects: The keys of subjects; None counts payloads without opening them.
    """

    def __init__(self, evidence_dir: Path, *, subjects: SubjectKeys | None):
        self._payload_folder = evidence_dir / "payload"
        self._subjects = subjects
        self.payloads: Counter[str] = Counter()
        self.unknown = 0
        self.log_keys: set[str] = set()

    def check(self, index: int, entry: bytes) -> str | None:
        """Return what is wrong with an entry, or None."""
        try:
            leaf = decode_leaf(entry, index=index)
            is_canonical = encode_leaf(leaf) == entry
        except (AuditIntegrityError, AuditWriteFailed) as error:
            return error.message
        if not is_canonical:
            return "not in canonical form"
        kind = leaf.get("type")
        if leaf.get("seq") != index:
            return f"carries the sequence number {json.dumps(leaf.get('seq'))[:40]}"
        if kind not in _KINDS:
            self.unknown += 1
            return None
        problem = event_rules(EventType(str(kind))).check(leaf)
        if problem is not None:
            return problem
        self._note_key(leaf)
        return self._check_payloads(leaf)

    def _note_key(self, leaf: Leaf) -> None:
        data = leaf["data"]
        if leaf["type"] == EventType.KEY_CREATED and isinstance(data, dict) and data["kind"] == "log":
            self.log_keys.add(str(data["key"]))

    def _check_payloads(self, leaf: Leaf) -> str | None:
        commitments = leaf["commitments"]
        assert isinstance(commitments, list)
        for item in commitments:
            if not (self._payload_folder / payload_path(str(item["commitment"]))).is_file():
                self.payloads["absent"] += 1
                continue
            self.payloads["present"] += 1
            try:
                self._open(leaf, name=str(item["name"]), commitment=str(item["commitment"]))
            except (AuditError, StoreError) as error:
                return error.message
        return None

    def _open(self, leaf: Leaf, *, name: str, commitment: str) -> None:
        """Hold what is left of a payload against its commitment, where the keys are there."""
        keys = None if self._subjects is None else payload_keys(leaf, name, subjects=self._subjects)
        if keys is not None:
            open_parts(read_payload(self._payload_folder, commitment), keys)


def policy_failures(path: Path, *, given: TrustPolicy, recorded: set[str]) -> tuple[Failure, ...]:
    """Check the policy beside a log: written as it should be, and with no key that the log does not record.

    Args:
        path: The policy; an export may be without.
        given: The policy by which the log is checked; what it says of keys stays so, though keys come and end.
        recorded: Digests of the log keys whose making the log records; where there are none, none are compared.
    """
    if not path.is_file():
        return ()
    try:
        text = path.read_text(encoding="utf-8")
        policy = TrustPolicy.parse(text, name=path.name)
    except (ConfigurationError, UnicodeDecodeError, OSError) as error:
        return (Failure(place=path.name, reason=str(error)),)
    reasons = [
        f"trusts the key {key.vkey}, of which no entry says that it was made"
        for key in policy.logs
        if recorded and log_key_digest(key) not in recorded
    ]
    before = {span.key_id: span for span in given.spans}
    reasons += [
        f"limits the key {key.id.hex()} otherwise than the policy that was given"
        for key in policy.logs
        if key.id in before and not _goes_on(before[key.id], policy.span(key))
    ]
    if len(text.split()) > 1 and policy.encode() != text:
        reasons.append("is not written as the log writes it: edited by hand?")
    return tuple(Failure(place=path.name, reason=reason) for reason in reasons)


def _goes_on(before: KeySpan, after: KeySpan) -> bool:
    """Tell whether limits of a key are those that were, or an end was set since."""
    return before.first == after.first and before.last in (None, after.last)
