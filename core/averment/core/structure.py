"""What a document says of itself: metadata, defined terms, cross-references, amendments, machine-readable tags.

Everything carries the place it was read from: offsets into the canonical text, 0-based and half-open. Values are what
the document prints, dates ISO 8601; what only follows from printed values says so in its basis.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

Basis = Literal["stated", "computed", "name"]
"""Printed at the place; follows from what is printed there; taken from the file's name or its properties."""

AmendmentKind = Literal["amends", "restates", "supplements", "terminates"]
ConflictReason = Literal["value", "scale", "sign", "unit", "duplicate"]


class FactField(StrEnum):
    """What a piece of metadata is about."""

    TITLE = "title"
    PARTY = "party"
    AGREEMENT_DATE = "agreement_date"
    EFFECTIVE_DATE = "effective_date"
    EXPIRY_DATE = "expiry_date"
    TERM = "term"
    GOVERNING_LAW = "governing_law"
    ISSUER = "issuer"
    FORM_TYPE = "form_type"
    PERIOD_END = "period_end"
    FISCAL_PERIOD = "fiscal_period"


@dataclass(frozen=True, slots=True, kw_only=True)
class PlacedFact:
    """A piece of metadata with its place; `start`, `end` and `page` are None for what is not in the text.

    `note` is the short name a party is given, None elsewhere.
    """

    field: FactField
    value: str
    start: int | None = None
    end: int | None = None
    page: int | None = None
    basis: Basis = "stated"
    note: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """A part of a document by its heading: level 0 is the outermost; it goes on to the next of its level or above."""

    title: str
    level: int
    start: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SectionSpan:
    """A part of a document with its end: `start:end` begins with its heading."""

    title: str
    level: int
    start: int
    end: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Neighbour:
    """A piece of the text as it is searched, before or after a passage."""

    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """Where a passage stands in its document.

    `sections` are those it begins in, outermost first: the last one is its own, the one before its parent. `before`
    and `after` are the pieces next to it, in order of the text.
    """

    document_id: str
    text_hash: str
    start: int
    end: int
    sections: Sequence[SectionSpan] = ()
    before: Sequence[Neighbour] = ()
    after: Sequence[Neighbour] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class DefinedTerm:
    """A term that a document defines: `start:end` is the term, `definition_start:definition_end` what it means."""

    term: str
    start: int
    end: int
    definition_start: int
    definition_end: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CrossReference:
    """A mention of a numbered part of a document.

    `label` is the part in normal form (`section 4.2`, `article 4`, `schedule a`, `§ 5 abs. 2`). `target_start` is where
    that part begins in this document, None where it is not found. `is_external` marks a part of another paper: a law,
    another agreement.
    """

    label: str
    start: int
    end: int
    target_start: int | None = None
    is_external: bool = False

    @property
    def is_unresolved(self) -> bool:
        """Tell whether the document refers to a part of itself that it does not have."""
        return self.target_start is None and not self.is_external


@dataclass(frozen=True, slots=True, kw_only=True)
class Amendment:
    """What a document changes: another document by its title and, where printed, its date.

    `start:end` is where that document is named.
    """

    kind: AmendmentKind
    title: str
    start: int
    end: int
    date: str | None = None
    effective_date: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AmendmentLink:
    """An amendment between two documents of the catalog; `other_id` is None where the other one is not known there."""

    amendment: Amendment
    direction: Literal["changes", "changed_by"]
    other_id: str | None = None
    other_title: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TaggedFact:
    """A figure's machine-readable tag, joined to the span it tags.

    `value` is before `scale`, with its sign. `decimals` says how exact the full amount is (-6: to the million); None
    where the tag says nothing of it, or that it is exact.
    """

    name: str
    start: int
    end: int
    value: str
    scale: int
    unit: str | None = None
    period: str | None = None
    decimals: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TagConflict:
    """A tag that says something else than what is printed or than another tag of the same fact.

    `reason` is `value`, `scale`, `sign`, `unit` (tag against print) or `duplicate` (tag against tag). `printed` and
    `tagged` are full amounts, after scale and sign.
    """

    name: str
    start: int
    end: int
    reason: ConflictReason
    printed: str
    tagged: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentStructure:
    """Everything that is read of how a document is built, each list in order of the text."""

    facts: Sequence[PlacedFact] = ()
    sections: Sequence[Section] = ()
    terms: Sequence[DefinedTerm] = ()
    references: Sequence[CrossReference] = ()
    amendments: Sequence[Amendment] = ()
    tags: Sequence[TaggedFact] = ()
    conflicts: Sequence[TagConflict] = ()
