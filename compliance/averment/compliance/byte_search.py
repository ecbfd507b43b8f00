"""A search of every byte under a folder for names: the proof that an erasure reached everything.

And what follows from it for folders that only repeat what was said, such as logs and results: files that name a person
go.
"""

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from averment.core.erasure import BREAKS, GAPS, CleanedStore, letter_forms, name_words

_CHUNK_BYTES: Final = 1 << 23
# Longer than any name with the white space between its words.
_OVERLAP_BYTES: Final = 1 << 12
_ENCODINGS: Final = ("utf-8", "utf-16-le", "utf-16-be")
# SQLite keeps what is written to a file in files beside it: one without the others is damaged.
_BESIDE: Final = ("-wal", "-shm", "-journal")


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
        """Delete the files that name somebody."""
        if not self._folder.is_dir():
            return CleanedStore(name=self.name, state="absent")
        _, naming = files_naming(self._folder, names)
        for name in naming:
            path = self._folder / name
            main = next(
                (path.with_name(path.name.removesuffix(end)) for end in _BESIDE if path.name.endswith(end)), path
            )
            for file in (main, *(main.with_name(main.name + end) for end in _BESIDE)):
                file.unlink(missing_ok=True)
        return CleanedStore(name=self.name, state="clean", detail=f"{len(naming)} files deleted" if naming else "")


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
                if self._is_in(piece):
                    return True
                tail = piece[-_OVERLAP_BYTES:]
        return False

    def _is_in(self, content: bytes) -> bool:
        if self._pattern is None:
            return False
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
