"""Documents in a folder.

Reads recursively what the glob patterns name. Symbolic links are followed only to files inside the folder,
so that a link cannot bring in what the folder's owner did not mean to share. The revision of a file is the
hash of its content, so a touched but unchanged file is unchanged. Permissions are those set for the source;
this module does not read the file system's own.
"""

import hashlib
import mimetypes
import os
import stat
from collections.abc import Callable, Iterator, Sequence
from copy import copy
from datetime import UTC, datetime
from functools import partial
from pathlib import Path, PurePosixPath
from typing import BinaryIO, Final
from urllib.parse import unquote, urlsplit

from averment.core.access import AccessLabel
from averment.core.documents import SourceItem, SourceRef
from averment.core.errors import SourceAuthError, SourceChanged, SourceItemTooLarge, SourceUnavailable

DEFAULT_INCLUDE: Final = ("**/*",)
DEFAULT_EXCLUDE: Final = ("**/.*", "**/.*/**", "**/~$*")
_READ_BYTES: Final = 1024 * 1024


class FilesystemConnector:
    """Lists and reads the files of one folder, or one file.

    Args:
        root: An existing folder or file.
        name: Name of the connector in the catalog.
        include: Glob patterns, relative to the folder, of files to list; `**` spans folders.
        exclude: Glob patterns of files to leave out; it wins over `include`.
        access: The label every item gets.
        max_item_bytes: Larger files are refused by `read`.
    """

    def __init__(
        self,
        root: Path,
        *,
        name: str = "filesystem",
        include: Sequence[str] = DEFAULT_INCLUDE,
        exclude: Sequence[str] = DEFAULT_EXCLUDE,
        access: AccessLabel | None = None,
        max_item_bytes: int = 512 * 1024 * 1024,
    ):
        self.name = name
        self._root = Path(os.path.abspath(root))  # noqa: PTH100 - keeps a link in the root as the user wrote it
        self._include = tuple(include)
        self._exclude = tuple(exclude)
        self._access = access or AccessLabel()
        self._max_item_bytes = max_item_bytes
        self._wanted: Callable[[str], bool] | None = None

    def only(self, wanted: Callable[[str], bool]) -> "FilesystemConnector":
        """Return a connector that lists only the files whose uri is wanted; the others are not even opened."""
        limited = copy(self)
        limited._wanted = wanted
        return limited

    @property
    def scope(self) -> str:
        """Return the uri that every item's uri starts with."""
        uri = self._root.as_uri()
        return f"{uri}/" if self._root.is_dir() else uri

    def list(self) -> Iterator[SourceItem]:
        """Name the files in order of their path.

        Raises:
            SourceUnavailable: The folder does not exist or cannot be listed.
        """
        if self._root.is_file() and (self._wanted is None or self._wanted(self._root.as_uri())):
            yield self._item(self._root)
            return
        if self._root.is_file():
            return
        if not self._root.is_dir():
            raise SourceUnavailable(
                f"the source path {str(self._root)!r} does not exist or is neither a file nor a folder",
                hint="check the path, and that this user may read it",
            )
        for path in self._walk():
            try:
                yield self._item(path)
            except FileNotFoundError:
                continue  # removed between listing and reading: the next run sees it gone

    def read(self, ref: SourceRef) -> bytes:
        """Read one file and check that it is still the one that was listed."""
        path = Path(unquote(urlsplit(ref.uri).path, errors="surrogateescape"))
        try:
            size = path.stat().st_size
            if size > self._max_item_bytes:
                raise SourceItemTooLarge(
                    f"{path.name!r} has {size} bytes, more than parsing.max_item_bytes = {self._max_item_bytes}",
                    hint="raise parsing.max_item_bytes or exclude the file",
                )
            content = path.read_bytes()
        except FileNotFoundError as error:
            raise SourceChanged(f"{path.name!r} was removed after it was listed") from error
        except PermissionError as error:
            raise SourceAuthError(f"{path.name!r} may not be read by this user") from error
        except OSError as error:
            raise SourceUnavailable(f"{path.name!r} cannot be read: {error.strerror}") from error
        if _revision(hashlib.sha256(content)) != ref.revision:
            raise SourceChanged(f"{path.name!r} changed after it was listed", hint="run the ingestion again")
        return content

    def _walk(self) -> Iterator[Path]:
        def fail(error: OSError) -> None:
            raise SourceUnavailable(
                f"the folder {error.filename!r} cannot be listed: {error.strerror}",
                hint="nothing was removed; give this user access or exclude the folder",
            ) from error

        for folder, subfolders, names in os.walk(self._root, followlinks=False, onerror=fail):
            subfolders.sort()
            for name in sorted(names):
                path = Path(folder) / name
                if self._is_wanted(path) and self._is_safe_file(path):
                    yield path

    def _is_wanted(self, path: Path) -> bool:
        relative = PurePosixPath(path.relative_to(self._root).as_posix())
        return (
            any(_matches(relative, pattern) for pattern in self._include)
            and not any(_matches(relative, pattern) for pattern in self._exclude)
            and (self._wanted is None or self._wanted(path.as_uri()))
        )

    def _is_safe_file(self, path: Path) -> bool:
        try:
            resolved = path.resolve(strict=True)
            mode = resolved.stat().st_mode
        except (OSError, RuntimeError):
            return False  # a dangling or looping link names no document (loops are RuntimeError before 3.13)
        return stat.S_ISREG(mode) and resolved.is_relative_to(self._root.resolve())

    def _item(self, path: Path) -> SourceItem:
        status = path.stat()
        return SourceItem(
            ref=SourceRef(
                connector=self.name,
                uri=path.as_uri(),
                revision=_hash_file(path),
                modified_at=datetime.fromtimestamp(status.st_mtime, tz=UTC),
            ),
            media_type=mimetypes.guess_type(path.name)[0] or "application/octet-stream",
            size_bytes=status.st_size,
            title=path.name,
            access=self._access,
            open=partial(_open, path),
        )


def _open(path: Path) -> BinaryIO:
    return path.open("rb")


def _matches(path: PurePosixPath, pattern: str) -> bool:
    """Match with `**` spanning any number of folders, none included."""
    return _match_parts(path.parts, PurePosixPath(pattern).parts)


def _match_parts(parts: Sequence[str], pattern: Sequence[str]) -> bool:
    if not pattern:
        return not parts
    if pattern[0] == "**":
        return any(_match_parts(parts[skip:], pattern[1:]) for skip in range(len(parts) + 1))
    return bool(parts) and PurePosixPath(parts[0]).match(pattern[0]) and _match_parts(parts[1:], pattern[1:])


def _hash_file(path: Path) -> str:
    digest = hashlib.sha256()
    try:
        with path.open("rb") as stream:
            while block := stream.read(_READ_BYTES):
                digest.update(block)
    except PermissionError as error:
        raise SourceAuthError(
            f"{path.name!r} may not be read by this user", hint="give this user access or exclude the file"
        ) from error
    return _revision(digest)


def _revision(digest: "hashlib._Hash") -> str:
    return f"sha256:{digest.hexdigest()}"
