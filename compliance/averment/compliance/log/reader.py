"""Reading a log's files: entries, tree nodes, proofs. Trusts nothing it reads; shares no state with the writer.

A tile is looked for as the full one first and then as the partial one of the tree's size, so that reading while
another process appends works: partial tiles go away only once the full one is there.
"""

from collections import OrderedDict
from collections.abc import Iterable, Iterator
from itertools import groupby
from pathlib import Path
from typing import Final

from averment.compliance.log.checkpoint import Checkpoint
from averment.compliance.log.edge import tile_root
from averment.compliance.log.layout import (
    CHECKPOINT,
    HISTORY,
    TILE_HEIGHT,
    TILE_WIDTH,
    Tile,
    decode_bundle,
    encode_bundle,
)
from averment.compliance.log.merkle import HASH_BYTES, consistency_proof, inclusion_proof, leaf_hash, range_root
from averment.compliance.log.note import Note
from averment.compliance.log.proof import TlogProof
from averment.core.errors import AuditIntegrityError, UsageError

_CACHED_TILES: Final = 64


class LogReader:
    """Reads the log in a folder (`evidence/log`). Not thread-safe: it keeps the tiles it read last."""

    def __init__(self, folder: Path):
        self.folder = folder
        self._cache: OrderedDict[tuple[int | None, int, int], tuple[str, bytes]] = OrderedDict()

    def note(self) -> Note:
        """Read the newest checkpoint's note, unverified.

        Raises:
            AuditIntegrityError: There is none, or it is not a note.
        """
        return Note.parse(self._read(CHECKPOINT), name=CHECKPOINT)

    def checkpoint(self) -> Checkpoint:
        """Read the newest checkpoint, unverified."""
        return Checkpoint.parse(self.note().text, name=CHECKPOINT)

    def history(self) -> Iterator[tuple[str, Note, Checkpoint]]:
        """Yield the kept checkpoints, smallest first, unverified, with their file names.

        Raises:
            AuditIntegrityError: A file is not a checkpoint of the size its name says.
        """
        folder = self.folder / HISTORY
        names = sorted((path.name for path in folder.iterdir()), key=lambda n: (len(n), n)) if folder.is_dir() else []
        for file in names:
            name = f"{HISTORY}/{file}"
            note = Note.parse(self._read(name), name=name)
            checkpoint = Checkpoint.parse(note.text, name=name)
            if str(checkpoint.size) != file:
                raise AuditIntegrityError(f"{name}: holds the checkpoint of size {checkpoint.size}")
            yield name, note, checkpoint

    def first(self, size: int) -> int:
        """Return the index of the first entry of a log of `size` entries that was not pruned.

        A log without any entries was not pruned, since what says so is an entry: 0.
        """
        for bundle in range(-(-size // TILE_WIDTH)):
            tile = Tile(level=None, index=bundle, width=_width(bundle, size))
            if any((self.folder / name).is_file() for name in (tile.full_path, tile.path)):
                return bundle * TILE_WIDTH
        return 0

    def entries(self, start: int, stop: int, *, size: int) -> Iterator[tuple[int, bytes]]:
        """Yield (index, entry) of `[start, stop)` of a log of `size` entries.

        Raises:
            AuditIntegrityError: A bundle is missing, damaged or too short.
        """
        for bundle in range(start // TILE_WIDTH, -(-stop // TILE_WIDTH)):
            name, content = self._tile(Tile(level=None, index=bundle, width=_width(bundle, size)))
            entries = decode_bundle(content, name=name)
            first = bundle * TILE_WIDTH
            for index in range(max(start, first), min(stop, first + TILE_WIDTH)):
                if index - first >= len(entries):
                    raise AuditIntegrityError(f"{name}: entry {index} is missing")
                yield index, entries[index - first]

    def picked(self, indexes: Iterable[int], *, size: int) -> Iterator[tuple[int, bytes]]:
        """Yield (index, entry) of these, in their order; those of one bundle that stand together are read at once.

        Raises:
            AuditIntegrityError: A bundle is missing, damaged or too short.
        """
        for _, group in groupby(indexes, key=lambda index: index // TILE_WIDTH):
            wanted = list(group)
            found = dict(self.entries(min(wanted), max(wanted) + 1, size=size))
            yield from ((index, found[index]) for index in wanted)

    def entry(self, index: int, *, size: int) -> bytes:
        """Return one entry.

        Raises:
            UsageError: The log of that size has no such entry, or it was pruned.
        """
        if not 0 <= index < size:
            raise UsageError(f"there is no entry {index}: the log has {size} entries, numbered from 0")
        if index < (first := self.first(size)):
            raise UsageError(f"entry {index} was pruned: the log's entries begin with {first}")
        return next(self.entries(index, index + 1, size=size))[1]

    def node(self, level: int, position: int, *, size: int) -> bytes:
        """Return the root of a perfect subtree of the tree of `size` leaves."""
        tile_level, height = divmod(level, TILE_HEIGHT)
        nodes = size >> (TILE_HEIGHT * tile_level)
        first = position << height
        index = first // TILE_WIDTH
        name, content = self._tile(Tile(level=tile_level, index=index, width=_width(index, nodes)))
        at = first % TILE_WIDTH
        hashes = [content[n * HASH_BYTES : (n + 1) * HASH_BYTES] for n in range(at, at + (1 << height))]
        if len(hashes[-1]) != HASH_BYTES:
            raise AuditIntegrityError(f"{name}: hash {at + len(hashes) - 1} is missing")
        return tile_root(hashes)

    def root(self, size: int) -> bytes:
        """Return the root over the first `size` entries, from the tiles."""
        return range_root(0, size, node=lambda level, position: self.node(level, position, size=size))

    def inclusion(self, index: int, size: int) -> list[bytes]:
        """Return the audit path of an entry in the tree of `size` leaves."""
        return inclusion_proof(index, size, node=lambda level, position: self.node(level, position, size=size))

    def consistency(self, old: int, new: int) -> list[bytes]:
        """Return the proof that the tree of `new` leaves extends that of `old`."""
        return consistency_proof(old, new, node=lambda level, position: self.node(level, position, size=new))

    def proof(self, index: int, note: Note) -> tuple[TlogProof, bytes]:
        """Return the proof of an entry under a checkpoint's note, and the entry.

        Raises:
            AuditIntegrityError: The files do not lead to the checkpoint's root.
        """
        checkpoint = Checkpoint.parse(note.text, name=CHECKPOINT)
        entry = self.entry(index, size=checkpoint.size)
        path = tuple(self.inclusion(index, checkpoint.size))
        if leaf_hash(entry) != self.node(0, index, size=checkpoint.size):
            raise AuditIntegrityError(f"entry {index}: its bytes do not match its hash in the tree")
        return TlogProof(index=index, path=path, note=note), entry

    def tile(self, tile: Tile) -> bytes:
        """Return the content of a tile or bundle, cut to its width where a wider one is there.

        Raises:
            AuditIntegrityError: The file is missing or too short.
        """
        name, content = self._tile(tile)
        if tile.level is None:
            entries = decode_bundle(content, name=name)
            content, n_items = encode_bundle(entries[: tile.width]), len(entries)
        else:
            content, n_items = content[: tile.width * HASH_BYTES], len(content) // HASH_BYTES
        if n_items < tile.width:
            raise AuditIntegrityError(f"{name}: item {n_items} is missing")
        return content

    def _tile(self, tile: Tile) -> tuple[str, bytes]:
        """Return name and content of the full tile, else of the partial one."""
        key = (tile.level, tile.index, tile.width)
        cached = self._cache.get(key)
        if cached is not None:
            self._cache.move_to_end(key)
            return cached
        # Twice: the writer may complete the tile and drop the partial one between two looks.
        for name in (tile.full_path, tile.path, tile.full_path):
            try:
                content = (self.folder / name).read_bytes()
            except FileNotFoundError:
                continue
            self._cache[key] = name, content
            if len(self._cache) > _CACHED_TILES:
                self._cache.popitem(last=False)
            return name, content
        raise AuditIntegrityError(f"{tile.path}: the file is missing")

    def _read(self, name: str) -> bytes:
        try:
            return (self.folder / name).read_bytes()
        except FileNotFoundError as error:
            raise AuditIntegrityError(f"{name}: the file is missing") from error


def _width(index: int, nodes: int) -> int:
    """Return how many of `nodes` lie in the tile at `index`; 256 where the index is beyond them."""
    return min(TILE_WIDTH, nodes - index * TILE_WIDTH) if nodes > index * TILE_WIDTH else TILE_WIDTH
