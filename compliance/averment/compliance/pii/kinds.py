"""What is looked for in a text, and what each level of masking takes out.

Identifiers of companies, banks and securities are found too, so that none is taken for a number of a person; no level
masks them. An address or a tax number is masked whoever's it is: the text seldom tells a company's from a person's.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class Kind(StrEnum):
    """What a part of a text is."""

    PERSON = "person"
    ADDRESS = "address"
    EMAIL = "email"
    PHONE = "phone"
    IBAN = "iban"
    CARD = "card"
    TAX_NUMBER = "tax_number"
    SOCIAL_SECURITY = "social_security"
    IDENTITY_DOCUMENT = "identity_document"
    DATE_OF_BIRTH = "date_of_birth"
    BIC = "bic"
    COMPANY_REGISTER = "company_register"
    SECURITY = "security"
    LEI = "lei"

    @property
    def is_personal(self) -> bool:
        """Tell whether it may be about a person."""
        return self not in _OF_COMPANIES


_OF_COMPANIES: Final = frozenset({Kind.BIC, Kind.COMPANY_REGISTER, Kind.SECURITY, Kind.LEI})


class Level(StrEnum):
    """How much is masked: nothing, what reaches or identifies a person, or names too."""

    NONE = "none"
    CONTACTS = "contacts"
    PERSONS = "persons"

    @property
    def kinds(self) -> frozenset[Kind]:
        """Return what the level masks."""
        personal = frozenset(kind for kind in Kind if kind.is_personal)
        match self:
            case Level.NONE:
                return frozenset()
            case Level.CONTACTS:
                return personal - {Kind.PERSON}
            case Level.PERSONS:
                return personal


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """A part of a text that was recognised.

    Args:
        start: Where it begins, code points from 0.
        end: Where it ends, exclusive.
        kind: What it is.
        score: How sure the recogniser is, 0-1.
        recogniser: Who found it.
    """

    start: int
    end: int
    kind: Kind
    score: float
    recogniser: str


def settled(spans: Iterable[Span]) -> tuple[Span, ...]:
    """Keep of spans that overlap the surest, of equally sure ones the longest; in order of the text.

    Example:
        >>> short = Span(start=0, end=4, kind=Kind.PERSON, score=0.6, recogniser="a")
        >>> sure = Span(start=2, end=9, kind=Kind.IBAN, score=1.0, recogniser="b")
        >>> [span.kind.value for span in settled([short, sure])]
        ['iban']
    """
    kept: list[Span] = []
    taken: set[int] = set()
    for span in sorted(spans, key=lambda found: (-found.score, found.start - found.end, found.start, found.kind)):
        places = range(span.start, span.end)
        if taken.isdisjoint(places):
            taken.update(places)
            kept.append(span)
    return tuple(sorted(kept, key=lambda found: found.start))
