"""Where compliance officers work with the log: search it, prove an entry, check what others bring, export parts of it.

The page and the REST routes stand on it. What it does is what `averment audit` does, through the same functions; only
what leaves no trace on a command line does here: a search for the entries of a person is itself an entry.
"""

import hashlib
import threading
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from averment.compliance.audit import (
    ENDINGS,
    ExportKind,
    ExportRequest,
    VerificationReport,
    kept_checkpoint,
    own_policy,
    pseudonym_of,
    show,
)
from averment.compliance.event_coverage import EventCoverage, event_coverage
from averment.compliance.events import Leaf
from averment.compliance.index import EntryFilter
from averment.compliance.key_encryption import wrapping_key
from averment.compliance.keys import load_keys
from averment.compliance.log.cosignature import cosigned_at
from averment.compliance.log.layout import TIMESTAMPS
from averment.compliance.presented import Verdict, check_presented
from averment.compliance.recorder import POLICY_FILE
from averment.core.answers import Receipt
from averment.core.audit import EventType, EventValue
from averment.core.clock import Clock, rfc3339
from averment.core.desk import Exported
from averment.core.errors import RecordNotFound, StoreBusy
from averment.service.record import Record
from averment.service.system_facts import installed_libraries

PSEUDONYM: Final = "hmac-sha256:"
_MEDIA_TYPES: Final = {".zip": "application/zip", ".csv": "text/csv; charset=utf-8", ".jsonl": "application/jsonl"}


@dataclass(frozen=True, slots=True, kw_only=True)
class LogQuery:
    """Which entries are looked for; an empty field asks for all. `user` is a name, or the pseudonym in entries."""

    types: tuple[str, ...] = ()
    since: str = ""
    until: str = ""
    user: str = ""
    purpose: str = ""
    document: str = ""
    answer: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class LogPage:
    """Entries, newest first; `before` continues the list, None at its end. `size` is that of the log."""

    entries: tuple[Leaf, ...]
    before: int | None
    size: int


@dataclass(frozen=True, slots=True, kw_only=True)
class WitnessState:
    """A witness of the log, and when it cosigned the newest checkpoint (None where it did not)."""

    name: str
    cosigned_at: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Verified:
    """The last check of the whole log since the service started."""

    at: str
    duration_s: float
    report: VerificationReport


@dataclass(frozen=True, slots=True, kw_only=True)
class LogState:
    """The log at its newest checkpoint; `code` are the lines to be kept elsewhere, of the newest kept checkpoint."""

    origin: str
    size: int
    root: str
    note: str
    kept_size: int
    code: str
    quorum: str
    witnesses: tuple[WitnessState, ...]
    n_timestamps: int
    newest_timestamp_size: int | None
    verified: Verified | None


class LogDesk:
    """The desk of one installation's log. Thread-safe.

    Args:
        record: The log.
        clock: Tells the time.
    """

    def __init__(self, record: Record, *, clock: Clock):
        self._record = record
        self._evidence_dir = record.data_dir.evidence
        self._clock = clock
        self._checking = threading.Lock()
        self._searching = threading.Lock()  # the index is brought up to date by one at a time
        self._verified: Verified | None = None

    def search(self, query: LogQuery, *, before: int | None, limit: int, subject: str) -> LogPage:
        """Return entries, newest first, a page at a time; a search that begins for a person's is logged first.

        Raises:
            UsageError: A type or a time is none, or the log knows nobody of the name.
            AuditWriteFailed: The search for a person could not be logged.
        """
        wanted = self._filter(query)
        log = self._record.own_log()
        if before is None and query.user:
            digest = hashlib.sha256(repr(wanted).encode()).hexdigest()
            data: dict[str, EventValue] = {"filters_digest": f"sha256:{digest}", "size": log.size}
            self._record.record_event(EventType.ACCESS_SEARCHED, data, subject=subject)
        size = log.seal().checkpoint.size
        page = replace(wanted, before=before, newest_first=True, limit=limit + 1)
        with self._searching:
            found = tuple(show(self._evidence_dir, page))
        more = int(str(found[limit - 1]["seq"])) if len(found) > limit else None
        return LogPage(entries=found[:limit], before=more, size=size)

    def entry(self, index: int) -> Receipt:
        """Return an entry with the proof that the newest checkpoint covers it.

        Raises:
            RecordNotFound: There is no such entry.
            UsageError: It was pruned.
        """
        log = self._record.own_log()
        if index >= log.size:
            raise RecordNotFound(f"there is no entry {index}: the log has {log.size} entries, numbered from 0")
        return log.receipt(index)

    def check(self, content: bytes) -> Verdict:
        """Check a receipt, an answer, a bundle, a proof, or the code of a report.

        Raises:
            UsageError: It is none of these.
        """
        self._record.own_log().seal()
        return check_presented(content, self._evidence_dir)

    def verify(self) -> Verified:
        """Check the whole log against its own policy, and remember when.

        Raises:
            StoreBusy: It is being checked.
        """
        if not self._checking.acquire(blocking=False):
            raise StoreBusy("the log is being checked already", hint="the result is shown when it is there")
        try:
            began_s = self._clock.monotonic_s()
            report = self._record.verify_log()
            took_s = self._clock.monotonic_s() - began_s
            self._verified = Verified(at=rfc3339(self._clock.now()), duration_s=took_s, report=report)
        finally:
            self._checking.release()
        return self._verified

    @property
    def verified(self) -> Verified | None:
        """Return the last check of the whole log; None where there was none since the service started."""
        return self._verified

    def state(self) -> LogState:
        """Return the newest checkpoint, what is kept of it, and what others signed."""
        policy = own_policy(self._evidence_dir)
        sealed = self._record.own_log().seal()
        kept = kept_checkpoint(self._evidence_dir)
        stamps = sorted(int(path.stem) for path in (self._evidence_dir / "log" / TIMESTAMPS).glob("*.tsr"))
        witnesses = [(one.name, cosigned_at(sealed.note, one.key, name=one.name)) for one in policy.witnesses]
        return LogState(
            origin=sealed.checkpoint.origin,
            size=sealed.checkpoint.size,
            root=sealed.checkpoint.text().split("\n")[2],
            note=sealed.note.encode().decode(),
            kept_size=kept.size,
            code=kept.text(),
            quorum=policy.quorum,
            witnesses=tuple(WitnessState(name=name, cosigned_at=_written(moment)) for name, moment in witnesses),
            n_timestamps=len(stamps),
            newest_timestamp_size=stamps[-1] if stamps else None,
            verified=self._verified,
        )

    def policy(self) -> str:
        """Return the trust policy of the log, to be handed out on a way of its own."""
        return (self._evidence_dir / POLICY_FILE).read_text("utf-8")

    def coverage(self, *, since: str, until: str) -> Sequence[EventCoverage]:
        """Count the events of a period by kind, those never seen included.

        Raises:
            UsageError: A time is none.
        """
        with self._searching:
            return event_coverage(show(self._evidence_dir, EntryFilter(time_from=since, time_to=until)))

    def export(self, kind: ExportKind, query: LogQuery, *, subject: str) -> Exported:
        """Write the log or a part of it to a file, once the log holds that it is taken out.

        Raises:
            UsageError: The kind is made from the whole log, and there is a filter.
            AuditWriteFailed: The export could not be logged.
        """
        wanted = self._filter(query)
        request = ExportRequest(
            kind=kind,
            query=None if kind == "bundle" and wanted == EntryFilter() else wanted,
            subject=subject,
            libraries=installed_libraries() if kind == "cyclonedx" else (),
        )
        with TemporaryDirectory() as folder:
            ending = ENDINGS[kind]
            path = self._record.export_log(Path(folder) / f"log{ending}", request)
            media_type = _MEDIA_TYPES.get(path.suffix, "application/json")
            return Exported(content=path.read_bytes(), media_type=media_type, file_name=f"log{ending}")

    def _filter(self, query: LogQuery) -> EntryFilter:
        return EntryFilter(
            types=query.types,
            time_from=query.since,
            time_to=query.until,
            actor=self._actor(query.user),
            purpose=query.purpose,
            answer_id=query.answer,
            document_id=query.document,
        )

    def _actor(self, user: str) -> str:
        if not user or user.startswith(PSEUDONYM):
            return user
        keys = load_keys(self._record.data_dir.keys, wrapping=wrapping_key(self._record.settings.log))
        return pseudonym_of(user, evidence_dir=self._evidence_dir, keys=keys)


def _written(moment_s: int | None) -> str | None:
    return None if moment_s is None else rfc3339(datetime.fromtimestamp(moment_s, UTC))
