"""A search of every byte under a folder for names: the proof that an erasure reached everything.

And what follows from it for folders that only repeat what was said, such as logs and results: files that name a person
go.
"""

import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

from averment.core.erasure import CleanedStore

_CHUNK_BYTES: Final = 1 << 23
# Longer than any name with the white space between its words.
_OVERLAP_BYTES: Final = 1 << 12


def files_naming(root: Path, names: Sequence[str]) -> tuple[int, list[str]]:
    """Return how many files there are, and the paths below `root` of those whose bytes or path hold any of the names.

    Names are looked for as they are written and in the usual changes of case, in UTF-8 and UTF-16, words parted by any
    white space. What is compressed or encrypted tells nothing to such a search.
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

    def clean(self, names: Sequence[str]) -> CleanedStore:
        """Delete the files that name somebody."""
        if not self._folder.is_dir():
            return CleanedStore(name=self.name, state="absent")
        _, naming = files_naming(self._folder, names)
        for name in naming:
            (self._folder / name).unlink(missing_ok=True)
        return CleanedStore(name=self.name, state="clean", detail=f"{len(naming)} files deleted" if naming else "")


class _Search:
    """Looks for names in bytes: for one word of each first, which is quick, and where that is, for all of it."""

    def __init__(self, names: Sequence[str]):
        forms = sorted(
            {form for name in names if name.strip() for form in _forms(name)}, key=lambda form: -len(form[1])
        )
        self._words = {word.lower() for word, _ in forms}
        self._pattern = re.compile(b"|".join(sorted(pattern for _, pattern in forms)), re.IGNORECASE)
        self._is_idle = not forms

    def is_in_name(self, name: str) -> bool:
        return self._is_in(name.encode("utf-8", "surrogateescape"))

    def is_in_file(self, path: Path) -> bool:
        if self._is_idle:
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
        if self._is_idle:
            return False
        low = content.lower()
        return any(word in low for word in self._words) and self._pattern.search(content) is not None


def _forms(name: str) -> Iterator[tuple[bytes, bytes]]:
    """Yield, for every way a name may be written, its longest word and what finds all of it."""
    for variant in (name, name.lower(), name.upper(), name.title(), name.casefold()):
        words = variant.split()
        for encoding, gap in (
            ("utf-8", rb"(?:\s|\xc2\xa0|\\[nrt])+"),
            ("utf-16-le", rb"(?:[\t\n\r \xa0]\x00)+"),
            ("utf-16-be", rb"(?:\x00[\t\n\r \xa0])+"),
        ):
            yield max(words, key=len).encode(encoding), gap.join(re.escape(word.encode(encoding)) for word in words)
