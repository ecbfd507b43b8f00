"""Who the parties of a contract are, as its preamble names them, with the places of their names.

The preamble is read clause by clause: a name stands after "between", "among", "and", a semicolon or a number, and ends
where its description begins ("a Delaware corporation", "having its office at", the short name in parentheses). What
merely looks like a name in between (addresses, registers, sellers of the paper) has none of these around it. Where
there is no such preamble, names above the lines for signatures are taken. English and German.
"""

import re
from collections.abc import Iterator
from typing import Final

from averment.pipelines.anatomy.party_names import (
    HAS_PREFIX,
    HAS_SUFFIX,
    KIND,
    MAX_PARTIES,
    SUFFIX,
    FoundParty,
    add_party,
    alias_after,
    is_name,
    is_public,
    name_at,
)
from averment.pipelines.ingestion.months import MONTH_NAME

_HEAD_CHARS: Final = 6_000
_PREAMBLE_CHARS: Final = 3_000
_LATE: Final = 1_000
_LETTER_CHARS: Final = 1_500
# What stands before a "between" that is not that of a preamble.
_NO_PREAMBLE: Final = re.compile(r"\bundersigned\b|\bUnterzeichne|\bWHEREAS\b|\bWhereas\b")
# "(1)", "a)", "ii.": not the initial of a person.
_MARK: Final = r"(?-i:\(?(?:\d{1,2}|[ivx]{1,4}|[a-h])[.)]{1,2}\s+|\(?[A-H]\)\s+)"
_BY: Final = (
    r"(?:entered\s+into|made|executed|granted|issued|is|concluded)"
    r"(?:\s+(?:as\s+of|on|at|this|effective)\b[^.;:()]{0,90}?)?\s+by"
)
_BETWEEN: Final = re.compile(
    rf"\b(?:(?i:between|among(?:st)?|zwischen|{_BY})\b|(?:PARTIES|Parties)(?=\s?:))(?=\s?:"
    r"|,?\s+(?i:and\s+among\s+|(?:der|die|dem|the)\s+)?(?:\(?[ivx]{1,4}\)\s+)?[\W\d]{0,4}(?:[a-z]{1,2}(?=[A-Z\d]))?[A-ZÄÖÜ\d]"
    r"|\s+_{2,}|\s+\.{4,}|\s+[\w.]+,?\s+(?:inc|llc|ltd|gmbh)\b|\s+(?:each\s+of|the\s+(?:following|undersigned)))"
)
_PREAMBLE_END: Final = re.compile(
    r"\b(?:WHEREAS|Whereas|RECITALS?|Recitals|WITNESSETH|Witnesseth|W I T N E S S E T H|NOW,? THEREFORE"
    r"|TABLE OF CONTENTS"
    r"|BACKGROUND|Background|Präambel|PRÄAMBEL|Vorbemerkung)\b|\bagree as follows|\bvereinbaren\b|\bwird folgende"
)
_ANCHOR: Final = re.compile(
    rf"\b(?:between|among(?:st)?|zwischen|parties(?=\s?:\s))\b(?:\s+(?:each\s+of|the\s+(?:following\s+)?(?:undersigned"
    rf"|parties)[^:]{{0,40}}:))?:?\s+{_MARK}?"
    rf"|(?:,\s*|\s)(?:and|und|&|AND|UND|And)\b(?:\s+(?:among|between|each\s+of)|,\s+as\s+[\w\s]{{3,40}},)?:?\s+{_MARK}?"
    rf"|[;\u037e]\s+(?:(?:and|und)\s+)?{_MARK}?"
    rf"|\s{_MARK}|(?<=[)\]]),\s+|\bpart(?:y|ei)\s+\w{{1,3}}\s*:\s*|\b{_BY}\s+"
    r"|\b(?:corporation|company|partnership|trust|bank|gesellschaft),\s+",
    re.I,
)
_EACH_OF: Final = re.compile(r"\beach\s+of\s+$", re.I)
_OPENS: Final = re.compile(r"\b(?:between|among(?:st)?|zwischen|by|parties)\b", re.I)
# Two persons who take one side: "Rosa Brook and Odin Hale (the ...".
_FULL_NAME: Final = r"(?:[A-ZÄÖÜ][\w’'-]+|[A-Z]\.)(?:\s(?:[A-ZÄÖÜ][\w’'-]+|[A-Z]\.)){1,3}"
_TWO: Final = re.compile(rf"\s+(?:and|und)\s+{_FULL_NAME},?\s*(?:\(|hereinafter)")
_DESCRIBED: Final = re.compile(
    rf"^\s*,?\s*(?:\([^()]*\)\s*,?\s*)?(?:(?:an?|eine[rn]?)\s[\w\s.,&’'-]{{0,90}}?{KIND}|(?:residing|wohnhaft)\s)", re.I
)
_WORD: Final = r"(?:(?:[a-z]{1,2}(?=[A-Z\d]))?[A-ZÄÖÜ0-9][\w&.’'/-]*|&)"
_NAME: Final = (
    rf"(?<!\w)(?P<name>{_WORD}(?:,?\s(?:{_WORD}|of|and|the|for|de|der|für)){{0,8}}?(?:,?\s{SUFFIX}(?!\w)\.?)?)"
)
_SIDES: Final = (
    r"(?:Company|Customer|Client|Licensee|Licensor|Reseller|Distributor|Seller|Buyer|Purchaser|Supplier|Vendor|Provider"
    r"|Borrower|Lender|Tenant|Landlord|Lessee|Lessor|Consultant|Contractor|Executive|Employee|Employer|Adviser|Advisor"
    r"|Guarantor|Franchisee|Franchisor|Investor|Agent|Principal|Owner|Operator|Manufacturer|Developer|Sponsor|Host|Publisher"
    r"|Shipper|Carrier|Transporter|Affiliate|Athlete|Talent|Endorser|Manager|Servicer|Subcontractor|Party?\s+[A-D]|Kunde|Auftragnehmer|Auftraggeber|Käufer|Verkäufer|Mieter|Vermieter"
    r"|Lizenznehmer|Lizenzgeber|Darlehensnehmer|Darlehensgeber)"
)
_INTRODUCED: Final = re.compile(
    rf"{_NAME},?\s(?:\([^()“\"„]{{0,60}}\)\s?,?\s?)?(?=\(?hereinafter|\((?:(?:the|die|der|das|collectively|together|each"
    rf"|nachfolgend)\s)?[“\"„]|whose\s|located\s(?:at|in)\s|having\s(?:its|an?)\s|[“\"]{_SIDES}[”\"]"
    rf"|\([Cc]ompany\s[Nn]|\([Rr]egistered\s[Nn]|an?\s[\w\s]{{0,60}}?(?i:{KIND}))"
)
_HEADING: Final = re.compile(
    r"^(?:.*\bAGREEMENT\b)?[\s\d,.]*(?:(?:PREAMBLE|PARTIES|BETWEEN|AND|Parties|Between"
    r"|BY|DATED)\s+)+|^.*\bAGREEMENT\s+(?=[A-Z])"
)
_NUMBERED: Final = re.compile(rf"\d{{4,}}|\b(?:{MONTH_NAME})\s+\d+,?|\b\d+[A-Z]{{1,3}}\b|\b\d{{1,2}}\.(?=\s)", re.I)
_QUOTES: Final = "“”\"„'‘’«"
# A person who signs for a firm that is the party: "Rosa Brook, director of Halden Ltd".
_ACTS_FOR: Final = re.compile(
    r",?\s+(?:the\s+|as\s+)?(?:(?:managing|sole|executive|general)\s+)?(?:director|president|chief\s+executive\s+officer"
    r"|CEO|owner|proprietor|Geschäftsführer(?:in)?)\s+(?:of|der)\s+(?=[A-ZÄÖÜ\d])",
    re.I,
)
# One that joins in a sentence of its own: "In addition, Halden AG, a ..., is executing this Agreement solely ...".
_JOINS: Final = re.compile(
    r"\b(?:is\s+(?:also\s+)?(?:executing|joining(?:\s+in)?|entering\s+into|a\s+party\s+to)|joins(?:\s+in)?)\s+this\s",
    re.I,
)
_STARTS: Final = re.compile(r"[.;”\"’)]\s+(?:In\s+addition,\s+|and,?\s+)?(?=[A-ZÄÖÜ\d])")
_JOINS_CHARS: Final = 300
# A contract in the form of a letter or of an order form.
_ADDRESSED: Final = re.compile(rf"\b(?:To|TO|From|FROM|An|Von|(?i:{_SIDES}))\s?:\s+(?=[A-ZÄÖÜ\d])")
# A person who is given a side: 'to retain Rosa Brook (the "Consultant")'.
_PERSON: Final = re.compile(
    rf"(?<=\s)(?P<name>(?:[A-ZÄÖÜ][\w’'-]+|[A-Z]\.)(?:\s(?:[A-ZÄÖÜ][\w’'-]+|[A-Z]\.)){{1,3}})"
    rf"\s\((?:the\s|hereinafter\s)?[“\"]{_SIDES}[”\"]\)"
)
_DESCRIBES: Final = re.compile(
    r"\b(?:an?|eine[rn]?|(?:division|subsidiary|affiliate|unit|branch"
    r"|member)\s+of)\s+$",
    re.I,
)
_ARTICLE_CHARS: Final = 16
_LISTED: Final = re.compile(r",\s+(?=[A-ZÄÖÜ\d])")
_LABELLED: Final = re.compile(r"\bpart(?:y|ei)\s+\w{1,3}\s*:\s*$", re.I)
# The end of the sentence that names the parties.
_CLOSED: Final = re.compile(r"[)”\"’]\.\s+(?=[A-Z\d])")


def find_parties(text: str) -> tuple[FoundParty, ...]:
    """Return the parties that a preamble names, in order.

    Args:
        text: The beginning of a contract, its white space folded.

    Example:
        >>> [p.name for p in find_parties('A lease made between Halden AG ("Owner") and Rosa Brook, an individual.')]
        ['Halden AG', 'Rosa Brook']
    """
    found: dict[str, FoundParty] = {}
    head = text[:_HEAD_CHARS]
    openings = [match.start() for match in _BETWEEN.finditer(head)][:4]
    if not openings or openings[0] > _LATE or _NO_PREAMBLE.search(head, 0, openings[0]):
        for party in _introduced(head, openings[0] if openings else _PREAMBLE_CHARS):
            add_party(found, party)
    for start in openings:
        if len(found) > 1:
            break
        for party in _clauses(head, start):
            add_party(found, party)
    if len(found) < 2:
        for party in (*_introduced(head, _PREAMBLE_CHARS), *_addressed(head), *_persons(head)):
            add_party(found, party)
    for party in _joining(head):
        add_party(found, party)
    return tuple(sorted(found.values(), key=lambda party: party.start))[:MAX_PARTIES]


def _clauses(head: str, start: int) -> Iterator[FoundParty]:
    """Yield the parties of one preamble, which begins with "between" at `start`."""
    ending = _PREAMBLE_END.search(head, start + 12)
    end = min(ending.start() if ending else len(head), start + _PREAMBLE_CHARS)
    at, previous_end = start, -1
    while (anchor := _next_anchor(head, at, end, previous_end=previous_end)) is not None:
        at = max(anchor.end() - 1, anchor.start() + 1)
        party, stop = _party_at(head, anchor.end(), end)
        if previous_end >= 0 and _CLOSED.search(head, previous_end, anchor.end()):
            return
        if party is not None and _is_named(party, anchor, after=head[stop:end], previous_end=previous_end):
            yield party
            at = previous_end = stop


def _party_at(head: str, begin: int, end: int) -> tuple[FoundParty | None, int]:
    """Return what may be a party at `begin`, if anything, and where its name stops."""
    name, stop = name_at(head, begin, end=end)
    firm = None if HAS_SUFFIX.search(name) else _ACTS_FOR.match(head, stop, end)
    if firm:
        begin = firm.end()
        name, stop = name_at(head, begin, end=end)
    alias = alias_after(head, stop, end=end)
    name = name.removeprefix("the ") if alias else name
    if not is_name(name) or head[begin - 1] in _QUOTES:
        return None, stop
    first = begin + head[begin:stop].index(name)
    return FoundParty(name=name, start=first, end=first + len(name), alias=alias), stop


def _is_named(party: FoundParty, anchor: re.Match[str], *, after: str, previous_end: int) -> bool:
    """Say whether what stands around a name makes it a party: its form, its short name, what leads to it or follows."""
    if HAS_SUFFIX.search(party.name) or HAS_PREFIX.match(party.name):
        return True
    if anchor.re is _LISTED:
        return False
    is_first = previous_end < 0 and _OPENS.search(anchor[0]) is not None
    if previous_end >= 0 and re.fullmatch(_FULL_NAME, party.name) and _TWO.match(after):
        return True
    if is_first or _EACH_OF.search(anchor[0]) or _DESCRIBED.match(after):
        return True
    is_next = previous_end >= 0 and anchor.start() - previous_end <= 1
    return not is_public(party.name) and bool(party.alias or is_next or _LABELLED.search(anchor[0]))


def _next_anchor(head: str, at: int, end: int, *, previous_end: int) -> re.Match[str] | None:
    """Return where the next name may begin: after a comma right behind a name, or after a word that leads to one."""
    listed = _LISTED.match(head, at, end) if at == previous_end else None
    return listed or _ANCHOR.search(head, at, end)


def _introduced(head: str, limit: int) -> Iterator[FoundParty]:
    """Yield names that a line gives a short name or a description, where no "between" opens the preamble."""
    ending = _PREAMBLE_END.search(head, 40)
    end = min(ending.start() if ending else len(head), limit)
    for match in _INTRODUCED.finditer(head, 0, end):
        name = _without_heading(match["name"]).strip(" ,")
        if _DESCRIBES.search(head, max(0, match.start() - _ARTICLE_CHARS), match.start()):
            continue  # "a Delaware Corporation" says what a party is, not who
        if is_name(name) and (HAS_SUFFIX.search(name) or HAS_PREFIX.match(name)):
            alias = alias_after(head, match.end(), end=len(head))
            start = match.end("name") - len(match["name"].rstrip(" ,")) + match["name"].rstrip(" ,").rindex(name)
            yield FoundParty(name=name, start=start, end=start + len(name), alias=alias)


def _addressed(head: str) -> Iterator[FoundParty]:
    """Yield the firms that a letter is written to and from."""
    for match in _ADDRESSED.finditer(head, 0, _LETTER_CHARS):
        yield from _firm_at(head, match.end())


def _persons(head: str) -> Iterator[FoundParty]:
    """Yield persons that are given a side of the contract."""
    for match in _PERSON.finditer(head, 0, _PREAMBLE_CHARS):
        if is_name(match["name"]):
            alias = alias_after(head, match.end("name"), end=match.end())
            yield FoundParty(name=match["name"], start=match.start("name"), end=match.end("name"), alias=alias)


def _joining(head: str) -> Iterator[FoundParty]:
    """Yield the firms that join after the sentence that names the parties."""
    ending = _PREAMBLE_END.search(head)
    for match in _JOINS.finditer(head, 0, ending.start() if ending else _PREAMBLE_CHARS):
        starts = list(_STARTS.finditer(head, max(0, match.start() - _JOINS_CHARS), match.start()))
        for start in starts[-2:]:
            yield from _firm_at(head, start.end())


def _firm_at(head: str, begin: int) -> Iterator[FoundParty]:
    name, stop = name_at(head, begin, end=len(head))
    if is_name(name) and HAS_SUFFIX.search(name):
        first = begin + head[begin:stop].index(name)
        alias = alias_after(head, stop, end=len(head))
        yield FoundParty(name=name, start=first, end=first + len(name), alias=alias)


def _without_heading(name: str) -> str:
    """Cut off what stands before a name without a mark between them: a date, an address, a heading."""
    cuts = [match.end() for match in _NUMBERED.finditer(name)]
    plain = name[cuts[-1] :].lstrip(" ,.") if cuts else name
    return _HEADING.sub("", plain).rpartition(" and ")[2]
