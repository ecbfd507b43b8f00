"""The Merkle tree of RFC 6962 section 2 and the proofs of RFC 9162 section 2.1, over SHA-256.

Pure: hashes go in and come out; where they are stored is the caller's business. A *node* is the root of a
perfect subtree, named by its level (0 = leaves) and its 0-based position in that level.
"""

import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Final

HASH_BYTES: Final = 32
EMPTY_ROOT: Final = hashlib.sha256(b"").digest()

NodeReader = Callable[[int, int], bytes]


def leaf_hash(entry: bytes) -> bytes:
    """Hash an entry as a leaf."""
    return hashlib.sha256(b"\x00" + entry).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Hash two children into their parent."""
    return hashlib.sha256(b"\x01" + left + right).digest()


class Frontier:
    """The roots of the perfect subtrees that make up a tree, largest first: all that appending needs.

    Args:
        size: Number of leaves so far.
        nodes: One root for every bit set in `size`, from the highest bit down.
    """

    __slots__ = ("_nodes", "size")

    def __init__(self, size: int = 0, nodes: Iterable[bytes] = ()):
        self.size = size
        self._nodes = list(nodes)
        if len(self._nodes) != size.bit_count():
            raise ValueError(f"a tree of {size} leaves has {size.bit_count()} perfect subtrees, got {len(self._nodes)}")

    def append(self, leaf: bytes) -> None:
        """Add a leaf hash at the right."""
        size = self.size
        node = leaf
        while size & 1:
            node = node_hash(self._nodes.pop(), node)
            size >>= 1
        self._nodes.append(node)
        self.size += 1

    def root(self) -> bytes:
        """Return the root over all leaves; of an empty tree, the hash of nothing."""
        return fold(self._nodes)

    def copy(self) -> "Frontier":
        """Return an independent frontier of the same tree."""
        return Frontier(self.size, self._nodes)


def fold(nodes: Sequence[bytes]) -> bytes:
    """Hash roots of perfect subtrees, largest first, into one root."""
    if not nodes:
        return EMPTY_ROOT
    root = nodes[-1]
    for node in reversed(nodes[:-1]):
        root = node_hash(node, root)
    return root


def perfect_nodes(start: int, end: int) -> Iterator[tuple[int, int]]:
    """Yield (level, position) of the perfect subtrees that cover `[start, end)`, left to right.

    `start` is aligned as the ranges of RFC 6962 are, so sizes descend.
    """
    while start < end:
        level = (end - start).bit_length() - 1
        if start:
            level = min(level, (start & -start).bit_length() - 1)
        yield level, start >> level
        start += 1 << level


def range_root(start: int, end: int, *, node: NodeReader) -> bytes:
    """Return the Merkle tree hash of leaves `[start, end)`."""
    return fold([node(level, position) for level, position in perfect_nodes(start, end)])


def tree_frontier(size: int, node: NodeReader) -> Frontier:
    """Read the frontier of a tree of `size` leaves."""
    return Frontier(size, (node(level, position) for level, position in perfect_nodes(0, size)))


def inclusion_proof(index: int, size: int, *, node: NodeReader) -> list[bytes]:
    """Return the audit path of leaf `index` in the tree of `size` leaves, from its sibling upwards."""
    if not 0 <= index < size:
        raise ValueError(f"no leaf {index} in a tree of {size} leaves; indexes are 0-based")
    low, high = 0, size
    siblings: list[tuple[int, int]] = []
    while high - low > 1:
        middle = low + _split(high - low)
        if index < middle:
            siblings.append((middle, high))
            high = middle
        else:
            siblings.append((low, middle))
            low = middle
    return [range_root(start, end, node=node) for start, end in reversed(siblings)]


def consistency_proof(old: int, new: int, *, node: NodeReader) -> list[bytes]:
    """Return the proof that the tree of `new` leaves extends the tree of `old` leaves.

    Empty when the sizes are equal or `old` is 0: there is nothing to prove.
    """
    if not 0 <= old <= new:
        raise ValueError(f"a tree of {new} leaves cannot extend one of {old}")
    if old in (0, new):
        return []
    low, high = 0, new
    ranges: list[tuple[int, int]] = []
    while high != old:
        middle = low + _split(high - low)
        if old <= middle:
            ranges.append((middle, high))
            high = middle
        else:
            ranges.append((low, middle))
            low = middle
    if low:  # The old tree is not itself a node of the new one, so its last part leads the proof.
        ranges.append((low, high))
    return [range_root(start, end, node=node) for start, end in reversed(ranges)]


def root_from_inclusion(leaf: bytes, index: int, *, size: int, proof: Sequence[bytes]) -> bytes:
    """Compute the root an audit path leads to.

    Raises:
        ValueError: The index is outside the tree, or the path has the wrong length for it.
    """
    if not 0 <= index < size:
        raise ValueError(f"no leaf {index} in a tree of {size} leaves; indexes are 0-based")
    position, last, root = index, size - 1, leaf
    for sibling in proof:
        if last == 0:
            raise ValueError(f"the audit path of leaf {index} is too long for a tree of {size} leaves")
        if position & 1 or position == last:
            root = node_hash(sibling, root)
            while not position & 1 and position:
                position >>= 1
                last >>= 1
        else:
            root = node_hash(root, sibling)
        position >>= 1
        last >>= 1
    if last:
        raise ValueError(f"the audit path of leaf {index} is too short for a tree of {size} leaves")
    return root


def verify_inclusion(leaf: bytes, index: int, *, size: int, proof: Sequence[bytes], root: bytes) -> bool:
    """Tell whether the audit path leads from the leaf hash to the root."""
    try:
        return root_from_inclusion(leaf, index, size=size, proof=proof) == root
    except ValueError:
        return False


def verify_consistency(old: int, new: int, *, old_root: bytes, new_root: bytes, proof: Sequence[bytes]) -> bool:
    """Tell whether the proof shows that the new tree extends the old one."""
    if not 0 <= old <= new:
        return False
    if old in (0, new):
        return not proof and (old_root == new_root if old == new else old_root == EMPTY_ROOT)
    nodes = list(proof) if old & (old - 1) else [old_root, *proof]
    if not nodes:
        return False
    position, last = old - 1, new - 1
    while position & 1:
        position >>= 1
        last >>= 1
    old_side = new_side = nodes[0]
    for node in nodes[1:]:
        if last == 0:
            return False
        if position & 1 or position == last:
            old_side, new_side = node_hash(node, old_side), node_hash(node, new_side)
            while not position & 1 and position:
                position >>= 1
                last >>= 1
        else:
            new_side = node_hash(new_side, node)
        position >>= 1
        last >>= 1
    return last == 0 and old_side == old_root and new_side == new_root


def _split(size: int) -> int:
    """Return the largest power of two smaller than `size` (at least 2)."""
    return 1 << ((size - 1).bit_length() - 1)
