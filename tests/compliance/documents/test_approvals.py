import base64
import datetime
import json
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from averment.compliance.documents.approvals import (
    Approval,
    Signer,
    public_key,
    read_key,
    read_signers,
    sign,
    verify,
)
from averment.core.errors import AuditIntegrityError, ConfigurationError

KEY = Ed25519PrivateKey.from_private_bytes(b"k" * 32)
APPROVAL = Approval(name="Anna Example", function="Head of quality", signed_on=datetime.date(2026, 11, 2))
SIGNER = Signer(name="Anna Example", function="Head of quality", key=public_key(KEY))
CONTENT = b'{"kind": "answers"}'


def signed(**changes: object) -> bytes:
    return sign(CONTENT, APPROVAL.model_copy(update=changes), file_name="result.json", key=KEY)


def test_who_signed_and_when_is_read_from_a_signature_that_holds() -> None:
    assert verify(signed(), CONTENT, signers=[SIGNER]) == APPROVAL


def test_the_envelope_signs_the_pre_authentication_encoding() -> None:
    envelope = json.loads(signed())
    payload = base64.b64decode(envelope["payload"])
    told = b"DSSEv1 28 application/vnd.in-toto+json %d " % len(payload) + payload
    KEY.public_key().verify(base64.b64decode(envelope["signatures"][0]["sig"]), told)


@pytest.mark.parametrize(
    ("envelope", "content", "signers", "message"),
    [
        (signed(), b"other", [SIGNER], "another content"),
        (signed(), CONTENT, [], "nobody signed"),
        (signed(), CONTENT, [SIGNER.model_copy(update={"key": base64.b64encode(b"x" * 32).decode()})], "nobody"),
        (signed(name="Bert"), CONTENT, [SIGNER], "another name"),
        (signed().replace(b'"sig": "', b'"sig": "AAAA'), CONTENT, [SIGNER], "nobody signed"),
        (b"{}", CONTENT, [SIGNER], "no DSSE envelope"),
    ],
)
def test_a_signature_that_does_not_hold_is_refused(
    envelope: bytes, content: bytes, signers: list[Signer], message: str
) -> None:
    with pytest.raises(AuditIntegrityError, match=message):
        verify(envelope, content, signers=signers)


def test_a_changed_statement_is_refused() -> None:
    envelope = json.loads(signed())
    statement = base64.b64decode(envelope["payload"]).replace(b"2026-11-02", b"2026-10-02")
    envelope["payload"] = base64.b64encode(statement).decode()
    with pytest.raises(AuditIntegrityError, match="nobody signed"):
        verify(json.dumps(envelope).encode(), CONTENT, signers=[SIGNER])


def test_keys_and_signers_are_read_from_files(tmp_path: Path) -> None:
    pem = KEY.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    (tmp_path / "key.pem").write_bytes(pem)
    assert public_key(read_key(tmp_path / "key.pem")) == SIGNER.key
    path = tmp_path / "signers.yaml"
    assert read_signers(path) == ()
    path.write_text(f"signers:\n- {{name: Anna Example, function: Head of quality, key: {SIGNER.key}}}\n")
    assert read_signers(path) == (SIGNER,)
    path.write_text("signers: nobody\n")
    with pytest.raises(ConfigurationError, match="does not name signers"):
        read_signers(path)
    with pytest.raises(ConfigurationError, match="no private key"):
        read_key(path)
