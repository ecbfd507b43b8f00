"""The files that people keep beside the record, in `compliance/` and `purposes/`, as an erasure reaches them.

Descriptions, signed assessments, filed reports: they are the organisation's own documents, and whoever erases a person
says what becomes of those that name them. Masked are text files alone; a signature over a masked file is void.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Final

from averment.compliance.byte_search import files_naming
from averment.core.erasure import masked, name_pattern
from averment.core.errors import UsageError

PAPER_FOLDERS: Final = ("compliance", "purposes")


class Papers:
    """The files of people in one installation.

    Args:
        root: The data directory.
    """

    def __init__(self, root: Path):
        self._root = root

    def naming(self, names: Sequence[str]) -> tuple[str, ...]:
        """Return the files that name somebody, as paths below the data directory, sorted."""
        return tuple(
            f"{folder}/{name}"
            for folder in PAPER_FOLDERS
            if (self._root / folder).is_dir()
            for name in files_naming(self._root / folder, names)[1]
        )

    def content(self, path: str) -> bytes:
        """Return the bytes of a file."""
        return (self._root / path).read_bytes()

    def masked(self, path: str, names: Sequence[str]) -> bytes:
        """Return what a text file becomes when the names are blacked out.

        Raises:
            UsageError: It is no text, or its own name names the person.
        """
        pattern = name_pattern(names)
        if pattern is None:
            return self.content(path)
        if pattern.search(path):
            raise UsageError(f"{path!r} names the person in its own name", hint="rename the file, or delete it")
        try:
            return masked(self.content(path).decode("utf-8"), pattern).encode()
        except UnicodeDecodeError as error:
            raise UsageError(f"{path!r} is no text that could be masked", hint="delete it, or keep it") from error

    def mask(self, path: str, names: Sequence[str]) -> None:
        """Black the names out of a text file, in one step; doing it twice does no harm.

        Raises:
            UsageError: It is no text, or its own name names the person; nothing was changed.
        """
        content, file = self.masked(path, names), self._root / path
        temporary = file.with_name(f".{file.name}.tmp")
        temporary.write_bytes(content)
        temporary.replace(file)
