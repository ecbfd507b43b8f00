"""Files that are whole or absent after a crash: written aside, synced, renamed into place, folders synced."""

import os
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Final

TEMPORARY_SUFFIX: Final = ".tmp"


class DurableFolder:
    """Writes files below a root; what is half written lies in `scratch` on the same file system.

    Args:
        root: Folder the paths are relative to.
        scratch: Folder for unfinished files; emptied by `clear_scratch` only.
    """

    def __init__(self, root: Path, scratch: Path):
        self._root = root
        self._scratch = scratch

    def write(self, files: Mapping[str, bytes]) -> None:
        """Write files by relative path, in order; all are durable when it returns, none is ever seen in part.

        Raises:
            OSError: The disk refused; files earlier in the order may be in place.
        """
        folders: dict[Path, None] = {}
        make_folder(self._scratch)
        for path, content in files.items():
            target = self._root / path
            if not target.parent.is_dir():
                make_folder(target.parent)
            self._place(target, content)
            folders[target.parent] = None
        for folder in folders:
            sync_folder(folder)

    def clear_scratch(self) -> None:
        """Delete what an earlier process left unfinished."""
        if self._scratch.is_dir():
            for leftover in self._scratch.iterdir():
                leftover.unlink(missing_ok=True)

    def _place(self, target: Path, content: bytes) -> None:
        # The name carries the thread's id: payloads are written by many threads at once.
        temporary = self._scratch / f"{target.name}.{os.getpid()}.{threading.get_ident()}{TEMPORARY_SUFFIX}"
        descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        try:
            write_all(descriptor, content)
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
        temporary.replace(target)


def make_folder(folder: Path) -> None:
    """Create a folder and its missing parents, each durable in its parent."""
    if folder.is_dir():
        return
    make_folder(folder.parent)
    folder.mkdir(mode=0o700, exist_ok=True)
    sync_folder(folder.parent)


def sync_folder(folder: Path) -> None:
    """Make the folder's names durable."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def write_all(descriptor: int, content: bytes) -> None:
    """Write every byte, however often the system takes only a part."""
    view = memoryview(content)
    while view:
        view = view[os.write(descriptor, view) :]
