"""What erasing a person asks of the areas that hold something of theirs; composed in the command line.

`compliance` leads an erasure and owns the record; documents, indexes and results of scheduled work belong to other
areas and are reached through these ports.
"""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal, Protocol
from urllib.parse import quote

DocumentAction = Literal["remove", "mask", "keep"]
StoreState = Literal["clean", "absent", "not-reached"]

MASK: Final = "█"
# What may part the words of a name: white space, written out or as an escape in JSON or a URI, and the marks that join
# names in addresses and file names.
GAPS: Final = (*" \t\n\r\u00a0\u2007\u2009\u202f\u3000", "\\n", "\\r", "\\t", "%20", *"._+-")
# What may stand inside a word unseen, or break it over two lines.
BREAKS: Final = (*"\u00ad\u200b\u200c\u200d\u2060", "-\n", "-\r\n", "-\\n", "\u2010\n")
# Marks that are written in several ways.
_ALIKE: Final = ("-\u2010\u2011\u2013", "'\u2019\u02bc`")


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

    def clean(self, names: Sequence[str], *, person: str | None = None) -> CleanedStore:
        """Leave nothing deleted, and no copy that names somebody, on disk; doing it twice does no harm.

        `person` is their pseudonym in the record; None for somebody who never used the system.
        """


def name_pattern(names: Sequence[str]) -> re.Pattern[str] | None:
    """Return what finds any of the names in a text, as whole words, in any case and Unicode form; None for no names.

    Words may be parted by any white space or by the marks of addresses and file names, and broken over lines.

    Example:
        >>> bool(name_pattern(["Anna Schmidt"]).search("for ANNA\\n  Schmidt:"))
        True
    """
    forms = "|".join(
        _any_of(GAPS, "+").join(
            _any_of(BREAKS, "*").join(_any_of(letter_forms(letter)) for letter in word) for word in words
        )
        for words in name_words(names)
    )
    # An escape such as `\n` of JSON may stand before a name: its letter is none of the name's.
    return re.compile(rf"(?:(?<![^\W_])|(?<=\\[nrt]))(?:{forms})(?![^\W_]|[\u0300-\u036f])") if forms else None


def name_words(names: Sequence[str]) -> list[list[str]]:
    """Return the words of each name that has any, composed (NFC), the longest names first."""
    written = [unicodedata.normalize("NFC", name).split() for name in dict.fromkeys(names)]
    return sorted(filter(None, written), key=lambda words: (-sum(map(len, words)), words))


def letter_forms(letter: str) -> tuple[str, ...]:
    """Return how a letter of a name may be written: either case, composed or not, as an escape of JSON or a URI."""
    alike = next((marks for marks in _ALIKE if letter in marks), letter)
    cases = {form for one in alike for form in (one, one.lower(), one.upper(), one.casefold(), one.swapcase())}
    if "ss" in cases:  # a capital sharp s is nobody's upper case
        cases.add("\u1e9e")
    composed = cases | {unicodedata.normalize("NFD", form) for form in cases}
    beyond_ascii = [form for form in composed if not form.isascii()]
    escaped = {"".join(f"\\u{ord(one):04x}" for one in form) for form in beyond_ascii}
    quoted = {quote(form) for form in beyond_ascii}
    every = composed | escaped | {form.upper().replace("\\U", "\\u") for form in escaped}
    return tuple(sorted(every | quoted | {form.lower() for form in quoted}, key=lambda form: (-len(form), form)))


def _any_of(forms: Sequence[str], times: str = "") -> str:
    return f"(?:{'|'.join(re.escape(form) for form in forms)}){times}"


def masked(text: str, pattern: re.Pattern[str]) -> str:
    """Return a text of the same length with every place of the pattern blacked out."""
    return pattern.sub(lambda found: MASK * len(found.group()), text)
