"""The right edge: the files it asks for are those of the tree, however the entries were grouped."""

from hypothesis import given, settings
from hypothesis import strategies as st

from averment.compliance.log.edge import RightEdge, edge_root, tile_root
from averment.compliance.log.layout import bundle_tiles, decode_bundle, parse_path, tree_tiles
from averment.compliance.log.merkle import Frontier, leaf_hash


def entry(number: int) -> bytes:
    return f"entry {number}".encode()


@settings(max_examples=25, deadline=None)
@given(st.lists(st.integers(1, 700), min_size=1, max_size=4))
def test_files_depend_on_the_entries_alone(groups: list[int]) -> None:
    edge, files, size = RightEdge(), dict[str, bytes](), 0
    for count in groups:
        before = edge.copy()
        files |= edge.extend([entry(number) for number in range(size, size + count)])
        size += count
        assert before.size == size - count
    tree = Frontier()
    for number in range(size):
        tree.append(leaf_hash(entry(number)))
    assert edge.frontier.root() == tree.root() == edge_root(edge.levels)
    wanted = {tile.path for tile in (*tree_tiles(size), *bundle_tiles(size))}
    assert wanted <= files.keys()
    found = [one for tile in bundle_tiles(size) for one in decode_bundle(files[tile.path], name="x")]
    assert found == [entry(number) for number in range(size)]
    for path, content in files.items():
        tile = parse_path(path)
        assert tile is not None
        if tile.level is not None:
            assert len(content) == 32 * tile.width


def test_the_root_of_a_tile_is_that_of_its_tree() -> None:
    leaves = [leaf_hash(entry(number)) for number in range(256)]
    tree = Frontier()
    for leaf in leaves:
        tree.append(leaf)
    assert tile_root(leaves) == tree.root()
