"""What names of parties look like: legal forms, what ends a name, and what only looks like one. English and German."""

import re
from dataclasses import dataclass
from typing import Final

from averment.pipelines.ingestion.months import MONTH_NAME

MAX_PARTIES: Final = 12
_NAME_CHARS: Final = 110
_ALIAS_CHARS: Final = 360
SUFFIX: Final = (
    r"(?:Inc(?:orporated)?|INC(?:ORPORATED)?|inc|L\.?L\.?C|Llc|LLC|Corp(?:oration)?|CORP(?:ORATION)?|Ltd|LTD"
    r"|Limited|LIMITED|"
    r"L\.?P|L\.?L\.?P|(?:GmbH|GMBH)(?: & Co\. KG(?:aA)?)?|AG|Ag|SE|KG(?:aA)?|S\.?A\.?S?|SpA|S\.p\.A|S\.?r\.?l|S\.?R\.?L"
    r"|S\.\s?À\s?R\.?L|N\.?A|"
    r"N\.?V|B\.?V|PLC|plc|P\.?L\.?C|Pte|PTE|Pty|PTY|A/S|ASA|AB|Oyj?|Company|COMPANY|Co|CO|Trust|TRUST|Bank|BANK"
    r"|Partnership|PARTNERSHIP|"
    r"Association|ASSOCIATION|University|UNIVERSITY|Foundation|FOUNDATION|Institute|e\.\s?V|UG|OHG|e\.?K|Branch"
    r"|K\.K|Sdn\.? Bhd|JSC|OJSC|d\.o\.o|s\.r\.o|a\.\s?G|eG|VVaG|mbH|Aktiengesellschaft|Kabushiki Kaisha"
    r"|KABUSHIKI KAISHA"
    r"|PLLC|L\.?L\.?L\.?P|SARL|Ltda|Funds?|FUNDS?|College|COLLEGE|Hospital|HOSPITAL|Cooperative|COOPERATIVE|Co-op)"
)
# Forms that nothing of the same name follows, unless another form does: "Halden Ltd of Leeds".
_LAST: Final = (
    r"(?:Inc|INC|Incorporated|INCORPORATED|L\.?L\.?C|Ltd|LTD|Limited|LIMITED|GmbH|Corp|CORP|S\.p\.A|Pte|PTE|Pty|PTY|PLC|plc"
    r"|AB|AG|A/S|SE|N\.V|B\.V|e\.\s?K|KG|LP|L\.P)"
)
_ENDS_LAST: Final = re.compile(rf"(?<![\w.])(?:{_LAST}|a\.\s?G|eG|(?i:inc|llc|ltd|corp))\.?$")
_OVERRUN: Final = re.compile(
    rf"(?P<name>.*?(?<![\w.]){_LAST}\b\.?)\s+(?!(?:&|[Uu]nd|[Aa]nd|d/?b/?a|D/?B/?A"
    rf"|\()\s?)(?P<rest>\S.*)"
)
HAS_SUFFIX: Final = re.compile(rf"(?<![\w.]){SUFFIX}(?!\w|-[A-Za-z])")
_ANY_CASE: Final = re.compile(HAS_SUFFIX.pattern, re.I)
HAS_PREFIX: Final = re.compile(r"^(?:JSC|OJSC|OOO|ZAO|PT|Stiftung|Firma)\s")
KIND: Final = (
    r"(?:corporation|company|partnership|trust|association|individual|bank|universit|organi[sz]ation"
    r"|institution|subsidiary|division"
    r"|resident|citizen|entity|person|firm|branch|cooperative|municipality|state|nation|gesellschaft|kaufmann)"
)
# "Halden (Shenzhen) Co., Ltd.": a place or form in parentheses within a name.
_PLACE: Final = rf"\s?\((?-i:[A-Z])[\w\s.]{{1,20}}\)\s+(?:[A-Z]\w+\s+){{0,3}}?(?-i:{SUFFIX})(?!\w)"
_END: Final = re.compile(
    rf"\s*(?!{_PLACE})[(\[;“\"]|,?\s+(?:an?|eine[rn]?|the)\s+(?=[\w\s.,&’'-]{{0,90}}?{KIND})"
    r"|\s+(?:ACN|ABN|CVR|HRB|Reg(?:istration)?\.?\s+No|Co(?:mpany)?\.?\s+[Nn]o)\b|\s+\(?\d{1,2}[.)]\s+(?=[A-ZÄÖÜ])"
    r"|,?\s+(?:f/[ks]/[ao]|as\s+(?:trustee|agent|\w+\s+agent)|successor|holder\s+of|on\s+(?:the\s+)?(?:one|other)|Inhaber"
    r"|or\s+(?:any|its|his|her)|Address\b|Attn?\b"
    r"|having|with|whose|located|organi[sz]ed|(?-i:incorporated)|acting|represented|registered|registration"
    r"|in\s+(?:the\s+)?person"
    r"|doing\s+business|d/?b/?a\b|hereinafter|hereafter|herein|on\s+behalf|through|as\s+of|residing|by\s+and"
    r"|its\s|effective|dated|made|is\s"
    r"|under\s+the|collectively|each\s|both\s|to\s+the|this\s+agreement|for\s+the|mit\s+Sitz|vertreten"
    r"|nachfolgend|nachstehend|im\s+Folgenden"
    r"|eingetragen|wohnhaft|sowie|for\s+itself|individually|where(?:as|by)|set\s+forth)"
    rf"|,?\s+(?:and|und)[\s,]+(?!(?:Sons?|Co(?:mpany)?|Associates|Partners|Brothers|Söhne|Affiliates)\b)"
    rf"|,\s+(?!(?:{SUFFIX})(?!\w))"
    r"|:\s|\s+[–—]\s+(?=an?\s)|\.\s+(?=(?:The|This|WHEREAS|Each|In|It|Die|Der|Das)\b)|\s(?:at|of)\s+(?=\d)"
    r"|(?<=[a-zäöüß]{5})\.\s"
    rf"|\s+(?=(?:{MONTH_NAME})\s+\d|\d\d?\s+(?:{MONTH_NAME})\b|TABLE\s+OF\s+CONTENTS|_{{3,}})",
    re.I,
)
_QUOTED: Final = r"[“\"„'‘«»]\s?(?P<alias>[^“”\"„‟»]{1,50}?)\s?[”\"“'’»]"
_ALIAS: Final = re.compile(
    rf"^(?!,?\s+(?:and|und)\b)[^;“\"„]{{0,260}}?(?:[(\[][^()\[\]“\"„]{{0,90}}|herein(?:after)?[^“\"„]{{0,60}}"
    rf"|(?:nachfolgend|nachstehend|im\s+Folgenden)[^“\"„]{{0,40}}){_QUOTED}",
    re.I,
)
_NOT_A_NAME: Final = re.compile(
    r"^(?:its|each|all|any|such|other|others|certain|this|that|these|both|their|his|her|for|in|on|at|by|to|of"
    r"|or|as|is|are|a|an|dated|made"
    r"|entered|effective|existing|whereas|office|section|exhibit|the\s+(?:following|parties|undersigned|other"
    r"|company|date)|parties|collectively"
    r"|represented|successor|before|accepted|agreed|witness|signed|written|executed|mr\.?\s|director|zwischen|dieser?|diese[sn]?|einer|nachfolgend)\b(?![.&])",
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
ROLES: Final = frozenset(
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
        "receiving participant prospective investor subscriber host publisher and limited liability corporation "
        "subsidiaries successors assigns "
        "undersigned llc inc developer endorser athlete talent manager servicer principal carrier guarantor adviser "
        "advisor trustee issuer stockholder stockholders shareholder shareholders member members founder founders "
        "entity individual assignor assignee transferor transferee grantor grantee user merchant dealer broker "
        "representative",
    )
)
_ARTICLE: Final = re.compile(
    r"^(?:(?:der|die|das|dem|den|Firma|and|und|Mr|Mrs|Ms|MR|MRS|MS|Herrn?|Frau)\b\.?\s+)+(?=[A-ZÄÖÜ\d])"
)
# The second half of a jurisdiction that "and" joins, and what a name does not end with.
_NO_END: Final = re.compile(r"^(?:Wales|Northern\s+Ireland|Nevis|Tobago|Barbuda)$|\s(?:of|and|the|for|by|der|und)$")
ENDS_IN_FORM: Final = re.compile(rf"(?<!\w){SUFFIX}\.?(?:\s+d/?b/?a\s.*)?$")
_JOINTS: Final = frozenset(
    re.findall(r"\S+", "of and the for in de la y e der die das und van von zu zur am im du des di do da dba d/b/a et")
)

# A place to fill in, and words that no name has.
_NOT_IN_NAMES: Final = re.compile(
    r"[<>\[\]_]|\b(?:its|itself|themselves|that|who|below|hereby|hereto|shall|which|identified|insert)\b", re.I
)
_NO_ALIAS: Final = re.compile(
    r"^(?:this\s+)?(?:part(?:y|ies)|agreement|contract|(?:effective|closing)\s+date|Parteien?|Vertrag)$", re.I
)
_PUBLIC: Final = re.compile(r"^(?:City|County|Town|State|Village|Commonwealth)\s+of\s+(?=[A-Z])", re.I)
# "the FCC", "Company shall comply": running text.
_TALKS: Final = re.compile(r"(?:the|(?:Company|Corporation|Limited|Partnership|Association|Branch))\s")
# "3H Company", "H4S Ltd".
_FIGURE: Final = re.compile(r"\b\d[A-Z]\b|\b[A-Z]\d[A-Z]?\b")
# "eHalden", "i3 Halden": written small at the front.
_BRAND: Final = re.compile(r"[a-z]{1,2}[A-Z\d]")


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundParty:
    """A party; `start:end` is its name in the text that was read, `alias` the short name it is given."""

    name: str
    start: int
    end: int
    alias: str | None = None


def name_key(name: str) -> str:
    """Return what two spellings of one name share: letters and digits, without legal forms.

    Example:
        >>> name_key("HALDEN INSTRUMENTS, INC.") == name_key("Halden Instruments Inc")
        True
    """
    plain = _ANY_CASE.sub("", name)
    return re.sub(r"[\W_]+", "", plain).lower() or re.sub(r"[\W_]+", "", name).lower()


def add_party(found: dict[str, FoundParty], party: FoundParty) -> None:
    """Add a party to those found, unless it is one of them by another spelling or by its short name."""
    key = name_key(party.name)
    if len(key) > 1 and not any(
        party.name == other.alias or _is_same(party.name, other.name) for other in found.values()
    ):
        found[key] = party


def _is_same(name: str, other: str) -> bool:
    """Say whether two names are one: the shorter a part of the longer, with no legal form of its own."""
    (key, shorter), (longer, _) = sorted(
        ((name_key(text), text) for text in (name, other)), key=lambda pair: len(pair[0])
    )
    return key == longer or (key in longer and HAS_SUFFIX.search(shorter) is None)


def is_public(name: str) -> bool:
    """Tell what is a public body or part of an address: "County of Halden"."""
    return _PUBLIC.match(name) is not None


def name_at(head: str, begin: int, *, end: int) -> tuple[str, int]:
    """Return the words from `begin` up to where a description or the next party starts, and where that is."""
    window = min(end, begin + _NAME_CHARS)
    stop = window
    for match in _END.finditer(head, begin, window):
        if match.start() > begin:
            stop = match.start()
            break
    name = head[begin:stop].strip(" ,:;-–—")
    over = _OVERRUN.fullmatch(name)
    if over and HAS_SUFFIX.search(over["rest"]) is None:
        stop = begin + head[begin:stop].index(over["name"]) + len(over["name"])
        name = over["name"]
    return _ARTICLE.sub("", name[:-1] if name.endswith("..") else name), max(stop, begin + 1)


def alias_after(head: str, begin: int, *, end: int) -> str | None:
    """Return the short name that is given to the party whose name ends at `begin`."""
    found = _ALIAS.match(head[begin : min(end, begin + _ALIAS_CHARS)])
    alias = found["alias"].strip(" ,.") if found else ""
    return None if not alias or _NO_ALIAS.match(alias) else alias


def is_name(name: str) -> bool:
    """Tell what may be a party's name from addresses, roles, dates and running text."""
    words = re.findall(r"[^\W\d_][\w.’'-]*", name)
    if not words or sum(map(str.isalpha, name)) < 3 or len(name) >= _NAME_CHARS:
        return False
    if _NOT_A_NAME.match(name) or _NOT_IN_NAMES.search(name) or _NO_END.search(name):
        return False
    if not re.search(r"\w", HAS_SUFFIX.sub("", name)) or (_TALKS.match(name) and not ENDS_IN_FORM.search(name)):
        return False
    if _ADDRESS.search(_PUBLIC.sub("", name)) and not ENDS_IN_FORM.search(name):
        return False
    if not _FIGURE.search(name) and all(word.strip(".").lower() in ROLES or len(word) < 3 for word in words):
        return False
    lower = [word for word in words if word[0].islower() and word not in _JOINTS and not _BRAND.match(word)]
    return not lower or (_ENDS_LAST.search(name) is not None and len(words) <= 4)
