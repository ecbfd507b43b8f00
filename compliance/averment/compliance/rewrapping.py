"""Changing the key-encryption key: every wrapped secret is unwrapped under the old key and wrapped under the new one.

Files are rewritten one by one, each in one step and always in the same order, so that the same call, given again,
finishes what was begun. Until it is finished the log does not open: nothing may be wrapped under two keys.

Files of version 1 do not name the key that wraps them: it is tried, and they are written anew as version 2.
"""

import base64
import os
import secrets
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from averment.compliance.key_encryption import KEY_BYTES, KeyEncryption, LocalKeyEncryption, decode_key, read_private
from averment.compliance.keys import SUBJECT_KEYS, WRAPPING_KEY_FILE, unwrap_record, wrap_record, wrapping_key_id
from averment.compliance.log.durable import DurableFolder, sync_folder
from averment.compliance.log.opening import lock_log
from averment.compliance.people import PEOPLE
from averment.core.errors import ConfigurationError, StoreError

NEXT_KEY_FILE: Final = "wrapping.key.next"


def check_wrapping(evidence_dir: Path, wrapping: KeyEncryption) -> None:
    """Refuse a key-encryption key that is not that of the secrets that are there: the first and the last are looked at.

    Raises:
        ConfigurationError: It is another key, or the change to it is not finished.
    """
    for folder, place in ((SUBJECT_KEYS, 0), (PEOPLE, -1)):
        path = _end(evidence_dir / folder, place)
        if path is not None and not _is_under(path, folder, wrapping):
            raise ConfigurationError(
                f"the key-encryption key is {wrapping.key_id}, but {path.parent.parent} is wrapped under "
                f"{_key_of(path) or 'another'}",
                hint="give the right key (log.wrapping_key, log.wrapping_command or keys/wrapping.key); where a change "
                "of it was begun, finish it: averment keys rewrap",
            )


def next_key(keys_dir: Path) -> LocalKeyEncryption:
    """Return the key that is to take the place of `wrapping.key`, made where there is none yet."""
    path = keys_dir / NEXT_KEY_FILE
    if not path.exists():
        text = base64.b64encode(secrets.token_bytes(KEY_BYTES)).decode()
        DurableFolder(keys_dir, keys_dir).write({NEXT_KEY_FILE: f"{text}\n".encode()})
    return key_in(path)


def key_in(path: Path) -> LocalKeyEncryption:
    """Return the key-encryption key in a private file.

    Raises:
        ConfigurationError: It is missing, damaged, or readable by others.
    """
    return LocalKeyEncryption(key=decode_key(read_private(path), origin=str(path)))


def rewrap(evidence_dir: Path, *, old: KeyEncryption, new: KeyEncryption) -> int:
    """Wrap every secret of a log under another key, and return how many were; those that are already are passed over.

    Raises:
        ConfigurationError: A secret is wrapped under neither key.
        StoreError: A secret is damaged.
        StoreBusy: Another process writes the log.
    """
    lock = lock_log(evidence_dir)
    try:
        n_wrapped = 0
        for folder in (SUBJECT_KEYS, PEOPLE):
            disk = DurableFolder(evidence_dir / folder, evidence_dir / "tmp")
            for path in _files(evidence_dir / folder):
                if _key_of(path) == new.key_id:
                    continue
                if not _is_under(path, folder, old):
                    found = _key_of(path) or "a key that its file does not name"
                    raise ConfigurationError(f"{path} is wrapped under {found}, neither the old nor the new key")
                context, secret = _opened(path, folder, old)
                name = str(path.relative_to(evidence_dir / folder))
                disk.write({name: wrap_record(secret, new, context=context)})
                n_wrapped += 1
        return n_wrapped
    finally:
        os.close(lock)


def put_in_place(keys_dir: Path) -> None:
    """Let the new key take the place of the old one in its file."""
    (keys_dir / NEXT_KEY_FILE).replace(keys_dir / WRAPPING_KEY_FILE)
    sync_folder(keys_dir)


def _opened(path: Path, folder: str, old: KeyEncryption) -> tuple[str, bytes]:
    """Return a secret with the context that it is bound to: of a key its name, of a person's file its path."""
    digits = path.stem
    contexts: tuple[str, ...] = (f"{PEOPLE}/{digits[:2]}/{digits}.json",)
    if folder == SUBJECT_KEYS:
        contexts = (f"hmac-sha256:{digits}", f"sha256:{digits}")
    for context in contexts[:-1]:
        try:
            return context, unwrap_record(path.read_bytes(), old, context=context)
        except StoreError:
            continue  # the key of a case has another kind of name
    return contexts[-1], unwrap_record(path.read_bytes(), old, context=contexts[-1])


def _is_under(path: Path, folder: str, key: KeyEncryption) -> bool:
    """Tell whether a key wraps a secret: by the id that its file states, else by trying."""
    stated = _key_of(path)
    if stated is not None:
        return stated == key.key_id
    try:
        _opened(path, folder, key)
    except StoreError:
        return False
    return True


def _key_of(path: Path) -> str | None:
    try:
        return wrapping_key_id(path.read_bytes())
    except StoreError as error:
        raise StoreError(f"{error.message}: {path}", hint=error.hint) from error


def _files(folder: Path) -> Iterator[Path]:
    yield from sorted(folder.glob("??/*.json"))


def _end(folder: Path, place: int) -> Path | None:
    """Return the first (0) or the last (-1) file of a folder of secrets without listing the others."""
    groups = sorted(path for path in folder.glob("??") if any(path.glob("*.json")))
    return sorted(groups[place].glob("*.json"))[place] if groups else None
