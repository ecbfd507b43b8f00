"""The metadata of a document with the place of each piece: title, parties, dates, term, law; issuer, form and period.

What is found comes from the text a reader sees. A piece that no rule finds is absent, never guessed.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Final

from averment.core.documents import PageSpan
from averment.core.structure import Basis, FactField, PlacedFact
from averment.pipelines.anatomy.dating import read_dating
from averment.pipelines.anatomy.days import FoundDay
from averment.pipelines.anatomy.flat_text import FlatText
from averment.pipelines.anatomy.governing_law import find_governing_law
from averment.pipelines.anatomy.parties import find_parties
from averment.pipelines.anatomy.party_names import FoundParty, add_party
from averment.pipelines.anatomy.signatories import find_signatories

_HEAD_CHARS: Final = 6_000
_MAX_CHARS: Final = 600_000
_PREAMBLE_ROOM: Final = 400
_OPENING_CHARS: Final = 800
_CONTENTS_CHARS: Final = 25_000
_MIN_LEADERS: Final = 5
# "2.F. TERM OF FRANCHISE.......... 9": a line of a table of contents.
_LEADER: Final = re.compile(r"(?:(?<!\.)\.{4,}+|(?<!\. )(?:\. ){4,}+)\s{0,20}\d{1,3}\b")
_UNDERSIGNED: Final = re.compile(r"\b[Tt]he\s+undersigned\b|\b[Dd]ie\s+Unterzeichne")


def contract_parties(text: str) -> tuple[FoundParty, ...]:
    """Return the parties of a contract; offsets are those of the canonical text."""
    head = FlatText(text, 0, _HEAD_CHARS)
    if _UNDERSIGNED.search(head.text[:_OPENING_CHARS]):
        signing = find_signatories(text, allow_persons=True)
        if len(signing) > 1:
            return signing
    found = _named(head)
    contents = [match.end() for match in _LEADER.finditer(text, 0, _CONTENTS_CHARS)]
    if len(found) < 2 and len(contents) > _MIN_LEADERS:
        found = _named(FlatText(text, contents[-1], contents[-1] + _HEAD_CHARS)) or found
    if len(found) < 2:
        known = {party.name: party for party in found}
        for party in find_signatories(text):
            add_party(known, party)
        found = list(known.values())
    return tuple(found)


def _named(head: FlatText) -> list[FoundParty]:
    found = []
    for party in find_parties(head.text):
        start, end = head.place(party.start, party.end)
        found.append(FoundParty(name=party.name, start=start, end=end, alias=party.alias))
    return found


def contract_facts(text: str, parties: Sequence[FoundParty]) -> Iterator[PlacedFact]:
    """Yield parties, dates, term and law of a contract, with their places but not their pages."""
    for party in parties:
        yield PlacedFact(field=FactField.PARTY, value=party.name, start=party.start, end=party.end, note=party.alias)
    flat = FlatText(text, 0, _MAX_CHARS)
    last = max((party.end for party in parties if party.end <= _HEAD_CHARS), default=0)
    dating = read_dating(flat.text, preamble_end=last + _PREAMBLE_ROOM)
    for field, day in (
        (FactField.AGREEMENT_DATE, dating.made),
        (FactField.EFFECTIVE_DATE, dating.effective),
        (FactField.EXPIRY_DATE, dating.expires),
        (FactField.TERM, dating.term),
    ):
        if day is not None:
            yield _of_day(field, day, flat)
    law = find_governing_law(flat.text)
    if law is not None:
        start, end = flat.place(law.start, law.end)
        yield PlacedFact(field=FactField.GOVERNING_LAW, value=law.jurisdiction, start=start, end=end)


def with_pages(facts: Iterable[PlacedFact], pages: Sequence[PageSpan]) -> tuple[PlacedFact, ...]:
    """Give every piece the page that holds it."""
    return tuple(replace(fact, page=page_of(pages, fact.start)) for fact in facts)


def page_of(pages: Sequence[PageSpan], offset: int | None) -> int | None:
    """Return the page that holds an offset, 1-based; None without pages or place."""
    if offset is None:
        return None
    return next((page.page for page in pages if page.start <= offset < page.end), None)


def placed(
    field: FactField, value: str, *, text: str, within: int = _HEAD_CHARS, basis: Basis = "stated"
) -> PlacedFact:
    """Find where a value stands near the beginning of a text, word by word; without a place if it does not."""
    words = re.findall(r"\S+", value)
    pattern = re.compile(r"[\W_]{1,120}".join(map(re.escape, words)), re.I) if words else None
    match = pattern.search(text, 0, within) if pattern else None
    if match is None:
        return PlacedFact(field=field, value=value, basis="name")
    return PlacedFact(field=field, value=value, start=match.start(), end=match.end(), basis=basis)


def _of_day(field: FactField, day: FoundDay, flat: FlatText) -> PlacedFact:
    start, end = flat.place(day.start, day.end)
    return PlacedFact(field=field, value=day.value, start=start, end=end, basis=day.basis)
