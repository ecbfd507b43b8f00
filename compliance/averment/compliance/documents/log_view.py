"""The evidence log as a document sees it: its state at a checkpoint, and the entries up to there."""

import base64
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from averment.compliance.documents.evidence import entry_evidence
from averment.compliance.documents.filled import EntryEvidence, LogState
from averment.compliance.events import Leaf, decode_leaf
from averment.compliance.index import INDEX_FILE, EntryFilter, EntryIndex
from averment.compliance.log.checkpoint import Checkpoint
from averment.compliance.log.layout import CHECKPOINT
from averment.compliance.log.note import Note
from averment.compliance.log.reader import LogReader
from averment.core.audit import EventType
from averment.core.errors import UsageError


@dataclass(frozen=True, slots=True, kw_only=True)
class Logged:
    """An entry and what cites it."""

    leaf: Leaf
    evidence: EntryEvidence

    @property
    def time(self) -> str:
        """Return when it was written (RFC 3339)."""
        return self.evidence.time

    def fact(self, name: str) -> str:
        """Return a fact of the entry as text, empty where it has none."""
        data = self.leaf["data"]
        value = data.get(name) if isinstance(data, dict) else None
        return "" if value is None else str(value)

    def software(self) -> tuple[str, str]:
        """Return version and digest of the software that wrote it."""
        system = self.leaf["system"]
        return (str(system["version"]), str(system["digest"])) if isinstance(system, dict) else ("", "")


class LogView:
    """The log at one checkpoint.

    Args:
        evidence_dir: The folder `evidence/`.
        as_of: Look at the last checkpoint that was kept before this time (RFC 3339 or a date); at the newest one when
            absent.

    Raises:
        UsageError: No checkpoint was kept before that time, or the log is empty.
        AuditIntegrityError: The log's files cannot be read.
    """

    def __init__(self, evidence_dir: Path, *, as_of: str | None = None):
        self.evidence_dir = evidence_dir
        self._reader = LogReader(evidence_dir / "log")
        self._index = EntryIndex(evidence_dir, path=evidence_dir / INDEX_FILE)
        self._index.update()
        note = self._reader.note() if as_of is None else self._kept_before(as_of)
        checkpoint = Checkpoint.parse(note.text, name=CHECKPOINT)
        if not checkpoint.size:
            raise UsageError("the log has no entries yet", hint="averment init")
        self._size = checkpoint.size
        self.state = LogState(
            origin=checkpoint.origin,
            size=checkpoint.size,
            root=base64.b64encode(checkpoint.root).decode(),
            time=self.last.time,
            note=note.encode().decode(),
        )

    def __enter__(self) -> "LogView":
        return self

    def __exit__(self, *_: object) -> None:
        self._index.__exit__()

    @property
    def last(self) -> Logged:
        """Return the last entry: what cites the state as a whole."""
        return self.entry(self._size - 1)

    def entry(self, index: int) -> Logged:
        """Return an entry.

        Raises:
            UsageError: The log of this state has none of that index.
        """
        content = self._reader.entry(index, size=self._size)
        leaf = decode_leaf(content, index=index)
        cited = entry_evidence(index, content, type=str(leaf["type"]), time=str(leaf["time"]))
        return Logged(leaf=leaf, evidence=cited)

    def entries(self, *kinds: EventType, answer_id: str = "", newest: int | None = None) -> Sequence[Logged]:
        """Return the entries of some kinds, oldest first; only the `newest` so many where given."""
        found = self._find(EntryFilter(types=tuple(kinds), answer_id=answer_id))
        return [self.entry(index) for index in (found if newest is None else found[-newest:])]

    def count(self, kind: EventType) -> int:
        """Return how many entries of a kind there are."""
        return len(self._find(EntryFilter(types=(kind,))))

    def _find(self, query: EntryFilter) -> list[int]:
        return [index for index in self._index.find(query) if index < self._size]

    def _kept_before(self, as_of: str) -> Note:
        before = self._index.find(EntryFilter(time_to=as_of))
        size = before[-1] + 1 if before else 0
        kept = [(checkpoint.size, note) for _, note, checkpoint in self._reader.history()]
        fitting = [note for kept_size, note in kept if 0 < kept_size <= size]
        if not fitting:
            raise UsageError(
                f"no checkpoint was kept before {as_of!r}",
                hint="checkpoints are kept with every export; give a later time",
            )
        return fitting[-1]
