"""Writes events to the evidence log: pseudonymises, encrypts payloads, validates, appends, and proves.

Nothing reaches a leaf that its schema does not allow. Payloads are durable before the leaf that commits to them, so
an acknowledged entry never lacks its text; a text without an entry can remain after a crash and is unreadable to all
who lack the keys.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Final

from averment.compliance.anchoring import anchors_of, with_anchors
from averment.compliance.entry_clock import MAX_STEP_S, EntryClock, newest_time
from averment.compliance.events import LEAF_SCHEMA, Leaf, check_leaf, decode_leaf, encode_leaf, is_name, keyed_data
from averment.compliance.key_encryption import KeyEncryption, wrapping_key
from averment.compliance.keys import (
    KEYED_BY_LOG,
    SUBJECT_KEYS,
    EvidenceKeys,
    SubjectKeys,
    create_keys,
    derive_key,
    keyed_digest,
    load_keys,
)
from averment.compliance.log.anchors import Anchors
from averment.compliance.log.checkpoint import Sealed
from averment.compliance.log.durable import DurableFolder, make_folder
from averment.compliance.log.layout import CHECKPOINT
from averment.compliance.log.merkle import leaf_hash
from averment.compliance.log.note import SignerKey
from averment.compliance.log.opening import create_log
from averment.compliance.log.options import MAKE_ROOM, Backlog, LogOptions
from averment.compliance.log.policy import TrustPolicy
from averment.compliance.log.reader import LogReader
from averment.compliance.log.writer import EntryBuilder, TransparencyLog
from averment.compliance.payloads import entry_payload, payload_owner, seal_payloads
from averment.compliance.people import People
from averment.compliance.rewrapping import check_wrapping
from averment.compliance.system_identity import running_system
from averment.compliance.yearly_shards import YearlyShards
from averment.core.answers import Receipt
from averment.core.audit import AuditEvent, EventType, EventValue
from averment.core.clock import Clock, rfc3339, unix_ms
from averment.core.errors import AuditWriteFailed, ConfigurationError, StoreError, UsageError
from averment.core.ids import sha256_id, uuid7, uuid7_ms
from averment.core.record_settings import LogSettings

POLICY_FILE: Final = "policy.tlog-policy"
SYSTEM_SUBJECT: Final = "system"
CLOCK_SLACK_MS: Final = 1000 * MAX_STEP_S
"""How far the clock may have been set back between an event and its entry for the entry to be found."""

# Folders below the evidence folder.
PAYLOADS: Final = "payload"
SCRATCH: Final = "tmp"
_LOOKED_AT_ONCE: Final = 256
# What a draft has until its place in the log is known.
_NO_TIME: Final = "1970-01-01T00:00:00.000Z"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Draft:
    """A checked leaf without its place in the log, and the files of its payloads."""

    leaf: Leaf
    files: dict[str, bytes]


class EvidenceRecorder:
    """The evidence log of one installation, open for writing: the `AuditSink` of the product. Thread-safe.

    Args:
        evidence_dir: The folder `evidence/`.
        keys: The installation's keys.
        clock: Supplies the time of entries.
        max_clock_step_s: How far the clock may have been set back between two entries, seconds.
        anchors: Witnesses and time stamps of the log's checkpoints.
        options: Intervals of the log.

    Attributes:
        recovered_entries, discarded_bytes: What opening took back from the write-ahead log, and what it cut off there.
    """

    def __init__(
        self,
        evidence_dir: Path,
        keys: EvidenceKeys,
        *,
        clock: Clock,
        max_clock_step_s: float = MAX_STEP_S,
        anchors: Anchors | None = None,
        options: LogOptions | None = None,
    ):
        self.evidence_dir = evidence_dir
        self._keys = keys
        self.signers = keys.signers
        self._clock = clock
        identity = running_system()
        self._system = {"version": identity.version, "digest": identity.digest}
        self._log = TransparencyLog(
            evidence_dir, keys.signer, clock=clock, older=keys.older, anchors=anchors, options=options
        )
        self.recovered_entries = self._log.recovered_entries
        self.discarded_bytes = self._log.discarded_bytes
        newest = newest_time(LogReader(self._log.folder))
        self._times = EntryClock(clock, newest=newest, max_step_s=max_clock_step_s)
        scratch = evidence_dir / SCRATCH
        self.subjects = SubjectKeys(evidence_dir / SUBJECT_KEYS, keys.wrapping, scratch=scratch)
        self.people = People(evidence_dir, keys, scratch=scratch)
        self._append = self._log.append_many
        if options is not None and options.is_yearly:
            shards = YearlyShards(self._log, self._times, name=self.origin, newest=newest, link=self._link)
            self._append = shards.append
        self._payloads = DurableFolder(evidence_dir / PAYLOADS, scratch)

    @property
    def origin(self) -> str:
        """Return the log's name, which is the origin of its first shard."""
        return self.signers[0].name

    @property
    def vkey(self) -> str:
        """Return the log's public key in the form that policies and verifiers take."""
        return self.signers[0].verifier.vkey

    @property
    def size(self) -> int:
        """Return the number of durable entries."""
        return self._log.size

    @property
    def backlog(self) -> Backlog:
        """Return what the log is behind with."""
        return self._log.backlog

    def keyed_digest(self, role: str, text: str) -> str:
        """Return the digest that stands for a text in this log; digests of different roles cannot be compared."""
        return self._keys.keyed_digest(role, text)

    def append(self, event: AuditEvent) -> int:
        """Make an event durable and return its index.

        Raises:
            AuditWriteFailed: It does not follow its schema, or could not be made durable.
        """
        return self.append_many([event])[0]

    def append_many(self, events: Sequence[AuditEvent]) -> list[int]:
        """Make events durable with one sync and return their indexes; all are written or none.

        Raises:
            AuditWriteFailed: One does not follow its schema, or they could not be made durable.
        """
        drafts: list[_Draft] = []
        places: list[int] = []
        try:
            for event in events:
                drafts.extend(self._draft(event))
                places.append(len(drafts) - 1)
            payloads = {path: content for draft in drafts for path, content in draft.files.items()}
            if payloads:
                self._payloads.write(payloads)
        except (OSError, StoreError) as error:
            raise AuditWriteFailed(f"keys or payloads were not written: {error}", hint=MAKE_ROOM) from error
        indexes = self._append([self._builder(draft.leaf) for draft in drafts])
        return [indexes[place] for place in places]

    def find(self, event_id: str) -> int | None:
        """Return the index of the entry of this id, or None; only what is no older than the id is looked at.

        Raises:
            AuditWriteFailed: No checkpoint could be signed.
        """
        size = self._log.size
        if not size:
            return None
        self._log.wait_sealed(size - 1)
        reader, oldest_ms = LogReader(self._log.folder), uuid7_ms(event_id) - CLOCK_SLACK_MS
        oldest = rfc3339(datetime.fromtimestamp(max(0, oldest_ms) / 1000, UTC))
        for stop in range(size, 0, -_LOOKED_AT_ONCE):
            for index, entry in reversed(list(reader.entries(max(0, stop - _LOOKED_AT_ONCE), stop, size=size))):
                leaf = decode_leaf(entry, index=index)
                if leaf["id"] == event_id:
                    return index
                if str(leaf["time"]) < oldest:
                    return None
        return None

    def receipt(self, index: int) -> Receipt:
        """Return the proof that an entry is covered by a signed checkpoint, waiting for one if need be.

        Raises:
            AuditWriteFailed: No checkpoint could be signed.
            UsageError: There is no such entry.
        """
        if not 0 <= index < self._log.size:
            raise UsageError(f"there is no entry {index}: the log has {self._log.size} entries, numbered from 0")
        sealed = self._log.wait_sealed(index)
        proof, entry = LogReader(self._log.folder).proof(index, sealed.note)
        return Receipt(
            origin=sealed.checkpoint.origin,
            index=index,
            leaf_hash=f"sha256:{leaf_hash(entry).hex()}",
            entry=entry.decode(),
            checkpoint=sealed.note.encode().decode(),
            inclusion_proof=proof.encode(),
        )

    def seal(self, *, keep: bool = False) -> Sealed:
        """Sign a checkpoint over every durable entry now; `keep` it in the history when it leaves the house.

        Raises:
            AuditWriteFailed: It could not be written.
        """
        return self._log.seal(keep=keep)

    def sign_with(self, signers: Sequence[SignerKey]) -> None:
        """Sign with these keys of the log from now on, newest first.

        Raises:
            AuditWriteFailed: The newest checkpoint could not be signed anew.
        """
        self._log.sign_with(signers)
        self.signers = tuple(signers)

    def read_payload(self, index: int, name: str) -> bytes:
        """Decrypt a payload of an entry and check it against its commitment.

        Raises:
            UsageError: The entry has no payload of that name.
            StoreError: Payload or key are gone: erased.
            AuditIntegrityError: The payload was changed.
        """
        sealed = self._log.wait_sealed(index)
        leaf = decode_leaf(LogReader(self._log.folder).entry(index, size=sealed.checkpoint.size), index=index)
        return entry_payload(leaf, name, subjects=self.subjects, folder=self.evidence_dir / PAYLOADS)

    def close(self) -> None:
        """Sign a last checkpoint and let go of the log."""
        self._log.close()

    def __enter__(self) -> "EvidenceRecorder":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _draft(self, event: AuditEvent) -> list[_Draft]:
        """Make the leaf of an event, behind that of its subject's key where the key is new."""
        entry_id = event.id or uuid7(unix_ms=unix_ms(self._clock.now()))
        actor = self.people.actor(event.subject)
        subject_key, is_new = self.subjects.get_or_create(actor)

        def digest(mode: str, text: str) -> str:
            if mode == "name" and is_name(text):
                return text
            if mode == "entry":
                return keyed_digest(derive_key(subject_key, entry_id=entry_id, role="field"), text)
            return self._keys.keyed_digest(KEYED_BY_LOG, text)

        data = keyed_data(event.type, event.data, keyer=digest)
        owner = payload_owner({"type": event.type, "actor": actor, "data": data})
        text_key, is_new_owner = (subject_key, False) if owner == actor else self.subjects.get_or_create(owner)
        files, commitments = seal_payloads(event.payloads, text_key, entry_id=entry_id)
        leaf: Leaf = {
            "schema": LEAF_SCHEMA,
            "type": str(event.type),
            "id": entry_id,
            "time": _NO_TIME,
            "seq": 0,
            "system": self._system,
            "actor": actor,
            "purpose": event.purpose,
            "parents": list(event.parents),
            "data": data,
            "commitments": commitments,
        }
        check_leaf(event.type, leaf)
        draft = _Draft(leaf=leaf, files=files)
        made = [("subject", actor)] if is_new else []
        made += [("case", owner)] if is_new_owner else []
        created = [_key_created(kind, key, subject=event.subject) for kind, key in made]
        return [*(before for event in created for before in self._draft(event)), draft]

    def _link(self, statement: Mapping[str, EventValue]) -> list[EntryBuilder]:
        event = AuditEvent(type=EventType.LOG_CONTINUED, subject=SYSTEM_SUBJECT, data=statement)
        return [self._builder(draft.leaf) for draft in self._draft(event)]

    def _builder(self, leaf: Leaf) -> EntryBuilder:
        def build(index: int) -> bytes:
            parents = leaf["parents"]
            assert isinstance(parents, list)
            if any(parent >= index for parent in parents):
                raise AuditWriteFailed(f"{leaf['type']!r} names the parents {parents}, not yet written")
            # The time is taken inside the sequencer, so that it does not run against the order.
            return encode_leaf({**leaf, "seq": index, "time": self._times.take()})

        return build


def init_evidence(
    evidence_dir: Path, keys_dir: Path, *, origin: str, clock: Clock, wrapping: KeyEncryption | None = None
) -> str:
    """Make keys, an empty log and its trust policy, and log the keys' creation; return the log's public key.

    Args:
        evidence_dir: The folder to become `evidence/`; must not hold a log.
        keys_dir: The folder for the keys; must not hold keys.
        origin: The log's name, by habit a host name and path that the organisation owns; no white space, no `+`.
        clock: Supplies the time of the first entries.
        wrapping: The key-encryption key; one is made and kept in `keys_dir` when None.

    Raises:
        ConfigurationError: There are keys or a log already, or the name is not allowed.
    """
    if (evidence_dir / "log" / CHECKPOINT).exists():
        raise ConfigurationError(f"{evidence_dir} already holds a log; a log is never started over another one")
    keys = create_keys(keys_dir, origin=origin, wrapping=wrapping)
    make_folder(evidence_dir)
    create_log(evidence_dir, keys.signer)
    policy = TrustPolicy(logs=(keys.signer.verifier,)).encode()
    DurableFolder(evidence_dir, evidence_dir / SCRATCH).write({POLICY_FILE: policy.encode()})
    with EvidenceRecorder(evidence_dir, keys, clock=clock) as recorder:
        recorder.append_many([_key_created(kind, key) for kind, key in keys.fingerprints()])
        return recorder.vkey


def open_evidence(
    evidence_dir: Path,
    keys_dir: Path,
    *,
    clock: Clock,
    origin: str | None = None,
    settings: LogSettings | None = None,
    must_exist: bool = True,
) -> EvidenceRecorder:
    """Open the evidence log for writing.

    Args:
        evidence_dir: The folder `evidence/`.
        keys_dir: The folder of the keys.
        clock: Supplies the time of entries.
        origin: The name the log must have; needed where it may have to be made.
        settings: How often to sign, whom to ask about checkpoints, and the key-encryption key where it is not in
            `keys_dir`; nobody is asked where None.
        must_exist: Refuse to make a new log where there is none.

    Raises:
        ConfigurationError: Log or keys are missing, or the log has another name.
        StoreBusy: Another process has the log open.
        AuditIntegrityError: The log's files do not fit each other.
    """
    wrapping = wrapping_key(settings) if settings is not None else None
    if not (evidence_dir / "log" / CHECKPOINT).exists() and not _has_traces(evidence_dir):
        if must_exist or origin is None:
            raise ConfigurationError(f"there is no evidence log in {evidence_dir}", hint="averment init")
        init_evidence(evidence_dir, keys_dir, origin=origin, clock=clock, wrapping=wrapping)
    keys = load_keys(keys_dir, wrapping=wrapping)
    check_wrapping(evidence_dir, keys.wrapping)
    if origin is not None and keys.signer.name != origin:
        raise ConfigurationError(f"the log in {evidence_dir} is named {keys.signer.name!r}, expected {origin!r}")
    if settings is None:
        return EvidenceRecorder(evidence_dir, keys, clock=clock)
    recorder = EvidenceRecorder(
        evidence_dir,
        keys,
        clock=clock,
        max_clock_step_s=settings.max_clock_step_s,
        anchors=anchors_of(settings),
        options=LogOptions.of(settings),
    )
    _name_witnesses(recorder, settings)
    return recorder


def _name_witnesses(recorder: EvidenceRecorder, settings: LogSettings) -> None:
    """Have the policy beside the log name witnesses and authority of the settings, and log that it was changed."""
    path = recorder.evidence_dir / POLICY_FILE
    before = path.read_text("utf-8") if path.is_file() else ""
    after = with_anchors(before, settings) if before else ""
    if before == after:
        return
    DurableFolder(recorder.evidence_dir, recorder.evidence_dir / SCRATCH).write({POLICY_FILE: after.encode()})
    data = {"section": "log.witnesses", "before": sha256_id(before.encode()), "after": sha256_id(after.encode())}
    recorder.append(AuditEvent(type=EventType.CONFIG_CHANGED, subject=SYSTEM_SUBJECT, data=data))


def _has_traces(evidence_dir: Path) -> bool:
    """Tell whether a log was here: then a missing checkpoint is a broken log, not a new one."""
    return any((evidence_dir / name).exists() for name in ("log/tile", "wal", POLICY_FILE))


def _key_created(kind: str, key: str, *, subject: str = SYSTEM_SUBJECT) -> AuditEvent:
    return AuditEvent(type=EventType.KEY_CREATED, subject=subject, data={"kind": kind, "key": key})
