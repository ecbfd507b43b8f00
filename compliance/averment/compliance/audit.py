"""What stands behind `averment audit`: check the log, show entries, prove one, export some.

Reads the log's files; needs no keys but the public one in the trust policy. Exporting is itself an event: it is in
the log, and covered by the checkpoint that goes into the export, before the first byte of the export is written.
"""

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

from averment.compliance.averment_verify import NO_ESCROW, NOT_ESTABLISHED, UNNAMED_SIGNER
from averment.compliance.bundle import NO_TEXTS, BundleRequest, write_bundle
from averment.compliance.entry_checks import EntryChecks, policy_failures
from averment.compliance.events import Leaf, decode_leaf
from averment.compliance.exports.cose_receipt import cose_receipt
from averment.compliance.exports.ml_bom import Library, ml_bom
from averment.compliance.exports.ocsf import ocsf_lines
from averment.compliance.exports.oscal import LogCheck, assessment_results
from averment.compliance.exports.provenance import provenance
from averment.compliance.exports.table import table_lines
from averment.compliance.index import INDEX_FILE, EntryFilter, EntryIndex
from averment.compliance.keys import SUBJECT_KEYS, EvidenceKeys, SubjectKeys
from averment.compliance.log.checkpoint import Checkpoint
from averment.compliance.log.durable import make_folder
from averment.compliance.log.layout import CHECKPOINT
from averment.compliance.log.merkle import leaf_hash
from averment.compliance.log.policy import Freshness, TrustPolicy
from averment.compliance.log.reader import LogReader
from averment.compliance.log.verification import Failure, LogFindings, verify_files
from averment.compliance.marks.release import NOTHING_GENERATED
from averment.compliance.people import People
from averment.compliance.recorder import POLICY_FILE, SCRATCH, EvidenceRecorder
from averment.compliance.timestamps import timestamp_failures
from averment.core.audit import AuditEvent, EventType
from averment.core.clock import Clock, SystemClock
from averment.core.errors import AuditIntegrityError, AuditWriteFailed, ConfigurationError, UsageError

ExportKind = Literal["bundle", "jsonl", "csv", "ocsf", "prov", "cyclonedx", "oscal"]

ENDINGS: Final[Mapping[ExportKind, str]] = {
    "bundle": ".zip",
    "ocsf": ".ocsf.jsonl",
    "jsonl": ".jsonl",
    "csv": ".csv",
    "prov": ".prov.json",
    "cyclonedx": ".cdx.json",
    "oscal": ".oscal.json",
}
"""How the name of a file of each kind ends; where one ending ends in another, the longer one comes first."""

_KINDS: Final = frozenset(str(kind) for kind in EventType)
_OF_THE_WHOLE: Final = ("cyclonedx", "oscal")
_MAX_ATTEMPTS: Final = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class VerificationReport:
    """What a check of the whole log found; `failures` come first bad place first."""

    origin: str
    size: int
    root: str
    n_files: int
    unsealed_entries: int
    payloads_present: int
    payloads_absent: int
    entries_of_unknown_type: int
    failures: tuple[Failure, ...]
    not_established: tuple[str, ...]

    @property
    def is_ok(self) -> bool:
        """Tell whether every check passed."""
        return not self.failures

    def raise_on_failure(self) -> None:
        """Turn the first failure into an error.

        Raises:
            AuditIntegrityError: A check failed; the message names the first bad place.
        """
        if self.failures:
            first = self.failures[0]
            raise AuditIntegrityError(f"the log does not verify: {first.place}: {first.reason}")


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportRequest:
    """What to export: `query` None asks for the whole log (bundles only). `libraries` go into `cyclonedx`."""

    kind: ExportKind
    query: EntryFilter | None
    subject: str
    reason: str | None = None
    includes_policy: bool = False
    libraries: tuple[Library, ...] = ()


def verify_log(
    evidence_dir: Path,
    policy: TrustPolicy,
    *,
    checkpoint: Path | None = None,
    keys: EvidenceKeys | None = None,
    max_age_s: float | None = None,
    clock: Clock | None = None,
) -> VerificationReport:
    """Check every file of the log, every entry against the schema of its type, and count the payloads.

    Args:
        evidence_dir: The folder `evidence/`.
        policy: Whose signatures are trusted, and which witnesses must have cosigned.
        checkpoint: File with a checkpoint that left the house, to find out whether the log was cut back or forked.
        keys: The installation's keys; with them every payload is opened, not only counted.
        max_age_s: How old a witness's cosignature may be to count, seconds.
        clock: Tells the present time, later than which no cosignature counts.

    Raises:
        ConfigurationError: The escrowed checkpoint is unreadable or not signed by a trusted key.
    """
    escrow = _read_escrow(checkpoint, policy) if checkpoint is not None else None
    log_folder, beside = evidence_dir / "log", _policy_beside(evidence_dir)
    freshness = Freshness(now_s=(clock or SystemClock()).now().timestamp(), max_age_s=max_age_s)
    for _ in range(_MAX_ATTEMPTS):  # A log that is being written moves under the check.
        before = _bytes(log_folder / CHECKPOINT)
        checks = EntryChecks(evidence_dir, subjects=_subjects(evidence_dir, keys))
        findings = verify_files(
            evidence_dir, policy, check_entry=checks.check, freshness=freshness, escrow=escrow, beside=beside
        )
        if not findings.failures or _bytes(log_folder / CHECKPOINT) == before:
            break
    return VerificationReport(
        origin=findings.origin,
        size=findings.size,
        root=findings.root,
        n_files=findings.n_files,
        unsealed_entries=findings.unsealed_entries,
        payloads_present=checks.payloads["present"],
        payloads_absent=checks.payloads["absent"],
        entries_of_unknown_type=checks.unknown,
        failures=(
            *findings.failures,
            *timestamp_failures(log_folder, policy, freshness=freshness),
            *policy_failures(evidence_dir / POLICY_FILE, given=policy, recorded=checks.log_keys),
        ),
        not_established=_not_established(findings, has_escrow=escrow is not None),
    )


def read_policy(path: Path) -> TrustPolicy:
    """Read a trust policy from a file.

    Raises:
        ConfigurationError: There is none, or it is not a policy.
    """
    try:
        return TrustPolicy.parse(path.read_text(encoding="utf-8"), name=str(path))
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigurationError(f"the trust policy {path} cannot be read: {error}") from error


def own_policy(evidence_dir: Path) -> TrustPolicy:
    """Read the policy that lies beside the log: good against accidents, not against who can rewrite both."""
    return read_policy(evidence_dir / POLICY_FILE)


def _not_established(findings: LogFindings, *, has_escrow: bool) -> tuple[str, ...]:
    strangers = (UNNAMED_SIGNER.format(signer=signer) for signer in findings.unnamed)
    return (*NOT_ESTABLISHED, *(() if has_escrow else (NO_ESCROW,)), *strangers)


def _policy_beside(evidence_dir: Path) -> TrustPolicy | None:
    """Return the log's own policy; None where there is none, or where it is damaged, which is a failure of its own."""
    try:
        return own_policy(evidence_dir)
    except ConfigurationError:
        return None


def show(evidence_dir: Path, query: EntryFilter) -> Iterator[Leaf]:
    """Yield the entries asked for, in order, from the index brought up to date.

    Raises:
        AuditIntegrityError: The log's files cannot be read.
    """
    yield from (decode_leaf(entry, index=index) for index, entry in _found(evidence_dir, query))


def pseudonym_of(subject: str, *, evidence_dir: Path, keys: EvidenceKeys) -> str:
    """Return the pseudonym under which a person's entries stand.

    Raises:
        UsageError: The log knows nobody of that name, or forgot them.
    """
    person = People(evidence_dir, keys, scratch=evidence_dir / SCRATCH).find(subject)
    if person is None:
        raise UsageError(f"the log knows nobody of the name {subject!r}", hint="names are those of sign-in or machine")
    return person.actor


def prove(evidence_dir: Path, index: int) -> str:
    """Return the proof (`.tlog-proof`) of an entry under the newest checkpoint.

    Raises:
        UsageError: The checkpoint covers no such entry.
        AuditIntegrityError: The log's files do not fit each other.
    """
    reader = LogReader(evidence_dir / "log")
    return reader.proof(index, reader.note())[0].encode()


def prove_in_cose(recorder: EvidenceRecorder, index: int) -> bytes:
    """Return the proof of an entry under a new checkpoint as a COSE receipt, which the log's key signs.

    Raises:
        UsageError: The log has no such entry.
        ConfigurationError: The package that writes it is not installed.
    """
    note = recorder.seal(keep=True).note
    proof, _ = LogReader(recorder.evidence_dir / "log").proof(index, note)
    return cose_receipt(proof, proof.checkpoint(name=CHECKPOINT), signer=recorder.signers[0])


def kept_checkpoint(evidence_dir: Path) -> Checkpoint:
    """Return the newest checkpoint that is kept for good: what to print, and to compare the log with later.

    Raises:
        AuditIntegrityError: A kept checkpoint is damaged, or there is none.
    """
    kept = [checkpoint for _, _, checkpoint in LogReader(evidence_dir / "log").history()]
    if not kept:
        raise AuditIntegrityError(f"no checkpoint is kept in {evidence_dir / 'log'}")
    return kept[-1]


def export(recorder: EvidenceRecorder, request: ExportRequest, *, out: Path) -> Path:
    """Log an export, sign and keep a checkpoint over that entry, then write the export.

    Args:
        recorder: The open log.
        request: What to export, who asks, and why.
        out: File to write.

    Raises:
        UsageError: Other exports than bundles need a filter, an empty one asks for every entry; a bill of materials
            and assessment results take an empty one alone.
        AuditWriteFailed: The export could not be logged, and was not written.
    """
    if request.kind != "bundle" and request.query is None:
        raise UsageError(f"an export of kind {request.kind!r} needs a filter; an empty one asks for every entry")
    if request.kind in _OF_THE_WHOLE and request.query != EntryFilter():
        raise UsageError(f"an export of kind {request.kind!r} is made from the whole log", hint="leave the filters out")
    recorder.seal()
    indexes = None if request.query is None else [index for index, _ in _found(recorder.evidence_dir, request.query)]
    entry = recorder.append(_exported(request, recorder.size, indexes))
    sealed = recorder.seal(keep=True)
    if sealed.checkpoint.size <= entry:
        raise AuditWriteFailed(f"the entry {entry} of the export is not covered by the checkpoint; nothing was written")
    policy = (recorder.evidence_dir / POLICY_FILE).read_text("utf-8") if request.includes_policy else None
    if request.kind == "bundle":
        bundle = BundleRequest(indexes=indexes, policy=policy)
        write_bundle(recorder.evidence_dir, out, request=bundle, note=sealed.note)
    else:
        _write(out, _content(request, recorder.evidence_dir, indexes or [], sealed.checkpoint))
    return out


def _exported(request: ExportRequest, size: int, indexes: Sequence[int] | None) -> AuditEvent:
    query = None if request.query is None else repr(request.query)
    return AuditEvent(
        type=EventType.ACCESS_EXPORTED,
        subject=request.subject,
        data={
            "kind": request.kind,
            "size": size,
            "n_entries": size if indexes is None else len(indexes),
            "filters_digest": None if query is None else f"sha256:{hashlib.sha256(query.encode()).hexdigest()}",
            "reason": request.reason,
            "includes_policy": request.includes_policy,
            # Leaves hold digests, codes and pseudonyms, so nothing is there to be masked or marked.
            "masking": NO_TEXTS,
            "marking": NOTHING_GENERATED,
        },
    )


def _content(
    request: ExportRequest, evidence_dir: Path, indexes: Sequence[int], checkpoint: Checkpoint
) -> Iterator[bytes]:
    reader = LogReader(evidence_dir / "log")
    entries = ((index, reader.entry(index, size=checkpoint.size)) for index in indexes)
    if request.kind == "jsonl":
        return (entry + b"\n" for _, entry in entries)
    if request.kind == "csv":
        return table_lines((decode_leaf(entry, index=index), leaf_hash(entry).hex()) for index, entry in entries)
    leaves = (decode_leaf(entry, index=index) for index, entry in entries)
    if request.kind == "ocsf":
        return ocsf_lines(leaves)
    if request.kind == "prov":
        return iter([provenance(leaves)])
    if request.kind == "oscal":
        return iter([assessment_results(list(leaves), _check_of(evidence_dir, root=checkpoint.root.hex()))])
    return iter([ml_bom(list(leaves), libraries=request.libraries, root=checkpoint.root.hex())])


def _check_of(evidence_dir: Path, *, root: str) -> LogCheck:
    found = verify_log(evidence_dir, own_policy(evidence_dir))
    problem = "; ".join(f"{failure.place}: {failure.reason}" for failure in found.failures[:1])
    return LogCheck(root=root, problem=problem, not_established=found.not_established)


def _write(out: Path, content: Iterable[bytes]) -> None:
    make_folder(out.parent)
    temporary = out.with_name(out.name + ".tmp")
    with temporary.open("wb") as file:
        file.writelines(content)
    temporary.replace(out)


def _found(evidence_dir: Path, query: EntryFilter) -> Iterator[tuple[int, bytes]]:
    unknown = [kind for kind in query.types if kind not in _KINDS]
    if unknown:
        raise UsageError(f"there are no entries of type {unknown[0]!r}", hint=f"one of {', '.join(sorted(_KINDS))}")
    writable = _is_writable(evidence_dir)
    with EntryIndex(evidence_dir, path=evidence_dir / INDEX_FILE if writable else None) as index:
        size = index.update()
        found = index.find(query)
    reader = LogReader(evidence_dir / "log")
    return ((number, reader.entry(number, size=size)) for number in found)


def _subjects(evidence_dir: Path, keys: EvidenceKeys | None) -> SubjectKeys | None:
    if keys is None:
        return None
    return SubjectKeys(evidence_dir / SUBJECT_KEYS, keys.wrapping, scratch=evidence_dir / SCRATCH)


def _is_writable(folder: Path) -> bool:
    probe = folder / INDEX_FILE
    try:
        with probe.open("ab"):
            return True
    except OSError:
        return False


def _read_escrow(path: Path, policy: TrustPolicy) -> Checkpoint:
    """Read a checkpoint that left the house: a signed note, or the three lines that were printed of it."""
    try:
        words = path.read_text("utf-8").split()
        if len(words) == 3:
            return Checkpoint.parse("".join(f"{word}\n" for word in words), name=str(path))
        return policy.open_checkpoint(path.read_bytes(), name=str(path))[1]
    except (OSError, UnicodeDecodeError, AuditIntegrityError) as error:
        raise ConfigurationError(f"the escrowed checkpoint cannot be used: {error}") from error


def _bytes(path: Path) -> bytes | None:
    try:
        return path.read_bytes()
    except OSError:
        return None
