"""Files inside files: where they stand in the catalog, and how much of them one source item may hold.

An attachment of a mail or PDF and a member of an archive become documents of their own, with the labels of the item
that holds them. What they unpack to is counted over all levels, so that archives inside archives cannot grow without
bounds.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final
from urllib.parse import quote

from averment.core.documents import Attachment, SourceItem
from averment.core.errors import DocumentLimitExceeded
from averment.pipelines.ingestion.changes import ATTACHMENT_MARK, MEMBER_MARK, depth

MAX_DEPTH: Final = 8
MAX_FILES: Final = 20_000
MAX_BYTES: Final = 2 * 1024**3
_MAX_NAME_CHARS: Final = 200


@dataclass(slots=True)
class Expansion:
    """What the files inside one source item came to so far, over all levels."""

    n_files: int = 0
    n_bytes: int = 0

    def take(self, found: Sequence[Attachment], *, container_depth: int) -> None:
        """Count the files found in a container.

        Args:
            found: They.
            container_depth: How many files the container itself lies within.

        Raises:
            DocumentLimitExceeded: They lie too deep, or are too many or too large together with those before.
        """
        if not found:
            return
        if container_depth >= MAX_DEPTH:
            raise DocumentLimitExceeded(
                f"the file holds {len(found)} files and lies within {container_depth} files itself, "
                f"the limit is {MAX_DEPTH} levels",
                hint="unpack it and ingest the folder",
                details={"depth": container_depth + 1},
            )
        self.n_files += len(found)
        self.n_bytes += sum(len(attachment.content) for attachment in found)
        if self.n_files > MAX_FILES or self.n_bytes > MAX_BYTES:
            raise DocumentLimitExceeded(
                f"the source item holds {self.n_files} files of {self.n_bytes} bytes on all its levels, the limits "
                f"are {MAX_FILES} files and {MAX_BYTES} bytes",
                hint="unpack it and ingest the folder",
                details={"files": self.n_files, "bytes": self.n_bytes},
            )


def inner_items(container: SourceItem, found: Sequence[Attachment]) -> Iterator[tuple[SourceItem, Attachment]]:
    """Yield the files found in a container as items of the source, in order; `open` stays the container's."""
    for uri, attachment in zip(inner_uris(container.ref.uri, found), found, strict=True):
        name = attachment.name
        item = replace(
            container,
            ref=replace(container.ref, uri=uri),
            media_type=attachment.media_type,
            size_bytes=len(attachment.content),
            title=name.rpartition("/")[2] or name,
        )
        yield item, attachment


def inner_uris(container: str, found: Sequence[Attachment]) -> list[str]:
    """Return the uris of the files found in the container of this uri, in order."""
    return [
        f"{container}{MEMBER_MARK}{quote(attachment.name, safe='/')}"
        if attachment.is_member
        else f"{container}{ATTACHMENT_MARK}{number}-{quote(attachment.name, safe='')[:_MAX_NAME_CHARS]}"
        for number, attachment in enumerate(found, start=1)
    ]


def level(item: SourceItem) -> int:
    """Return how many files an item lies within; 0 for an item that the source lists."""
    return depth(item.ref.uri)
