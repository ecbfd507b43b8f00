"""Opening a log after whatever happened: check what is signed, take back what was acknowledged but not yet signed.

Entries reach the disk in this order: write-ahead log, tiles, checkpoint. So every acknowledged entry is in a tile
below a checkpoint or in the write-ahead log, and replaying the latter from the checkpoint's size adds each once.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from averment.compliance.log.checkpoint import Checkpoint, is_origin_of
from averment.compliance.log.edge import RightEdge
from averment.compliance.log.layout import CHECKPOINT, TILE_HEIGHT, TILE_WIDTH, Tile
from averment.compliance.log.merkle import leaf_hash, tree_frontier
from averment.compliance.log.note import Note, VerifierKey
from averment.compliance.log.reader import LogReader
from averment.compliance.log.wal import Segment, cut_torn_tail, read_segments
from averment.core.errors import AuditIntegrityError


@dataclass(frozen=True, slots=True, kw_only=True)
class RecoveredLog:
    """The signed state, the acknowledged entries beyond it, and how many torn bytes were cut behind them.

    `kept_size` is the size of the newest checkpoint in the history, 0 where there is none.
    """

    edge: RightEdge
    note: Note
    kept_size: int
    unsealed: tuple[bytes, ...]
    discarded_bytes: int


def recover(log_folder: Path, wal_folder: Path, *, keys: Sequence[VerifierKey]) -> RecoveredLog:
    """Read a log's state, signed by one of its keys; cut the torn tail a crash left in the write-ahead log.

    Raises:
        AuditIntegrityError: Checkpoint, tiles, entries and write-ahead log do not fit each other.
    """
    reader = LogReader(log_folder)
    note = reader.note()
    checkpoint = Checkpoint.parse(note.text, name=CHECKPOINT)
    own = [key.named(checkpoint.origin) for key in keys if is_origin_of(checkpoint.origin, key.name)]
    note.verify(own or keys, name=CHECKPOINT)
    kept_size = 0
    for name, _, kept in reader.history():
        if kept.size > checkpoint.size:
            raise AuditIntegrityError(f"{name} is newer than the log, which ends at {checkpoint.size}: rolled back")
        kept_size = kept.size
    edge = _read_edge(reader, checkpoint)
    unsealed, discarded = _replay(list(read_segments(wal_folder)), checkpoint.size)
    return RecoveredLog(edge=edge, note=note, kept_size=kept_size, unsealed=unsealed, discarded_bytes=discarded)


def _read_edge(reader: LogReader, checkpoint: Checkpoint) -> RightEdge:
    size = checkpoint.size
    frontier = tree_frontier(size, lambda level, position: reader.node(level, position, size=size))
    if frontier.root() != checkpoint.root:
        raise AuditIntegrityError(
            f"the tiles of the tree of {size} entries do not lead to the root in the signed checkpoint",
            hint="averment audit verify names the first bad place",
        )
    levels: list[list[bytes]] = []
    while size >> (TILE_HEIGHT * len(levels)):
        level = len(levels)
        nodes = size >> (TILE_HEIGHT * level)
        first = nodes - nodes % TILE_WIDTH
        levels.append([reader.node(TILE_HEIGHT * level, n, size=size) for n in range(first, nodes)])
    first = size - size % TILE_WIDTH
    bundle = [entry for _, entry in reader.entries(first, size, size=size)]
    for index, (entry, expected) in enumerate(zip(bundle, levels[0] if levels else (), strict=True), start=first):
        if leaf_hash(entry) != expected:
            name = Tile(level=None, index=index // TILE_WIDTH, width=len(bundle)).path
            raise AuditIntegrityError(f"{name}: entry {index} does not match its hash in the tree")
    return RightEdge(frontier=frontier, levels=levels, bundle=bundle)


def _replay(segments: Sequence[Segment], size: int) -> tuple[tuple[bytes, ...], int]:
    unsealed: list[bytes] = []
    discarded = 0
    for at, segment in enumerate(segments):
        is_last = at == len(segments) - 1
        if segment.first > size + len(unsealed):
            raise AuditIntegrityError(
                f"wal/{segment.path.name}: entries {size + len(unsealed)} to {segment.first - 1} are missing before it"
            )
        if segment.torn_bytes and (segment.next < size or not is_last):
            raise AuditIntegrityError(f"wal/{segment.path.name}: the record of entry {segment.next} is damaged")
        if segment.torn_bytes:
            discarded += segment.torn_bytes
            cut_torn_tail(segment)
        unsealed.extend(segment.entries[max(0, size + len(unsealed) - segment.first) :])
    return tuple(unsealed), discarded
