"""Deleting what is past its time: texts one by one, entries from the front of the log in bundles of 256.

The hash of every entry stays, so that the tree, its proofs and every checkpoint hold as before; what goes are the
entries' bytes. The log says so itself before anything goes: `retention.pruned` states the first entry that is kept, and
a verifier accepts missing entries below that number alone. Entries that a hold or a pin covers stay, and with them all
that come after; texts of others still go on their day.
"""

import hashlib
from dataclasses import dataclass, field
from datetime import datetime

from averment.compliance.events import decode_leaf
from averment.compliance.holds import HoldRegister
from averment.compliance.log.durable import sync_folder
from averment.compliance.log.layout import TILE_WIDTH, Tile
from averment.compliance.log.reader import LogReader
from averment.compliance.payloads import payload_commitments, payload_path
from averment.compliance.recorder import PAYLOADS, EvidenceRecorder
from averment.compliance.retention import Retention
from averment.core.audit import AuditEvent, EventType
from averment.core.clock import Clock, rfc3339
from averment.core.jsonable import canonical_json


@dataclass(frozen=True, slots=True, kw_only=True)
class PruneReport:
    """What was pruned, or would be: `minimum_index` is the first entry that is kept, `before` what it was.

    `n_payloads` counts deleted texts, `held` the entries past their time that a hold or a pin keeps.
    """

    before: int
    minimum_index: int
    n_payloads: int
    held: int


@dataclass(slots=True, kw_only=True)
class _Findings:
    first_kept: int | None = None
    payloads: list[str] = field(default_factory=list)
    held: int = 0


def prune(
    recorder: EvidenceRecorder, *, retention: Retention, clock: Clock, subject: str, dry_run: bool = False
) -> PruneReport:
    """Delete texts and entries that are past their time, logged first.

    Args:
        recorder: The open log.
        retention: How long what is kept.
        clock: Tells the time.
        subject: On whose behalf.
        dry_run: Only say what would go.

    Raises:
        StoreError: The register of holds is damaged; nothing is pruned.
        AuditWriteFailed: The log took no entry; nothing was pruned.
    """
    size = recorder.seal().checkpoint.size
    reader = LogReader(recorder.evidence_dir / "log")
    before = reader.first(size)
    found = _look(recorder, reader, range(before, size), retention=retention, now=clock.now())
    kept = size if found.first_kept is None else found.first_kept
    minimum = max(before, kept // TILE_WIDTH * TILE_WIDTH)
    report = PruneReport(before=before, minimum_index=minimum, n_payloads=len(found.payloads), held=found.held)
    if dry_run or (minimum == before and not found.payloads):
        return report
    policy = hashlib.sha256(_policy(retention)).hexdigest()
    recorder.append(
        AuditEvent(
            type=EventType.RETENTION_PRUNED,
            subject=subject,
            data={
                "before": before,
                "minimum_index": minimum,
                "entries": minimum - before,
                "payloads": len(found.payloads),
                "months": retention.settings.log_months,
                "legal_basis": retention.settings.legal_basis,
                "policy": f"sha256:{policy}",
            },
        )
    )
    recorder.seal(keep=True)
    for commitment in found.payloads:
        (recorder.evidence_dir / PAYLOADS / payload_path(commitment)).unlink(missing_ok=True)
    _delete_bundles(reader, range(before // TILE_WIDTH, minimum // TILE_WIDTH))
    return report


def months_before(now: datetime, months: int) -> datetime:
    """Return the moment so many calendar months earlier; of a day that month lacks, its last."""
    number = now.year * 12 + now.month - 1 - months
    year, month = divmod(number, 12)
    for day in (now.day, 30, 29, 28):
        try:
            return now.replace(year=year, month=month + 1, day=day)
        except ValueError:
            continue
    raise ValueError(f"there is no moment {months} months before {now}")


def _look(
    recorder: EvidenceRecorder, reader: LogReader, indexes: range, *, retention: Retention, now: datetime
) -> _Findings:
    holds = HoldRegister(recorder.evidence_dir).active(now.date())
    cutoffs: dict[str, str] = {}
    found = _Findings()
    for index, entry in reader.entries(indexes.start, indexes.stop, size=indexes.stop):
        leaf = decode_leaf(entry, index=index)
        purpose = str(leaf["purpose"])
        if purpose not in cutoffs:
            cutoffs[purpose] = rfc3339(months_before(now, retention.months(purpose)))
        is_past = str(leaf["time"]) < cutoffs[purpose]
        is_held = is_past and bool(holds.on_entry(leaf))
        found.held += is_held
        if is_past and not is_held:
            folder = recorder.evidence_dir / PAYLOADS
            found.payloads += [c for c in payload_commitments(leaf).values() if (folder / payload_path(c)).is_file()]
        elif found.first_kept is None:
            found.first_kept = index
    return found


def _policy(retention: Retention) -> bytes:
    """Return what decided: the settings, and which purposes were assessed as high-risk."""
    found = {"settings": retention.settings.model_dump(mode="json"), "high_risk": sorted(retention.high_risk)}
    return canonical_json(found)


def _delete_bundles(reader: LogReader, bundles: range) -> None:
    """Delete entry bundles, the oldest first, so that what is missing always lies at the front."""
    folders = set()
    for number in bundles:
        path = reader.folder / Tile(level=None, index=number).path
        path.unlink(missing_ok=True)
        folders.add(path.parent)
    for folder in folders:
        sync_folder(folder)
