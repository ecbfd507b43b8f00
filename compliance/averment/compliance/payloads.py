"""Texts beside the log: encrypted, padded, and bound to their leaf by a commitment that tells nothing by itself.

A payload is cut into chunks of 512 bytes; each chunk is hashed with a salt of its own, the hashes form a small Merkle
tree, and the commitment is HMAC-SHA256 over length and root. Keys derive from the subject's key and the entry's id; the
salts derive from a random seed that lies inside the ciphertext. So a span can be shown and checked without the rest,
a span can be erased without the rest (its chunks' bytes and salts go, their hashes stay), and once the subject's key is
gone the commitment can be linked to no text. The file under `payload/<aa>/<commitment>` is AES-256-GCM, padded to a few
sizes. Its plaintext is a head and

- of a whole payload: the seed of 32 bytes, the text;
- of one that lacks chunks: chunk by chunk its hash, or its salt and bytes.
"""

import hashlib
import hmac
import secrets
import struct
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from averment.compliance.key_encryption import KEY_BYTES
from averment.compliance.keys import SubjectKeys, derive_key
from averment.compliance.log.merkle import EMPTY_ROOT, Frontier, inclusion_proof, verify_inclusion
from averment.core.audit import EventType, Payload
from averment.core.errors import AuditIntegrityError, StoreError, UsageError
from averment.core.ids import sha256_id

CHUNK_BYTES: Final = 512
_SEED_BYTES: Final = 32
_LENGTH_BYTES: Final = 8
_WHOLE: Final = 1
_IN_PART: Final = 2
_HEAD: Final = struct.Struct(">BQ")
_ERASED: Final = b"\x00"
_KEPT: Final = b"\x01"
_NONCE_BYTES: Final = 12
_SMALLEST_BUCKET: Final = 1024
_LARGEST_DOUBLING: Final = 1 << 20
_PREFIX: Final = "hmac-sha256:"
_CASE_TEXTS: Final = frozenset({EventType.INCIDENT_OPENED, EventType.INCIDENT_REPORTED})


@dataclass(frozen=True, slots=True, kw_only=True)
class PayloadKeys:
    """The keys of one payload of one entry."""

    encryption: bytes = field(repr=False)
    commitment: bytes = field(repr=False)

    @classmethod
    def derive(cls, subject_key: bytes, *, entry_id: str, name: str) -> "PayloadKeys":
        """Derive them from the subject's key, the entry's id and the payload's name."""
        material = derive_key(subject_key, entry_id=entry_id, role=f"payload/{name}", length=2 * KEY_BYTES)
        return cls(encryption=material[:KEY_BYTES], commitment=material[KEY_BYTES:])


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


@dataclass(frozen=True, slots=True, kw_only=True)
class PayloadChunk:
    """One chunk: its hash, and unless it was erased its salt and bytes."""

    hash: bytes
    salt: bytes = b""
    content: bytes | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenedPayload:
    """A decrypted payload of `length` bytes, of which chunks may have been erased."""

    length: int
    chunks: tuple[PayloadChunk, ...]

    @property
    def is_whole(self) -> bool:
        """Tell whether no chunk was erased."""
        return all(chunk.content is not None for chunk in self.chunks)

    @property
    def content(self) -> bytes:
        """Return the text; what was erased is null bytes."""
        return b"".join(
            bytes(_chunk_bytes(number, self.length)) if chunk.content is None else chunk.content
            for number, chunk in enumerate(self.chunks)
        )

    @property
    def root(self) -> bytes:
        """Return the root over the hashes of the chunks."""
        return _root([chunk.hash for chunk in self.chunks])


def seal_payload(content: bytes, keys: PayloadKeys) -> SealedPayload:
    """Commit to a text and encrypt it."""
    seed = secrets.token_bytes(_SEED_BYTES)
    commitment = _commitment(len(content), _root([chunk.hash for chunk in _cut(content, seed)]), keys.commitment)
    return _encrypt(_HEAD.pack(_WHOLE, len(content)) + seed + content, commitment, keys)


def seal_payloads(
    payloads: Iterable[Payload], subject_key: bytes, *, entry_id: str
) -> tuple[dict[str, bytes], list[dict[str, str]]]:
    """Return the files of an entry's payloads, by path below `payload/`, and the commitments for its leaf."""
    files: dict[str, bytes] = {}
    commitments: list[dict[str, str]] = []
    for payload in payloads:
        sealed = seal_payload(payload.content, PayloadKeys.derive(subject_key, entry_id=entry_id, name=payload.name))
        files[sealed.path] = sealed.ciphertext
        commitments.append({"name": payload.name, "commitment": sealed.commitment})
    return files, commitments


def open_payload(sealed: SealedPayload, keys: PayloadKeys) -> bytes:
    """Decrypt a text and check it against its commitment.

    Raises:
        AuditIntegrityError: The ciphertext was changed, or it is not what the leaf commits to.
        StoreError: A part of it was erased.
    """
    opened = open_parts(sealed, keys)
    if not opened.is_whole:
        raise StoreError(f"a part of the payload {sealed.commitment} was erased")
    return opened.content


def open_parts(sealed: SealedPayload, keys: PayloadKeys) -> OpenedPayload:
    """Decrypt what is left of a text and check it against its commitment, which holds with parts erased.

    Raises:
        AuditIntegrityError: The ciphertext was changed, or it is not what the leaf commits to.
    """
    nonce, body = sealed.ciphertext[:_NONCE_BYTES], sealed.ciphertext[_NONCE_BYTES:]
    try:
        opened = _parse(AESGCM(keys.encryption).decrypt(nonce, body, sealed.commitment.encode()))
    except (InvalidTag, ValueError, struct.error) as error:
        raise AuditIntegrityError(
            f"the payload {sealed.commitment} does not decrypt: changed, or another key"
        ) from error
    if not hmac.compare_digest(_commitment(opened.length, opened.root, keys.commitment), sealed.commitment):
        raise AuditIntegrityError(f"the payload {sealed.commitment} does not match its commitment")
    return opened


def erase_spans(sealed: SealedPayload, keys: PayloadKeys, *, spans: Iterable[tuple[int, int]]) -> SealedPayload:
    """Return a payload without the chunks that hold bytes `[start, end)` of any span; its commitment stays.

    What is left of an erased chunk is a hash under a random salt that goes with it: no guess can be checked against it.
    """
    opened = open_parts(sealed, keys)
    erased = {number for start, end in spans for number in range(start // CHUNK_BYTES, -(-end // CHUNK_BYTES))}
    kept = [
        _ERASED + chunk.hash if number in erased or chunk.content is None else _KEPT + chunk.salt + chunk.content
        for number, chunk in enumerate(opened.chunks)
    ]
    return _encrypt(_HEAD.pack(_IN_PART, opened.length) + b"".join(kept), sealed.commitment, keys)


def disclose(opened: OpenedPayload, keys: PayloadKeys, *, start: int, end: int) -> Disclosure:
    """Show the chunks that hold bytes `[start, end)` of a text, and nothing of the others.

    Raises:
        ValueError: The bytes do not lie in the text.
        StoreError: Some of them were erased.
    """
    if not 0 <= start < end <= opened.length:
        raise ValueError(f"bytes {start} to {end} do not lie in a text of {opened.length} bytes")
    hashes = [chunk.hash for chunk in opened.chunks]

    def node(level: int, position: int) -> bytes:
        return _root(hashes[position << level : (position + 1) << level])

    shown = []
    for index in range(start // CHUNK_BYTES, -(-end // CHUNK_BYTES)):
        chunk = opened.chunks[index]
        if chunk.content is None:
            raise StoreError(f"bytes {start} to {end} of the text were erased")
        path = tuple(inclusion_proof(index, len(hashes), node=node))
        shown.append(DisclosedChunk(index=index, salt=chunk.salt, content=chunk.content, path=path))
    return Disclosure(length=opened.length, root=opened.root, commitment_key=keys.commitment, chunks=tuple(shown))


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
        StoreError: Payload or key are gone, or a part of the text: erased.
        AuditIntegrityError: The payload was changed.
    """
    commitments = payload_commitments(leaf)
    if name not in commitments:
        raise UsageError(f"entry {leaf['seq']} has no payload {name!r}; it has {list(commitments)}")
    keys = payload_keys(leaf, name, subjects=subjects)
    if keys is None:
        raise StoreError(f"the key of the subject of entry {leaf['seq']} does not exist; it may have been destroyed")
    return open_payload(read_payload(folder, commitments[name]), keys)


def payload_commitments(leaf: Mapping[str, object]) -> dict[str, str]:
    """Return the commitments of an entry's payloads by name."""
    commitments = leaf["commitments"]
    assert isinstance(commitments, list)
    return {str(item["name"]): str(item["commitment"]) for item in commitments}


def payload_keys(leaf: Mapping[str, object], name: str, *, subjects: SubjectKeys) -> PayloadKeys | None:
    """Return the keys of an entry's payload; None where the key they derive from was destroyed."""
    subject_key = subjects.get(payload_owner(leaf))
    return None if subject_key is None else PayloadKeys.derive(subject_key, entry_id=str(leaf["id"]), name=name)


def is_of_case(leaf: Mapping[str, object]) -> bool:
    """Tell whether an entry belongs to a case, whose texts are evidence and nobody's own."""
    return leaf["type"] in _CASE_TEXTS


def payload_owner(leaf: Mapping[str, object]) -> str:
    """Return whose key the texts of an entry stand under: the actor's, or for evidence of a case the case's own.

    So an incident's description outlives the erasure of who reported it, without the spans that name them.
    """
    if not is_of_case(leaf):
        return str(leaf["actor"])
    data = leaf["data"]
    assert isinstance(data, dict)
    return sha256_id(f"case/{data['case']}".encode())


def _encrypt(plain: bytes, commitment: str, keys: PayloadKeys) -> SealedPayload:
    padded = plain.ljust(bucket_bytes(len(plain)), b"\x00")
    nonce = secrets.token_bytes(_NONCE_BYTES)
    sealed = AESGCM(keys.encryption).encrypt(nonce, padded, commitment.encode())
    return SealedPayload(commitment=commitment, ciphertext=nonce + sealed)


def _parse(plain: bytes) -> OpenedPayload:
    kind, length = _HEAD.unpack_from(plain)
    body = plain[_HEAD.size :]
    if kind == _WHOLE:
        seed, content = body[:_SEED_BYTES], body[_SEED_BYTES : _SEED_BYTES + length]
        return OpenedPayload(length=length, chunks=tuple(_cut(content, seed)))
    if kind != _IN_PART:
        raise ValueError("unknown form of a payload")
    return OpenedPayload(length=length, chunks=tuple(_read_parts(body, length)))


def _read_parts(body: bytes, length: int) -> Iterator[PayloadChunk]:
    at = 0
    for number in range(-(-length // CHUNK_BYTES)):
        mark, secret = body[at : at + 1], body[at + 1 : at + 1 + _SEED_BYTES]
        at += 1 + _SEED_BYTES
        if mark == _ERASED:
            yield PayloadChunk(hash=secret)
            continue
        content = body[at : at + _chunk_bytes(number, length)]
        at += len(content)
        yield PayloadChunk(hash=_chunk_hash(secret, content), salt=secret, content=content)


def _cut(content: bytes, seed: bytes) -> Iterator[PayloadChunk]:
    for number, at in enumerate(range(0, len(content), CHUNK_BYTES)):
        salt, part = _salt(seed, number), content[at : at + CHUNK_BYTES]
        yield PayloadChunk(hash=_chunk_hash(salt, part), salt=salt, content=part)


def _chunk_bytes(number: int, length: int) -> int:
    return min(CHUNK_BYTES, length - number * CHUNK_BYTES)


def _commitment(length: int, root: bytes, key: bytes) -> str:
    return _PREFIX + hmac.digest(key, length.to_bytes(_LENGTH_BYTES, "big") + root, "sha256").hex()


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
