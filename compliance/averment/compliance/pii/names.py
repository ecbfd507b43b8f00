"""Names of people, recognised by where they stand: behind a title, in a signature block, before a role.

A language model of a few megabytes finds many names in running English text and few in a signature block or in German;
these rules find those. `is_name` also sifts what such a model takes for names. A name found once is looked for in the
whole text: parties are named in full at the head of a contract and by their surname behind it.
"""

import re
from collections.abc import Iterable, Iterator
from functools import cache
from importlib.resources import files
from typing import Final

from averment.compliance.pii.kinds import Kind, Span

FOUND: Final = 0.85
GIVEN: Final = 0.7
REPEATED: Final = 0.55

# A capitalised word in Latin script, `McCarthy`, `O'Neil` and `Schmidt-Weiß` included.
_SMALL: Final = "[a-zßà-öø-ÿāăąćčďđęěğıłńňőřśşšťůűźżž]"
_CAPITAL: Final = "[A-ZÀ-ÖØ-ÞČĐŁŘŚŞŠŻŽİ]"
_PART: Final = rf"(?:{_CAPITAL}['’])?{_CAPITAL}{_SMALL}+(?:{_CAPITAL}{_SMALL}+)?(?:-{_CAPITAL}{_SMALL}+)*"
_LOUD: Final = rf"{_CAPITAL}{{2,}}(?:-{_CAPITAL}{{2,}})*"
_PARTICLE: Final = r"(?:von|van|vom|zu|zur|der|den|de|del|di|da|la|le|bin|al|ten|ter|y)"
_GAP: Final = r"[ \t\u00a0]+"
_FULL: Final = (
    rf"{_PART}(?:{_GAP}(?:[A-Z]\.|{_PART}|{_PARTICLE})){{0,3}}?{_GAP}(?:{_PARTICLE}{_GAP}){{0,2}}{_PART}"
    rf"(?:,?{_GAP}(?:Jr|Sr|II|III|IV)(?!\w)\.?)?"
)
_FULL_LOUD: Final = rf"{_LOUD}(?:{_GAP}(?:[A-Z]\.|{_LOUD})){{1,3}}"
_ACADEMIC: Final = r"(?:(?:Dr|Prof|Dipl|Mag|rer|nat|jur|iur|med|Ing|Kfm|h\.c|LL\.M|h)\.?(?:-\w+\.?)?[ \u00a0]*)*"
_ROLE: Final = (
    r"(?:Employee|Executive|Consultant|Contractor|Lender|Borrower|Tenant|Landlord|Guarantor|Shareholder|Seller|Buyer"
    r"|Purchaser|Individual|Founder|Director|Officer|Optionee|Grantee|Participant|Holder|Indemnitee|Trustee"
    r"|Arbeitnehmer(?:in)?|Mieter(?:in)?|Vermieter(?:in)?|Gesellschafter(?:in)?|Bürg(?:e|in)|Verkäufer(?:in)?"
    r"|Käufer(?:in)?|Darlehensgeber(?:in)?|Darlehensnehmer(?:in)?|Auftragnehmer(?:in)?|Berater(?:in)?"
    r"|Geschäftsführer(?:in)?)"
)
_OFFICE: Final = (
    r"(?:(?:Chief|Executive|Senior|Vice|Managing|General|Corporate|Non-Executive|Independent)[\s-]+)*"
    r"(?:President|Chairman|Chairwoman|Chair|Director|Secretary|Treasurer|Officer|Counsel|Partner|Manager|CEO|CFO|COO"
    r"|Geschäftsführer(?:in)?|Prokurist(?:in)?|Vorstand(?:smitglied|svorsitzende[rn]?)?|Notar(?:in)?"
    r"|Rechtsanw(?:alt|ältin)|Aufsichtsratsvorsitzende[rn]?)"
)
_SETTINGS: Final = tuple(
    re.compile(form)
    for form in (
        # Behind a title; a surname is enough.
        rf"(?<!\w)(?:Mr|Mrs|Ms|Miss|Messrs|Hon|Dr|Prof|Mx)(?!\w)\.?{_GAP}{_ACADEMIC}"
        rf"(?P<v>{_FULL}|{_PART})",
        rf"(?<!\w)(?:Herrn?|Frau|Familie|Eheleute|Rechtsanw(?:alt|ältin)|Notar(?:in)?|RA|RAin)(?!\w){_GAP}{_ACADEMIC}"
        rf"(?P<v>{_FULL}|{_PART})",
        rf"(?<!\w)(?:Dr|Prof|Dipl)\.{_ACADEMIC}{_GAP}?(?P<v>{_FULL}|{_PART})",
        # A signature block.
        rf"(?<!\w)(?:(?:Printed?{_GAP})?Name(?:{_GAP}in{_GAP}Druckbuchstaben)?|Unterzeichner(?:in)?|Signatory|Witness)"
        rf"[ \t]*:[ \t_]*{_ACADEMIC}(?P<v>{_FULL}|{_FULL_LOUD})",
        rf"(?:/s/|gez\.|(?<!\w)(?:By|Signed|Durch)[ \t]*:)[ \t_]*{_ACADEMIC}(?P<v>{_FULL}|{_FULL_LOUD})",
        rf"_{{4,}}[ \t]*\n\s*\(?{_ACADEMIC}(?P<v>{_FULL}|{_FULL_LOUD})\)?[ \t]*(?:\n|,|$)",
        # To whose attention.
        rf"(?<!\w)(?:Attention|Attn|z\.\s?H(?:d|dn)\.|zu{_GAP}Händen|c/o)\.?[ \t]*:?[ \t]*"
        rf"(?:(?:von|Herrn?|Frau){_GAP})?{_ACADEMIC}(?P<v>{_FULL})",
        # Before or behind a role.
        rf"(?P<v>{_FULL})(?=,?\s+\(?(?:residing|resident{_GAP}of|wohnhaft|geboren|geb\.|born|an{_GAP}individual"
        rf"|eine?{_GAP}natürliche))",
        rf"(?P<v>{_FULL})(?=,?\s+\((?:the\s+|hereinafter\s+|nachfolgend\s+|im\s+Folgenden\s+|der\s+|die\s+)?"
        rf"[„“”\"'‚](?:the\s+|der\s+|die\s+)?{_ROLE})",
        rf"(?P<v>{_FULL})(?=,?\s+(?:its|our|the|as|als|der|die|ihr|ihrem|ihren)?\s?{_OFFICE}(?!\w))",
        rf"(?<!\w)(?:Geschäftsführer(?:in|s)?|Prokurist(?:in|en)?|Vorständ?e?|Vorstandsmitglied|Gesellschafter(?:in|s)?)"
        rf"{_GAP}(?:Herrn?{_GAP}|Frau{_GAP})?{_ACADEMIC}(?P<v>{_FULL})",
    )
)
_COMPANY: Final = re.compile(
    r",?\s*(?:&|und\s|and\s)?\s*(?:GmbH|AG|SE|KGaA|KG|OHG|UG|e\.V|Inc|LLC|LLP|L\.P|LP|Ltd|Limited|Corp|Corporation"
    r"|Company|Co|PLC|plc|N\.A|S\.A|B\.V|N\.V|Bank|Group|Holdings?|Partners|Trust|Fund|Foundation|Stiftung|Capital"
    r"|Street|Avenue|Road|Lane|Drive|Boulevard|Straße)(?!\w)"
)


def find_names(text: str) -> Iterator[Span]:
    """Yield the names that their place tells; spans may overlap."""
    for setting in _SETTINGS:
        for match in setting.finditer(text):
            start, end = match.span("v")
            is_titled = match.start() < start
            if is_name(text, start, end=end, may_be_one_word=is_titled):
                yield Span(start=start, end=end, kind=Kind.PERSON, score=FOUND, recogniser="name-by-place")


def find_given_names(text: str) -> Iterator[Span]:
    """Yield the names that begin with a common given name."""
    for match in _given_names().finditer(text):
        if is_name(text, match.start(), end=match.end()):
            yield Span(
                start=match.start(), end=match.end(), kind=Kind.PERSON, score=GIVEN, recogniser="name-by-given-name"
            )


def is_name(text: str, start: int, *, end: int, may_be_one_word: bool = False) -> bool:
    """Tell whether `text[start:end]` can be the name of a person: capitalised words, none of a contract's own."""
    words = text[start:end].split()
    capitals = [word for word in words if word[:1].isupper()]
    bare = [part.strip(".,'’").casefold() for word in capitals for part in word.split("-")]
    n_long = sum(len(word.strip(".,'’")) >= 2 for word in capitals)
    return (
        n_long >= (1 if may_be_one_word else 2)
        and len(words) <= 6
        and all(word[:1].isupper() or re.fullmatch(_PARTICLE, word) for word in words)
        and not any(char.isdigit() for char in text[start:end])
        and "\n" not in text[start:end]
        and _contract_words().isdisjoint(bare)
        and _COMPANY.match(text, end) is None
        and _COMPANY.search(text, start, end) is None
    )


def repeated(text: str, names: Iterable[Span]) -> Iterator[Span]:
    """Yield every other place of the names, and of their surnames where the text does not use them as a word."""
    full = {" ".join(text[span.start : span.end].split()) for span in names if span.kind is Kind.PERSON}
    lower = frozenset(re.findall(rf"(?<![\w.@-]){_SMALL}+(?![\w@]|[.-]\w)", text))
    sought = {name for name in full if " " in name}
    sought |= {last for last in map(surname, full) if _is_own(last, lower)}
    if not sought:
        return
    forms = "|".join(re.escape(name).replace(r"\ ", r"\s+") for name in sorted(sought, key=lambda it: (-len(it), it)))
    for match in re.finditer(rf"(?<![\w@.-])(?:{forms})(?!\w|@)", text, re.IGNORECASE):
        first = match[0]
        if first[0].isupper() and _COMPANY.match(text, match.end()) is None:
            yield Span(
                start=match.start(), end=match.end(), kind=Kind.PERSON, score=REPEATED, recogniser="name-repeated"
            )


def surname(name: str) -> str:
    """Return the last word of a name that is no `Jr.` or number.

    Example:
        >>> surname("John A. Smith, Jr.")
        'Smith'
    """
    words = [word.strip(".,") for word in name.split()]
    kept = [word for word in words if word not in {"Jr", "Sr", "II", "III", "IV"}]
    return kept[-1] if kept else name


def _is_own(word: str, lower: frozenset[str]) -> bool:
    return len(word) >= 4 and word.casefold() not in lower and word.casefold() not in _contract_words()


@cache
def _contract_words() -> frozenset[str]:
    """Return words that contracts capitalise and that are no part of a name, in small letters."""
    listed = files("averment.compliance.pii") / "contract_words.txt"
    return frozenset(listed.read_text("utf-8").split())


@cache
def _given_names() -> re.Pattern[str]:
    """Return how a name begins that has a common given name: with it, or with it and another one."""
    given = "|".join((files("averment.compliance.pii") / "given_names.txt").read_text("utf-8").split())
    first = rf"(?:{given})(?:-(?:{given}))?"
    return re.compile(
        rf"(?<![\w-])(?:{first}{_GAP}){{1,2}}(?:[A-Z]\.{_GAP}){{0,2}}(?:{_PARTICLE}{_GAP}){{0,2}}{_PART}(?![\w-])"
    )
