"""Who the parties of a contract are, as its preamble names them, with the places of their names.

The preamble is read clause by clause: a name stands after "between", "among", "and", a semicolon or a number, and ends
where its description begins ("a Delaware corporation", "having its office at", the short name in parentheses). What
merely looks like a name in between (addresses, registers, sellers of the paper) has none of these around it. Where
there is no such preamble, names above the lines for signatures are taken. English and German.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from averment.pipelines.ingestion.months import MONTH_NAME

MAX_PARTIES: Final = 12
_HEAD_CHARS: Final = 6_000
_PREAMBLE_CHARS: Final = 3_000
_NAME_CHARS: Final = 110
_SIGNATURE_CHARS: Final = 12_000
_MAX_NAME_WORDS: Final = 6
_LATE: Final = 1_000
_LETTER_CHARS: Final = 800
_UNDERSIGNED: Final = re.compile(r"\bundersigned\b|\bUnterzeichne")

_SUFFIX: Final = (
    r"(?:Inc(?:orporated)?|INC(?:ORPORATED)?|inc|L\.?L\.?C|Llc|LLC|Corp(?:oration)?|CORP(?:ORATION)?|Ltd|LTD"
    r"|Limited|LIMITED|"
    r"L\.?P|L\.?L\.?P|(?:GmbH|GMBH)(?: & Co\. KG(?:aA)?)?|AG|Ag|SE|KG(?:aA)?|S\.?A\.?S?|SpA|S\.p\.A|S\.?r\.?l|S\.?R\.?L"
    r"|S\.\s?À\s?R\.?L|N\.?A|"
    r"N\.?V|B\.?V|PLC|plc|P\.?L\.?C|Pte|PTE|Pty|PTY|A/S|ASA|AB|Oyj?|Company|COMPANY|Co|CO|Trust|TRUST|Bank|BANK"
    r"|Partnership|PARTNERSHIP|"
    r"Association|ASSOCIATION|University|UNIVERSITY|Foundation|FOUNDATION|Institute|e\.\s?V|UG|OHG|e\.?K|Branch"
    r"|K\.K|Sdn\.? Bhd|JSC|OJSC|d\.o\.o|s\.r\.o)"
)
_HAS_SUFFIX: Final = re.compile(rf"(?<![\w.]){_SUFFIX}(?![\w])")
_ANY_CASE: Final = re.compile(_HAS_SUFFIX.pattern, re.I)
_PREFIX: Final = re.compile(r"^(?:JSC|OJSC|OOO|ZAO|PT|Stiftung|Firma)\s")
_BETWEEN: Final = re.compile(
    r"\b(?:(?i:between|among(?:st)?|zwischen)|(?:entered\s+into|made|executed|granted|issued)\s+by)\b(?=:"
    r"|,?\s+(?i:and\s+among\s+|(?:der|die|dem|the)\s+)?[\W\d]{0,4}(?:[a-z]{1,2}(?=[A-Z\d]))?[A-ZÄÖÜ\d]"
    r"|\s+[\w.]+,?\s+(?:inc|llc|ltd|gmbh)\b|\s+(?:each\s+of|the\s+(?:following|undersigned)))"
)
_PREAMBLE_END: Final = re.compile(
    r"\b(?:WHEREAS|Whereas|RECITALS?|Recitals|WITNESSETH|Witnesseth|W I T N E S S E T H|NOW,? THEREFORE"
    r"|TABLE OF CONTENTS"
    r"|BACKGROUND|Background|Präambel|PRÄAMBEL|Vorbemerkung)\b|\bagree as follows|\bvereinbaren\b|\bwird folgende"
)
_ANCHOR: Final = re.compile(
    r"\b(?:between|among(?:st)?|zwischen)\b(?:\s+(?:each\s+of|the\s+(?:following\s+)?(?:undersigned"
    r"|parties)[^:]{0,40}:))?:?\s+(?:\W?\w{1,3}[.)]\s+)?"
    r"|(?:,\s*|\s)(?:and|und|&|AND|UND|And)\b(?:\s+(?:among|between))?:?\s+(?:\W?\w{1,3}[.)]\s+)?"
    r"|[;\u037e]\s+(?:(?:and|und)\s+)?(?:\W?\w{1,3}[.)]\s+)?"
    r"|\s\(?(?:\d|[ivx]{1,3}|[a-h])[.)]\s+|(?<=[)\]]),\s+|\bpart(?:y|ei)\s+\w{1,3}\s*:\s*|\b(?:entered\s+into"
    r"|made|executed|granted|issued)\s+by\s+"
    r"|\b(?:corporation|company|partnership|trust|bank|gesellschaft),\s+",
    re.I,
)
_OPENS: Final = re.compile(r"\b(?:between|among(?:st)?|zwischen|by)\b", re.I)
_KIND: Final = (
    r"(?:corporation|company|partnership|trust|association|individual|bank|universit|organi[sz]ation"
    r"|institution|subsidiary|division"
    r"|resident|citizen|entity|person|firm|branch|cooperative|municipality|state|nation|gesellschaft|kaufmann)"
)
# "Halden (Shenzhen) Co., Ltd.": a place or form in parentheses within a name.
_PLACE: Final = rf"\s?\((?-i:[A-Z])[\w\s.]{{1,20}}\)\s+(?:[A-Z]\w+\s+){{0,3}}?(?-i:{_SUFFIX})(?!\w)"
_END: Final = re.compile(
    rf"\s*(?!{_PLACE})[(\[;“\"]|,?\s+(?:an?|eine[rn]?|the)\s+(?=[\w\s.,&’'-]{{0,90}}?{_KIND})"
    r"|,?\s+(?:having|with|whose|located|organi[sz]ed|incorporated|acting|represented|registered|registration"
    r"|in\s+(?:the\s+)?person"
    r"|doing\s+business|d/?b/?a\b|hereinafter|hereafter|herein|on\s+behalf|through|as\s+of|residing|by\s+and"
    r"|its\s|effective|dated|made|is\s"
    r"|under\s+the|collectively|each\s|both\s|to\s+the|this\s+agreement|for\s+the|mit\s+Sitz|vertreten"
    r"|nachfolgend|nachstehend|im\s+Folgenden"
    r"|eingetragen|wohnhaft|sowie|for\s+itself|individually|where(?:as|by)|set\s+forth)"
    rf"|,?\s+(?:and|und)\s+(?!(?:Sons?|Co(?:mpany)?|Associates|Partners|Brothers|Söhne|Affiliates)\b)"
    rf"|,\s+(?!(?:{_SUFFIX})(?!\w))"
    r"|:\s|\s+[–—]\s+(?=an?\s)|\.\s+(?=(?:The|This|WHEREAS|Each|In|It|Die|Der|Das)\b)|\s(?:at|of)\s+(?=\d)"
    r"|(?<=[a-zäöüß]{5})\.\s",
    re.I,
)
_QUOTED: Final = r"[“\"„'‘«»]\s?(?P<alias>[^“”\"„‟»]{1,50}?)\s?[”\"“'’»]"
_ALIAS: Final = re.compile(
    rf"^(?!,?\s+(?:and|und)\b)[^;“\"„]{{0,260}}?(?:[(\[][^()\[\]“\"„]{{0,90}}|hereinafter[^“\"„]{{0,60}}"
    rf"|nachfolgend[^“\"„]{{0,40}}){_QUOTED}",
    re.I,
)
_DESCRIBED: Final = re.compile(
    rf"^\s*,?\s*(?:\([^()]*\)\s*,?\s*)?(?:an?|eine[rn]?)\s[\w\s.,&’'-]{{0,90}}?{_KIND}", re.I
)
_NOT_A_NAME: Final = re.compile(
    r"^(?:its|each|all|any|such|other|others|certain|this|that|these|both|their|his|her|for|in|on|at|by|to|of"
    r"|or|as|is|are|a|an|dated|made"
    r"|entered|effective|existing|whereas|office|section|exhibit|the\s+(?:following|parties|undersigned|other"
    r"|company|date)|parties|collectively"
    r"|represented|before|accepted|agreed|witness|mr\.?\s|director|zwischen|dieser?|diese[sn]?|einer|nachfolgend)\b",
    re.I,
)
_ADDRESS: Final = re.compile(
    r"\d{4,}|\b(?:Street|Avenue|Road|Drive|Blvd|Boulevard|Suite|Floor|Lane|Highway|Plaza|Republic\s+of"
    r"|State\s+of|Act\s+of|Laws?\s+of|County"
    r"|Straße|Agreement|Contract|Section|Effective\s+Date|Commission|January|February|March|April|May\s+\d|June"
    r"|July|August|September|October"
    r"|November|December)\b|\bU\.?S\.?A?\.?$|\bEngland$|\bGermany$",
    re.I,
)
_ROLES: Final = frozenset(
    re.findall(
        r"\S+",
        "administration state preamble agreement amendment contract party parties company effective date seller "
        "buyer purchaser supplier customer client licensor licensee "
        "distributor manufacturer provider consultant contractor subcontractor agent agency affiliate "
        "affiliates franchisor franchisee landlord "
        "tenant lessor lessee borrower lender bank trust executive employee employer owner operator vendor "
        "reseller sponsor term territory "
        "products product services service closing transaction shipper transporter the you us we counterparty "
        "recipient discloser disclosing "
        "receiving subscriber host publisher and limited liability corporation subsidiaries successors assigns "
        "undersigned llc inc",
    )
)
_WORD: Final = r"(?:(?:[a-z]{1,2}(?=[A-Z\d]))?[A-ZÄÖÜ0-9][\w&.’'/-]*|&)"
_NAME: Final = (
    rf"(?<!\w)(?P<name>{_WORD}(?:,?\s(?:{_WORD}|of|and|the|for|de|der|für)){{0,8}}?(?:,?\s{_SUFFIX}(?!\w)\.?)?)"
)
_INTRODUCED: Final = re.compile(
    rf"{_NAME},?\s(?:\([^()“\"„]{{0,60}}\)\s?,?\s?)?(?=\(?hereinafter|\((?:(?:the|die|der|das|collectively|together|each"
    rf"|nachfolgend)\s)?[“\"„]|whose\s"
    rf"|\([Cc]ompany\s[Nn]|\([Rr]egistered\s[Nn]|an?\s[\w\s]{{0,60}}?(?i:{_KIND}))"
)
_HEADING: Final = re.compile(r"^[\s\d,.]*(?:(?:PREAMBLE|PARTIES|BETWEEN|AND|Parties|Between|BY|DATED)\s+)+")
_NUMBERED: Final = re.compile(rf"\d{{4,}}|\b(?:{MONTH_NAME})\s+\d+,?|\b\d+[A-Z]{{1,3}}\b", re.I)
_ARTICLE: Final = re.compile(r"^(?:der|die|das|dem|den|Firma)\s+(?=[A-ZÄÖÜ\d])")
_ENDS_IN_FORM: Final = re.compile(rf"{_SUFFIX}\.?(?:\s+d/?b/?a\s.*)?$")
_JOINTS: Final = frozenset(
    re.findall(r"\S+", "of and the for in de la y e der die das und van von zu zur am im du des di do da dba d/b/a et")
)
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
# A contract in the form of a letter.
_ADDRESSED: Final = re.compile(r"\b(?:To|TO|From|FROM|An|Von):\s+(?=[A-ZÄÖÜ\d])")
_LISTED: Final = re.compile(r",\s+(?=[A-ZÄÖÜ\d])")
_LABELLED: Final = re.compile(r"\bpart(?:y|ei)\s+\w{1,3}\s*:\s*$", re.I)
# The end of the sentence that names the parties.
_CLOSED: Final = re.compile(r"[)”\"’]\.\s+(?=[A-Z\d])")
_SIGNATURE: Final = re.compile(
    r"\n[ \t]*(?P<name>[^\n]{3,90}?)[ \t]*(?=\n(?:[^\n]{0,60}\n)?[ \t]*(?:By|BY|Von|Signed|Signature|/s/)\s*:?[ \t_/])"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundParty:
    """A party; `start:end` is its name in the text that was read, `alias` the short name it is given."""

    name: str
    start: int
    end: int
    alias: str | None = None


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
    if not openings or openings[0] > _LATE or _UNDERSIGNED.search(head, 0, openings[0]):
        for party in _introduced(head, openings[0] if openings else _PREAMBLE_CHARS):
            _add(found, party)
    for start in openings:
        if len(found) > 1:
            break
        for party in _clauses(head, start):
            _add(found, party)
    if len(found) < 2:
        for party in (*_introduced(head, _PREAMBLE_CHARS), *_addressed(head)):
            _add(found, party)
    for party in _joining(head):
        _add(found, party)
    return tuple(sorted(found.values(), key=lambda party: party.start))[:MAX_PARTIES]


def find_signatories(text: str) -> tuple[FoundParty, ...]:
    """Return the organisations named above the lines for signatures, in order; offsets are those of `text`."""
    found: dict[str, FoundParty] = {}
    begin = max(0, len(text) - _SIGNATURE_CHARS)
    for match in _SIGNATURE.finditer(text, begin):
        name = match["name"].strip(" ,:")
        is_set_off = name.isupper() and 1 < len(name.split()) <= _MAX_NAME_WORDS
        if (_HAS_SUFFIX.search(name) or is_set_off) and _is_name(name):
            start = text.index(name, match.start("name"))
            _add(found, FoundParty(name=name, start=start, end=start + len(name)))
    return tuple(found.values())[:MAX_PARTIES]


def name_key(name: str) -> str:
    """Return what two spellings of one name share: letters and digits, without legal forms.

    Example:
        >>> name_key("HALDEN INSTRUMENTS, INC.") == name_key("Halden Instruments Inc")
        True
    """
    plain = _ANY_CASE.sub("", name)
    return re.sub(r"[\W_]+", "", plain).lower() or re.sub(r"[\W_]+", "", name).lower()


def _add(found: dict[str, FoundParty], party: FoundParty) -> None:
    key = name_key(party.name)
    if len(key) > 1 and not any(
        party.name == other.alias or _is_same(party.name, other.name) for other in found.values()
    ):
        found[key] = party


def _is_same(name: str, other: str) -> bool:
    """Say whether two names are one: the shorter a part of the longer, with no legal form of its own."""
    (key, _), (longer, _) = sorted(((name_key(text), text) for text in (name, other)), key=lambda pair: len(pair[0]))
    shorter = min(name, other, key=len)
    return key == longer or (key in longer and _HAS_SUFFIX.search(shorter) is None)


def _clauses(head: str, start: int) -> Iterator[FoundParty]:
    """Yield the parties of one preamble, which begins with "between" at `start`."""
    ending = _PREAMBLE_END.search(head, start + 12)
    end = min(ending.start() if ending else len(head), start + _PREAMBLE_CHARS)
    at, previous_end = start, -1
    while (anchor := _next_anchor(head, at, end, previous_end=previous_end)) is not None:
        begin = anchor.end()
        is_listed = _LISTED.fullmatch(anchor[0]) is not None
        at = max(begin - 1, anchor.start() + 1)
        name, stop = _name_at(head, begin, end)
        firm = None if _HAS_SUFFIX.search(name) else _ACTS_FOR.match(head, stop, end)
        if firm:
            begin = firm.end()
            name, stop = _name_at(head, begin, end)
        if previous_end >= 0 and _CLOSED.search(head, previous_end, begin):
            return
        if not _is_name(name) or head[begin - 1] in _QUOTES:
            continue
        first = begin + head[begin:stop].index(name)
        alias = _ALIAS.match(head[stop : min(end, stop + 360)])
        is_next = previous_end >= 0 and anchor.start() - previous_end <= 1 and not is_listed
        is_first = previous_end < 0 and _OPENS.search(anchor[0]) is not None
        if (
            _HAS_SUFFIX.search(name)
            or _PREFIX.match(name)
            or alias
            or _DESCRIBED.match(head[stop:end])
            or is_next
            or is_first
            or _LABELLED.search(anchor[0])
        ):
            yield FoundParty(name=name, start=first, end=first + len(name), alias=_short(alias))
            at = previous_end = stop


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
        if _is_name(name) and (_HAS_SUFFIX.search(name) or _PREFIX.match(name)):
            alias = _ALIAS.match(head[match.end() : match.end() + 300])
            start = match.end("name") - len(match["name"].rstrip(" ,")) + match["name"].rstrip(" ,").rindex(name)
            yield FoundParty(name=name, start=start, end=start + len(name), alias=_short(alias))


def _addressed(head: str) -> Iterator[FoundParty]:
    """Yield the firms that a letter is written to and from."""
    for match in _ADDRESSED.finditer(head, 0, _LETTER_CHARS):
        yield from _firm_at(head, match.end())


def _joining(head: str) -> Iterator[FoundParty]:
    """Yield the firms that join after the sentence that names the parties."""
    ending = _PREAMBLE_END.search(head)
    for match in _JOINS.finditer(head, 0, ending.start() if ending else _PREAMBLE_CHARS):
        starts = list(_STARTS.finditer(head, max(0, match.start() - _JOINS_CHARS), match.start()))
        for start in starts[-2:]:
            yield from _firm_at(head, start.end())


def _firm_at(head: str, begin: int) -> Iterator[FoundParty]:
    name, stop = _name_at(head, begin, len(head))
    if _is_name(name) and _HAS_SUFFIX.search(name):
        first = begin + head[begin:stop].index(name)
        alias = _ALIAS.match(head[stop : stop + 300])
        yield FoundParty(name=name, start=first, end=first + len(name), alias=_short(alias))


def _name_at(head: str, begin: int, end: int) -> tuple[str, int]:
    """Return the words from `begin` up to where a description or the next party starts, and where that is."""
    window = min(end, begin + _NAME_CHARS)
    stop = window
    for match in _END.finditer(head, begin, window):
        if match.start() > begin:
            stop = match.start()
            break
    return _ARTICLE.sub("", head[begin:stop].strip(" ,:;-–—")), max(stop, begin + 1)


def _without_heading(name: str) -> str:
    """Cut off what stands before a name without a mark between them: a date, an address, a heading."""
    cuts = [match.end() for match in _NUMBERED.finditer(name)]
    plain = name[cuts[-1] :].lstrip(" ,.") if cuts else name
    return _HEADING.sub("", plain).rpartition(" and ")[2]


def _is_name(name: str) -> bool:
    words = re.findall(r"[^\W\d_][\w.’'-]*", name)
    if not words or sum(map(str.isalpha, name)) < 3 or len(name) >= _NAME_CHARS or _NOT_A_NAME.match(name):
        return False
    if _ADDRESS.search(name) and not _ENDS_IN_FORM.search(name):
        return False
    if all(word.strip(".").lower() in _ROLES or len(word) < 3 for word in words):
        return False
    lower = [word for word in words if word[0].islower() and word not in _JOINTS]
    return not lower or (_HAS_SUFFIX.search(name) is not None and len(words) <= 4)


def _short(alias: re.Match[str] | None) -> str | None:
    return alias["alias"].strip(" ,.") if alias else None
