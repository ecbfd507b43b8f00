"""The right edge of a tiled tree: the partial tiles that appending changes, held in memory.

Pure: `extend` computes which files a larger tree needs; the writer puts them on the disk.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from averment.compliance.log.layout import TILE_HEIGHT, TILE_WIDTH, Tile, encode_bundle
from averment.compliance.log.merkle import Frontier, fold, leaf_hash, node_hash


@dataclass(slots=True, kw_only=True)
class RightEdge:
    """The tree's frontier, the hashes of the partial tile of each level, and the entries of the partial bundle."""

    frontier: Frontier = field(default_factory=Frontier)
    levels: list[list[bytes]] = field(default_factory=list)
    bundle: list[bytes] = field(default_factory=list)

    @property
    def size(self) -> int:
        """Return the number of entries."""
        return self.frontier.size

    def copy(self) -> "RightEdge":
        """Return an edge that can be extended without changing this one."""
        levels = [list(hashes) for hashes in self.levels]
        return RightEdge(frontier=self.frontier.copy(), levels=levels, bundle=list(self.bundle))

    def extend(self, entries: Sequence[bytes]) -> dict[str, bytes]:
        """Append entries and return the files of the larger tree that differ from those of the smaller one."""
        files: dict[str, bytes] = {}
        old_size = self.size
        for entry in entries:
            self.bundle.append(entry)
            leaf = leaf_hash(entry)
            index = self.frontier.size
            self.frontier.append(leaf)
            if len(self.bundle) == TILE_WIDTH:
                files[Tile(level=None, index=index // TILE_WIDTH).path] = encode_bundle(self.bundle)
                self.bundle.clear()
            self._push(leaf, files)
        files.update(self._partial_files(old_size))
        return files

    def _push(self, node: bytes, files: dict[str, bytes]) -> None:
        """Add a leaf hash, and the roots of the tiles it completes, to the tiles of their levels."""
        for level in range(len(self.levels) + 1):
            if level == len(self.levels):
                self.levels.append([])
            hashes = self.levels[level]
            hashes.append(node)
            if len(hashes) < TILE_WIDTH:
                return
            index = (self.size >> (TILE_HEIGHT * (level + 1))) - 1
            files[Tile(level=level, index=index).path] = b"".join(hashes)
            node = tile_root(hashes)
            hashes.clear()

    def _partial_files(self, old_size: int) -> Iterator[tuple[str, bytes]]:
        size = self.size
        if self.bundle and size != old_size:
            tile = Tile(level=None, index=size // TILE_WIDTH, width=len(self.bundle))
            yield tile.path, encode_bundle(self.bundle)
        for level, hashes in enumerate(self.levels):
            shift = TILE_HEIGHT * level
            if hashes and size >> shift != old_size >> shift:
                tile = Tile(level=level, index=size >> (shift + TILE_HEIGHT), width=len(hashes))
                yield tile.path, b"".join(hashes)


def tile_root(hashes: Sequence[bytes]) -> bytes:
    """Return the root over the hashes of a full tile, or over any power of two of hashes."""
    row = list(hashes)
    while len(row) > 1:
        row = [node_hash(row[at], row[at + 1]) for at in range(0, len(row), 2)]
    return row[0]


def edge_root(levels: Sequence[Sequence[bytes]]) -> bytes:
    """Return the root of the tree whose partial tiles have these hashes, level 0 first."""
    return fold([node for hashes in reversed(levels) for node in partial_nodes(hashes)])


def partial_nodes(hashes: Sequence[bytes]) -> Iterator[bytes]:
    """Yield the roots of the perfect subtrees that the hashes of a partial tile make up, largest first."""
    at = 0
    while at < len(hashes):
        width = 1 << ((len(hashes) - at).bit_length() - 1)
        yield tile_root(hashes[at : at + width])
        at += width
