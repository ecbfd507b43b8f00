"""Files of signing keys that are not the log's: of those who sign assessments, and of the marks of generated content.

A file holds one key in its text form (C2SP signed-note) and is for its owner alone (0600).
"""

import os
from pathlib import Path
from typing import Final

from averment.compliance.log.note import SignerKey
from averment.core.errors import ConfigurationError

MARK_KEY_FILE: Final = "mark.skey"


def make_signing_key(path: Path, *, name: str) -> SignerKey:
    """Make a key in a new file.

    Raises:
        ConfigurationError: The file exists or cannot be made, or the name is not allowed.
    """
    signer = SignerKey.generate(name)
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="ascii") as stream:
            stream.write(f"{signer.skey}\n")
    except OSError as error:
        raise ConfigurationError(f"the key file {str(path)!r} cannot be made: {error.strerror}") from error
    return signer


def read_signing_key(path: Path) -> SignerKey:
    """Read a key.

    Raises:
        ConfigurationError: The file cannot be read, holds no key, or is open to other users.
    """
    try:
        if path.stat().st_mode & 0o077:
            raise ConfigurationError(f"the key file {str(path)!r} is open to other users", hint=f"chmod 600 {path}")
        return SignerKey.parse(path.read_text(encoding="ascii").strip())
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigurationError(f"the key file {str(path)!r} cannot be read: {error}") from error


def mark_key(keys_dir: Path, *, name: str) -> SignerKey:
    """Return the installation's key for marks; an installation that has none yet gets one.

    Raises:
        ConfigurationError: The file cannot be made or read.
    """
    path = keys_dir / MARK_KEY_FILE
    if not path.exists():
        try:
            return make_signing_key(path, name=name)
        except ConfigurationError:
            if not path.exists():  # else another process was first
                raise
    return read_signing_key(path)
