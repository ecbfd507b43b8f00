"""Checking a log's files against a signed checkpoint, entry by entry, with none of the writer's code.

Hashes are computed from the entries; every file of the log is then compared with what the entries say it must hold.
A place is a file name below `evidence/`; the first failure is the first bad place.
"""

import base64
import itertools
import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from averment.compliance.log.checkpoint import Checkpoint
from averment.compliance.log.layout import (
    CHECKPOINT,
    HISTORY,
    TILE_HEIGHT,
    TILE_WIDTH,
    TIMESTAMPS,
    Tile,
    bundle_tiles,
    decode_bundle,
    parse_path,
    tree_tiles,
)
from averment.compliance.log.merkle import HASH_BYTES, Frontier, leaf_hash
from averment.compliance.log.note import Note
from averment.compliance.log.policy import Freshness, TrustPolicy
from averment.compliance.log.wal import SUFFIX, Segment, read_segments
from averment.core.errors import AuditIntegrityError

EntryCheck = Callable[[int, bytes], str | None]

MAX_FAILURES: Final = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """One check that failed: where, and what is wrong."""

    place: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LogFindings:
    """What a check found: size and root of the signed checkpoint, failures, signers whom the policy does not name."""

    origin: str
    size: int
    root: str
    n_files: int
    unsealed_entries: int
    failures: tuple[Failure, ...]
    unnamed: tuple[str, ...] = ()


def verify_files(
    evidence_dir: Path,
    policy: TrustPolicy,
    *,
    check_entry: EntryCheck,
    freshness: Freshness,
    escrow: Checkpoint | None = None,
    beside: TrustPolicy | None = None,
) -> LogFindings:
    """Check every file of a log.

    Args:
        evidence_dir: The folder that holds `log/` and, where it was not exported without, `wal/`.
        policy: Whose signatures are trusted, and which witnesses must have cosigned the newest checkpoint.
        freshness: When a cosignature counts.
        check_entry: Looks at an entry's content; returns what is wrong with it, or None.
        escrow: A checkpoint that left the house, already verified.
        beside: The log's own policy: who signs checkpoints of the log is named there, or in `policy`.
    """
    return _Verification(evidence_dir, policy, check_entry, beside).run(escrow, freshness)


class _Verification:
    def __init__(self, evidence_dir: Path, policy: TrustPolicy, check_entry: EntryCheck, beside: TrustPolicy | None):
        self._folder = evidence_dir / "log"
        self._wal = evidence_dir / "wal"
        self._policy = policy
        self._beside = beside
        self._unnamed: dict[str, None] = {}
        self._check_entry = check_entry
        self._failures: list[Failure] = []
        self._levels: list[list[bytes]] = [[]]
        self._differing: dict[int, tuple[str, bytes]] = {}
        self._wanted_roots: dict[int, tuple[str, bytes]] = {}
        self._n_files = 0
        self._pruned = self._stated_minimum = 0

    def run(self, escrow: Checkpoint | None, freshness: Freshness) -> LogFindings:
        try:
            note, head = self._read_checkpoint(CHECKPOINT)
        except AuditIntegrityError as error:
            self._fail(CHECKPOINT, error.message)
            return LogFindings(
                origin="", size=0, root="", n_files=0, unsealed_entries=0, failures=tuple(self._failures)
            )
        try:
            self._policy.check_quorum(note, name=CHECKPOINT, freshness=freshness)
        except AuditIntegrityError as error:
            self._fail(CHECKPOINT, error.message)
        self._read_history(head)
        if escrow is not None:
            self._want("escrowed checkpoint", escrow, head)
        is_whole = self._read_entries(head.size)
        if is_whole:
            self._compare_roots(head)
        unsealed = self._read_wal(head.size)
        self._check_files(head, is_whole=is_whole)
        return LogFindings(
            origin=head.origin,
            size=head.size,
            root=base64.b64encode(head.root).decode(),
            n_files=self._n_files,
            unsealed_entries=unsealed,
            failures=tuple(self._failures),
            unnamed=tuple(self._unnamed),
        )

    def _fail(self, place: str, reason: str) -> None:
        if len(self._failures) < MAX_FAILURES:
            self._failures.append(Failure(place=place, reason=reason.removeprefix(f"{place}: ")))

    def _read_checkpoint(self, name: str) -> tuple[Note, Checkpoint]:
        try:
            raw = (self._folder / name).read_bytes()
        except OSError as error:
            raise AuditIntegrityError(f"{name}: the file cannot be read ({error.strerror})") from error
        note, checkpoint = self._policy.open_checkpoint(raw, name=name)
        unnamed = self._policy.unnamed_signers(note, name=name, beside=self._beside)
        self._unnamed |= dict.fromkeys(unnamed)
        return note, checkpoint

    def _read_history(self, head: Checkpoint) -> None:
        folder = self._folder / HISTORY
        for path in sorted(folder.iterdir()) if folder.is_dir() else ():
            name = f"{HISTORY}/{path.name}"
            try:
                _, kept = self._read_checkpoint(name)
            except AuditIntegrityError as error:
                self._fail(name, error.message)
                continue
            if path.name != str(kept.size):
                self._fail(name, f"holds the checkpoint of {kept.size} entries")
            self._want(name, kept, head)

    def _want(self, place: str, checkpoint: Checkpoint, head: Checkpoint) -> None:
        """Have the root of an older or the present checkpoint compared when the entries reach its size."""
        if self._policy.log_of(checkpoint.origin) != self._policy.log_of(head.origin):
            self._fail(place, f"is a checkpoint of another log, {checkpoint.origin!r}")
        elif checkpoint.size > head.size:
            self._fail(place, f"covers {checkpoint.size} entries, the log has {head.size}: it was cut back")
        elif self._wanted_roots.get(checkpoint.size, (place, checkpoint.root))[1] != checkpoint.root:
            self._fail(place, f"another signed checkpoint of {checkpoint.size} entries has a different root: a fork")
        else:
            self._wanted_roots[checkpoint.size] = (place, checkpoint.root)

    def _read_entries(self, size: int) -> bool:
        """Hash and check every entry; False where a bundle cannot be read to its end."""
        for bundle in bundle_tiles(size):
            try:
                name, entries = self._read_bundle(bundle)
            except AuditIntegrityError as error:
                if self._is_pruned(bundle):
                    continue
                self._fail(bundle.path, error.message)
                return False
            hashes = self._leaf_tile(bundle)
            for index, entry in enumerate(entries, start=bundle.index * TILE_WIDTH):
                leaf = leaf_hash(entry)
                at = index % TILE_WIDTH * HASH_BYTES
                if hashes and hashes[at : at + HASH_BYTES] != leaf:
                    self._differing[index] = (name, hashes[at : at + HASH_BYTES])
                else:
                    problem = self._check_entry(index, entry)
                    if problem is not None:
                        self._fail(name, f"entry {index}: {problem}")
                    self._stated_minimum = max(self._stated_minimum, stated_minimum(entry))
                    self._check_link(name, index, entry)
                self._levels[0].append(leaf)
        if self._pruned > self._stated_minimum:
            name = Tile(level=None, index=self._stated_minimum // TILE_WIDTH).path
            self._fail(name, f"the file is missing: no entry of the log says that entries below {self._pruned} went")
        return True

    def _check_link(self, name: str, index: int, entry: bytes) -> None:
        """Compare the checkpoint that a shard's first entry states with the entries before it."""
        stated = stated_link(entry)
        if stated is not None and stated != (index, self._root(self._levels[0]).hex()):
            self._fail(name, f"entry {index}: begins a shard behind another checkpoint than that of {index} entries")

    def _is_pruned(self, bundle: Tile) -> bool:
        """Take the hashes of a bundle in place of its entries, where all before it are missing as well."""
        hashes = self._leaf_tile(bundle)
        is_next = bundle.index * TILE_WIDTH == self._pruned == len(self._levels[0])
        if not is_next or len(hashes) != TILE_WIDTH * HASH_BYTES or self._is_there(bundle):
            return False
        self._levels[0] += [hashes[at : at + HASH_BYTES] for at in range(0, len(hashes), HASH_BYTES)]
        self._pruned += TILE_WIDTH
        return True

    def _is_there(self, tile: Tile) -> bool:
        return any((self._folder / name).exists() for name in (tile.path, tile.full_path))

    def _leaf_tile(self, bundle: Tile) -> bytes:
        """Read the leaf hashes of a bundle's entries; empty where the tile is missing, which is noted elsewhere."""
        for width in (TILE_WIDTH, bundle.width):
            path = self._folder / Tile(level=0, index=bundle.index, width=width).path
            if path.is_file():
                return path.read_bytes()
        return b""

    def _compare_roots(self, head: Checkpoint) -> None:
        """Compare the roots of all checkpoints; where entries are wrong, the tiles tell which, if these are right."""
        leaves = self._levels[0]
        mended = [self._differing[index][1] if index in self._differing else leaf for index, leaf in enumerate(leaves)]
        if self._root(leaves) != head.root:
            for index, (name, _) in self._differing.items():
                self._fail(name, f"entry {index} is not the one whose hash is in the signed tree")
            if self._root(mended) != head.root:
                sound = self._sound_size(leaves)
                self._fail(
                    CHECKPOINT,
                    f"the log's {head.size} entries do not lead to its root hash; entry {sound} or a later one is "
                    f"wrong: a kept checkpoint covers the first {sound}",
                )
            else:
                leaves = mended
        self._levels = _tile_levels(leaves)
        frontier = Frontier()
        self._compare_root(frontier)
        for leaf in leaves:
            frontier.append(leaf)
            self._compare_root(frontier)

    def _sound_size(self, leaves: Sequence[bytes]) -> int:
        """Return the size of the largest kept checkpoint that the entries fit."""
        frontier, sound = Frontier(), 0
        for leaf in leaves:
            frontier.append(leaf)
            wanted = self._wanted_roots.get(frontier.size)
            if wanted is not None and wanted[1] == frontier.root():
                sound = frontier.size
        return sound

    @staticmethod
    def _root(leaves: Sequence[bytes]) -> bytes:
        frontier = Frontier()
        for leaf in leaves:
            frontier.append(leaf)
        return frontier.root()

    def _read_bundle(self, bundle: Tile) -> tuple[str, list[bytes]]:
        for name in (bundle.full_path, bundle.path):
            path = self._folder / name
            if path.is_file():
                entries = decode_bundle(path.read_bytes(), name=name)
                if len(entries) < bundle.width:
                    first = bundle.index * TILE_WIDTH
                    raise AuditIntegrityError(f"{name}: entry {first + len(entries)} is missing")
                return name, entries[: bundle.width]
        raise AuditIntegrityError(f"{bundle.path}: the file is missing")

    def _compare_root(self, frontier: Frontier) -> None:
        wanted = self._wanted_roots.get(frontier.size)
        if wanted is not None and frontier.root() != wanted[1]:
            self._fail(wanted[0], f"the log's first {frontier.size} entries do not lead to its root hash")

    def _read_wal(self, size: int) -> int:
        """Compare the write-ahead log with the entries; return how many entries wait to be signed."""
        try:
            segments = self._segments()
        except AuditIntegrityError as error:
            place, _, reason = error.message.partition(": ")
            self._fail(place, reason)
            return 0
        for segment in segments:
            place = f"wal/{segment.path.name}"
            is_last = segment is segments[-1]
            if (segment.next < size and (is_last or segment.torn_bytes)) or (segment.torn_bytes and not is_last):
                self._fail(place, f"the record of entry {segment.next} is damaged or missing")
            for index, entry in enumerate(segment.entries, start=segment.first):
                self._check_record(place, index, entry, is_sealed=index < size)
        return max(0, len(self._levels[0]) - size)

    def _segments(self) -> list[Segment]:
        for path in sorted(self._wal.iterdir()) if self._wal.is_dir() else ():
            if path.suffix != SUFFIX:
                raise AuditIntegrityError(f"wal/{path.name}: a file that does not belong into a write-ahead log")
        return list(read_segments(self._wal))

    def _check_record(self, place: str, index: int, entry: bytes, *, is_sealed: bool) -> None:
        leaves = self._levels[0]
        if index < len(leaves):
            if leaf_hash(entry) != leaves[index]:
                self._fail(place, f"the record of entry {index} is not the entry in the log")
        elif index == len(leaves) and not is_sealed:
            problem = self._check_entry(index, entry)
            if problem is not None:
                self._fail(place, f"entry {index}: {problem}")
            _add_leaf(self._levels, leaf_hash(entry))

    def _check_files(self, head: Checkpoint, *, is_whole: bool) -> None:
        names = sorted(path.relative_to(self._folder).as_posix() for path in self._files())
        present = set(names)
        self._n_files = len(names)
        for tile in itertools.chain(tree_tiles(head.size), bundle_tiles(head.size)):
            is_pruned = tile.level is None and tile.index * TILE_WIDTH < self._pruned
            if not is_pruned and not {tile.path, tile.full_path} & present:
                self._fail(tile.path, "the file is missing")
        for name in names:
            tile_or_none = parse_path(name)
            if tile_or_none is not None:
                self._check_tile(name, tile_or_none, is_whole=is_whole)
            elif name != CHECKPOINT and not name.startswith((f"{HISTORY}/", f"{TIMESTAMPS}/")):
                self._fail(name, "a file that does not belong into a log")

    def _files(self) -> Iterator[Path]:
        return (path for path in self._folder.rglob("*") if not path.is_dir())

    def _check_tile(self, name: str, tile: Tile, *, is_whole: bool) -> None:
        """Compare a tile with the hashes computed from the entries, item by item."""
        try:
            found = self._tile_hashes(name, tile)
        except AuditIntegrityError as error:
            self._fail(name, error.message)
            return
        level = tile.level or 0
        row = self._levels[level] if level < len(self._levels) else []
        wanted = row[tile.index * TILE_WIDTH : tile.index * TILE_WIDTH + tile.width]
        for at, (one, other) in enumerate(zip(found, wanted, strict=False)):
            if one != other:
                first = (tile.index * TILE_WIDTH + at) << (TILE_HEIGHT * level)
                self._fail(name, f"item {at} (entry {first} on) is not what the log's entries give")
                return
        if len(found) != tile.width:
            self._fail(name, f"holds {len(found)} items, its name says {tile.width}")
        elif len(wanted) < tile.width and is_whole:
            self._fail(name, "reaches beyond the log's durable entries: the log was cut back")

    def _tile_hashes(self, name: str, tile: Tile) -> Sequence[bytes]:
        content = (self._folder / name).read_bytes()
        if tile.level is None:
            return [leaf_hash(entry) for entry in decode_bundle(content, name=name)]
        return [content[at : at + HASH_BYTES] for at in range(0, len(content), HASH_BYTES)]


def stated_minimum(entry: bytes) -> int:
    """Return the first kept entry that an entry about pruning states, 0 for other entries."""
    if b'"retention.pruned"' not in entry:
        return 0
    try:
        leaf = json.loads(entry)
        return int(leaf["data"]["minimum_index"]) if leaf["type"] == "retention.pruned" else 0
    except (ValueError, KeyError, TypeError):
        return 0


def stated_link(entry: bytes) -> tuple[int, str] | None:
    """Return size and root (hexadecimal) of the checkpoint that a shard's first entry states; None for any other."""
    if b'"log.continued"' not in entry:
        return None
    try:
        leaf = json.loads(entry)
        size, root = int(leaf["data"]["size"]), str(leaf["data"]["root"])
    except (ValueError, KeyError, TypeError):
        return None
    return (size, root.removeprefix("sha256:")) if leaf["type"] == "log.continued" else None


def _tile_levels(leaves: Sequence[bytes]) -> list[list[bytes]]:
    """Return the hashes that the tiles of each level must hold."""
    levels: list[list[bytes]] = [[]]
    for leaf in leaves:
        _add_leaf(levels, leaf)
    return levels


def _add_leaf(levels: list[list[bytes]], leaf: bytes) -> None:
    node = leaf
    for level in itertools.count():
        if level == len(levels):
            levels.append([])
        row = levels[level]
        row.append(node)
        if len(row) % TILE_WIDTH:
            return
        tile = Frontier()
        for hash_ in row[-TILE_WIDTH:]:
            tile.append(hash_)
        node = tile.root()
