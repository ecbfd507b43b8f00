"""Signed notes (C2SP signed-note, version 1): a text and the signatures of one or more named keys.

Ed25519 only: keys of logs (signature type 1) and of cosigners (type 4). Parsing is strict: a note that is not byte for
byte what its parts would be written as is refused, so no byte of a note can change without the note failing.
Signatures of unknown keys are kept and ignored, as the format demands.
"""

import base64
import binascii
import hashlib
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from averment.core.errors import AuditIntegrityError, ConfigurationError

ED25519: Final = b"\x01"
COSIGNATURE: Final = b"\x04"
MAX_SIGNATURES: Final = 64
_DASH: Final = "\N{EM DASH} "
_NAME = re.compile(r"[^\s+\x00-\x20]{1,200}")


def is_key_name(name: str) -> bool:
    """Tell whether a key may be called so: not empty, no white space, no plus sign."""
    return _NAME.fullmatch(name) is not None


def key_id(name: str, public: bytes, *, algorithm: bytes = ED25519) -> bytes:
    """Return the four bytes that, with its name, identify an Ed25519 key in a signature line."""
    return hashlib.sha256(name.encode() + b"\n" + algorithm + public).digest()[:4]


@dataclass(frozen=True, slots=True, kw_only=True)
class VerifierKey:
    """A public key with its name; `algorithm` is its signature type: of a log, or of a cosigner."""

    name: str
    public: bytes
    algorithm: bytes = ED25519

    @property
    def id(self) -> bytes:
        """Return the key's four-byte id."""
        return key_id(self.name, self.public, algorithm=self.algorithm)

    @property
    def vkey(self) -> str:
        """Return the key in the text form that policies and verifiers take."""
        return f"{self.name}+{self.id.hex()}+{_encode(self.algorithm + self.public)}"

    @classmethod
    def parse(cls, vkey: str, *, algorithm: bytes = ED25519) -> "VerifierKey":
        """Read a key of one signature type from its text form.

        Raises:
            ConfigurationError: It is not an Ed25519 verifier key of that type, or its id does not fit.
        """
        name, _, rest = vkey.partition("+")
        digits, _, encoded = rest.partition("+")
        key = _decode(encoded)
        if not is_key_name(name) or key is None or len(key) != 33 or key[:1] != algorithm:
            kind = "a log's" if algorithm == ED25519 else "a witness's"
            raise ConfigurationError(
                f"{vkey[:120]!r} is not {kind} verifier key of the form name+id+base64 (Ed25519, type {algorithm[0]})"
            )
        parsed = cls(name=name, public=key[1:], algorithm=algorithm)
        if parsed.id.hex() != digits:
            raise ConfigurationError(
                f"the id {digits[:16]!r} in the verifier key of {name!r} should be {parsed.id.hex()!r}"
            )
        return parsed

    def named(self, name: str) -> "VerifierKey":
        """Return the same key under another name, and so with another id."""
        return replace(self, name=name)

    def verify(self, text: str, signature: bytes) -> bool:
        """Tell whether the signature is this key's over the text."""
        try:
            Ed25519PublicKey.from_public_bytes(self.public).verify(signature, text.encode())
        except (InvalidSignature, ValueError):
            return False
        return True


@dataclass(frozen=True, slots=True, kw_only=True)
class SignerKey:
    """A private key with its name; its representation does not show the seed."""

    name: str
    seed: bytes = field(repr=False)
    algorithm: bytes = ED25519

    @classmethod
    def generate(cls, name: str, *, algorithm: bytes = ED25519) -> "SignerKey":
        """Make a new key from the system's randomness.

        Raises:
            ConfigurationError: The name is not allowed in notes.
        """
        if not is_key_name(name):
            raise ConfigurationError(
                f"{name!r} cannot name a key: expected no white space and no '+', at most 200 characters"
            )
        return cls(name=name, seed=Ed25519PrivateKey.generate().private_bytes_raw(), algorithm=algorithm)

    @classmethod
    def parse(cls, skey: str, *, algorithm: bytes = ED25519) -> "SignerKey":
        """Read a key from its text form; no part of the text is repeated in an error.

        Raises:
            ConfigurationError: It is not an Ed25519 signer key.
        """
        parts = skey.split("+", 4)
        key = _decode(parts[4]) if len(parts) == 5 else None
        if key is None or parts[:2] != ["PRIVATE", "KEY"] or len(key) != 33 or key[:1] != algorithm:
            raise ConfigurationError("the signing key is not of the form PRIVATE+KEY+name+id+base64 (Ed25519)")
        signer = cls(name=parts[2], seed=key[1:], algorithm=algorithm)
        if not is_key_name(signer.name) or signer.verifier.id.hex() != parts[3]:
            raise ConfigurationError(f"the signing key named {parts[2]!r} is damaged: its id does not fit")
        return signer

    @property
    def skey(self) -> str:
        """Return the key in its text form; whoever has it can sign."""
        return f"PRIVATE+KEY+{self.name}+{self.verifier.id.hex()}+{_encode(self.algorithm + self.seed)}"

    @property
    def verifier(self) -> VerifierKey:
        """Return the public half."""
        public = self._private().public_key().public_bytes_raw()
        return VerifierKey(name=self.name, public=public, algorithm=self.algorithm)

    def named(self, name: str) -> "SignerKey":
        """Return the same key under another name."""
        return replace(self, name=name)

    def sign(self, text: str) -> bytes:
        """Sign the text."""
        return self._private().sign(text.encode())

    def _private(self) -> Ed25519PrivateKey:
        return Ed25519PrivateKey.from_private_bytes(self.seed)


@dataclass(frozen=True, slots=True, kw_only=True)
class Signature:
    """One signature line."""

    name: str
    key_id: bytes
    signature: bytes

    def line(self) -> str:
        """Write the line as it stands in a note."""
        return f"{_DASH}{self.name} {_encode(self.key_id + self.signature)}\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """A text, ending in a newline, and its signatures, of which none need be trusted."""

    text: str
    signatures: tuple[Signature, ...]

    def encode(self) -> bytes:
        """Write the note."""
        return (self.text + "\n" + "".join(signature.line() for signature in self.signatures)).encode()

    @classmethod
    def parse(cls, raw: bytes, *, name: str) -> "Note":
        """Read a note without trusting it.

        Raises:
            AuditIntegrityError: It is not a note in its one canonical form; the message carries `name`.
        """
        try:
            text, separator, tail = raw.decode("utf-8").rpartition("\n\n")
        except UnicodeDecodeError as error:
            raise AuditIntegrityError(f"{name}: byte {error.start} is not UTF-8") from error
        signatures = [_parse_line(line, name=name) for line in tail.split("\n")[:-1]]
        note = cls(text=text + "\n", signatures=tuple(signatures))
        if not separator or not signatures or len(signatures) > MAX_SIGNATURES or note.encode() != raw:
            raise AuditIntegrityError(
                f"{name}: not a signed note (a text, an empty line, 1 to {MAX_SIGNATURES} signature lines)"
            )
        return note

    def verify(self, keys: Iterable[VerifierKey], *, name: str) -> tuple[VerifierKey, ...]:
        """Return the known keys that signed.

        Raises:
            AuditIntegrityError: A known key's signature is wrong, or no known key signed.
        """
        known = {(key.name, key.id): key for key in keys}
        signers: list[VerifierKey] = []
        for signature in self.signatures:
            key = known.get((signature.name, signature.key_id))
            if key is None:
                continue
            if not key.verify(self.text, signature.signature):
                raise AuditIntegrityError(f"{name}: the signature of {key.name} (key {key.id.hex()}) does not verify")
            signers.append(key)
        if not signers:
            trusted = ", ".join(key.vkey for key in known.values())
            raise AuditIntegrityError(f"{name}: no signature of a trusted key ({trusted})")
        return tuple(signers)


def sign_note(text: str, signers: Sequence[SignerKey]) -> Note:
    """Sign a text with every signer, in order."""
    return Note(
        text=text,
        signatures=tuple(
            Signature(name=signer.name, key_id=signer.verifier.id, signature=signer.sign(text)) for signer in signers
        ),
    )


def _parse_line(line: str, *, name: str) -> Signature:
    key_name, _, encoded = line.removeprefix(_DASH).partition(" ")
    decoded = _decode(encoded)
    if not line.startswith(_DASH) or not is_key_name(key_name) or decoded is None or len(decoded) < 5:
        raise AuditIntegrityError(f"{name}: a signature line is malformed (expected dash, key name, base64)")
    return Signature(name=key_name, key_id=decoded[:4], signature=decoded[4:])


def _encode(data: bytes) -> str:
    return base64.b64encode(data).decode()


def _decode(text: str) -> bytes | None:
    """Decode standard base64 in its one canonical spelling; None for anything else."""
    try:
        data = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return None
    return data if _encode(data) == text else None
