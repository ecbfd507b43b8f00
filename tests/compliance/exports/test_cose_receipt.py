"""A receipt holds the same path as the C2SP proof, and the log key's signature over the root that the path leads to."""

import sys
from pathlib import Path

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from averment.compliance.exports.cose_receipt import SIGN1_TAG, cose_receipt
from averment.compliance.log.proof import TlogProof
from averment.compliance.log.reader import LogReader
from averment.core.errors import ConfigurationError
from tests.compliance.evidence import filled_log


def test_the_path_and_the_signature_are_those_of_the_log(tmp_path: Path) -> None:
    cbor2 = pytest.importorskip("cbor2")
    key = filled_log(tmp_path, [70])
    reader = LogReader(tmp_path / "log")
    proof = reader.proof(41, reader.note())[0]
    checkpoint = proof.checkpoint(name="checkpoint")
    made = cose_receipt(proof, checkpoint, signer=key)
    assert made == cose_receipt(proof, checkpoint, signer=key)
    tag = cbor2.loads(made)
    protected, unprotected, payload, signature = tag.value
    assert (tag.tag, payload) == (SIGN1_TAG, None)
    assert cbor2.loads(unprotected[396][-1][0]) == [70, 41, list(proof.path)]
    assert cbor2.loads(protected)[395] == 1
    public = Ed25519PublicKey.from_public_bytes(key.verifier.public)
    public.verify(signature, cbor2.dumps(["Signature1", protected, b"", checkpoint.root]))
    with pytest.raises(InvalidSignature):
        public.verify(signature, cbor2.dumps(["Signature1", protected, b"", bytes(32)]))


def test_without_the_library_that_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    key = filled_log(tmp_path, [3])
    reader = LogReader(tmp_path / "log")
    proof: TlogProof = reader.proof(1, reader.note())[0]
    monkeypatch.setitem(sys.modules, "cbor2", None)
    with pytest.raises(ConfigurationError, match="cbor2"):
        cose_receipt(proof, proof.checkpoint(name="checkpoint"), signer=key)
