"""Signed notes: the specification's own note, round trips, and that no byte may change."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from averment.compliance.log.note import Note, Signature, SignerKey, VerifierKey, is_key_name, sign_note
from averment.core.errors import AuditIntegrityError, ConfigurationError

# The example of golang.org/x/mod/sumdb/note (note.go, documentation of the package).
GO_VKEY = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
GO_SKEY = "PRIVATE+KEY+PeterNeumann+c74f20a3+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz"
GO_NOTE = (
    "If you think cryptography is the answer to your problem,\n"
    "then you don't know what your problem is.\n"
    "\n"
    "— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n"
).encode()


@pytest.fixture(scope="module")
def signer() -> SignerKey:
    return SignerKey.generate("tests.example/log")


def test_a_note_of_the_reference_implementation_verifies_and_is_reproduced() -> None:
    note = Note.parse(GO_NOTE, name="note")
    assert [key.vkey for key in note.verify([VerifierKey.parse(GO_VKEY)], name="note")] == [GO_VKEY]
    assert sign_note(note.text, [SignerKey.parse(GO_SKEY)]).encode() == GO_NOTE


def test_keys_survive_their_text_forms(signer: SignerKey) -> None:
    assert SignerKey.parse(signer.skey) == signer
    assert VerifierKey.parse(signer.verifier.vkey) == signer.verifier
    assert signer.skey not in repr(signer)
    assert repr(signer.seed) not in repr(signer)


@pytest.mark.parametrize(
    "vkey", ["", "name", "name+00000000+AAAA", GO_VKEY.replace("c74f20a3", "c74f20a4"), GO_VKEY[:-1]]
)
def test_damaged_verifier_keys_are_refused(vkey: str) -> None:
    with pytest.raises(ConfigurationError):
        VerifierKey.parse(vkey)


@pytest.mark.parametrize("skey", ["", GO_VKEY, GO_SKEY.replace("c74f20a3", "c74f20a4"), GO_SKEY[:-2]])
def test_damaged_signer_keys_are_refused_without_being_repeated(skey: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        SignerKey.parse(skey)
    assert "AYEKFALVFGyNhPJEMzD1QIDr" not in str(caught.value)


def test_names_without_white_space_or_plus_only() -> None:
    assert is_key_name("example.com/log")
    assert not any(is_key_name(name) for name in ("", "a b", "a+b", "a\n", "a\u2003b", "a\x00"))
    with pytest.raises(ConfigurationError, match="cannot name a key"):
        SignerKey.generate("a b")


def test_several_signatures_stand_side_by_side(signer: SignerKey) -> None:
    other = SignerKey.generate("other.example/log")
    note = Note.parse(sign_note("text\n", [signer, other]).encode(), name="n")
    assert note.verify([signer.verifier], name="n") == (signer.verifier,)
    assert note.verify([other.verifier, signer.verifier], name="n") == (signer.verifier, other.verifier)


def test_a_note_without_a_trusted_signature_is_refused(signer: SignerKey) -> None:
    note = sign_note("text\n", [SignerKey.generate(signer.name)])
    with pytest.raises(AuditIntegrityError, match="no signature of a trusted key"):
        note.verify([signer.verifier], name="n")


def test_a_wrong_signature_of_a_trusted_key_is_refused_beside_a_good_one(signer: SignerKey) -> None:
    other = SignerKey.generate("other.example/log")
    note = sign_note("text\n", [signer, other])
    bad = Signature(name=other.name, key_id=other.verifier.id, signature=b"\0" * 64)
    forged = Note(text=note.text, signatures=(note.signatures[0], bad))
    with pytest.raises(AuditIntegrityError, match=r"signature of other\.example"):
        forged.verify([signer.verifier, other.verifier], name="n")


@given(st.data())
def test_any_changed_byte_is_refused(data: st.DataObject) -> None:
    raw = bytearray(GO_NOTE)
    place = data.draw(st.integers(0, len(raw) - 1))
    raw[place] ^= data.draw(st.integers(1, 255))
    with pytest.raises(AuditIntegrityError):
        Note.parse(bytes(raw), name="note").verify([VerifierKey.parse(GO_VKEY)], name="note")


@pytest.mark.parametrize("raw", [b"", b"\n", b"text\n", b"text\n\n", b"text\n\n- a b\n", GO_NOTE[:-1], GO_NOTE + b"\n"])
def test_what_is_no_note_is_refused(raw: bytes) -> None:
    with pytest.raises(AuditIntegrityError):
        Note.parse(raw, name="note")
