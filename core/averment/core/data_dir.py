"""The one directory under which state lives: its folders, its format version, and how it is opened.

A directory written by a newer version is refused, one written by an older version is migrated step by step, and a
folder that holds something else is left alone. What the stores keep inside their folders is their own business.
"""

import fcntl
import json
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from averment.core.errors import StoreBusy, StoreError, StoreFormatError

DATA_FORMAT: Final = 1
COMPLIANCE_FOLDER: Final = "compliance"
_FORMAT_FILE: Final = "format.json"
_LOCK_FILE: Final = "owner.lock"
_PRIVATE: Final = 0o700
_FOLDERS: Final = ("blobs", "index", "evidence", "keys")

Migration = Callable[[Path], None]

# From format n to n + 1, keyed by n. Each step must be safe to repeat: a crash in it is answered by running it again.
MIGRATIONS: Final[Mapping[int, Migration]] = {}


@dataclass(frozen=True, slots=True, kw_only=True)
class DataDir:
    """Paths of an opened data directory. Folders exist; files may not yet."""

    root: Path
    format: int

    @property
    def catalog(self) -> Path:
        """Return the SQLite file of the catalog."""
        return self.root / "catalog.sqlite"

    @property
    def blobs(self) -> Path:
        """Return the folder of content-addressed bytes."""
        return self.root / "blobs"

    @property
    def index(self) -> Path:
        """Return the folder of the embedded search index."""
        return self.root / "index"

    @property
    def evidence(self) -> Path:
        """Return the folder of the evidence log."""
        return self.root / "evidence"

    @property
    def keys(self) -> Path:
        """Return the folder of private keys (0700)."""
        return self.root / "keys"

    @property
    def purposes(self) -> Path:
        """Return the folder of the recorded purposes of use."""
        return self.root / "purposes"

    @property
    def compliance(self) -> Path:
        """Return the folder of documents and of the parts of them that people fill."""
        return self.root / COMPLIANCE_FOLDER

    @property
    def access(self) -> Path:
        """Return the SQLite file of API keys and sessions (0600)."""
        return self.root / "access.sqlite"

    @property
    def budgets(self) -> Path:
        """Return the SQLite file of what was spent today (0600)."""
        return self.root / "budgets.sqlite"

    @property
    def uploads(self) -> Path:
        """Return the folder of uploads: their register (0600), and files until they are read."""
        return self.root / "uploads"

    @property
    def analyses(self) -> Path:
        """Return the SQLite file of the service's analyses, their texts sealed (0600)."""
        return self.root / "analyses.sqlite"

    @property
    def owner_lock(self) -> Path:
        """Return the file whose lock makes a process the owner."""
        return self.root / _LOCK_FILE

    @property
    def owner_file(self) -> Path:
        """Return the file in which the owner says how to reach it (0600)."""
        return self.root / "owner.json"


def open_data_dir(path: Path, *, create: bool = True, migrations: Mapping[int, Migration] = MIGRATIONS) -> DataDir:
    """Open a data directory, making or migrating it where needed.

    Args:
        path: The directory. Its parents are made as well.
        create: Whether an absent or empty directory becomes a data directory.
        migrations: Steps from format `n` to `n + 1`, by `n`.

    Raises:
        StoreFormatError: A newer version wrote it, a migration step is missing, or it holds something else.
        StoreBusy: It must be migrated while another process uses it.
        StoreError: It cannot be made or written, or is absent and `create` is false.
    """
    root = path.expanduser().absolute()
    try:
        found = _read_format(root)
        if found is None:
            if not create:
                raise StoreError(
                    f"there is no data directory at {str(root)!r}", hint="averment init makes one; or set data_dir"
                )
            _make(root)
            found = DATA_FORMAT
        elif found < DATA_FORMAT:
            found = _migrate(root, found, migrations)
        for name in _FOLDERS:
            (root / name).mkdir(mode=_PRIVATE, exist_ok=True)
        (root / "keys").chmod(_PRIVATE)
    except OSError as error:
        raise StoreError(
            f"the data directory {str(root)!r} cannot be used: {error.strerror or error}",
            hint="give the process a folder it may write to (setting data_dir)",
        ) from error
    return DataDir(root=root, format=found)


def _read_format(root: Path) -> int | None:
    """Return the format of a directory, or None where it may become a data directory."""
    file = root / _FORMAT_FILE
    try:
        raw = file.read_text(encoding="utf-8")
    except FileNotFoundError:
        _refuse_foreign(root)
        return None
    try:
        number = json.loads(raw)["format"]
    except (ValueError, KeyError, TypeError) as error:
        raise StoreFormatError(
            f"{str(file)!r} does not say which format the data directory has", hint="restore it from a backup"
        ) from error
    if not isinstance(number, int) or isinstance(number, bool) or number < 1:
        raise StoreFormatError(f"{str(file)!r} names format {number!r}, expected a whole number from 1")
    if number > DATA_FORMAT:
        raise StoreFormatError(
            f"the data directory {str(root)!r} has format {number}, this version knows up to {DATA_FORMAT}",
            hint="use the version of Averment that wrote it, or a newer one",
            details={"expected": DATA_FORMAT, "got": number},
        )
    return number


def _refuse_foreign(root: Path) -> None:
    ours = {*_FOLDERS, _LOCK_FILE, "owner.json"}
    try:
        foreign = sorted(entry.name for entry in root.iterdir() if entry.name not in ours)
    except FileNotFoundError:
        return
    # A crash while writing the format file leaves its temporary name behind.
    foreign = [name for name in foreign if not name.startswith(f".{_FORMAT_FILE}")]
    if foreign:
        raise StoreFormatError(
            f"{str(root)!r} is not a data directory: it has no {_FORMAT_FILE} but holds {foreign[0]!r}",
            hint="name an empty or absent folder in the setting data_dir",
        )


def _make(root: Path) -> None:
    root.mkdir(mode=_PRIVATE, parents=True, exist_ok=True)
    _write_format(root, DATA_FORMAT)


def _write_format(root: Path, number: int) -> None:
    temporary = root / f".{_FORMAT_FILE}.{os.getpid()}"
    with temporary.open("w", encoding="utf-8") as file:
        file.write(json.dumps({"format": number}) + "\n")
        file.flush()
        os.fsync(file.fileno())
    temporary.replace(root / _FORMAT_FILE)


def _migrate(root: Path, found: int, migrations: Mapping[int, Migration]) -> int:
    # The owner's lock: nobody may use the stores while their layout changes.
    with (root / _LOCK_FILE).open("a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise StoreBusy(
                f"the data directory {str(root)!r} must be migrated from format {found}, but a process uses it",
                hint="stop the running averment process, then try again",
            ) from error
        # Another process may have migrated it between reading the version and taking the lock.
        current = _read_format(root) or found
        while current < DATA_FORMAT:
            step = migrations.get(current)
            if step is None:
                raise StoreFormatError(
                    f"no migration leads from format {current} of {str(root)!r} to {DATA_FORMAT}",
                    hint="migrate with the version of Averment that still had the step",
                )
            step(root)
            current += 1
            _write_format(root, current)
    return current
