"""The one sequencer of a log: makes entries durable in groups, and signs the tree that covers them.

`append` returns when an entry is on the disk in the write-ahead log; many threads share one sync. A thread of the
log's own integrates the entries into tiles and signs a checkpoint: at once for an entry whose proof somebody waits
for, within ten intervals for the others, and at most once per `seal_interval_ms` unless told to by `seal`.
One process writes at a time, held to it by a file lock.
"""

import contextlib
import os
import shutil
import threading
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final

from averment.compliance.log.anchors import Anchors
from averment.compliance.log.checkpoint import Checkpoint, Sealed
from averment.compliance.log.durable import DurableFolder
from averment.compliance.log.keeping import KeptCheckpoints
from averment.compliance.log.layout import CHECKPOINT, HISTORY, MAX_ENTRY_BYTES, TIMESTAMPS, replaced_folder
from averment.compliance.log.note import Note, SignerKey, sign_note
from averment.compliance.log.opening import open_files
from averment.compliance.log.options import MAKE_ROOM, Backlog, LogOptions
from averment.compliance.log.wal import PendingGroup, encode_record
from averment.core.clock import Clock
from averment.core.errors import AuditWriteFailed

EntryBuilder = Callable[[int], bytes]

_SEAL_TIMEOUT_S: Final = 30.0
# An answer that starts and ends within these intervals finds no fresh checkpoint in its way, which it had to wait out.
_IDLE_INTERVALS: Final = 10


class TransparencyLog:
    """A log open for appending. Thread-safe. Close it; a process that dies instead loses nothing acknowledged.

    Args:
        evidence_folder: The folder that holds `log/` and `wal/`.
        signer: The log's key; its name is the log's. It signs under the name of the present shard.
        older: Keys of the same name that go on signing beside it while verifiers learn of the new one.
        clock: Supplies the monotonic time between signatures.
        anchors: Witnesses and time stamps of kept checkpoints; none is asked where None.
        options: Intervals and sizes.

    Raises:
        StoreBusy: Another process has the log open.
        AuditIntegrityError: The log's files do not fit each other.
    """

    def __init__(
        self,
        evidence_folder: Path,
        signer: SignerKey,
        *,
        clock: Clock,
        older: Sequence[SignerKey] = (),
        anchors: Anchors | None = None,
        options: LogOptions | None = None,
    ):
        self.folder = evidence_folder / "log"
        self._anchors = anchors
        self._anchoring = threading.Thread()
        self._clock = clock
        self._options = options or LogOptions()
        self._disk = DurableFolder(self.folder, evidence_folder / "tmp")
        keys = [key.verifier for key in (signer, *older)]
        self._lock, recovered, self._wal = open_files(evidence_folder, keys, segment_bytes=self._options.segment_bytes)
        self._disk.clear_scratch()
        self.recovered_entries = len(recovered.unsealed)
        self.discarded_bytes = recovered.discarded_bytes
        self._edge = recovered.edge
        checkpoint = Checkpoint.parse(recovered.note.text, name=CHECKPOINT)
        self._sealed = Sealed(checkpoint=checkpoint, note=recovered.note)
        self._signers = tuple(key.named(checkpoint.origin) for key in (signer, *older))
        self._unsealed: list[bytes] = list(recovered.unsealed)
        self._durable = self._next = self._edge.size + len(self._unsealed)
        self._pending: list[PendingGroup] = []
        self._failure = self._seal_failure = ""
        self._is_flushing = self._is_closed = False
        self._changed = threading.Condition()
        self._sealing = threading.Lock()
        now_s = clock.monotonic_s()
        self._kept = KeptCheckpoints(self._options, size=recovered.kept_size, durable=self._durable, now_s=now_s)
        self._interval_s = self._options.seal_interval_ms / 1000
        self._last_seal_s = now_s - self._interval_s
        self._oldest_unsealed_s, self._wanted = now_s, 0
        self._sealer = threading.Thread(target=self._seal_in_background, name="averment-log-sealer", daemon=True)
        self._sealer.start()

    @property
    def origin(self) -> str:
        """Return the origin of the present shard."""
        return self._signers[0].name

    @property
    def size(self) -> int:
        """Return the number of durable entries."""
        return self._durable

    @property
    def backlog(self) -> Backlog:
        """Return what waits."""
        n_waiting, reason = self._next - self._durable, self._failure or self._seal_failure
        return Backlog(waiting=n_waiting, unsealed=len(self._unsealed), reason=reason)

    @property
    def sealed(self) -> Sealed:
        """Return the newest signed checkpoint."""
        return self._sealed

    def append(self, build: EntryBuilder) -> int:
        """Append one entry and return its index once it is durable.

        Args:
            build: Called once with the index; returns the entry, 1 to 65,535 bytes. It runs inside the
                sequencer and must be quick; what it raises is passed on and takes no index.

        Raises:
            AuditWriteFailed: The entry is not durable.
        """
        return self.append_many([build])[0]

    def append_many(self, builders: Sequence[EntryBuilder]) -> list[int]:
        """Append entries in order with one sync; all become durable or none.

        Raises:
            AuditWriteFailed: They are not durable.
        """
        if not builders:
            return []
        with self._changed:
            self._refuse_when_closed()
            self._options.refuse_when_behind(self.backlog)
            group = self._sequence(builders)
            group.is_leader = not self._is_flushing
            self._is_flushing = True
        if not group.is_leader:
            try:
                group.woken.wait()
            except KeyboardInterrupt:
                # The lead may fall to this thread, and with it the entries of others.
                group.woken.wait()
                if group.is_leader:
                    self._flush()
                raise
        if group.is_leader:
            self._flush()
        if group.failure:
            what = f"{len(builders)} entries from {group.first} on"
            raise AuditWriteFailed(f"{what} were not written: {group.failure}", hint=MAKE_ROOM)
        return group.indexes

    def wait_sealed(self, index: int, *, timeout_s: float = _SEAL_TIMEOUT_S) -> Sealed:
        """Return a signed checkpoint that covers the entry, once there is one.

        Raises:
            AuditWriteFailed: None could be signed in time.
        """
        deadline = self._clock.monotonic_s() + timeout_s
        with self._changed:
            if self._wanted <= index:
                self._wanted = index + 1
                self._changed.notify_all()
            while self._sealed.checkpoint.size <= index:
                if self._is_closed or not self._changed.wait(timeout=max(0.0, deadline - self._clock.monotonic_s())):
                    reason = self._seal_failure or "the log is closed or did not sign in time"
                    raise AuditWriteFailed(f"no signed checkpoint covers entry {index}: {reason}")
            return self._sealed

    def seal(self, *, keep: bool = False) -> Sealed:
        """Sign a checkpoint over every durable entry now; `keep` it in the history when it leaves the house.

        Raises:
            AuditWriteFailed: The tiles or the checkpoint could not be written.
        """
        try:
            sealed = self._seal(keep=keep)
            return self._anchor(sealed) if keep and not self._is_closed else sealed
        except OSError as error:
            raise AuditWriteFailed(f"the checkpoint of {self._durable} entries was not written: {error}") from error

    def sign_with(self, signers: Sequence[SignerKey]) -> Sealed:
        """Sign with these keys from now on, newest first; the newest checkpoint is signed anew and kept.

        Raises:
            AuditWriteFailed: The checkpoint could not be written; the keys used so far stay.
        """
        self.seal()
        self._sign_as([key.named(self.origin) for key in signers])
        return self.seal(keep=True)

    def continue_as(self, origin: str) -> None:
        """End the present shard and go on under another origin: its last checkpoint is kept, then signed anew.

        The caller sees to it that no entry is appended meanwhile; those on their way to the disk are waited for.

        Raises:
            AuditWriteFailed: A checkpoint could not be written; the origin stays.
        """
        self.wait_sealed(self._next - 1)
        self.seal(keep=True)
        self._sign_as([key.named(origin) for key in self._signers])

    def close(self) -> None:
        """Sign and keep a last checkpoint and let go of the lock; a second call does nothing."""
        with self._changed:
            if self._is_closed:
                return
            self._is_closed = True
            self._changed.notify_all()
            while self._is_flushing:
                self._changed.wait()
        self._sealer.join()
        if self._anchoring.ident is not None:
            self._anchoring.join()
        try:
            self.seal(keep=True)
        finally:
            self._wal.close()
            os.close(self._lock)

    def _sign_as(self, signers: Sequence[SignerKey]) -> None:
        """Sign the newest checkpoint anew; cosignatures stay where its text does."""
        with self._sealing:
            checkpoint = replace(self._sealed.checkpoint, origin=signers[0].name)
            own = sign_note(checkpoint.text(), signers)
            others = [line for line in self._sealed.note.signatures if line.name != self.origin]
            try:
                if own.text == self._sealed.note.text:
                    note = replace(own, signatures=(*own.signatures, *others))
                else:
                    note = self._cosigned(own, checkpoint)
                self._disk.write({CHECKPOINT: note.encode()})
            except OSError as error:
                raise AuditWriteFailed(f"the checkpoint was not signed with another key: {error}") from error
            self._signers = tuple(signers)
            self._sealed = Sealed(checkpoint=checkpoint, note=note)

    def _refuse_when_closed(self) -> None:
        if self._is_closed:
            raise AuditWriteFailed("the evidence log is closed")
        if not self._wal.is_usable:
            hint = "mend the disk and start again; recovery takes back every acknowledged entry"
            raise AuditWriteFailed(f"the evidence log stopped after a disk error: {self._failure}", hint=hint)

    def _sequence(self, builders: Sequence[EntryBuilder]) -> PendingGroup:
        """Give each entry the next index; all builders succeed or no index is taken. Holds the lock."""
        group = PendingGroup(first=self._next, entries=[build(self._next + at) for at, build in enumerate(builders)])
        for index, entry in zip(group.indexes, group.entries, strict=True):
            if not 0 < len(entry) <= MAX_ENTRY_BYTES:
                raise AuditWriteFailed(f"entry {index} has {len(entry)} bytes; 1 to {MAX_ENTRY_BYTES} are allowed")
        self._pending.append(group)
        self._next += len(group.entries)
        return group

    def _flush(self) -> None:
        """Write and sync everything pending as one batch, then pass the lead to whoever waits meanwhile."""
        with self._changed:
            batch, self._pending = self._pending, []
        failure = "interrupted"
        try:
            records = [
                encode_record(*pair) for group in batch for pair in zip(group.indexes, group.entries, strict=True)
            ]
            self._wal.append(records, first_index=batch[0].first)
            failure = ""
        except OSError as error:
            failure = f"{type(error).__name__}: {error}"
        finally:
            with self._changed:
                woken = self._settle(batch, failure)
            for group in woken:
                group.woken.set()

    def _settle(self, batch: list[PendingGroup], failure: str) -> list[PendingGroup]:
        """Record what became of a batch and return the groups whose threads may go on. Holds the lock."""
        woken = batch
        if failure:
            # Groups that queued up behind the failed ones carry indexes that are free again: all fail together.
            woken = batch + self._pending
            self._pending = []
            self._failure = failure
            self._next = self._durable
            for group in woken:
                group.failure = failure
        else:
            is_first = not self._unsealed
            for group in batch:
                self._unsealed.extend(group.entries)
                self._durable += len(group.entries)
            if is_first:
                self._oldest_unsealed_s = self._clock.monotonic_s()
                self._changed.notify_all()
        self._is_flushing = bool(self._pending)
        if self._pending:
            self._pending[0].is_leader = True
            woken = [*woken, self._pending[0]]
        elif self._is_closed:
            self._changed.notify_all()
        return woken

    def _seal_in_background(self) -> None:
        """Sign whenever there is something to sign and the interval has passed, until the log closes."""
        while self._wait_until_due():
            try:
                kept_size = self._kept.size
                sealed = self._seal(keep=False)
                if self._kept.size != kept_size and self._anchors is not None and not self._anchoring.is_alive():
                    # Beside this thread: who does not answer must not hold up the next checkpoint.
                    self._anchoring = threading.Thread(target=self._anchor_later, args=(sealed,), daemon=True)
                    self._anchoring.start()
                failure = ""
            except OSError as error:
                failure = f"{type(error).__name__}: {error}"
            with self._changed:
                self._seal_failure = failure
                self._last_seal_s = self._clock.monotonic_s()

    def _wait_until_due(self) -> bool:
        """Wait for something to sign or keep and for its time to come; False once the log closes."""
        with self._changed:
            while not self._is_closed:
                rest_s = self._due_s() - self._clock.monotonic_s()
                # A wait that ran its time counts as passed even where a test's clock stands still.
                if rest_s <= 0 or not self._changed.wait(timeout=min(rest_s, threading.TIMEOUT_MAX)):
                    return True
        return False

    def _due_s(self) -> float:
        """Return the time of the next signature, or of keeping the one there is. Holds the lock."""
        due_s = self._last_seal_s + self._interval_s
        size = self._sealed.checkpoint.size
        if not self._unsealed:
            return max(due_s, self._kept.due_s(size))
        idle_s = self._oldest_unsealed_s + _IDLE_INTERVALS * self._interval_s
        return due_s if self._wanted > size else max(due_s, idle_s)

    def _seal(self, *, keep: bool) -> Sealed:
        with self._sealing:
            with self._changed:
                batch = list(self._unsealed)
            now_s = self._clock.monotonic_s()
            sealed = self._write_tree(batch) if batch else self._sealed
            size = sealed.checkpoint.size
            if keep or self._kept.is_due(size, now_s=now_s):
                self._disk.write({f"{HISTORY}/{size}": sealed.note.encode()})
                self._kept.kept(size, now_s=now_s)
            with self._changed:
                self._sealed = sealed
                self._last_seal_s = now_s
                self._changed.notify_all()
            return sealed

    def _anchor_later(self, sealed: Sealed) -> None:
        with contextlib.suppress(OSError):  # the checkpoint is kept as it is; the next one is asked for again
            self._anchor(sealed)

    def _anchor(self, sealed: Sealed) -> Sealed:
        """Ask witnesses and authority about a kept checkpoint, and keep what they say with it."""
        if self._anchors is None:
            return sealed
        size = sealed.checkpoint.size
        note = self._anchors.cosigned(sealed.note, sealed.checkpoint, log_folder=self.folder)
        token = self._anchors.timestamped(note)
        anchored = Sealed(checkpoint=sealed.checkpoint, note=note)
        with self._sealing:
            files = {f"{HISTORY}/{size}": note.encode()}
            if token is not None:
                files[f"{TIMESTAMPS}/{size}.tsr"] = token
            if self._sealed.note == sealed.note:
                files[CHECKPOINT] = note.encode()
            self._disk.write(files)
            with self._changed:
                self._sealed = anchored if CHECKPOINT in files else self._sealed
        return anchored

    def _write_tree(self, batch: Sequence[bytes]) -> Sealed:
        edge = self._edge.copy()
        files = edge.extend(batch)
        checkpoint = Checkpoint(origin=self.origin, size=edge.size, root=edge.frontier.root())
        self._disk.write(files)
        note = self._cosigned(sign_note(checkpoint.text(), self._signers), checkpoint)
        self._disk.write({CHECKPOINT: note.encode()})
        self._edge = edge
        with self._changed:
            del self._unsealed[: len(batch)]
            self._oldest_unsealed_s = self._clock.monotonic_s()
        for folder in filter(None, map(replaced_folder, files)):
            shutil.rmtree(self.folder / folder, ignore_errors=True)
        self._wal.drop_covered(edge.size)
        return Sealed(checkpoint=checkpoint, note=note)

    def _cosigned(self, note: Note, checkpoint: Checkpoint) -> Note:
        """Return a note with the cosignatures without which it may not be published."""
        if self._anchors is None or not self._anchors.needed:
            return note
        return self._anchors.cosigned(note, checkpoint, log_folder=self.folder)
