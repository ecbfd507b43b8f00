"""What erasing a person asks of the areas that hold something of theirs; composed in the command line.

`compliance` leads an erasure and owns the record; documents, indexes and results of scheduled work belong to other
areas and are reached through these ports.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal, Protocol

DocumentAction = Literal["remove", "mask", "keep"]
StoreState = Literal["clean", "absent", "not-reached"]

MASK: Final = "█"
# Words of a name may be parted by any white space, written out or as an escape in JSON.
_GAP: Final = r"(?:\s|\xa0|\\[nrt])+"


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedDocument:
    """A document whose text names a person `n_places` times; with `in_name`, so does its file name."""

    document_id: str
    source_uri: str
    title: str
    n_places: int
    in_name: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentDecision:
    """What is to become of a document that names a person; `ground` says why one is kept."""

    document_id: str
    action: DocumentAction
    ground: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CleanedStore:
    """What became of one store: nothing deleted is left in it, it is not there, or it is out of reach (`detail`)."""

    name: str
    state: StoreState
    detail: str = ""


class NamedDocuments(Protocol):
    """The documents of the catalog, as an erasure sees them."""

    def naming(self, names: Sequence[str]) -> list[NamedDocument]:
        """Return the documents whose text, metadata or file name names somebody, by id."""

    def erase(self, document_id: str) -> None:
        """Remove a document with everything kept of it; its source's file of the same bytes is not read again."""

    def mask(self, document_id: str, names: Sequence[str]) -> int:
        """Make a new version without the names, drop the older ones and the original, and return how many places.

        Raises:
            UsageError: It cannot be masked: its file name names the person, or it has no text.
        """

    def blobs(self, document_id: str) -> list[str]:
        """Return the keys of the blobs that are kept of a document."""


class ErasableStore(Protocol):
    """A store that may keep what was deleted from it, or copies of what was deleted elsewhere."""

    name: str

    def clean(self, names: Sequence[str]) -> CleanedStore:
        """Leave nothing deleted, and no copy that names somebody, on disk; doing it twice does no harm."""


def name_pattern(names: Sequence[str]) -> re.Pattern[str] | None:
    """Return what finds any of the names in a text, as whole words, whatever their case; None for no names.

    Example:
        >>> bool(name_pattern(["Anna Schmidt"]).search("for ANNA\\n  Schmidt:"))
        True
    """
    written = sorted((name.split() for name in names if name.strip()), key=len, reverse=True)
    if not written:
        return None
    forms = "|".join(_GAP.join(re.escape(word) for word in words) for words in written)
    # An escape such as `\n` of JSON may stand before a name: its letter is none of the name's.
    return re.compile(rf"(?:(?<!\w)|(?<=\\[nrt]))(?:{forms})(?!\w)", re.IGNORECASE)


def masked(text: str, pattern: re.Pattern[str]) -> str:
    """Return a text of the same length with every place of the pattern blacked out."""
    return pattern.sub(lambda found: MASK * len(found.group()), text)
