"""Cosignatures (C2SP tlog-cosignature, version 1): a witness saw this checkpoint, at this time, extending all before.

Ed25519 only. Pure: times come in as arguments.
"""

import struct
from typing import Final

from averment.compliance.log.note import Note, Signature, SignerKey, VerifierKey
from averment.core.errors import AuditIntegrityError

_TIME: Final = struct.Struct(">Q")
_SIGNATURE_BYTES: Final = 64


def cosign(text: str, signer: SignerKey, *, time_s: int) -> Signature:
    """Cosign a checkpoint's text.

    Args:
        text: The text of the checkpoint's note.
        signer: The witness's key (signature type 4).
        time_s: The present time, whole seconds since the epoch.
    """
    signature = _TIME.pack(time_s) + signer.sign(_message(text, time_s))
    return Signature(name=signer.name, key_id=signer.verifier.id, signature=signature)


def cosigned_at(note: Note, key: VerifierKey, *, name: str) -> int | None:
    """Return when a witness cosigned a note, seconds since the epoch; the newest of several, None where it did not.

    Raises:
        AuditIntegrityError: A line under the witness's name and key is not its cosignature.
    """
    moments = [
        _moment(note.text, line.signature, key=key, name=name)
        for line in note.signatures
        if (line.name, line.key_id) == (key.name, key.id)
    ]
    return max(moments, default=None)


def _moment(text: str, signature: bytes, *, key: VerifierKey, name: str) -> int:
    if len(signature) == _TIME.size + _SIGNATURE_BYTES:
        (moment,) = _TIME.unpack(signature[: _TIME.size])
        if moment < 1 << 63 and key.verify(_message(text, moment), signature[_TIME.size :]):
            return int(moment)
    raise AuditIntegrityError(f"{name}: the cosignature of {key.name} (key {key.id.hex()}) does not verify")


def _message(text: str, time_s: int) -> str:
    return f"cosignature/v1\ntime {time_s}\n{text}"
