"""Texts beside the log: encrypted, padded, and bound to their leaf by a commitment that tells nothing by itself.

A payload is cut into chunks of 512 bytes; each chunk is hashed with a salt of its own, the hashes form a small Merkle
tree, and the commitment is HMAC-SHA256 over length and root. Salts and keys derive from the subject's key and the
entry's id. So a span can be shown and checked without the rest, and once the subject's key is gone the commitment can
be linked to no text. The file under `payload/<aa>/<commitment>` is AES-256-GCM, padded to a few sizes.
"""

import hashlib
import hmac
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from averment.compliance.keys import KEY_BYTES, SubjectKeys, derive_key
from averment.compliance.log.merkle import EMPTY_ROOT, Frontier, inclusion_proof, range_root, verify_inclusion
from averment.core.errors import AuditIntegrityError, StoreError, UsageError

CHUNK_BYTES: Final = 512
_LENGTH_BYTES: Final = 8
_NONCE_BYTES: Final = 12
_SMALLEST_BUCKET: Final = 1024
_LARGEST_DOUBLING: Final = 1 << 20
_PREFIX: Final = "hmac-sha256:"


@dataclass(frozen=True, slots=True, kw_only=True)
class PayloadKeys:
    """The keys of one payload of one entry."""

    encryption: bytes = field(repr=False)
    commitment: bytes = field(repr=False)
    chunks: bytes = field(repr=False)

    @classmethod
    def derive(cls, subject_key: bytes, *, entry_id: str, name: str) -> "PayloadKeys":
        """Derive them from the subject's key, the entry's id and the payload's name."""
        material = derive_key(subject_key, entry_id=entry_id, role=f"payload/{name}", length=3 * KEY_BYTES)
        return cls(
            encryption=material[:KEY_BYTES],
            commitment=material[KEY_BYTES : 2 * KEY_BYTES],
            chunks=material[2 * KEY_BYTES :],
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class SealedPayload:
    """A payload ready to be stored: its commitment (`hmac-sha256:<hex>`) and its padded ciphertext."""

    commitment: str
    ciphertext: bytes

    @property
    def path(self) -> str:
        """Return the file name below the payload folder."""
        return payload_path(self.commitment)


@dataclass(frozen=True, slots=True, kw_only=True)
class DisclosedChunk:
    """One chunk with its salt and the path from it to the payload's root."""

    index: int
    salt: bytes
    content: bytes
    path: tuple[bytes, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Disclosure:
    """Some chunks of a payload and what checks them against its commitment; the other chunks stay hidden."""

    length: int
    root: bytes
    commitment_key: bytes
    chunks: tuple[DisclosedChunk, ...]


def seal_payload(content: bytes, keys: PayloadKeys) -> SealedPayload:
    """Commit to a text and encrypt it."""
    commitment = commit(content, keys)
    padded = len(content).to_bytes(_LENGTH_BYTES, "big") + content
    padded = padded.ljust(bucket_bytes(len(padded)), b"\x00")
    nonce = secrets.token_bytes(_NONCE_BYTES)
    return SealedPayload(
        commitment=commitment, ciphertext=nonce + AESGCM(keys.encryption).encrypt(nonce, padded, commitment.encode())
    )


def open_payload(sealed: SealedPayload, keys: PayloadKeys) -> bytes:
    """Decrypt a text and check it against its commitment.

    Raises:
        AuditIntegrityError: The ciphertext was changed, or it is not what the leaf commits to.
    """
    nonce, body = sealed.ciphertext[:_NONCE_BYTES], sealed.ciphertext[_NONCE_BYTES:]
    try:
        padded = AESGCM(keys.encryption).decrypt(nonce, body, sealed.commitment.encode())
    except (InvalidTag, ValueError) as error:
        raise AuditIntegrityError(
            f"the payload {sealed.commitment} does not decrypt: changed, or another key"
        ) from error
    length = int.from_bytes(padded[:_LENGTH_BYTES], "big")
    content = padded[_LENGTH_BYTES : _LENGTH_BYTES + length]
    if not hmac.compare_digest(commit(content, keys), sealed.commitment):
        raise AuditIntegrityError(f"the payload {sealed.commitment} does not match its commitment")
    return content


def commit(content: bytes, keys: PayloadKeys) -> str:
    """Return the commitment to a text."""
    return _commitment(len(content), _root(_chunk_hashes(content, keys.chunks)), keys.commitment)


def disclose(content: bytes, keys: PayloadKeys, *, start: int, end: int) -> Disclosure:
    """Show the chunks that hold bytes `[start, end)` of a text, and nothing of the others."""
    if not 0 <= start < end <= len(content):
        raise ValueError(f"bytes {start} to {end} do not lie in a text of {len(content)} bytes")
    hashes = _chunk_hashes(content, keys.chunks)

    def node(level: int, position: int) -> bytes:
        return _root(hashes[position << level : (position + 1) << level])

    chunks = tuple(
        DisclosedChunk(
            index=index,
            salt=_salt(keys.chunks, index),
            content=content[index * CHUNK_BYTES : (index + 1) * CHUNK_BYTES],
            path=tuple(inclusion_proof(index, len(hashes), node=node)),
        )
        for index in range(start // CHUNK_BYTES, -(-end // CHUNK_BYTES))
    )
    root = range_root(0, len(hashes), node=node)
    return Disclosure(length=len(content), root=root, commitment_key=keys.commitment, chunks=chunks)


def verify_disclosure(disclosure: Disclosure, commitment: str) -> bool:
    """Tell whether the shown chunks belong to the text that was committed to."""
    n_chunks = -(-disclosure.length // CHUNK_BYTES)
    if _commitment(disclosure.length, disclosure.root, disclosure.commitment_key) != commitment:
        return False
    return all(
        verify_inclusion(
            _chunk_hash(chunk.salt, chunk.content), chunk.index, size=n_chunks, proof=chunk.path, root=disclosure.root
        )
        for chunk in disclosure.chunks
    )


def bucket_bytes(size: int) -> int:
    """Return the size a plaintext is padded to: powers of two from 1 KiB to 1 MiB, whole MiB above."""
    if size > _LARGEST_DOUBLING:
        return -(-size // _LARGEST_DOUBLING) * _LARGEST_DOUBLING
    return max(_SMALLEST_BUCKET, 1 << (size - 1).bit_length())


def payload_path(commitment: str) -> str:
    """Return the file name of a payload below the payload folder."""
    digits = commitment.removeprefix(_PREFIX)
    return f"{digits[:2]}/{digits}"


def read_payload(folder: Path, commitment: str) -> SealedPayload:
    """Read a stored payload.

    Raises:
        StoreError: There is none: it was erased, or never exported.
    """
    try:
        return SealedPayload(commitment=commitment, ciphertext=(folder / payload_path(commitment)).read_bytes())
    except FileNotFoundError as error:
        raise StoreError(f"there is no payload {commitment} in {folder}; it may have been erased") from error


def entry_payload(leaf: Mapping[str, object], name: str, *, subjects: SubjectKeys, folder: Path) -> bytes:
    """Decrypt a payload of an entry and check it against its commitment.

    Args:
        leaf: The entry.
        name: The payload's role in it.
        subjects: The keys of subjects.
        folder: Where payloads lie.

    Raises:
        UsageError: The entry has no payload of that name.
        StoreError: Payload or key are gone: erased.
        AuditIntegrityError: The payload was changed.
    """
    commitments = leaf["commitments"]
    assert isinstance(commitments, list)
    commitment = next((str(item["commitment"]) for item in commitments if item["name"] == name), None)
    if commitment is None:
        named = [item["name"] for item in commitments]
        raise UsageError(f"entry {leaf['seq']} has no payload {name!r}; it has {named}")
    subject_key = subjects.get(str(leaf["actor"]))
    if subject_key is None:
        raise StoreError(f"the key of the subject of entry {leaf['seq']} does not exist; it may have been destroyed")
    keys = PayloadKeys.derive(subject_key, entry_id=str(leaf["id"]), name=name)
    return open_payload(read_payload(folder, commitment), keys)


def _commitment(length: int, root: bytes, key: bytes) -> str:
    return _PREFIX + hmac.digest(key, length.to_bytes(_LENGTH_BYTES, "big") + root, "sha256").hex()


def _chunk_hashes(content: bytes, key: bytes) -> list[bytes]:
    return [
        _chunk_hash(_salt(key, index), content[at : at + CHUNK_BYTES])
        for index, at in enumerate(range(0, len(content), CHUNK_BYTES))
    ]


def _chunk_hash(salt: bytes, chunk: bytes) -> bytes:
    return hashlib.sha256(b"\x00" + salt + chunk).digest()


def _salt(key: bytes, index: int) -> bytes:
    return hmac.digest(key, index.to_bytes(8, "big"), "sha256")


def _root(hashes: Sequence[bytes]) -> bytes:
    if not hashes:
        return EMPTY_ROOT
    tree = Frontier()
    for chunk in hashes:
        tree.append(chunk)
    return tree.root()
