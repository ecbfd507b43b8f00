"""Payloads: round trips, padding, commitments that bind and hide, and spans shown alone."""

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from averment.compliance.payloads import (
    CHUNK_BYTES,
    PayloadKeys,
    bucket_bytes,
    disclose,
    erase_spans,
    open_parts,
    open_payload,
    payload_path,
    read_payload,
    seal_payload,
    verify_disclosure,
)
from averment.core.errors import AuditIntegrityError, StoreError

KEYS = PayloadKeys.derive(b"s" * 32, entry_id="entry", name="question")


@given(st.binary(max_size=5_000))
def test_what_is_sealed_is_opened(content: bytes) -> None:
    sealed = seal_payload(content, KEYS)
    assert open_payload(sealed, KEYS) == content
    assert open_parts(sealed, KEYS).is_whole
    assert len(sealed.ciphertext) == bucket_bytes(len(content) + 9 + 32) + 12 + 16


def test_sizes_are_hidden_in_buckets() -> None:
    assert [bucket_bytes(size) for size in (1, 1024, 1025, 1 << 20, (1 << 20) + 1)] == [
        1024,
        1024,
        2048,
        1 << 20,
        2 << 20,
    ]
    assert len(seal_payload(b"yes", KEYS).ciphertext) == len(seal_payload(b"no" * 400, KEYS).ciphertext)


@given(st.data())
def test_a_changed_ciphertext_or_commitment_is_refused(data: st.DataObject) -> None:
    sealed = seal_payload(b"a payload", KEYS)
    place = data.draw(st.integers(0, len(sealed.ciphertext) - 1))
    changed = bytearray(sealed.ciphertext)
    changed[place] ^= data.draw(st.integers(1, 255))
    with pytest.raises(AuditIntegrityError, match="does not decrypt"):
        open_payload(replace(sealed, ciphertext=bytes(changed)), KEYS)
    with pytest.raises(AuditIntegrityError):
        open_payload(replace(sealed, commitment=seal_payload(b"another", KEYS).commitment), KEYS)


def test_equal_texts_have_unrelated_commitments_even_under_one_key() -> None:
    assert len({seal_payload(b"Anna Schmidt, 1980-01-01", KEYS).commitment for _ in range(4)}) == 4


@settings(max_examples=60)
@given(st.binary(min_size=1, max_size=4_000), st.data())
def test_a_span_is_shown_without_the_rest(content: bytes, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(content) - 1))
    end = data.draw(st.integers(start + 1, len(content)))
    sealed = seal_payload(content, KEYS)
    shown, commitment = disclose(open_parts(sealed, KEYS), KEYS, start=start, end=end), sealed.commitment
    assert verify_disclosure(shown, commitment)
    first = shown.chunks[0].index * CHUNK_BYTES
    assert b"".join(chunk.content for chunk in shown.chunks)[start - first : end - first] == content[start:end]
    assert len(shown.chunks) <= (end - start) // CHUNK_BYTES + 2
    changed = replace(shown.chunks[0], content=shown.chunks[0].content + b"!")
    assert not verify_disclosure(replace(shown, chunks=(changed, *shown.chunks[1:])), commitment)
    assert not verify_disclosure(replace(shown, length=shown.length + 1), commitment)
    assert not verify_disclosure(shown, seal_payload(content, KEYS).commitment)


def test_a_span_outside_the_text_is_refused() -> None:
    with pytest.raises(ValueError, match="do not lie in a text of 3 bytes"):
        disclose(open_parts(seal_payload(b"abc", KEYS), KEYS), KEYS, start=1, end=4)


@settings(max_examples=60)
@given(st.binary(min_size=1, max_size=4_000), st.data())
def test_a_span_is_erased_without_the_rest_and_the_commitment_stays(content: bytes, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(content) - 1))
    end = data.draw(st.integers(start + 1, len(content)))
    whole = seal_payload(content, KEYS)
    sealed = erase_spans(whole, KEYS, spans=[(start, end)])
    left = open_parts(sealed, KEYS)
    assert (sealed.commitment, left.is_whole, left.length) == (whole.commitment, False, len(content))
    first, last = start // CHUNK_BYTES * CHUNK_BYTES, -(-end // CHUNK_BYTES) * CHUNK_BYTES
    gone = content[first:last]
    assert left.content == content[:first] + bytes(len(gone)) + content[last:]
    with pytest.raises(StoreError, match="was erased"):
        open_payload(sealed, KEYS)
    with pytest.raises(StoreError, match="were erased"):
        disclose(left, KEYS, start=start, end=end)
    if first:
        assert verify_disclosure(disclose(left, KEYS, start=0, end=first), sealed.commitment)
    again = erase_spans(sealed, KEYS, spans=[(0, len(content))])
    assert open_parts(again, KEYS).content == bytes(len(content))


def test_nothing_that_is_left_of_an_erased_span_tells_a_guess_right_or_wrong() -> None:
    """All that remains is known to the attacker, the subject's key included; the salt is not, and not derivable."""
    text = b"Anna Schmidt, 1980-01-01"
    left = open_parts(erase_spans(seal_payload(text, KEYS), KEYS, spans=[(0, 4)]), KEYS)
    (chunk,) = left.chunks
    assert (chunk.salt, chunk.content) == (b"", None)
    same = open_parts(erase_spans(seal_payload(text, KEYS), KEYS, spans=[(0, 4)]), KEYS)
    assert same.chunks[0].hash != chunk.hash, "equal texts under equal keys have equal hashes"


def test_stored_payloads_are_found_by_commitment(tmp_path: Path) -> None:
    sealed = seal_payload(b"x", KEYS)
    assert sealed.path == payload_path(sealed.commitment)
    with pytest.raises(StoreError, match="may have been erased"):
        read_payload(tmp_path, sealed.commitment)
    (tmp_path / sealed.path).parent.mkdir()
    (tmp_path / sealed.path).write_bytes(sealed.ciphertext)
    assert read_payload(tmp_path, sealed.commitment) == sealed
