"""Names and contents of the files of a tiled log (C2SP tlog-tiles, version 0.1).

Pure. A tile holds up to 256 hashes of one level; the tile at level L, position n starts at leaf
n * 256**(L+1). Entry bundles hold up to 256 entries, each behind its length as a big-endian uint16.
Paths are relative to the log's folder.
"""

import re
import struct
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from averment.core.errors import AuditIntegrityError

TILE_WIDTH: Final = 256
TILE_HEIGHT: Final = 8
MAX_ENTRY_BYTES: Final = 65_535
CHECKPOINT: Final = "checkpoint"
HISTORY: Final = "checkpoints"
TIMESTAMPS: Final = "tsr"

_LENGTH = struct.Struct(">H")
_PATH = re.compile(
    r"tile/(?P<level>entries|0|[1-9]|[1-5][0-9]|6[0-3])/(?P<index>(?:x[0-9]{3}/)*[0-9]{3})(?:\.p/(?P<width>[1-9][0-9]{0,2}))?"
)


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Tile:
    """A hash tile (`level` 0 to 63) or an entry bundle (`level` None); `width` is 1 to 256."""

    level: int | None
    index: int
    width: int = TILE_WIDTH

    @property
    def path(self) -> str:
        """Return the tile's file name below the log's folder."""
        folder = "entries" if self.level is None else str(self.level)
        suffix = "" if self.width == TILE_WIDTH else f".p/{self.width}"
        return f"tile/{folder}/{index_path(self.index)}{suffix}"

    @property
    def full_path(self) -> str:
        """Return the file name of the full tile at this place."""
        return Tile(level=self.level, index=self.index).path


def index_path(index: int) -> str:
    """Write a tile position as path elements of three digits, all but the last behind an `x`."""
    digits = f"{index:d}"
    digits = digits.zfill(-(-len(digits) // 3) * 3)
    groups = [digits[at : at + 3] for at in range(0, len(digits), 3)]
    return "/".join([f"x{group}" for group in groups[:-1]] + groups[-1:])


def parse_path(path: str) -> Tile | None:
    """Read a tile from its file name; None when the name is not that of a tile."""
    match = _PATH.fullmatch(path)
    if match is None:
        return None
    width = int(match["width"] or TILE_WIDTH)
    level = None if match["level"] == "entries" else int(match["level"])
    tile = Tile(level=level, index=int(match["index"].replace("x", "").replace("/", "")), width=width)
    return tile if tile.path == path and width <= TILE_WIDTH else None


def replaced_folder(path: str) -> str | None:
    """Return the folder of the partial tiles that a full one replaces; None for the name of any other file."""
    tile = parse_path(path)
    return f"{tile.path}.p" if tile is not None and tile.width == TILE_WIDTH else None


def tree_tiles(size: int) -> Iterator[Tile]:
    """Yield every hash tile of a tree of `size` leaves, the partial ones included, level by level."""
    level, nodes = 0, size
    while nodes:
        for index in range(nodes // TILE_WIDTH):
            yield Tile(level=level, index=index)
        if nodes % TILE_WIDTH:
            yield Tile(level=level, index=nodes // TILE_WIDTH, width=nodes % TILE_WIDTH)
        level, nodes = level + 1, nodes // TILE_WIDTH


def bundle_tiles(size: int) -> Iterator[Tile]:
    """Yield every entry bundle of a log of `size` entries, in order."""
    for index in range(size // TILE_WIDTH):
        yield Tile(level=None, index=index)
    if size % TILE_WIDTH:
        yield Tile(level=None, index=size // TILE_WIDTH, width=size % TILE_WIDTH)


def encode_bundle(entries: Iterable[bytes]) -> bytes:
    """Join entries of at most 65,535 bytes each into a bundle."""
    return b"".join(_LENGTH.pack(len(entry)) + entry for entry in entries)


def decode_bundle(content: bytes, *, name: str) -> list[bytes]:
    """Split a bundle into its entries.

    Raises:
        AuditIntegrityError: A length leads beyond the end; the message carries `name`.
    """
    entries: list[bytes] = []
    at, end = 0, len(content)
    while at < end:
        stop = at + 2 + (int.from_bytes(content[at : at + 2], "big") if at + 2 <= end else end)
        if stop > end:
            raise AuditIntegrityError(
                f"{name}: entry {len(entries)} of the bundle, at byte {at}, reaches beyond the file's {end} bytes"
            )
        entries.append(content[at + 2 : stop])
        at = stop
    return entries
