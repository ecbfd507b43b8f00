"""Who stands behind a pseudonym: one file a person, encrypted, and the only link between the two.

The pseudonym of a person is made with a random secret kept in the person's file. Once that file is deleted nobody, not
even who holds every other key of the installation, can tell whose entries are whose; whoever comes back is somebody
new. A person is whoever uses the system (named by the principal's subject) or whoever was registered under an alias
because documents name them. The file also holds the spellings by which texts name that person.

Logs begun before people had files made pseudonyms with the installation's pseudonym key. Whoever has such a one keeps
it until forgotten, so that what they were asked and answered is still found under it.
"""

import json
import secrets
import threading
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final

from averment.compliance.key_encryption import KEY_BYTES
from averment.compliance.keys import (
    SUBJECT_KEYS,
    EvidenceKeys,
    keyed_digest,
    subject_key_path,
    unwrap_record,
    wrap_record,
)
from averment.compliance.log.durable import DurableFolder, sync_folder
from averment.core.errors import StoreError

PEOPLE: Final = "people"
_ROLE: Final = "person"
_FORMER_ROLE: Final = "actor"
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
        self._subjects = evidence_dir / SUBJECT_KEYS
        self._keys = keys
        self._disk = DurableFolder(self._folder, scratch)
        self._actors: dict[str, str] = {}
        self._lock = threading.Lock()

    def find(self, identity: str) -> Person | None:
        """Return a person by the principal's subject or the alias; None for somebody unknown or forgotten."""
        known = self._read(identity)
        return None if known is None else known.person()

    def actor(self, identity: str) -> str:
        """Return a person's pseudonym, made at their first event."""
        with self._lock:
            actor = self._actors.get(identity)
            if actor is not None:
                return actor
            known = self._read(identity)
            if known is None:
                known = _Known(secret=secrets.token_bytes(KEY_BYTES))
                self._write(identity, known)
            if len(self._actors) >= _CACHED:
                del self._actors[next(iter(self._actors))]
            self._actors[identity] = known.person().actor
            return self._actors[identity]

    def register(self, identity: str, names: tuple[str, ...]) -> Person:
        """Add spellings to a person, who is made where unknown; the order of spellings is kept, each once."""
        with self._lock:
            known = self._read(identity) or _Known(secret=secrets.token_bytes(KEY_BYTES))
            known = replace(known, names=tuple(dict.fromkeys((*known.names, *names))))
            self._write(identity, known)
        return known.person()

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

    def _read(self, identity: str) -> "_Known | None":
        path = self._path(identity)
        try:
            record = json.loads(
                unwrap_record((self._folder / path).read_bytes(), self._keys.wrapping, context=f"{PEOPLE}/{path}")
            )
        except FileNotFoundError:
            return self._known_before(identity)
        except StoreError as error:
            raise StoreError(f"{self._folder / path} is damaged or was wrapped under another key") from error
        names, former = tuple(record["names"]), record.get("actor")
        return _Known(names=names, former=former, secret=bytes.fromhex(record.get("secret", "")))

    def _known_before(self, identity: str) -> "_Known | None":
        """Return who has a key under a pseudonym of the former kind."""
        former = self._keys.keyed_digest(_FORMER_ROLE, identity)
        return _Known(former=former) if (self._subjects / subject_key_path(former)).is_file() else None

    def _write(self, identity: str, known: "_Known") -> None:
        path = self._path(identity)
        identified = {"secret": known.secret.hex()} if known.former is None else {"actor": known.former}
        record = json.dumps({"names": known.names, **identified}, ensure_ascii=False).encode()
        self._disk.write({path: wrap_record(record, self._keys.wrapping, context=f"{PEOPLE}/{path}")})


@dataclass(frozen=True, slots=True, kw_only=True)
class _Known:
    """What a person's file holds: spellings, and the secret of the pseudonym or a pseudonym of the former kind."""

    names: tuple[str, ...] = ()
    secret: bytes = field(default=b"", repr=False)
    former: str | None = None

    def person(self) -> Person:
        return Person(actor=self.former or keyed_digest(self.secret, "actor"), names=self.names)
