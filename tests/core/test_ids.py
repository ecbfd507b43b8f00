import uuid

import pytest
from hypothesis import given
from hypothesis import strategies as st

from averment.core import ids


@given(st.binary(), st.binary())
def test_content_hash_depends_on_content_only(a: bytes, b: bytes) -> None:
    assert (ids.content_hash(a) == ids.content_hash(b)) == (a == b)
    assert ids.content_hash(a).startswith("sha256:")


@given(st.tuples(st.text(), st.text()), st.tuples(st.text(), st.text()))
def test_chunk_ids_do_not_run_parts_together(a: tuple[str, str], b: tuple[str, str]) -> None:
    def make(pair: tuple[str, str]) -> str:
        return ids.chunk_id(document_id=pair[0], text_hash=pair[1], start=0, end=1, pipeline_version="1")

    assert (make(a) == make(b)) == (a == b)


@given(st.integers(0, (1 << 48) - 1), st.integers(0, (1 << 48) - 1))
def test_uuid7_sorts_by_time_and_says_its_version(a: int, b: int) -> None:
    first, second = (ids.uuid7(unix_ms=ms, randomness=bytes(10)) for ms in (a, b))
    assert (first < second) == (a < b)
    assert uuid.UUID(first).version == 7
    assert uuid.UUID(first).variant == uuid.RFC_4122


def test_uuid7_refuses_what_does_not_fit() -> None:
    with pytest.raises(ValueError, match="10 random bytes"):
        ids.uuid7(unix_ms=1 << 48)
