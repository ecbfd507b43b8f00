"""A search of every byte under a folder for names: the proof that an erasure reached everything.

And what follows from it for folders that only repeat what was said, such as logs and results: files that name a person
go.
"""

import re
import sqlite3
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import Final

from averment.core.erasure import BREAKS, GAPS, CleanedStore, letter_forms, name_words
from averment.core.errors import StoreBusy

_CHUNK_BYTES: Final = 1 << 20
# Longer than any name with the white space between its words.
_OVERLAP_BYTES: Final = 1 << 12
_ENCODINGS: Final = ("utf-8", "utf-16-le", "utf-16-be")
# SQLite keeps what is written to a file in files beside it: one without the others is damaged.
_BESIDE: Final = ("-wal", "-shm", "-journal")
_DATABASE_HEAD: Final = b"SQLite format 3\0"


def files_naming(root: Path, names: Sequence[str]) -> tuple[int, list[str]]:
    """Return how many files there are, and the paths below `root` of those whose bytes or path hold any of the names.

    Names are looked for as `averment.core.erasure.name_pattern` finds them, in UTF-8 and UTF-16, inside words as well.
    What is compressed or encrypted tells nothing to such a search.
    """
    search = _Search(names)
    files = sorted(path for path in root.rglob("*") if path.is_file() and not path.is_symlink())
    return len(files), [
        name for path in files if search.is_in_name(name := str(path.relative_to(root))) or search.is_in_file(path)
    ]


class RepeatingFolder:
    """A folder of files that repeat what was said elsewhere and that nothing rests on.

    Args:
        name: What it is called in a certificate.
        folder: The folder.
    """

    def __init__(self, name: str, folder: Path):
        self.name = name
        self._folder = folder

    def clean(self, names: Sequence[str], *, person: str | None = None) -> CleanedStore:  # noqa: ARG002 - files of nobody in particular
        """Delete the files that name somebody.

        Raises:
            StoreBusy: One is a database that another process has open; nothing was deleted.
        """
        if not self._folder.is_dir():
            return CleanedStore(name=self.name, state="absent")
        _, naming = files_naming(self._folder, names)
        files = list(dict.fromkeys(_main_file(self._folder / name) for name in naming))
        for file in files:
            _refuse_if_open(file)
        for file in files:
            for path in (file, *(file.with_name(file.name + end) for end in _BESIDE)):
                path.unlink(missing_ok=True)
        return CleanedStore(name=self.name, state="clean", detail=f"{len(naming)} files deleted" if naming else "")


class OutputFolders:
    """Folders of results below the data directory that their makers keep, which an erasure searches and leaves alone.

    Args:
        name: What they are called in a certificate.
        root: The data directory.
        marker: A file that every such folder holds.
        besides: Folders of the data directory that are stores of their own.
    """

    def __init__(self, name: str, root: Path, *, marker: str, besides: Sequence[str]):
        self.name = name
        self._root = root
        self._marker = marker
        self._besides = besides

    def clean(self, names: Sequence[str], *, person: str | None = None) -> CleanedStore:  # noqa: ARG002 - files of nobody in particular
        """Say how many there are, and how many of their files name somebody."""
        marked = (path.parent.relative_to(self._root) for path in self._root.rglob(self._marker))
        folders = sorted({folder for folder in marked if folder.parts[:1] not in {(name,) for name in self._besides}})
        if not folders:
            return CleanedStore(name=self.name, state="absent")
        naming = {folder / name for folder in folders for name in files_naming(self._root / folder, names)[1]}
        if not naming:
            return CleanedStore(name=self.name, state="clean", detail=f"{len(folders)} folders searched")
        return CleanedStore(
            name=self.name,
            state="not-reached",
            detail=f"{len(naming)} of the files in {len(folders)} folders names the person: delete or mask them, see "
            "where in the search, and give the command again",
        )


def _main_file(path: Path) -> Path:
    """Return the database that a file lies beside, or the file itself."""
    return next((path.with_name(path.name.removesuffix(end)) for end in _BESIDE if path.name.endswith(end)), path)


def _refuse_if_open(path: Path) -> None:
    """Refuse a database that another process has open, which would go on writing to a file that nobody sees.

    A connection to a database with a write-ahead log holds a lock on it for as long as it lasts, so that the kind of
    log cannot be changed; to others only a transaction does.
    """
    if not path.is_file():
        return
    with path.open("rb") as file:
        if file.read(len(_DATABASE_HEAD)) != _DATABASE_HEAD:
            return
    with closing(sqlite3.connect(path, timeout=0, isolation_level=None)) as database:
        try:
            if database.execute("PRAGMA journal_mode").fetchone() == ("wal",):
                database.execute("PRAGMA journal_mode = DELETE")
            database.execute("BEGIN EXCLUSIVE")
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
                raise StoreBusy(
                    f"{str(path)!r} names the person, and another process has it open",
                    hint="stop it (a Prefect server, averment flows serve) and give the same command again",
                ) from error
        except sqlite3.DatabaseError:
            return  # no database after all


class _Search:
    """Looks for names in bytes: for pieces of their words first, which is quick, and where one is, for all of them."""

    def __init__(self, names: Sequence[str]):
        words = name_words(names)
        self._pieces = _pieces(words)
        self._pattern = re.compile(b"|".join(_pattern(words, encoding) for encoding in _ENCODINGS)) if words else None

    def is_in_name(self, name: str) -> bool:
        return self._is_in(name.encode("utf-8", "surrogateescape"))

    def is_in_file(self, path: Path) -> bool:
        if self._pattern is None:
            return False
        tail = b""
        with path.open("rb") as file:
            while chunk := file.read(_CHUNK_BYTES):
                piece = tail + chunk
                # Stores leave room in their files; of a name in UTF-16 the last byte may be zero.
                if self._is_in(piece.rstrip(b"\0") + b"\0"):
                    return True
                tail = piece[-_OVERLAP_BYTES:]
        return False

    def _is_in(self, content: bytes) -> bool:
        if self._pattern is None:
            return False
        # Stores set aside megabytes of zeros; a name begins and ends with one zero byte at most, in UTF-16.
        content = b"\0" + content.strip(b"\0") + b"\0"
        low = content.lower()
        return (not self._pieces or any(piece in low for piece in self._pieces)) and bool(self._pattern.search(content))


def _pieces(words: Sequence[Sequence[str]]) -> set[bytes]:
    """Return pieces of names of which one stands wherever a name does; none where a name has no such piece.

    A piece is half a word, as a line may end within it, of letters that are one byte in every form.
    """
    pieces = set()
    for name in words:
        halves = [half for word in name for half in (word[: len(word) // 2], word[len(word) // 2 :])]
        plain = [half for half in halves if half.isascii() and half.isalpha()]
        if len(plain) < 2:
            return set()
        pieces |= {half.lower().encode(encoding) for half in plain for encoding in _ENCODINGS}
    return pieces


def _pattern(words: Sequence[Sequence[str]], encoding: str) -> bytes:
    """Return what finds any of the names in one encoding."""

    def any_of(forms: Sequence[str]) -> bytes:
        return b"(?:" + b"|".join(re.escape(form.encode(encoding)) for form in forms) + b")"

    within, between = any_of(BREAKS) + b"*", any_of(GAPS) + b"+"
    return b"|".join(
        between.join(within.join(any_of(letter_forms(letter)) for letter in word) for word in name) for name in words
    )
