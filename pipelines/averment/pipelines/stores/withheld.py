"""Contents that were erased at a person's request and may still lie at their source: one small file a content.

A file names the content by its hash and holds offsets, no text: those of the places that were masked, or none where the
document was removed. Ingestion asks here before it keeps anything, so that an erasure outlives the next reading.
"""

import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from averment.core.errors import StoreError
from averment.pipelines.stores.blobs import sync_folder


@dataclass(frozen=True, slots=True, kw_only=True)
class Withheld:
    """What was erased of a content: all of it, or the spans of one of its texts, offsets in characters."""

    text_hash: str | None = None
    spans: tuple[tuple[int, int], ...] = ()

    @property
    def is_whole(self) -> bool:
        """Tell whether nothing of the content may be kept."""
        return self.text_hash is None


class WithheldContents:
    """The erased contents of one installation.

    Args:
        folder: Where the files lie; made when needed. None withholds nothing.
    """

    def __init__(self, folder: Path | None = None):
        self._folder = folder

    def get(self, content_hash: str) -> Withheld | None:
        """Return what was erased of a content, None for one that was left alone.

        Raises:
            StoreError: The file is damaged; the content must not be kept.
        """
        if self._folder is None:
            return None
        path = self._path(self._folder, content_hash)
        try:
            row = json.loads(path.read_bytes())
            return Withheld(text_hash=row["text_hash"], spans=tuple((int(a), int(b)) for a, b in row["spans"]))
        except FileNotFoundError:
            return None
        except (ValueError, KeyError, TypeError) as error:
            raise StoreError(f"{path} does not say what was erased", hint="restore it from a backup") from error

    def every(self) -> Iterator[tuple[str, Withheld]]:
        """Yield every content of which something was erased, by its hash, in order.

        Raises:
            StoreError: A file is damaged.
        """
        for path in sorted(self._folder.glob("*.json")) if self._folder is not None else ():
            content_hash = f"sha256:{path.stem}"
            found = self.get(content_hash)
            if found is not None:
                yield content_hash, found

    def put(self, content_hash: str, withheld: Withheld) -> None:
        """Withhold a content from now on, durably."""
        if self._folder is None:
            raise StoreError("this store of withheld contents is not open for writing")
        self._folder.mkdir(mode=0o700, exist_ok=True)
        path = self._path(self._folder, content_hash)
        temporary = path.with_suffix(".tmp")
        with temporary.open("w", encoding="utf-8") as file:
            json.dump({"text_hash": withheld.text_hash, "spans": withheld.spans}, file)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
        sync_folder(self._folder)

    @staticmethod
    def _path(folder: Path, content_hash: str) -> Path:
        return folder / f"{content_hash.rpartition(':')[2]}.json"
