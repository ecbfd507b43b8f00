"""File names and bundles of a tiled log."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from averment.compliance.log.layout import (
    Tile,
    bundle_tiles,
    decode_bundle,
    encode_bundle,
    index_path,
    parse_path,
    tree_tiles,
)
from averment.core.errors import AuditIntegrityError


@pytest.mark.parametrize(
    ("index", "path"), [(0, "000"), (67, "067"), (999, "999"), (1000, "x001/000"), (1234067, "x001/x234/067")]
)
def test_positions_are_written_in_groups_of_three_digits(index: int, path: str) -> None:
    assert index_path(index) == path


@given(st.none() | st.integers(0, 63), st.integers(0, 10**12), st.integers(1, 256))
def test_names_and_tiles_are_the_same_thing(level: int | None, index: int, width: int) -> None:
    tile = Tile(level=level, index=index, width=width)
    assert parse_path(tile.path) == tile


@pytest.mark.parametrize(
    "name",
    ["tile/0/1", "tile/64/000", "tile/00/000", "tile/0/x000/001", "tile/0/000.p/256", "tile/0/000.p/0",
     "tile/0/000.p/01",      "tile/data/000", "checkpoint", "tile/0/000/", "tile/0/000.p/300"],
)  # fmt: skip
def test_other_names_are_no_tiles(name: str) -> None:
    assert parse_path(name) is None


def test_the_tiles_of_the_specifications_example() -> None:
    tiles = list(tree_tiles(70_000))
    by_level = {level: [tile for tile in tiles if tile.level == level] for level in range(3)}
    assert [len(by_level[level]) for level in range(3)] == [274, 2, 1]
    assert [by_level[level][-1].width for level in range(3)] == [112, 17, 1]
    assert len(tiles) == 277
    assert [tile.width for tile in tree_tiles(256)] == [256, 1]
    assert list(tree_tiles(0)) == list(bundle_tiles(0)) == []
    assert [tile.path for tile in bundle_tiles(300)] == ["tile/entries/000", "tile/entries/001.p/44"]


@given(st.lists(st.binary(min_size=1, max_size=300), max_size=256))
def test_bundles_give_back_their_entries(entries: list[bytes]) -> None:
    assert decode_bundle(encode_bundle(entries), name="x") == entries


@pytest.mark.parametrize("content", [b"\x00", b"\x00\x02a", b"\x00\x01ab", encode_bundle([b"abc"])[:-1]])
def test_bundles_that_end_too_early_are_refused_by_place(content: bytes) -> None:
    with pytest.raises(AuditIntegrityError, match=r"tile/entries/000: entry \d of the bundle"):
        decode_bundle(content, name="tile/entries/000")
