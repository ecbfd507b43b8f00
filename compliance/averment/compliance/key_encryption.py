"""The key-encryption key: what wraps the keys of subjects, wherever it lives.

A key in this process is read from a private file, or given as a secret setting (`log.wrapping_key`, in the environment
`AVERMENT_LOG__WRAPPING_KEY`). A key management service or a hardware module is joined by a program (setting
`log.wrapping_command`), so that its key never has to leave the module. Every implementation passes the contract test
`tests/contracts/test_key_encryption.py`.
"""

import base64
import binascii
import hashlib
import secrets
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Final, Protocol

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from averment.core.errors import ConfigurationError, StoreError
from averment.core.record_settings import LogSettings

KEY_BYTES: Final = 32
_NONCE_BYTES: Final = 12
_COMMAND_TIMEOUT_S: Final = 30.0


class KeyEncryption(Protocol):
    """Wraps and unwraps secrets under a key of its own."""

    @property
    def key_id(self) -> str:
        """Return `sha256:<hex>`, a digest that names the key without helping to find it."""

    def wrap(self, secret: bytes, *, context: str) -> bytes:
        """Encrypt a secret so that it is unwrapped in the same context only; the result differs from call to call."""

    def unwrap(self, wrapped: bytes, *, context: str) -> bytes:
        """Return the secret.

        Raises:
            StoreError: It was changed, or wrapped under another key or in another context.
        """


@dataclass(frozen=True, slots=True, kw_only=True)
class LocalKeyEncryption:
    """AES-256-GCM under a key of 32 bytes in this process."""

    key: bytes = field(repr=False)

    @property
    def key_id(self) -> str:
        """Return the digest that names the key."""
        return key_fingerprint(self.key)

    def wrap(self, secret: bytes, *, context: str) -> bytes:
        """Encrypt a secret, bound to its context; the nonce stands before the ciphertext."""
        nonce = secrets.token_bytes(_NONCE_BYTES)
        return nonce + AESGCM(self.key).encrypt(nonce, secret, context.encode())

    def unwrap(self, wrapped: bytes, *, context: str) -> bytes:
        """Decrypt a secret, or raise `StoreError`."""
        try:
            return AESGCM(self.key).decrypt(wrapped[:_NONCE_BYTES], wrapped[_NONCE_BYTES:], context.encode())
        except (InvalidTag, ValueError) as error:
            raise StoreError("a wrapped secret was changed, or wrapped under another key") from error


class CommandKeyEncryption:
    """Has a program of the house wrap and unwrap, which asks a key management service or a hardware module.

    The program is called with one of three more arguments, and what it prints counts where it exits with 0:

    - `key-id` prints a name of the key that does not help to find it, the same as long as it wraps under that key;
    - `wrap CONTEXT` reads a secret in base64 and prints it wrapped, in base64;
    - `unwrap CONTEXT` reads what was printed and prints the secret; it fails where the context is another one.

    Args:
        command: The program and its first arguments; no shell is involved.
    """

    def __init__(self, command: Sequence[str]):
        self._command = tuple(command)

    @cached_property
    def key_id(self) -> str:
        """Return the digest of the name that the program gives its key."""
        return key_fingerprint(self._run("key-id", given=b""))

    def wrap(self, secret: bytes, *, context: str) -> bytes:
        """Encrypt a secret, bound to its context."""
        return self._decoded(self._run("wrap", context, given=base64.b64encode(secret)))

    def unwrap(self, wrapped: bytes, *, context: str) -> bytes:
        """Decrypt a secret, or raise `StoreError`."""
        return self._decoded(self._run("unwrap", context, given=base64.b64encode(wrapped)))

    def _run(self, *arguments: str, given: bytes) -> bytes:
        """Return what the program printed; what it says of a failure is not shown, it might hold a secret."""
        try:
            done = subprocess.run(
                [*self._command, *arguments], input=given, capture_output=True, timeout=_COMMAND_TIMEOUT_S, check=False
            )
        except (OSError, subprocess.TimeoutExpired) as error:
            raise ConfigurationError(
                f"the program {self._command[0]!r} of log.wrapping_command cannot be used: {type(error).__name__}"
            ) from error
        if done.returncode != 0:
            raise StoreError(
                f"the program {self._command[0]!r} of log.wrapping_command did not {arguments[0]}: exit code "
                f"{done.returncode}",
                hint="the secret was changed, wrapped under another key, or the key service refused",
            )
        return done.stdout.strip()

    def _decoded(self, text: bytes) -> bytes:
        try:
            return base64.b64decode(text, validate=True)
        except (binascii.Error, ValueError) as error:
            raise StoreError(f"the program {self._command[0]!r} of log.wrapping_command printed no base64") from error


def key_fingerprint(key: bytes) -> str:
    """Return a digest that names a secret key without helping to find it."""
    return "sha256:" + hashlib.sha256(b"averment/key-id/1\0" + key).hexdigest()


def wrapping_key(settings: LogSettings) -> KeyEncryption | None:
    """Return the key-encryption key that settings give; None where it lies in its file among the other keys.

    Raises:
        ConfigurationError: It is not base64 of 32 bytes, or two are given.
    """
    given = settings.wrapping_key
    if settings.wrapping_command and given is not None:
        raise ConfigurationError("log.wrapping_key and log.wrapping_command are both set", hint="unset one of them")
    if settings.wrapping_command:
        return CommandKeyEncryption(settings.wrapping_command)
    if given is None:
        return None
    return LocalKeyEncryption(key=decode_key(given.get_secret_value(), origin="the setting log.wrapping_key"))


def decode_key(text: str, *, origin: str) -> bytes:
    """Read 32 bytes from base64; `ConfigurationError` says what is wrong, never the value."""
    try:
        key = base64.b64decode(text.strip(), validate=True)
    except (binascii.Error, ValueError) as error:
        raise ConfigurationError(f"the key in {origin} is damaged: it is not base64") from error
    if len(key) != KEY_BYTES:
        raise ConfigurationError(f"the key in {origin} is damaged: it holds {len(key)} bytes, expected {KEY_BYTES}")
    return key


def read_private(path: Path) -> str:
    """Read a file of secrets.

    Raises:
        ConfigurationError: It is missing, damaged, or readable by others.
    """
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
