"""Changing the key that signs the log: a new one beside the old, the old one revoked, or a lost one replaced.

The trust policy beside the log says over which sizes of the log each key counts, so that old checkpoints go on
verifying and later ones by a revoked key do not. Whoever verifies needs the new policy on a way of its own.
"""

import os
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

from averment.compliance.audit import own_policy
from averment.compliance.keys import LOG_KEY_FILE, log_key_digest, write_log_keys
from averment.compliance.log.durable import DurableFolder
from averment.compliance.log.layout import CHECKPOINT
from averment.compliance.log.note import Note, SignerKey, VerifierKey, sign_note
from averment.compliance.log.opening import lock_log
from averment.compliance.log.policy import KeySpan, TrustPolicy
from averment.compliance.log.reader import LogReader
from averment.compliance.recorder import POLICY_FILE, SCRATCH, EvidenceRecorder
from averment.core.audit import AuditEvent, EventType
from averment.core.errors import ConfigurationError, UsageError

KeyState = Literal["signs", "revoked"]


@dataclass(frozen=True, slots=True, kw_only=True)
class LogKey:
    """A key of the log, the sizes over which its signature counts, and whether it still does for new entries.

    `vkey` is the public key under the log's name, as policies have it; `shard_vkey` the same key under the origin of
    the present shard, for other software that knows of no shards.
    """

    id: str
    vkey: str
    shard_vkey: str
    first: int
    last: int | None

    @property
    def state(self) -> KeyState:
        """Return what the key is good for."""
        return "signs" if self.last is None else "revoked"


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplacedKey:
    """A new key of the log, and the lost ones whose place it took."""

    new: VerifierKey
    lost: tuple[VerifierKey, ...]


def log_keys(evidence_dir: Path) -> list[LogKey]:
    """Return the log's keys as its trust policy lists them, newest first."""
    policy = own_policy(evidence_dir)
    origin = LogReader(evidence_dir / "log").checkpoint().origin
    return [_described(key, policy.span(key), origin=origin) for key in policy.logs]


def rotate_log_key(recorder: EvidenceRecorder, keys_dir: Path, *, subject: str) -> VerifierKey:
    """Make a new key that signs beside the present one, and return its public half.

    Raises:
        UsageError: An older key still signs beside the present one.
        AuditWriteFailed: The change could not be logged.
    """
    present, *older = recorder.signers
    if older:
        raise UsageError(
            f"the keys {present.verifier.id.hex()} and {older[0].verifier.id.hex()} both sign; a third one would "
            "overtake those who have not learnt of the second",
            hint=f"averment keys revoke {older[0].verifier.id.hex()}",
        )
    new = SignerKey.generate(recorder.origin)
    # The entry comes first: no key may be trusted of which the log does not say that it was made.
    recorder.append(_changed(EventType.KEY_CREATED, new.verifier, subject=subject))
    policy = own_policy(recorder.evidence_dir)
    span = KeySpan(key_id=new.verifier.id, first=recorder.seal().checkpoint.size)
    policy = replace(policy, logs=(new.verifier, *policy.logs), spans=(span, *policy.spans))
    _write_policy(recorder.evidence_dir, policy)
    _use(recorder, keys_dir, [new, present])
    return new.verifier


def revoke_log_key(
    recorder: EvidenceRecorder, keys_dir: Path, *, key_id: str, subject: str, last: int | None = None
) -> LogKey:
    """Destroy a key; its signatures go on counting on checkpoints up to a size, and on none beyond it.

    Args:
        recorder: The open log.
        keys_dir: The folder of the keys.
        key_id: The key's id, eight hexadecimal digits.
        subject: Who does it; pseudonymised in the log.
        last: The largest size on which its signature counts; the present size when None.

    Raises:
        UsageError: There is no such key that still counts, no other one signs, or `last` is not in the log.
        AuditWriteFailed: The change could not be logged.
    """
    policy = own_policy(recorder.evidence_dir)
    key = next((key for key in policy.logs if key.id.hex() == key_id), None)
    if key is None or policy.span(key).last is not None:
        counting = [known.id for known in log_keys(recorder.evidence_dir) if known.state == "signs"]
        raise UsageError(f"no key {key_id!r} signs the log", hint=f"one of {', '.join(counting)}")
    remaining = [signer for signer in recorder.signers if signer.verifier != key]
    if not remaining:
        raise UsageError(f"{key_id} is the only key of the log", hint="averment keys rotate makes a second one")
    size = recorder.seal(keep=True).checkpoint.size
    span = replace(policy.span(key), last=size if last is None else last)
    if not span.first <= (span.last or 0) <= size:
        raise UsageError(f"the key {key_id} signed from {span.first} to {size} entries, {span.last} lies outside")
    others = tuple(known for known in policy.spans if known.key_id != key.id)
    _write_policy(recorder.evidence_dir, replace(policy, spans=(*others, span)))
    _use(recorder, keys_dir, remaining)
    recorder.append(_changed(EventType.KEY_DESTROYED, key, subject=subject, reason="revoked"))
    recorder.seal(keep=True)
    return _described(key, span, origin=recorder.seal().checkpoint.origin)


def replace_lost_log_key(evidence_dir: Path, keys_dir: Path) -> ReplacedKey:
    """Make a new key where the file of the old one is lost; old signatures go on counting up to the present size.

    The newest checkpoint must verify under the log's own policy; it is signed again with the new key. Log the change
    with `record_replacement` once the log is open.

    Raises:
        ConfigurationError: The key is there.
        AuditIntegrityError: The newest checkpoint is not that of a trusted key.
        StoreBusy: Another process writes the log.
    """
    if (keys_dir / LOG_KEY_FILE).exists():
        raise ConfigurationError(
            f"{keys_dir / LOG_KEY_FILE} exists and is never overwritten", hint="averment keys rotate; or move it away"
        )
    lock = lock_log(evidence_dir)
    try:
        policy = own_policy(evidence_dir)
        note, head = policy.open_checkpoint((evidence_dir / "log" / CHECKPOINT).read_bytes(), name=CHECKPOINT)
        new = SignerKey.generate(policy.log_of(head.origin) or head.origin)
        own = sign_note(note.text, [new.named(head.origin)])
        signed = Note(text=note.text, signatures=(*own.signatures, *note.signatures))
        lost = tuple(key for key in policy.logs if policy.span(key).last is None)
        spans = [replace(policy.span(key), last=head.size) if key in lost else policy.span(key) for key in policy.logs]
        spans.insert(0, KeySpan(key_id=new.verifier.id, first=head.size))
        DurableFolder(evidence_dir / "log", evidence_dir / SCRATCH).write({CHECKPOINT: signed.encode()})
        _write_policy(evidence_dir, replace(policy, logs=(new.verifier, *policy.logs), spans=tuple(spans)))
        write_log_keys(keys_dir, [new])
    finally:
        os.close(lock)
    return ReplacedKey(new=new.verifier, lost=lost)


def record_replacement(recorder: EvidenceRecorder, change: ReplacedKey, *, subject: str) -> None:
    """Log that keys were lost and that another one was made.

    Raises:
        AuditWriteFailed: It could not be logged.
    """
    lost = [_changed(EventType.KEY_DESTROYED, key, subject=subject, reason="lost") for key in change.lost]
    recorder.append_many([*lost, _changed(EventType.KEY_CREATED, change.new, subject=subject)])
    recorder.seal(keep=True)


def _described(key: VerifierKey, span: KeySpan, *, origin: str) -> LogKey:
    shard_vkey = key.named(origin).vkey
    return LogKey(id=key.id.hex(), vkey=key.vkey, shard_vkey=shard_vkey, first=span.first, last=span.last)


def _changed(kind: EventType, key: VerifierKey, *, subject: str, reason: str | None = None) -> AuditEvent:
    facts = {"kind": "log", "key": log_key_digest(key)}
    return AuditEvent(type=kind, subject=subject, data=facts if reason is None else {**facts, "reason": reason})


def _use(recorder: EvidenceRecorder, keys_dir: Path, signers: Sequence[SignerKey]) -> None:
    """Keep these signing keys and sign with them from now on; the file comes first, so that none is lost."""
    write_log_keys(keys_dir, signers)
    recorder.sign_with(signers)


def _write_policy(evidence_dir: Path, policy: TrustPolicy) -> None:
    DurableFolder(evidence_dir, evidence_dir / SCRATCH).write({POLICY_FILE: policy.encode().encode()})
