"""Trees and proofs: the definition of RFC 6962 as the model, and that any change breaks a proof."""

import hashlib
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from averment.compliance.log.merkle import (
    EMPTY_ROOT,
    Frontier,
    consistency_proof,
    fold,
    inclusion_proof,
    leaf_hash,
    node_hash,
    perfect_nodes,
    range_root,
    root_from_inclusion,
    tree_frontier,
    verify_consistency,
    verify_inclusion,
)

# Roots over the first n of the eight leaves that Certificate Transparency implementations test with
# (google/certificate-transparency, merkletree tests); the leaves are the raw inputs below.
CT_LEAVES = ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"]
CT_ROOTS = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]


def reference_root(leaves: Sequence[bytes]) -> bytes:
    """Compute the root by the recursive definition."""
    if not leaves:
        return hashlib.sha256(b"").digest()
    if len(leaves) == 1:
        return leaves[0]
    split = 1 << ((len(leaves) - 1).bit_length() - 1)
    return node_hash(reference_root(leaves[:split]), reference_root(leaves[split:]))


def some_leaves(count: int) -> list[bytes]:
    return [leaf_hash(str(number).encode()) for number in range(count)]


class Nodes:
    """Reads nodes of a tree held as its leaves."""

    def __init__(self, leaves: Sequence[bytes]):
        self.leaves = leaves

    def __call__(self, level: int, position: int) -> bytes:
        return reference_root(self.leaves[position << level : (position + 1) << level])


@pytest.mark.parametrize("size", range(1, 9))
def test_known_roots(size: int) -> None:
    tree = Frontier()
    for leaf in CT_LEAVES[:size]:
        tree.append(leaf_hash(bytes.fromhex(leaf)))
    assert tree.root().hex() == CT_ROOTS[size - 1]


def test_the_empty_tree_has_the_hash_of_nothing_as_its_root() -> None:
    assert Frontier().root() == EMPTY_ROOT == fold([])


@pytest.mark.parametrize("size", [*range(70), 255, 256, 257, 511, 513])
def test_frontier_and_nodes_agree_with_the_definition(size: int) -> None:
    leaves = some_leaves(size)
    tree = Frontier()
    for leaf in leaves:
        tree.append(leaf)
    assert tree.root() == reference_root(leaves)
    assert range_root(0, size, node=Nodes(leaves)) == reference_root(leaves)
    read = tree_frontier(size, Nodes(leaves))
    read.append(leaf_hash(b"next"))
    assert read.root() == reference_root([*leaves, leaf_hash(b"next")])


def test_a_frontier_refuses_the_wrong_number_of_nodes() -> None:
    with pytest.raises(ValueError, match="2 perfect subtrees"):
        Frontier(3, [b"\0" * 32])


@given(st.integers(0, 5_000), st.integers(0, 5_000))
def test_perfect_nodes_cover_a_range_without_gap(start: int, length: int) -> None:
    start <<= max(1, length).bit_length()
    at = start
    for level, position in perfect_nodes(start, start + length):
        assert position << level == at
        at += 1 << level
    assert at == start + length


@given(st.integers(1, 300), st.data())
def test_inclusion_proofs_hold_and_break_with_any_change(size: int, data: st.DataObject) -> None:
    index = data.draw(st.integers(0, size - 1))
    leaves = some_leaves(size)
    root = reference_root(leaves)
    proof = inclusion_proof(index, size, node=Nodes(leaves))
    assert verify_inclusion(leaves[index], index, size=size, proof=proof, root=root)
    assert not verify_inclusion(leaf_hash(b"other"), index, size=size, proof=proof, root=root)
    assert not verify_inclusion(leaves[index], index, size=size, proof=[*proof, root], root=root)
    assert not verify_inclusion(leaves[index], size, size=size, proof=proof, root=root)
    if proof:
        place, bit = data.draw(st.integers(0, len(proof) - 1)), data.draw(st.integers(0, 255))
        changed = list(proof)
        changed[place] = (int.from_bytes(proof[place], "big") ^ (1 << bit)).to_bytes(32, "big")
        assert not verify_inclusion(leaves[index], index, size=size, proof=changed, root=root)
        assert not verify_inclusion(leaves[index], index, size=size, proof=proof[:-1], root=root)


@given(st.integers(0, 300), st.integers(0, 300), st.data())
def test_consistency_proofs_hold_and_break_with_any_change(one: int, other: int, data: st.DataObject) -> None:
    old, new = sorted((one, other))
    leaves = some_leaves(new)
    old_root, new_root = reference_root(leaves[:old]), reference_root(leaves)
    proof = consistency_proof(old, new, node=Nodes(leaves))
    assert verify_consistency(old, new, old_root=old_root, new_root=new_root, proof=proof)
    fork = reference_root([leaf_hash(b"fork"), *leaves[1:old]]) if old else leaf_hash(b"fork")
    assert not verify_consistency(old, new, old_root=fork, new_root=new_root, proof=proof)
    if proof:
        assert not verify_consistency(old, new, old_root=old_root, new_root=old_root, proof=proof)
        assert not verify_consistency(old, new, old_root=old_root, new_root=new_root, proof=proof[:-1])
        assert not verify_consistency(old, new, old_root=old_root, new_root=new_root, proof=[*proof, proof[0]])
        place = data.draw(st.integers(0, len(proof) - 1))
        changed = [*proof[:place], leaf_hash(b"x"), *proof[place + 1 :]]
        assert not verify_consistency(old, new, old_root=old_root, new_root=new_root, proof=changed)


def test_questions_outside_the_tree_are_refused() -> None:
    with pytest.raises(ValueError, match="no leaf 3"):
        inclusion_proof(3, 3, node=Nodes(some_leaves(3)))
    with pytest.raises(ValueError, match="cannot extend"):
        consistency_proof(4, 3, node=Nodes(some_leaves(3)))
    with pytest.raises(ValueError, match="no leaf -1"):
        root_from_inclusion(EMPTY_ROOT, -1, size=3, proof=[])
    assert not verify_consistency(4, 3, old_root=EMPTY_ROOT, new_root=EMPTY_ROOT, proof=[])
