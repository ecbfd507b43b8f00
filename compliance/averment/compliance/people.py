"""Who stands behind a pseudonym: one file a person, encrypted, and the only link between the two.

The pseudonym of a person is made with a random secret kept in the person's file. Once that file is deleted nobody, not
even who holds every other key of the installation, can tell whose entries are whose; whoever comes back is somebody
new. A person is whoever uses the system (named by the principal's subject) or whoever was registered under an alias
because documents name them. The file also holds the spellings by which texts name that person.
"""

import json
import secrets
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from averment.compliance.key_encryption import KEY_BYTES
from averment.compliance.keys import EvidenceKeys, keyed_digest, unwrap_record, wrap_record
from averment.compliance.log.durable import DurableFolder, sync_folder
from averment.core.errors import StoreError

PEOPLE: Final = "people"
_ROLE: Final = "person"
_CACHED: Final = 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """A person as the record knows them; `names` are spellings in texts, none for one who only uses the system."""

    actor: str
    names: tuple[str, ...] = ()


class People:
    """The people of one log. Thread-safe.

    Args:
        evidence_dir: The folder `evidence/`.
        keys: The installation's keys.
        scratch: Folder for unfinished files.

    Methods raise `StoreError` where a person's file is damaged or was wrapped under another key.
    """

    def __init__(self, evidence_dir: Path, keys: EvidenceKeys, *, scratch: Path):
        self._folder = evidence_dir / PEOPLE
        self._keys = keys
        self._disk = DurableFolder(self._folder, scratch)
        self._actors: dict[str, str] = {}
        self._lock = threading.Lock()

    def find(self, identity: str) -> Person | None:
        """Return a person by the principal's subject or the alias; None for somebody unknown or forgotten."""
        found = self._read(identity)
        return None if found is None else Person(actor=_actor(found[0]), names=found[1])

    def actor(self, identity: str) -> str:
        """Return a person's pseudonym, made at their first event."""
        with self._lock:
            known = self._actors.get(identity)
            if known is not None:
                return known
            found = self._read(identity)
            secret = found[0] if found else secrets.token_bytes(KEY_BYTES)
            if found is None:
                self._write(identity, secret, ())
            if len(self._actors) >= _CACHED:
                del self._actors[next(iter(self._actors))]
            self._actors[identity] = _actor(secret)
            return self._actors[identity]

    def register(self, identity: str, names: tuple[str, ...]) -> Person:
        """Add spellings to a person, who is made where unknown; the order of spellings is kept, each once."""
        with self._lock:
            secret, known = self._read(identity) or (secrets.token_bytes(KEY_BYTES), ())
            merged = tuple(dict.fromkeys((*known, *names)))
            self._write(identity, secret, merged)
        return Person(actor=_actor(secret), names=merged)

    def forget(self, identity: str) -> None:
        """Delete a person's file, durably: the end of every link from the person to the pseudonym."""
        with self._lock:
            self._actors.pop(identity, None)
            path = self._folder / self._path(identity)
            path.unlink(missing_ok=True)
            if path.parent.is_dir():
                sync_folder(path.parent)

    def _path(self, identity: str) -> str:
        digits = self._keys.keyed_digest(_ROLE, identity).rpartition(":")[2]
        return f"{digits[:2]}/{digits}.json"

    def _read(self, identity: str) -> tuple[bytes, tuple[str, ...]] | None:
        path = self._path(identity)
        try:
            record = json.loads(
                unwrap_record((self._folder / path).read_bytes(), self._keys.wrapping, context=f"{PEOPLE}/{path}")
            )
            return bytes.fromhex(record["secret"]), tuple(record["names"])
        except FileNotFoundError:
            return None
        except StoreError as error:
            raise StoreError(f"{self._folder / path} is damaged or was wrapped under another key") from error

    def _write(self, identity: str, secret: bytes, names: tuple[str, ...]) -> None:
        path = self._path(identity)
        record = json.dumps({"names": names, "secret": secret.hex()}, ensure_ascii=False).encode()
        self._disk.write({path: wrap_record(record, self._keys.wrapping, context=f"{PEOPLE}/{path}")})


def _actor(secret: bytes) -> str:
    return keyed_digest(secret, "actor")
