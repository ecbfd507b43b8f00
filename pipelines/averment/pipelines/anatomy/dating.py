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
_BEFORE_CHARS: Final = 400
_TITLE_PAGE_CHARS: Final = 600
_PREAMBLE_CHARS: Final = 12_000
_MADE: Final = re.compile(
    r"\b(?:dated|made|(?:entered|enters?)(?:\s+into)?|executed|concluded|signed|effective|date[:d]?|as\s+of|vom|geschlossen"
    r"|Stand|Datum|this(?=\s+(?:\d{1,2}|[a-z-]{5,14})\s*(?:st|nd|rd|th)?\s+day\s+of))\b",
    re.I,
)
# How a contract speaks of itself, after the title of another that it names: "THIS AMENDMENT ... is made as of".
_ITSELF: Final = re.compile(
    r"\b(?:THIS|This|this)\s+(?:[\w#.,&/()-]+\s+){0,9}?(?i:agreement|amendment|addendum|contract|lease|supplement|letter"
    r"|deed|vertrag|nachtrag)\b"
)
# Where the story of a contract begins; dates in it are those of other things.
_RECITALS: Final = re.compile(
    r"\b(?:WHEREAS|Whereas|RECITALS|Recitals|BACKGROUND|WITNESSETH|PREAMBLE|PRÄAMBEL"
    r"|Präambel)\b"
)
_RECITALS_FROM: Final = 100
_SELF_OR_RECITAL: Final = re.compile(rf"{_ITSELF.pattern}|\bWHEREAS\b|\bWhereas\b")
# A period that ends no sentence.
_ABBREVIATION: Final = re.compile(r"\b(Inc|Corp|Ltd|Co|LLC|L\.P|L\.L\.C|N\.A|S\.A|No|Nr|Mr|Ms|Dr|U\.S|[A-Z])\.")
# "This Agreement takes effect on the date first written above."
_FROM_MADE: Final = re.compile(
    r"\b(?i:effective|effect|commenc\w+|begins?|in\s+force|“?Effective\s+Date”?\s+(?:is|means|shall\s+mean|shall\s+be))\b"
    r"[^.;:]{0,60}?\b(?P<when>(?:the\s+|its\s+)?(?:date\s+(?:first\s+)?(?:set\s+forth\s+|written\s+)?above"
    r"|date\s+first\s+(?:written|mentioned|above|set)|date\s+(?:hereof|of\s+(?:this|the\s+(?:last|most\s+recent|final)))"
    r"|(?:completion\s+of\s+)?(?:the\s+)?(?:execution|signature|signing)\b(?:\s+date)?|Unterzeichnung))",
    re.I,
)
# "wird am 15. März 2023 zwischen ... geschlossen": the day stands before the word.
_GERMAN_DAY: Final = re.compile(r"\b(?:wird|wurde|ist|haben|hat)\s+(?:hiermit\s+)?am\s+(?P<day>\d{1,2}\.)", re.I)
# Words before a date in running text; one that stands by itself near the top is the date of the contract.
_IN_TEXT: Final = re.compile(r"(?:^|\s)(?!(?:the|am|den|vom)\b)[a-zäöüß]{2,}\s*$")
_OTHERS: Final = re.compile(
    r"\b(?:to|of|under|amends?|to\s+that|certain|the|an?)\s+(?:certain\s+)?[\w\s,&-]{0,80}?(?:Agreement|Contract"
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
    r"\b(?:amendment|addendum|supplement|nachtrag)\b[^.]{0,80}?(?<!\bas)\s(?:to|of|zum|zur)\s[^.]{0,340}$", re.I
)
# "THIS AMENDMENT amends the Supply Agreement dated ...".
_CHANGES: Final = re.compile(
    r"\b(?:amends?|modif(?:y|ies)|supplements|restates|supersedes|terminates)\s+(?:the|that)\b[^.;]{0,120}$", re.I
)
_PREDICATE: Final = re.compile(
    r"\b(?:is|are|ist|wird)\s+(?:(?:hereby|made|entered|into|and|effective|dated)\s+)*$", re.I
)
_EFFECTIVE: Final = (
    (re.compile(r"[“\"„'‘]\s?(?:\w+\s){0,3}?(?:Effective\s*Date|Commencement\s*Date|Start\s*Date|Inkrafttreten|Stichtag"
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
    made = _in_preamble(text, made)
    effective = effective or _from_made(text, made) or follows(made)
    expires, term = find_end(text, effective or made, made=made)
    return Dating(made=made, effective=effective, expires=expires, term=term)


def _made(text: str, preamble_end: int) -> FoundDay | None:
    head_end = min(len(text), max(preamble_end, 800), _HEAD_CHARS)
    late: FoundDate | None = None
    begins = _RECITALS.search(text, _RECITALS_FROM, head_end)
    recitals = begins.start() if begins else head_end
    for word in _MADE.finditer(text, 0, head_end):
        found = _beside(text, word)
        if not found or _is_of_another(_before(text, word.start())):
            continue
        if word.start() > recitals and not _ITSELF.search(text, word.start() - _BESIDE_CHARS, word.start()):
            continue
        if word[0].lower() == "effective":
            late = late or found[0]
            continue
        return as_day(found[0])
    signed = _signed(text)
    if late is not None or signed is not None:
        return signed if late is None else as_day(late)
    alone = (day for day in dates_in(text, 0, end=_TITLE_PAGE_CHARS) if not _IN_TEXT.search(_before(text, day.start)))
    return next(map(as_day, alone), None)


def _beside(text: str, word: re.Match[str]) -> list[FoundDate]:
    """Return the dates that follow a word of making; those before it where German puts them there."""
    first = _GERMAN_DAY.search(text, max(0, word.start() - _BEFORE_CHARS), word.start())
    if first is not None and word[0].lower() == "geschlossen":
        return dates_in(text, first.start("day"), end=word.start())
    found = dates_in(text, word.start(), end=word.end() + 75)
    return found if found and found[0].start - word.end() <= 60 else []


def _in_preamble(text: str, made: FoundDay | None) -> FoundDay | None:
    """Return the same day where the preamble names it, if a title page did before."""
    if made is None or _ITSELF.search(text, max(0, made.start - _BESIDE_CHARS), made.start):
        return made
    for itself in _ITSELF.finditer(text, made.end, min(len(text), made.end + _PREAMBLE_CHARS)):
        for word in _MADE.finditer(text, itself.end(), itself.end() + _BESIDE_CHARS):
            again = next(iter(dates_in(text, word.start(), end=word.end() + 75)), None)
            if again is not None and as_day(again).value == made.value and again.start - word.end() <= _NEAR_CHARS:
                return as_day(again)
    return made


def _from_made(text: str, made: FoundDay | None) -> FoundDay | None:
    """Return the day of making as that of effect, with the words that say so, where there are such."""
    for match in _FROM_MADE.finditer(text) if made is not None else ():
        itself = _ITSELF.search(text, max(0, match.start() - _BESIDE_CHARS), match.start())
        if (itself or match[0].lower().lstrip('“"').startswith("effective date")) and made is not None:
            return FoundDay(value=made.value, start=match.start("when"), end=match.end("when"), basis="computed")
    return None


def _before(text: str, position: int) -> str:
    return _ABBREVIATION.sub(r"\1", text[max(0, position - _BEFORE_CHARS) : position])


def _is_of_another(before: str) -> bool:
    """Say whether a date belongs to another paper that the words before it name: "to the Lease dated ..."."""
    starts = [match.start() for match in _SELF_OR_RECITAL.finditer(before)]
    before = before[starts[-1] :] if starts else before
    if _CHANGES.search(before):
        return True
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
