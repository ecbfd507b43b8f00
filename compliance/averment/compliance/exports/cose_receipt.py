"""The proof that an entry is in the log as a COSE receipt (RFC 9942), the same tree in another encoding.

A receipt is a COSE_Sign1 over the root, which is left out: who checks it makes the root anew from the entry and the
path. Entry and path are those of the C2SP proof; the signature is the log key's own over this encoding.
"""

from typing import Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from averment.compliance.log.checkpoint import Checkpoint
from averment.compliance.log.note import SignerKey
from averment.compliance.log.proof import TlogProof
from averment.core.errors import ConfigurationError

SIGN1_TAG: Final = 18
_ALGORITHM, _KEY_ID, _CLAIMS = 1, 4, 15  # RFC 9052 section 3.1, RFC 9597
_ISSUER, _SUBJECT = 1, 2  # RFC 8392
_STRUCTURE, _PROOFS = 395, 396  # RFC 9942 section 3
_EDDSA: Final = -8
_RFC9162_SHA256: Final = 1
_INCLUSION: Final = -1


def cose_receipt(proof: TlogProof, checkpoint: Checkpoint, *, signer: SignerKey) -> bytes:
    """Return the receipt; the same bytes for the same proof and key.

    Args:
        proof: The proof of the entry under the checkpoint.
        checkpoint: The checkpoint, verified.
        signer: The log's key.

    Raises:
        ConfigurationError: The package cbor2 is not installed.
    """
    try:
        import cbor2
    except ModuleNotFoundError as error:
        raise ConfigurationError(
            "COSE receipts need cbor2, which is not installed", hint="pip install 'averment[receipts]'"
        ) from error
    headers = {
        _ALGORITHM: _EDDSA,
        _KEY_ID: signer.verifier.id,
        _CLAIMS: {_ISSUER: checkpoint.origin, _SUBJECT: str(proof.index)},
        _STRUCTURE: _RFC9162_SHA256,
    }
    protected = cbor2.dumps(headers, canonical=True)
    path = cbor2.dumps([checkpoint.size, proof.index, list(proof.path)], canonical=True)
    signed = cbor2.dumps(["Signature1", protected, b"", checkpoint.root], canonical=True)
    signature = Ed25519PrivateKey.from_private_bytes(signer.seed).sign(signed)
    message = [protected, {_PROOFS: {_INCLUSION: [path]}}, None, signature]
    encoded: bytes = cbor2.dumps(cbor2.CBORTag(SIGN1_TAG, message), canonical=True)
    return encoded
