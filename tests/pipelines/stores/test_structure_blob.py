"""Structures as bytes."""

import json
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from averment.core.errors import StoreError
from averment.core.structure import CrossReference, DefinedTerm, DocumentStructure, Section, TagConflict, TaggedFact
from averment.pipelines.stores.structure_blob import from_bytes, to_bytes

TERM = DefinedTerm(term="Rent", start=1, end=5, definition_start=0, definition_end=9)
OFFSETS = st.integers(0, 10**9)
TEXTS = st.text(max_size=20)
SECTIONS = st.builds(Section, title=TEXTS, level=st.integers(0, 9), start=OFFSETS)
TERMS = st.builds(DefinedTerm, term=TEXTS, start=OFFSETS, end=OFFSETS, definition_start=OFFSETS, definition_end=OFFSETS)
REFERENCES = st.builds(
    CrossReference, label=TEXTS, start=OFFSETS, end=OFFSETS, target_start=st.none() | OFFSETS, is_external=st.booleans()
)
TAGS = st.builds(
    TaggedFact, name=TEXTS, start=OFFSETS, end=OFFSETS, value=st.just("-1.5"),
    scale=st.just(10**6), unit=st.none() | TEXTS,
    period=st.none() | TEXTS,
)  # fmt: skip
CONFLICTS = st.builds(
    TagConflict, name=TEXTS, start=OFFSETS, end=OFFSETS, printed=TEXTS, tagged=TEXTS,
    reason=st.sampled_from(["value", "sign"]),
)  # fmt: skip


@given(st.tuples(*(st.lists(kind, max_size=4).map(tuple) for kind in (SECTIONS, TERMS, REFERENCES, TAGS, CONFLICTS))))
def test_a_structure_comes_back_as_it_was(parts: tuple[tuple[object, ...], ...]) -> None:
    names = ("sections", "terms", "references", "tags", "conflicts")
    structure = DocumentStructure(**dict(zip(names, parts, strict=True)))  # type: ignore[arg-type] # drawn by kind
    data = to_bytes(structure)
    assert from_bytes(data) == structure
    assert to_bytes(from_bytes(data)) == data


def test_one_that_was_kept_before_sections_were_has_none() -> None:
    whole = DocumentStructure(sections=(Section(title="1. Term", level=2, start=0),), terms=(TERM,))
    parts = json.loads(zlib.decompress(to_bytes(whole)[4:]))
    del parts["sections"]
    assert from_bytes(b"AVS1" + zlib.compress(json.dumps(parts).encode())) == DocumentStructure(terms=(TERM,))


@pytest.mark.parametrize("data", [b"", b"AVS1", b"AVS1junk", b"other", to_bytes(DocumentStructure())[:-3]])
def test_damaged_bytes_are_an_error(data: bytes) -> None:
    with pytest.raises(StoreError):
        from_bytes(data)
