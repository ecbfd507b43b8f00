"""What documents are called in questions and notices: the catalog's titles and names, made plain.

A title comes from a document and may hold anything. Here it is one printable line without quotation marks, which stand
around quotations only, and not long.
"""

from typing import Final

from averment.core.documents import DocumentVersion
from averment.core.unseen import strip_unseen

MAX_CHARS: Final = 120
MAX_OWNERS: Final = 3
_QUOTES: Final = str.maketrans(dict.fromkeys('“”„"«»<>', " "))


def shown_title(title: str) -> str:
    """Return a title as it may be shown: one line of at most 120 characters.

    >>> shown_title("The “Lease”\\nof ACME")
    'The Lease of ACME'
    """
    printable = "".join(char if char.isprintable() else " " for char in strip_unseen(title))
    return " ".join(printable.translate(_QUOTES).split())[:MAX_CHARS].strip()


def name_of(document: DocumentVersion) -> str:
    """Return what the catalog calls a document: its title, with its parties or issuer where the title lacks them."""
    title = shown_title(document.title)
    owners = document.parties or ((document.issuer,) if document.issuer else ())
    missing = [shown_title(name) for name in owners if name.lower() not in title.lower()]
    return f"{title} ({', '.join(missing[:MAX_OWNERS])})" if missing else title
