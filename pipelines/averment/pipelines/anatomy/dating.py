"""When a contract was made, takes effect and ends, with the places that say so.

Dates are printed ("is made as of March 3, 2021"), defined ("the "Effective Date" means ..."), or follow from others: a
term of three years from the effective date ends three years after it. What follows from other dates is marked so.
English and German.
"""

import re
from dataclasses import dataclass
from typing import Final

from averment.pipelines.anatomy.days import FoundDay, as_day, dates_in, follows
from averment.pipelines.anatomy.expiry import find_end
from averment.pipelines.reasoning.dates import FoundDate

_HEAD_CHARS: Final = 5_000
_DEFINED_CHARS: Final = 120_000
_TAIL_CHARS: Final = 9_000
_BESIDE_CHARS: Final = 160
_CLOSING_CHARS: Final = 400
_NEAR_CHARS: Final = 30
_BEFORE_CHARS: Final = 200
_MADE: Final = re.compile(
    r"\b(?:dated|made|entered(?:\s+into)?|executed|concluded|signed|effective|date[:d]?|as\s+of|vom|geschlossen"
    r"|Stand|Datum)\b",
    re.I,
)
_OTHERS: Final = re.compile(
    r"\b(?:to|of|under|amends?|to\s+that|certain|the)\s+(?:certain\s+)?[\w\s,&-]{0,80}?(?:Agreement|Contract"
    r"|Lease|Vertrag)\b[^.]{0,60}$"
    r"|\b(?i:Power\s+of\s+Attorney|Resolution|Minutes|Letter|Licen[cs]e|Certificate|Decree|Invoice|Proposal|Quotation"
    r"|Purchase\s+Order|Vollmacht|Beschluss|Schreiben|Angebot)(?:\s+(?:No\.?|#|Nr\.?)?\s*\S*\d\S*)?\s*,?\s*$"
)
# Papers that others are filed with, whose own date stands a long way behind their name.
_FILED: Final = re.compile(
    r"\b(?:Schedule\s+13[DG](?:/A)?|Form\s+(?:10-[KQ]|8-K|S-\d|20-F))\b(?!.*\b[Tt]his\s).{0,190}$"
)
_OWN: Final = re.compile(r"\b(?:THIS|This|this)\b[^.]{0,160}$")
_AMENDED: Final = re.compile(
    r"\b(?:amendment|addendum|supplement|nachtrag)\b[^.]{0,80}?\s(?:to|of|zum|zur)\s(?:[^.]|No\.|Nr\.){0,140}$", re.I
)
_PREDICATE: Final = re.compile(
    r"\b(?:is|are|ist|wird)\s+(?:(?:hereby|made|entered|into|and|effective|dated)\s+)*$", re.I
)
_EFFECTIVE: Final = (
    (re.compile(r"[“\"„'‘]\s?(?:Effective\s*Date|Commencement\s*Date|Inkrafttreten|Stichtag"
        r"|Vertragsbeginn)\s?[”\"“'’]", re.I), 90, 170),
    (re.compile(r"\bEffective\s+Dates?\s*:?\s*(?:\([^()]{0,30}\)\s*)?(?=[\dA-Z])"), 0, 40),
    (re.compile(r"\b(?:effective|with\s+effect|mit\s+Wirkung)\s+(?:date\s+)?(?:as\s+of|as\s+from|as\s+at|from"
        r"|on|upon|commencing|of|vom|zum|ab)?", re.I), 0, 50),
    (re.compile(r"\b(?:becomes?|takes?|be|is|are|goes?\s+into|come\s+into|comes\s+into)\s+(?:effective|effect"
        r"|force)\b", re.I), 0, 90),
    (re.compile(r"\b(?:tritt|trat|treten)\b", re.I), 0, 60),
    (re.compile(r"\b(?:commenc(?:e|es|ing)|begin(?:s|ning)?|beginnt|start(?:s|ing)?)\s+(?:on|as\s+of|at|from|am"
        r"|mit|zum)?", re.I), 0, 45),
)  # fmt: skip
_AS_OF_EFFECTIVE: Final = re.compile(
    r"\b(?:made|entered\s+into|executed|dated|signed)\b[^.;]{0,40}\bas\s+of\s+(?:the\s+)?Effective\s+Date\b", re.I
)
_SIGNED_THIS: Final = re.compile(
    r"\b(?:[Ss]igned|SIGNED|[Ee]xecuted|EXECUTED|[Dd]ated|DATED|[Dd]one|[Uu]nterzeichnet|hands?\s+and\s+seals?)\b"
    r"[^.;:]{0,60}?\b(?:this|as\s+of(?:\s+the)?|on(?:\s+the)?|am|effective)\s+(?=\(?\d|[A-Z])"
)
_WITNESS: Final = re.compile(
    r"\bI(?:N|n)\s+W(?:ITNESS|itness)\s+W(?:HEREOF|hereof)\b|\bzu\s+Urkund\s+dessen\b|\bduly\s+authori[sz]ed\b"
)
# "Date: May 2, 2020", "Hamburg, den 2. Mai 2020".
_SIGNED: Final = re.compile(
    r"\b(?:(?i:Date[d]?|Datum)\s*:?\s*(?=\w)|[A-ZÄÖÜ][a-zäöüß]{2,30},\s+(?:(?:den|am)\s+)?(?=\d\d?\.))"
)
_SIGNATURE: Final = re.compile(r"(?:\bBy|\bName|\bSignature|\bSigned|\bUnterschrift)\s*:|/s/|_{6,}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Dating:
    """The dates of a contract; `term` is how long it runs: a duration as printed, or `perpetual`."""

    made: FoundDay | None = None
    effective: FoundDay | None = None
    expires: FoundDay | None = None
    term: FoundDay | None = None


def read_dating(text: str, *, preamble_end: int = _HEAD_CHARS) -> Dating:
    """Read the dates of a contract.

    Args:
        text: The contract, its white space folded.
        preamble_end: Where its preamble ends; a date of making stands before that, or beside the signatures.

    Example:
        >>> found = read_dating("This Lease is made as of May 2, 2020. The term of this Lease shall be three years.")
        >>> found.made.value, found.expires.value
        ('2020-05-02', '2023-05-02')
    """
    effective = _effective(text)
    made = _made(text, preamble_end)
    if made is None and _AS_OF_EFFECTIVE.search(text, 0, max(preamble_end, 800)):
        made = follows(effective)
    effective = effective or follows(made)
    expires, term = find_end(text, effective or made, made=made)
    return Dating(made=made, effective=effective, expires=expires, term=term)


def _made(text: str, preamble_end: int) -> FoundDay | None:
    head_end = min(len(text), max(preamble_end, 800), _HEAD_CHARS)
    late: FoundDate | None = None
    for word in _MADE.finditer(text, 0, head_end):
        found = dates_in(text, word.start(), end=word.end() + 75)
        if not found or found[0].start - word.end() > 60:
            continue
        if _is_of_another(_before(text, word.start())):
            continue
        if word[0].lower() == "effective":
            late = late or found[0]
            continue
        return as_day(found[0])
    signed = _signed(text)
    if late is not None or signed is not None:
        return signed if late is None else as_day(late)
    first = dates_in(text, 0, end=600)
    return as_day(first[0]) if first else None


def _before(text: str, position: int) -> str:
    return text[max(0, position - _BEFORE_CHARS) : position]


def _is_of_another(before: str) -> bool:
    """Say whether a date belongs to another paper that the words before it name: "to the Lease dated ..."."""
    if _AMENDED.search(before):
        return _PREDICATE.search(before) is None
    if _FILED.search(before):
        return True
    return _OTHERS.search(before) is not None and _OWN.search(before) is None


def _signed(text: str) -> FoundDay | None:
    """Return the day of the closing formula, else the last of those beside the signatures, else one below it."""
    begin = max(0, len(text) - _TAIL_CHARS)
    for formula in reversed(list(_SIGNED_THIS.finditer(text, begin))):
        found = dates_in(text, formula.end(), end=formula.end() + _NEAR_CHARS)
        if found and not _is_of_another(_before(text, formula.start())):
            return as_day(found[0])
    days = [
        found[0]
        for word in _SIGNED.finditer(text, begin)
        if (found := dates_in(text, word.end(), end=word.end() + _NEAR_CHARS))
        and not _is_of_another(_before(text, word.start()))
    ]
    days = days or [
        found
        for mark in _SIGNATURE.finditer(text, begin)
        for found in dates_in(text, max(begin, mark.start() - _BESIDE_CHARS), end=mark.end() + _BESIDE_CHARS)
    ]
    days = days or [
        found
        for mark in list(_WITNESS.finditer(text, begin))[-1:]
        for found in dates_in(text, mark.end(), end=mark.end() + _CLOSING_CHARS)
    ]
    return as_day(max(days, key=lambda found: found.day)) if days else None


def _effective(text: str) -> FoundDay | None:
    for pattern, before, after in _EFFECTIVE:
        limit = _DEFINED_CHARS if before else _HEAD_CHARS * 4
        for word in pattern.finditer(text, 0, min(len(text), limit)):
            if not before and _is_of_another(_before(text, word.start())):
                continue
            found = dates_in(text, max(0, word.start() - before), end=word.start()) if before else []
            if found and not re.search(r"[.;]\s", text[found[-1].end : word.start()]):
                return as_day(found[-1])
            found = dates_in(text, word.end(), end=word.end() + after)
            if found and not re.search(
                r"[.;]\s+[A-Z]|\b(?:until|through|bis|expir|terminat)", text[word.end() : found[0].start]
            ):
                return as_day(found[0])
    return None
