"""The keys of the record, and what is derived from them.

Three files in the keys folder (mode 0600): the log's signing keys, one a line and the newest first, the key-encryption
key, the pseudonym key. Subject
keys are random, one per pseudonym, wrapped with AES-256-GCM under the key-encryption key in `evidence/keys/`; they are
never exported, and destroying one makes everything derived from it unreadable and unlinkable.
"""

import base64
import binascii
import hashlib
import hmac
import json
import secrets
import threading
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from averment.compliance.log.durable import DurableFolder, make_folder
from averment.compliance.log.note import SignerKey, VerifierKey
from averment.core.errors import ConfigurationError, StoreError

LOG_KEY_FILE: Final = "log.skey"
WRAPPING_KEY_FILE: Final = "wrapping.key"
PSEUDONYM_KEY_FILE: Final = "pseudonym.key"
KEY_BYTES: Final = 32
_NONCE_BYTES: Final = 12
_CACHED_SUBJECTS: Final = 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class EvidenceKeys:
    """The keys that stay in the house; none of them is shown by `repr`.

    `older` are the log's keys that sign beside `signer`, newest first, until they are revoked.
    """

    signer: SignerKey
    wrapping: bytes = field(repr=False)
    pseudonym: bytes = field(repr=False)
    older: tuple[SignerKey, ...] = ()

    @property
    def signers(self) -> tuple[SignerKey, ...]:
        """Return every key that signs the log, newest first."""
        return (self.signer, *self.older)

    def keyed_digest(self, role: str, text: str) -> str:
        """Return `hmac-sha256:<hex>` of a text: equal for equal texts, telling nothing without the key.

        Args:
            role: What the text is (`actor`, `source`); digests of different roles cannot be compared.
        """
        return keyed_digest(self.pseudonym, f"{role}\0{text}")


def keyed_digest(key: bytes, text: str) -> str:
    """Return `hmac-sha256:<hex>` of a text under a key."""
    return "hmac-sha256:" + hmac.digest(key, text.encode(), "sha256").hex()


def key_fingerprint(key: bytes) -> str:
    """Return a digest that names a secret key without helping to find it."""
    return "sha256:" + hashlib.sha256(b"averment/key-id/1\0" + key).hexdigest()


def log_key_digest(key: VerifierKey) -> str:
    """Return the digest that names a log's key in entries."""
    return "sha256:" + hashlib.sha256(key.vkey.encode()).hexdigest()


def derive_key(subject_key: bytes, *, entry_id: str, role: str, length: int = KEY_BYTES) -> bytes:
    """Derive a key for one use in one entry (HKDF-SHA256)."""
    info = b"averment/1\0" + entry_id.encode() + b"\0" + role.encode()
    return HKDF(algorithm=SHA256(), length=length, salt=None, info=info).derive(subject_key)


def create_keys(folder: Path, *, origin: str) -> EvidenceKeys:
    """Make the three keys.

    Raises:
        ConfigurationError: One of the files exists: keys are never overwritten.
    """
    existing = [name for name in (LOG_KEY_FILE, WRAPPING_KEY_FILE, PSEUDONYM_KEY_FILE) if (folder / name).exists()]
    if existing:
        raise ConfigurationError(f"{folder} already holds {', '.join(existing)}; keys are never overwritten")
    keys = EvidenceKeys(
        signer=SignerKey.generate(origin),
        wrapping=secrets.token_bytes(KEY_BYTES),
        pseudonym=secrets.token_bytes(KEY_BYTES),
    )
    make_folder(folder)
    files = {
        LOG_KEY_FILE: keys.signer.skey,
        WRAPPING_KEY_FILE: base64.b64encode(keys.wrapping).decode(),
        PSEUDONYM_KEY_FILE: base64.b64encode(keys.pseudonym).decode(),
    }
    DurableFolder(folder, folder).write({name: f"{text}\n".encode() for name, text in files.items()})
    return keys


def load_keys(folder: Path) -> EvidenceKeys:
    """Read the three keys.

    Raises:
        ConfigurationError: A file is missing, damaged, or readable by others.
    """
    signer, *older = [SignerKey.parse(line) for line in _read_private(folder / LOG_KEY_FILE).split("\n")]
    return EvidenceKeys(
        signer=signer,
        wrapping=_decode_key(folder / WRAPPING_KEY_FILE),
        pseudonym=_decode_key(folder / PSEUDONYM_KEY_FILE),
        older=tuple(older),
    )


def write_log_keys(folder: Path, signers: Sequence[SignerKey]) -> None:
    """Replace the log's signing keys in one step; keys that are left out are gone."""
    lines = "".join(f"{signer.skey}\n" for signer in signers)
    DurableFolder(folder, folder).write({LOG_KEY_FILE: lines.encode()})


class SubjectKeys:
    """The wrapped keys of subjects. Thread-safe; unwrapped keys stay in memory for the subjects seen last.

    Args:
        folder: `evidence/keys`.
        wrapping_key: Key-encryption key, 32 bytes.
        scratch: Folder for unfinished files.
    """

    def __init__(self, folder: Path, wrapping_key: bytes, *, scratch: Path):
        self._folder = folder
        self._cipher = AESGCM(wrapping_key)
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
        path = self._folder / _key_path(pseudonym)
        try:
            wrapped = json.loads(path.read_bytes())
            nonce, secret = base64.b64decode(wrapped["nonce"]), base64.b64decode(wrapped["wrapped"])
            return self._cipher.decrypt(nonce, secret, pseudonym.encode())
        except FileNotFoundError:
            return None
        except (ValueError, KeyError, TypeError, InvalidTag) as error:
            raise StoreError(f"the subject key {path} is damaged or was wrapped under another key") from error

    def _write(self, pseudonym: str, key: bytes) -> None:
        nonce = secrets.token_bytes(_NONCE_BYTES)
        wrapped = self._cipher.encrypt(nonce, key, pseudonym.encode())
        record = {
            "nonce": base64.b64encode(nonce).decode(),
            "version": 1,
            "wrapped": base64.b64encode(wrapped).decode(),
        }
        self._disk.write({_key_path(pseudonym): json.dumps(record, sort_keys=True).encode()})


def _key_path(pseudonym: str) -> str:
    digits = pseudonym.rpartition(":")[2]
    return f"{digits[:2]}/{digits}.json"


def _read_private(path: Path) -> str:
    try:
        mode = path.stat().st_mode & 0o777
        if mode & 0o077:
            raise ConfigurationError(
                f"the key file {path} can be read by other users (mode {mode:o}, expected 600)",
                hint=f"chmod 600 {path}",
            )
        return path.read_text(encoding="ascii").strip()
    except (FileNotFoundError, NotADirectoryError) as error:
        raise ConfigurationError(
            f"the key file {path} does not exist; without it nothing can be added to the log",
            hint="restore it from a backup, or start a new log with averment init",
        ) from error
    except UnicodeDecodeError as error:
        raise ConfigurationError(f"the key file {path} is damaged: it is not text") from error


def _decode_key(path: Path) -> bytes:
    try:
        key = base64.b64decode(_read_private(path), validate=True)
    except binascii.Error as error:
        raise ConfigurationError(f"the key file {path} is damaged: it is not base64") from error
    if len(key) != KEY_BYTES:
        raise ConfigurationError(f"the key file {path} is damaged: it holds {len(key)} bytes, expected {KEY_BYTES}")
    return key
