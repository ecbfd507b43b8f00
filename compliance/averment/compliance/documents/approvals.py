"""Results of evaluations signed by the person responsible: a DSSE envelope beside the file.

`result.json.dsse` holds an in-toto statement over the file's SHA-256 with who signed, in which function and when,
signed with that person's own Ed25519 key. Whose keys count stands in `signers.yaml` in the folder `compliance/`. The
day is the signer's word; the signature is over it.
"""

import base64
import binascii
import datetime
import hashlib
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import yaml
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from pydantic import Field, ValidationError

from averment.compliance.documents.filled import Part
from averment.core.errors import AuditIntegrityError, ConfigurationError
from averment.core.jsonable import canonical_json

SIGNERS_FILE: Final = "signers.yaml"
SUFFIX: Final = ".dsse"
_PAYLOAD_TYPE: Final = "application/vnd.in-toto+json"
_STATEMENT: Final = "https://in-toto.io/Statement/v1"
_PREDICATE: Final = "urn:averment:approval:1"


class Signer(Part):
    """Somebody whose signature counts; `key` is the raw Ed25519 public key in base64."""

    name: str = Field(min_length=1)
    function: str = Field(min_length=1)
    key: str = Field(min_length=44, max_length=44)


class Approval(Part):
    """Who signed, in which function, and on which day by their own word."""

    name: str
    function: str
    signed_on: datetime.date


class _Signers(Part):
    signers: tuple[Signer, ...]


def read_signers(path: Path) -> tuple[Signer, ...]:
    """Read whose signatures count; nobody's where there is no file.

    Raises:
        ConfigurationError: The file is no list of signers.
    """
    if not path.is_file():
        return ()
    try:
        return _Signers.model_validate(yaml.safe_load(path.read_text(encoding="utf-8"))).signers
    except (OSError, yaml.YAMLError, ValidationError) as error:
        raise ConfigurationError(f"{path} does not name signers: {error}") from error


def read_key(path: Path) -> Ed25519PrivateKey:
    """Read a person's private key (PEM, PKCS 8, unencrypted).

    Raises:
        ConfigurationError: The file holds none.
    """
    try:
        key = serialization.load_pem_private_key(path.read_bytes(), password=None)
    except (OSError, ValueError, TypeError) as error:
        raise ConfigurationError(
            f"{path} holds no private key: {error}", hint="openssl genpkey -algorithm ed25519 -out FILE"
        ) from error
    if not isinstance(key, Ed25519PrivateKey):
        raise ConfigurationError(f"{path} holds no Ed25519 key", hint="openssl genpkey -algorithm ed25519 -out FILE")
    return key


def public_key(key: Ed25519PrivateKey) -> str:
    """Return the public key in the form that `signers.yaml` takes."""
    raw = key.public_key().public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)
    return base64.b64encode(raw).decode()


def sign(content: bytes, approval: Approval, *, file_name: str, key: Ed25519PrivateKey) -> bytes:
    """Sign a file's content and return the envelope.

    Args:
        content: The file's bytes.
        approval: Who signs, and when.
        file_name: The file's name, for the reader.
        key: The signer's key.
    """
    statement = canonical_json(
        {
            "_type": _STATEMENT,
            "subject": [{"name": file_name, "digest": {"sha256": hashlib.sha256(content).hexdigest()}}],
            "predicateType": _PREDICATE,
            "predicate": approval.model_dump(mode="json"),
        }
    )
    signature = key.sign(_encoded(statement))
    envelope = {
        "payloadType": _PAYLOAD_TYPE,
        "payload": base64.b64encode(statement).decode(),
        "signatures": [{"keyid": public_key(key), "sig": base64.b64encode(signature).decode()}],
    }
    return json.dumps(envelope, indent=1).encode() + b"\n"


def verify(envelope: bytes, content: bytes, *, signers: Sequence[Signer]) -> Approval:
    """Check an envelope against the file and the signers that count.

    Raises:
        AuditIntegrityError: It is of another file, nobody signed it whose signature counts, or it was changed.
    """
    try:
        outer = json.loads(envelope)
        payload = base64.b64decode(outer["payload"], validate=True)
        signatures = [base64.b64decode(item["sig"], validate=True) for item in outer["signatures"]]
        is_known = outer["payloadType"] == _PAYLOAD_TYPE
    except (ValueError, KeyError, TypeError, binascii.Error) as error:
        raise AuditIntegrityError("the signature is no DSSE envelope") from error
    signer = next((one for one in signers if any(_holds(one, payload, each) for each in signatures)), None)
    if not is_known or signer is None:
        raise AuditIntegrityError(f"nobody signed it whose key stands in {SIGNERS_FILE}")
    statement = json.loads(payload)
    if statement["subject"][0]["digest"]["sha256"] != hashlib.sha256(content).hexdigest():
        raise AuditIntegrityError("the signature is of another content")
    approval = Approval.model_validate(statement["predicate"])
    if (approval.name, approval.function) != (signer.name, signer.function):
        raise AuditIntegrityError(f"the key of {signer.name!r} signed under another name or function")
    return approval


def _encoded(statement: bytes) -> bytes:
    """Return the pre-authentication encoding of DSSE 1.0."""
    kind = _PAYLOAD_TYPE.encode()
    return b"DSSEv1 %d %s %d %s" % (len(kind), kind, len(statement), statement)


def _holds(signer: Signer, payload: bytes, signature: bytes) -> bool:
    try:
        Ed25519PublicKey.from_public_bytes(base64.b64decode(signer.key)).verify(signature, _encoded(payload))
    except (InvalidSignature, ValueError):
        return False
    return True
