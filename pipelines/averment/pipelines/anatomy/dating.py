"""When a contract was made, takes effect and ends, with the places that say so.

Dates are printed ("is made as of March 3, 2021"), defined ("the "Effective Date" means ..."), or follow from others: a
term of three years from the effective date ends three years after it. What follows from other dates is marked so.
English and German.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from typing import Final, Literal

from averment.pipelines.reasoning.dates import FoundDate, add_days, add_months, find_dates
from averment.pipelines.reasoning.durations import Duration, find_durations

_HEAD_CHARS: Final = 5_000
_DEFINED_CHARS: Final = 120_000
_TAIL_CHARS: Final = 9_000
_BESIDE_CHARS: Final = 160
_MADE: Final = re.compile(
    r"\b(?:dated|made|entered(?:\s+into)?|executed|concluded|signed|effective|date[:d]?|as\s+of|vom|geschlossen"
    r"|Stand|Datum)\b",
    re.I,
)
_OTHERS: Final = re.compile(
    r"\b(?:to|of|under|amends?|to\s+that|certain|the)\s+(?:certain\s+)?[\w\s,&-]{0,80}?(?:Agreement|Contract"
    r"|Lease|Vertrag)\b[^.]{0,60}$"
)
_OWN: Final = re.compile(r"\b(?:THIS|This|this)\b[^.]{0,160}$")
_AMENDED: Final = re.compile(
    r"\b(?:amendment|addendum|supplement|nachtrag)\b[^.]{0,80}?\s(?:to|of|zum|zur)\s(?:[^.]|No\.|Nr\.){0,140}$", re.I
)
_PREDICATE: Final = re.compile(
    r"\b(?:is|are|ist|wird)\s+(?:(?:hereby|made|entered|into|and|effective|dated)\s+)*$", re.I
)
_EFFECTIVE: Final = (
    (re.compile(r"[“\"„'‘]\s?(?:Effective\s+Date|Commencement\s+Date|Inkrafttreten|Stichtag"
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
_TERM_CUE: Final = re.compile(
    r"\b(?:(?:initial|original|primary|basic|contract|agreement|license)\s+(?:term|period)|term\s+of\s+(?:this|the)\s+\w*\s?(?:agreement"
    r"|contract|lease|engagement|franchise|license)"
    r"|(?:agreement|contract|lease|term|engagement|franchise|license"
    r"|arrangement)\s*(?:[”\"’)]\s*)?(?:\([^()]{0,60}\)\s*)?(?:shall|will|is|are|commences|begins|continues"
    r"|expires|becomes|runs|ends)\b"
    r"|(?:in|full\s+force\s+and)\s+effect\s+(?:for|until|through)|[“\"](?:Initial\s+)?Term[”\"]"
    r"|[“\"]\w*\s?(?:Contract\s+)?Period[”\"]"
    r"|Laufzeit|Vertragsdauer|Vertrag\s+(?:endet|läuft|gilt|beginnt))",
    re.I,
)
_UNTIL: Final = re.compile(
    r"\b(?:until|through|thru|expir\w+\s+(?:on|at|as\s+of)|terminat\w+\s+(?:on|at|as\s+of)|end(?:s"
    r"|ing)?\s+(?:on|at|as\s+of)|conclud\w+(?:\s+on)?|to\s+and\s+including|to|bis(?:\s+zum)?|endet\s+am)\b",
    re.I,
)
_FOR: Final = re.compile(
    r"\b(?:for|of|be|is|term|period|expires?|years?|continue[sd]?|dauert|beträgt|von|für)\b|:", re.I
)
_NOT_TERM: Final = re.compile(
    r"\b(?:renew\w*|extension|extend\w*|notice|prior\s+to|written|days?[’']|cure|breach|additional\s+term"
    r"|successive|after\s+(?:the\s+)?(?:expiration|termination)|following\s+(?:the\s+)?(?:expiration"
    r"|termination)|surviv\w+|warrant\w+|kündig\w+|verlänger\w+)\b",
    re.I,
)
_OPEN_END: Final = re.compile(
    r"\b(?:perpetual(?:ly)?|in\s+perpetuity|indefinite(?:ly)?|unlimited\s+(?:term|duration|period)"
    r"|unbefristet\w*|auf\s+unbestimmte\s+Zeit|(?:until|when)\s+(?:it\s+is\s+"
    r"|such\s+time\s+as\s+)?(?:earlier\s+)?terminated|until\s+(?:either|one|any"
    r"|a)\s+(?:of\s+the\s+)?part(?:y|ies))\b",
    re.I,
)
_OWN_TERM: Final = re.compile(
    r"\b(?:initial\s+(?:term|period)|term\s+of\s+(?:this|the)\s+\w*\s?(?:agreement|contract|lease|franchise"
    r"|license|engagement)"
    r"|this\s+(?:[A-Z]\w+\s+){0,3}(?:agreement|contract|lease|license|addendum"
    r"|amendment)\s+(?:\([^()]{0,60}\)\s*)?(?:shall|will|is|commences|continues|becomes|expires|remains)\b"
    r"|(?:dieser\s+)?Vertrag\s+(?:endet|läuft|gilt|beginnt)|Laufzeit)",
    re.I,
)
_RUNS: Final = re.compile(
    r"\b(?:agreement|contract|lease|term|franchise|license|period|appointment|engagement|vertrag|laufzeit)\s*[”\"’)]?\s*"
    r"(?:\([^()]{0,60}\)\s*)?(?:of\s+this\s+\w+\s+)?(?:(?:shall|will|is|are|means)\s+)?(?:also\s+|be\s+|in\s+)*"
    r"(?:commenc\w*|begins?|starts?|continues?|remains?|effective|in\s+(?:full\s+)?(?:force|effect)|for\s+a\s+(?:term|period)"
    r"|expires?|terminates?|runs?|ends?|endet|läuft|beginnt|beträgt|that\s+period)\b"
    r"|\b(?:initial\s+(?:term|period)|term\s+of\s+this\s+\w+)\s*[”\"’)]?\s*(?:of\s+this\s+\w+\s+)?(?:shall|will|is|means)\b",
    re.I,
)
_BEGINS: Final = re.compile(r"\bcommenc|\beffective date|\beffect\b|\bbegin|\bbeginnt", re.I)
_ORDINALS: Final = {
    word: number
    for number, word in enumerate(
        re.findall(
            r"\S+",
            "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth "
            "fourteenth fifteenth",
        ),
        start=1,
    )
} | {"twentieth": 20, "twenty-fifth": 25, "thirtieth": 30}
_ANNIVERSARY: Final = re.compile(
    r"\b(?P<word>[a-z-]+th|first|second|third|(?P<digits>\d{1,2})(?:st|nd|rd|th))\s+(?:\(\d{1,2}\s?(?:st|nd|rd"
    r"|th)?\)\s+)?(?:anniversary|contract\s+year)",
    re.I,
)
_SENTENCE: Final = re.compile(r"(?<=[.;])\s+(?=[“\"„(]?[A-ZÄÖÜ\d(])")
_SIGNED: Final = re.compile(r"\b(?:Date[d]?|Datum)\s*:?\s*(?=[\w\d])", re.I)
_SIGNATURE: Final = re.compile(r"(?:\bBy|\bName|\bSignature|\bSigned|\bUnterschrift)\s*:|/s/|_{6,}")
_YEAR_END: Final = re.compile(r"\bend\s+of\s+(?P<year>20\d\d|19\d\d)\b|\bEnde\s+(?P<jahr>20\d\d)\b", re.I)


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundDay:
    """A date with its place in the text that was read; `basis` says whether it is printed there or follows from it."""

    value: str
    start: int
    end: int
    basis: Literal["stated", "computed"] = "stated"


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
    made = _made(text, preamble_end)
    effective = _effective(text) or _follows(made)
    expires, term = _end(text, effective or made)
    return Dating(made=made, effective=effective, expires=expires, term=term)


def _dates(text: str, start: int, end: int) -> list[FoundDate]:
    """Return the dates of a stretch; "first (1st) day of January" is read as its figures say."""
    piece = text[start:end].translate({ord("("): " ", ord(")"): " ", ord("\u00a0"): " "})
    return [
        FoundDate(start=start + found.start, end=start + found.end, text=found.text, day=found.day)
        for found in find_dates(piece)
    ]


def _day(found: FoundDate, basis: Literal["stated", "computed"] = "stated") -> FoundDay:
    return FoundDay(value=found.day.isoformat(), start=found.start, end=found.end, basis=basis)


def _follows(day: FoundDay | None) -> FoundDay | None:
    return None if day is None else FoundDay(value=day.value, start=day.start, end=day.end, basis="computed")


def _made(text: str, preamble_end: int) -> FoundDay | None:
    head_end = min(len(text), max(preamble_end, 800), _HEAD_CHARS)
    late: FoundDate | None = None
    for word in _MADE.finditer(text, 0, head_end):
        found = _dates(text, word.start(), min(word.end() + 75, len(text)))
        if not found or found[0].start - word.end() > 60:
            continue
        before = text[max(0, word.start() - 200) : word.start()]
        if _is_of_another(before):
            continue
        if word[0].lower() == "effective":
            late = late or found[0]
            continue
        return _day(found[0])
    signed = _signed(text)
    if late is not None or signed is not None:
        return signed if late is None else _day(late)
    first = _dates(text, 0, min(len(text), 600))
    return _day(first[0]) if first else None


def _is_of_another(before: str) -> bool:
    """Say whether a date belongs to another paper that the words before it name: "to the Lease dated ..."."""
    if _AMENDED.search(before):
        return _PREDICATE.search(before) is None
    return _OTHERS.search(before) is not None and _OWN.search(before) is None


def _signed(text: str) -> FoundDay | None:
    """Return the last date beside the signatures."""
    begin = max(0, len(text) - _TAIL_CHARS)
    days = [
        found[0]
        for word in _SIGNED.finditer(text, begin)
        if (found := _dates(text, word.end(), min(word.end() + 30, len(text))))
    ]
    if not days:
        days = [
            found
            for mark in _SIGNATURE.finditer(text, begin)
            for found in _dates(
                text, max(begin, mark.start() - _BESIDE_CHARS), min(len(text), mark.end() + _BESIDE_CHARS)
            )
        ]
    return _day(max(days, key=lambda found: found.day)) if days else None


def _effective(text: str) -> FoundDay | None:
    for pattern, before, after in _EFFECTIVE:
        limit = _DEFINED_CHARS if before else _HEAD_CHARS * 4
        for word in pattern.finditer(text, 0, min(len(text), limit)):
            found = _dates(text, max(0, word.start() - before), word.start()) if before else []
            if found and not re.search(r"[.;]\s", text[found[-1].end : word.start()]):
                return _day(found[-1])
            found = _dates(text, word.end(), min(len(text), word.end() + after))
            if found and not re.search(
                r"[.;]\s+[A-Z]|\b(?:until|through|bis|expir|terminat)", text[word.end() : found[0].start]
            ):
                return _day(found[0])
    return None


def _end(text: str, begin: FoundDay | None) -> tuple[FoundDay | None, FoundDay | None]:
    """Return when a contract ends and how long it runs; the sentence that speaks most plainly of its term decides."""
    for start, end in sorted(_term_sentences(text), key=lambda place: -_plainness(text[slice(*place)])):
        stated = _until(text, start, end)
        duration = _duration(text, start, end)
        term = None
        if duration is not None:
            term = FoundDay(value=_written(duration), start=start + duration.start, end=start + duration.end)
        if stated is not None:
            return stated, term
        if duration is not None and term is not None:
            return None if begin is None else _computed(text, (start, end), duration, begin), term
        match = _OPEN_END.search(text, start, end)
        if match:
            return None, FoundDay(value="perpetual", start=match.start(), end=match.end())
    return None, None


def _plainness(sentence: str) -> int:
    """Return how plainly a sentence speaks of how long the contract itself runs, 0 to 8."""
    return (
        4 * bool(_RUNS.search(sentence))
        + 2 * bool(_OWN_TERM.search(sentence))
        + bool(_BEGINS.search(sentence))
        + bool(_UNTIL.search(sentence) or _OPEN_END.search(sentence))
    )


def _term_sentences(text: str) -> Iterator[tuple[int, int]]:
    cuts = [0, *(match.end() for match in _SENTENCE.finditer(text)), len(text)]
    for start, end in pairwise(cuts):
        if end - start <= 1_500 and _TERM_CUE.search(text, start, end):
            yield start, end


def _until(text: str, start: int, end: int) -> FoundDay | None:
    for word in _UNTIL.finditer(text, start, end):
        found = _dates(text, word.end(), min(end, word.end() + 45))
        if found:
            return _day(found[0])
        year = _YEAR_END.search(text, word.start(), min(end, word.end() + 30))
        if year:
            return FoundDay(
                value=f"{year['year'] or year['jahr']}-12-31", start=year.start(), end=year.end(), basis="computed"
            )
    return None


def _duration(text: str, start: int, end: int) -> Duration | None:
    sentence = text[start:end]
    cue = _TERM_CUE.search(sentence)
    anniversary = _ANNIVERSARY.search(sentence)
    if anniversary and re.search(
        r"\b(?:until|through|on|to)\b", sentence[max(0, anniversary.start() - 40) : anniversary.start()]
    ):
        count = int(anniversary["digits"] or _ORDINALS.get(anniversary["word"].lower(), 0))
        if count:
            return Duration(
                start=anniversary.start(), end=anniversary.end(), text=anniversary[0], count=count, unit="year"
            )
    for found in find_durations(sentence):
        near = sentence[max(0, found.start - 70) : found.start]
        if found.unit in ("hour", "day", "business_day") or cue is None or _NOT_TERM.search(near):
            continue
        if _FOR.search(near) and not re.search(r"\b(?:every|each|per|within|least|jede)\b[^,;]{0,20}$", near, re.I):
            return found
    return None


def _computed(text: str, place: tuple[int, int], duration: Duration, begin: FoundDay) -> FoundDay | None:
    start, end = place
    own = _dates(text, start + duration.end, min(end, start + duration.end + 120))
    first = own[0].day if own else date.fromisoformat(begin.value)
    count, unit = duration.key
    try:
        last = add_months(first, count) if unit == "month" else add_days(first, count)
    except (ValueError, OverflowError):
        return None
    return FoundDay(value=last.isoformat(), start=start + duration.start, end=start + duration.end, basis="computed")


def _written(duration: Duration) -> str:
    unit = duration.unit.replace("_", " ")
    return f"{duration.count} {unit}{'' if duration.count == 1 else 's'}"
