"""The keys of the record, and what is derived from them.

Three files in the keys folder (mode 0600): the log's signing keys, one a line and the newest first, the key-encryption
key, the pseudonym key; the second is absent where the key-encryption key is given from elsewhere
(`averment.compliance.key_encryption`). Subject keys are random, one per pseudonym, wrapped under the key-encryption key
in `evidence/keys/`; they are never exported, and destroying one makes everything derived from it unreadable and
unlinkable.
"""

import base64
import hashlib
import hmac
import json
import secrets
import threading
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from averment.compliance.key_encryption import (
    KEY_BYTES,
    KeyEncryption,
    LocalKeyEncryption,
    decode_key,
    key_fingerprint,
    read_private,
)
from averment.compliance.log.durable import DurableFolder, make_folder, sync_folder
from averment.compliance.log.note import SignerKey, VerifierKey
from averment.core.errors import ConfigurationError, StoreError

LOG_KEY_FILE: Final = "log.skey"
WRAPPING_KEY_FILE: Final = "wrapping.key"
PSEUDONYM_KEY_FILE: Final = "pseudonym.key"
SUBJECT_KEYS: Final = "keys"
"""The folder of the keys of subjects, below the evidence folder."""
KEYED_BY_LOG: Final = "source"
"""Role of the digests of fields that a schema keys by the log."""
_CACHED_SUBJECTS: Final = 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class EvidenceKeys:
    """The keys that stay in the house; none of them is shown by `repr`.

    `older` are the log's keys that sign beside `signer`, newest first, until they are revoked.
    """

    signer: SignerKey
    wrapping: KeyEncryption
    pseudonym: bytes = field(repr=False)
    older: tuple[SignerKey, ...] = ()

    @property
    def signers(self) -> tuple[SignerKey, ...]:
        """Return every key that signs the log, newest first."""
        return (self.signer, *self.older)

    def keyed_digest(self, role: str, text: str) -> str:
        """Return `hmac-sha256:<hex>` of a text: equal for equal texts, telling nothing without the key.

        Args:
            role: What the text is (`person`, `source`); digests of different roles cannot be compared.
        """
        return keyed_digest(self.pseudonym, f"{role}\0{text}")

    def fingerprints(self) -> list[tuple[str, str]]:
        """Return (kind, digest that names the key) of the log's, the key-encryption and the pseudonym key."""
        return [
            ("log", log_key_digest(self.signer.verifier)),
            ("wrapping", self.wrapping.key_id),
            ("pseudonym", key_fingerprint(self.pseudonym)),
        ]


def keyed_digest(key: bytes, text: str) -> str:
    """Return `hmac-sha256:<hex>` of a text under a key."""
    return "hmac-sha256:" + hmac.digest(key, text.encode(), "sha256").hex()


def log_key_digest(key: VerifierKey) -> str:
    """Return the digest that names a log's key in entries."""
    return "sha256:" + hashlib.sha256(key.vkey.encode()).hexdigest()


def derive_key(subject_key: bytes, *, entry_id: str, role: str, length: int = KEY_BYTES) -> bytes:
    """Derive a key for one use in one entry (HKDF-SHA256)."""
    info = b"averment/1\0" + entry_id.encode() + b"\0" + role.encode()
    return HKDF(algorithm=SHA256(), length=length, salt=None, info=info).derive(subject_key)


def create_keys(folder: Path, *, origin: str, wrapping: KeyEncryption | None = None) -> EvidenceKeys:
    """Make the keys; the key-encryption key as well, unless one is given.

    Raises:
        ConfigurationError: One of the files exists: keys are never overwritten.
    """
    existing = [name for name in (LOG_KEY_FILE, WRAPPING_KEY_FILE, PSEUDONYM_KEY_FILE) if (folder / name).exists()]
    if existing:
        raise ConfigurationError(f"{folder} already holds {', '.join(existing)}; keys are never overwritten")
    signer, pseudonym = SignerKey.generate(origin), secrets.token_bytes(KEY_BYTES)
    files = {LOG_KEY_FILE: signer.skey, PSEUDONYM_KEY_FILE: base64.b64encode(pseudonym).decode()}
    if wrapping is None:
        key = secrets.token_bytes(KEY_BYTES)
        wrapping = LocalKeyEncryption(key=key)
        files[WRAPPING_KEY_FILE] = base64.b64encode(key).decode()
    make_folder(folder)
    DurableFolder(folder, folder).write({name: f"{text}\n".encode() for name, text in files.items()})
    return EvidenceKeys(signer=signer, wrapping=wrapping, pseudonym=pseudonym)


def load_keys(folder: Path, *, wrapping: KeyEncryption | None = None) -> EvidenceKeys:
    """Read the keys; the key-encryption key from its file unless one is given.

    Raises:
        ConfigurationError: A file is missing, damaged, or readable by others.
    """
    signer, *older = [SignerKey.parse(line) for line in read_private(folder / LOG_KEY_FILE).split("\n")]
    return EvidenceKeys(
        signer=signer,
        wrapping=wrapping or LocalKeyEncryption(key=_read_key(folder / WRAPPING_KEY_FILE)),
        pseudonym=_read_key(folder / PSEUDONYM_KEY_FILE),
        older=tuple(older),
    )


def read_pseudonym_key(folder: Path) -> bytes:
    """Read the key of pseudonyms alone.

    Raises:
        ConfigurationError: The file is missing, damaged, or readable by others.
    """
    return _read_key(folder / PSEUDONYM_KEY_FILE)


def write_log_keys(folder: Path, signers: Sequence[SignerKey]) -> None:
    """Replace the log's signing keys in one step; keys that are left out are gone."""
    lines = "".join(f"{signer.skey}\n" for signer in signers)
    DurableFolder(folder, folder).write({LOG_KEY_FILE: lines.encode()})


class SubjectKeys:
    """The wrapped keys of subjects. Thread-safe; unwrapped keys stay in memory for the subjects seen last.

    Args:
        folder: `evidence/keys`.
        wrapping: The key-encryption key.
        scratch: Folder for unfinished files.
    """

    def __init__(self, folder: Path, wrapping: KeyEncryption, *, scratch: Path):
        self._folder = folder
        self._wrapping = wrapping
        self._disk = DurableFolder(folder, scratch)
        self._cache: dict[str, bytes] = {}
        self._lock = threading.Lock()

    def get(self, pseudonym: str) -> bytes | None:
        """Return a subject's key, or None where it has none or it was destroyed.

        Raises:
            StoreError: The key file is damaged or was wrapped under another key.
        """
        with self._lock:
            return self._get(pseudonym)

    def get_or_create(self, pseudonym: str) -> tuple[bytes, bool]:
        """Return a subject's key and whether it was made just now."""
        with self._lock:
            key = self._get(pseudonym)
            if key is not None:
                return key, False
            key = secrets.token_bytes(KEY_BYTES)
            self._write(pseudonym, key)
            self._remember(pseudonym, key)
            return key, True

    def destroy(self, pseudonym: str) -> bool:
        """Delete a subject's key, durably; tell whether there was one."""
        with self._lock:
            self._cache.pop(pseudonym, None)
            path = self._folder / subject_key_path(pseudonym)
            was_there = path.exists()
            path.unlink(missing_ok=True)
            if path.parent.is_dir():
                sync_folder(path.parent)
            return was_there

    def _get(self, pseudonym: str) -> bytes | None:
        key = self._cache.get(pseudonym)
        if key is None:
            key = self._read(pseudonym)
            if key is not None:
                self._remember(pseudonym, key)
        return key

    def _remember(self, pseudonym: str, key: bytes) -> None:
        if len(self._cache) >= _CACHED_SUBJECTS:
            del self._cache[next(iter(self._cache))]
        self._cache[pseudonym] = key

    def _read(self, pseudonym: str) -> bytes | None:
        path = self._folder / subject_key_path(pseudonym)
        try:
            return unwrap_record(path.read_bytes(), self._wrapping, context=pseudonym)
        except FileNotFoundError:
            return None
        except StoreError as error:
            raise StoreError(f"the subject key {path} is damaged or was wrapped under another key") from error

    def _write(self, pseudonym: str, key: bytes) -> None:
        self._disk.write({subject_key_path(pseudonym): wrap_record(key, self._wrapping, context=pseudonym)})


def wrap_record(secret: bytes, wrapping: KeyEncryption, *, context: str) -> bytes:
    """Write a wrapped secret as the JSON of its file, which names the key-encryption key (version 2)."""
    wrapped = base64.b64encode(wrapping.wrap(secret, context=context)).decode()
    return json.dumps({"key": wrapping.key_id, "version": 2, "wrapped": wrapped}, sort_keys=True).encode()


def unwrap_record(content: bytes, wrapping: KeyEncryption, *, context: str) -> bytes:
    """Read a secret from its file.

    Raises:
        StoreError: The file is damaged or of a later version, or was wrapped under another key or for another use.
    """
    return wrapping.unwrap(_parse_record(content)[1], context=context)


def wrapping_key_id(content: bytes) -> str | None:
    """Return the id of the key that wraps a secret, as its file states it; None where the file is of version 1.

    Raises:
        StoreError: The file is damaged or of a later version.
    """
    return _parse_record(content)[0]


def _parse_record(content: bytes) -> tuple[str | None, bytes]:
    """Return key id and wrapped secret; a file of version 1 names no key and keeps the nonce by itself."""
    try:
        record = json.loads(content)
        version, wrapped = record["version"], base64.b64decode(record["wrapped"], validate=True)
        if version == 1:
            return None, base64.b64decode(record["nonce"], validate=True) + wrapped
        if version == 2:
            return str(record["key"]), wrapped
    except (ValueError, KeyError, TypeError) as error:
        raise StoreError("the file of a wrapped secret is damaged") from error
    raise StoreError(
        f"the file of a wrapped secret is of version {version!r}, expected 1 or 2",
        hint="a later Averment wrote it: open the data directory with that one",
    )


def subject_key_path(pseudonym: str) -> str:
    """Return where the key of a pseudonym lies, below `evidence/keys`."""
    digits = pseudonym.rpartition(":")[2]
    return f"{digits[:2]}/{digits}.json"


def _read_key(path: Path) -> bytes:
    return decode_key(read_private(path), origin=str(path))
