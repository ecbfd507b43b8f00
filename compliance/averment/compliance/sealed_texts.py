"""Texts that are kept of people outside the log, sealed as its payloads are: under keys that erasing a person destroys.

Such a text is a working copy, a question that waits or an answer shown again; the record of it is the log's.
"""

import hmac
from typing import Final

from averment.compliance.keys import derive_key
from averment.compliance.payloads import PayloadKeys, SealedPayload, open_payload, seal_payload
from averment.compliance.recorder import EvidenceRecorder
from averment.core.audit import AuditEvent, EventType
from averment.core.errors import StoreError

_NAME: Final = "kept"
_PARTING: Final = b"\n"


class SealedTexts:
    """Seals and opens texts with the keys of an open log; the `TextSealing` of the product. Thread-safe.

    Args:
        recorder: The log.
    """

    def __init__(self, recorder: EvidenceRecorder):
        self._recorder = recorder

    def owner(self, subject: str) -> str:
        """Return the pseudonym of somebody, with a key made and logged where there was none."""
        owner = self._recorder.people.actor(subject)
        _, is_new = self._recorder.subjects.get_or_create(owner)
        if is_new:
            made = AuditEvent(type=EventType.KEY_CREATED, subject=subject, data={"kind": "subject", "key": owner})
            self._recorder.append(made)
        return owner

    def seal(self, content: bytes, *, owner: str, context: str) -> bytes:
        """Encrypt a text for its owner and a context, or raise `StoreError` where the key is gone."""
        sealed = seal_payload(content, self._keys(owner, context))
        return sealed.commitment.encode() + _PARTING + sealed.ciphertext

    def open(self, sealed: bytes, *, owner: str, context: str) -> bytes:
        """Decrypt a text; `StoreError` where the key is gone, `AuditIntegrityError` where the text was changed."""
        commitment, _, ciphertext = sealed.partition(_PARTING)
        payload = SealedPayload(commitment=commitment.decode("ascii", "replace"), ciphertext=ciphertext)
        return open_payload(payload, self._keys(owner, context))

    def digest(self, content: bytes, *, owner: str, context: str) -> str:
        """Return the digest of a text under its owner's key, or raise `StoreError` where the key is gone."""
        key = derive_key(self._key(owner), entry_id=context, role="digest")
        return "hmac-sha256:" + hmac.digest(key, content, "sha256").hex()

    def _keys(self, owner: str, context: str) -> PayloadKeys:
        return PayloadKeys.derive(self._key(owner), entry_id=context, name=_NAME)

    def _key(self, owner: str) -> bytes:
        key = self._recorder.subjects.get(owner)
        if key is None:
            raise StoreError("the key of who asked does not exist; they may have been erased")
        return key
