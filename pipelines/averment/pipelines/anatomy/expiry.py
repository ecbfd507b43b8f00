"""When a contract ends and how long it runs, with the places that say so.

The sentence that speaks most plainly of the contract's own term decides. English and German.
"""

import re
from collections.abc import Iterator
from datetime import date
from itertools import pairwise
from typing import Final

from averment.pipelines.anatomy.days import FoundDay, as_day, dates_in
from averment.pipelines.ingestion.months import MONTH_NAME
from averment.pipelines.reasoning.dates import add_days, add_months
from averment.pipelines.reasoning.durations import Duration, find_durations

_TERM_CUE: Final = re.compile(
    r"\b(?:(?:initial|original|primary|basic|contract|agreement|license)\s+(?:term|period)|term\s+of\s+(?:this|the)\s+\w*\s?(?:agreement"
    r"|contract|lease|engagement|franchise|license)"
    r"|(?:agreement|contract|lease|term|engagement|franchise|license"
    r"|arrangement|appointment|venture)\s*(?:[”\"’)]\s*)?(?:\([^()]{0,60}\)\s*)?(?:shall|will|is|are|commences|begins"
    r"|continues|expires|becomes|runs|ends|takes|terminates|lasts|remains|has|endures)\b"
    r"|(?:term|duration)\s+hereof|this\s+(?:agreement|contract|letter)\s+and\s+[^.;]{0,60}?\b(?:shall|will)\s+(?:expire"
    r"|terminate|remain|continue)|terms?\s+of\s+(?:the\s+)?(?:project|sponsorship|employment|consultancy|appointment)"
    r"|(?:serve|appoints?|employs?|engages|engaged?|retain(?:ed)?|appointed|employed)\s+(?:[\w,.]+\s+){0,8}?for\s+(?:an?|the)\s+(?:initial\s+)?(?:term|period)"
    r"|continues?\s+(?:\w+\s+){0,5}until\b[^.;]{0,60}\bterminat"
    r"|(?:in|full\s+force\s+and)\s+effect\s+(?:for|until|through)"
    r"|(?:expir(?:ation|y)|termination|end)\s+date\s*[”\"’]?\s*(?::|means\b|is\b|shall\s+be\b|\d)"
    r"|Laufzeit|Vertragsdauer|\w{0,20}(?:vertrag|vereinbarung|verhältnis)\s+(?:endet|läuft|gilt|beginnt|tritt|wird|ist|hat)\b)"
    r"|\b(?:shall|will)\s+(?:automatically\s+)?(?:terminate|expire|end)\s+on\b|\b(?:Term|Laufzeit)\s*:\s"
    r"|[“\"](?:Initial\s+)?Term[”\"]|[“\"]\w*\s?(?:Contract\s+)?Period[”\"]"
    r"|\b(?:Term|Duration|Laufzeit|Vertragsdauer)(?:\s(?:and|of|&|und)\s(?:\w+\s?){1,3})?\s?[.:]\s",
    re.I,
)
# "2. Term. Three years from the Effective Date.": the heading of a clause that is no sentence itself.
_HEADING: Final = re.compile(
    r"(?:\b|\d\s)(?:(?i:initial|contract)\s+)?(?:Term|TERM|Duration|DURATION|Laufzeit|Vertragsdauer)"
    r"(?:\s(?:(?i:and|of|und)|&)\s(?:\w+\s?){1,3})?\s?\.\s+$"
)
_HEADING_CHARS: Final = 50
_MAX_SENTENCE: Final = 1_500
_TIME: Final = tuple(
    re.findall(
        r"\S+",
        "year month week quarter annivers until through thru expir terminat perpet indefinite unlimited unless fixed "
        "conclu ending ends jahr monat woche quartal befristet unbestimmt endet bis 19 20",
    )
)
_UNTIL: Final = re.compile(
    r"\b(?:until|through|thru|expir\w+\s+(?:on|at|as\s+of)|terminat\w+\s+(?:on|at|as\s+of)|end(?:s"
    r"|ing)?\s+(?:on|at|as\s+of)|conclud\w+(?:\s+on)?|to\s+and\s+including|(?<!prior\s)to|bis(?:\s+zum)?|endet\s+am"
    r"|(?:expir(?:ation|y)|termination|end)\s+date)\b"
    rf"|\b(?:expires?|terminates?|ends?)\s+(?=(?:{MONTH_NAME})\b|\d)",
    re.I,
)
# "until the earlier of (i) ... and (ii) June 30, 2024".
_FIRST_OF: Final = re.compile(
    r"\b(?:until|through|on|upon)\s+(?:the\s+)?(?:earli\w+|first|soon\w+)\s+(?:to\s+occur\s+)?(?:of|to\s+occur)\b", re.I
)
_LIST_CHARS: Final = 300
_FOR: Final = re.compile(
    r"\b(?:for|of|be|is|term|duration|period|expires?|terminates?|ends?|years?|continue[sd]?|initial|dauert|beträgt|endure|von|für)\b"
    r"|[:.]\s*$|(?<!may\s)\b(?:expire|terminate|end|last)\b|:",
    re.I,
)
_WITHOUT_NOTICE: Final = re.compile(r"\bwithout\s+(?:\w+\s+){0,2}notice\b", re.I)
# What binds the parties for a time is not how long the contract runs.
_OBLIGATION: Final = re.compile(
    r"\b(?:obligations?|covenants?|restrictions?|undertakings?|confidentiality|trade\s+secrets?|warrant(?:y|ies)|insurance"
    r"|interest)\b(?!\s+(?:(?:of|under)\s+this|hereunder)\b)(?:(?!(?<!in\s)\bthis\s+agreement\b|\bterm\s+of\b)[^.;]){0,160}\b(?:shall|will|must)\s+(?:\w+\s+)?(?:survive|bind|enjoy|continue"
    r"|remain|extend|expire|terminate|cease|be\s+(?:maintained|kept|binding))\b",
    re.I,
)
_NOT_TERM: Final = re.compile(
    r"\b(?:renew\w*|extension|extend\w*|notice|prior\s+to|written|days?[’']|cure|breach|additional\s+term"
    r"|successive|after\s+(?:the\s+)?(?:expiration|termination)|following\s+(?:the\s+)?(?:expiration"
    r"|termination)|surviv\w+|warrant\w+|kündig\w+|verlänger\w+)\b",
    re.I,
)
# "has not, during the past three years, been revoked".
_PAST: Final = re.compile(
    r"\b(?:past|last|preceding|previous|prior|vergangenen|letzten)\s+$|\bduring\s+the\b.{0,30}$", re.I
)
# "... and for two years thereafter", "three years after termination": what outlives a contract is not its term.
_OUTLIVES: Final = re.compile(
    r"^\s*(?:after|following|from|nach)\s+(?:the\s+|any\s+|such\s+)?(?:date\s+of\s+|effective\s+date\s+of\s+)?(?:the\s+|such\s+)?"
    r"(?:early\s+|earlier\s+)?(?:expir|terminat|end\b|Ende\b|Beendigung|Ablauf)",
    re.I,
)
_NOTICE: Final = re.compile(
    r"\s*(?:[’'],?s?|prior\b|advance\b|(?:prior\s+)?(?:written\s+)?notice|vorher|schriftlich)", re.I
)
_THEREAFTER: Final = re.compile(r"^\s*(?:thereafter|afterwards?|danach)\b", re.I)
_AND_FOR: Final = re.compile(
    r"\b(?:and|plus|und)\s+(?:for\s+|für\s+)?(?:an?\s+(?:\w+\s+)?(?:period|term)\s+of\s+)?$", re.I
)
_FROM_MADE: Final = re.compile(
    r"\s*(?:of|from|after|following)\s+(?:the\s+date\s+(?:hereof|of\s+this)|its\s+date|(?:the\s+)?(?:date\s+of\s+)?"
    r"(?:execution|signing|signature)\b)",
    re.I,
)
# "... shall become effective on ... unless terminated": no end is named.
_UNLESS: Final = re.compile(
    r"\b(?:(?:become|be|take|go\s+into|come\s+into)s?\s+(?:effect(?:ive)?|force)|commences?|begins?)\b[^.;]{0,200}?"
    r"\bunless\s+(?:and\s+until\s+)?(?:it\s+is\s+)?(?:earlier\s+|sooner\s+)?terminated\b",
    re.I,
)
_OPEN_END: Final = re.compile(
    r"\b(?:perpetual(?:ly)?|(?:in|for)\s+perpetuity|indefinite(?:ly)?|unlimited\s+(?:term|duration|period)"
    r"|(?:until|through)\s+(?:its\s+|the\s+)?(?:completion|termination|conclusion)\b"
    r"|until\s+such\s+time\s+as\b(?!\s+(?:\w+\s+){0,6}(?:19|20)\d\d)|no\s+fixed\s+term"
    r"|unbefristet\w*|auf\s+unbestimmte\s+Zeit|(?:until|when)\s+(?:it\s+is\s+"
    r"|such\s+time\s+as\s+)?(?:earlier\s+)?terminated|until\s+(?:either|one|any"
    r"|a)\s+(?:of\s+the\s+)?part(?:y|ies))\b",
    re.I,
)
_ALL_DUTIES: Final = re.compile(
    r"\b(?:obligations|covenants)\s+(?:contained\s+in|of"
    r"|under)\s+this\s+(?i:agreement)\b",
    re.I,
)
# "If any term of this Agreement shall be held invalid ...": a term of another kind.
_SEVERED: Final = re.compile(r"\b(?:invalid|unenforceable|illegal|void|severab\w+|unwirksam\w*)\b", re.I)
_CONDITION: Final = re.compile(r"^.*\b(?:unless|subject\s+to|except\s+as|wenn\s+nicht)\b[^,]*,\s", re.I | re.S)
_OWN_TERM: Final = re.compile(
    r"\b(?:initial\s+(?:term|period)|term\s+of\s+(?:this|the)\s+\w*\s?(?:agreement|contract|lease|franchise"
    r"|license|engagement)"
    r"|this\s+(?:[A-Z]\w+\s+){0,3}(?:agreement|contract|lease|license|addendum"
    r"|amendment)\s+(?:\([^()]{0,60}\)\s*)?(?:shall|will|is|commences|continues|becomes|expires|remains)\b"
    r"|\w{0,20}(?:vertrag|vereinbarung|verhältnis)\s+(?:endet|läuft|gilt|beginnt|wird\s+auf)\b|Laufzeit)",
    re.I,
)
_RUNS: Final = re.compile(
    r"\b(?:agreement|contract|lease|term|franchise|license|period|appointment|engagement|venture|\w{0,20}(?:vertrag|vereinbarung|verhältnis)|laufzeit)\s*[”\"’)]?\s*"
    r"(?:\([^()]{0,60}\)\s*)?(?:of\s+this\s+\w+\s+)?(?:(?:shall|will|is|are|means)\s+)?(?:also\s+|be\s+|in\s+)*"
    r"(?:commenc\w*|begins?|starts?|continues?|remains?|effective|in\s+(?:full\s+)?(?:force|effect)|for\s+a\s+(?:term|period)"
    r"|valid|endures?|lasts?|takes\s+effect|continue\s+in|have\s+an?\s+(?:initial\s+)?(?:term|duration)|"
    r"expires?|terminates?|runs?|ends?|endet|läuft|beginnt|beträgt|that\s+period)\b"
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
# "am 1. April" goes on.
_SENTENCE: Final = re.compile(rf"(?<=[.;])\s+(?!(?<=\d\.\s)(?i:{MONTH_NAME})\b)(?=[“\"„(]?[A-ZÄÖÜ\d(])")
_YEAR_END: Final = re.compile(r"\bend\s+of\s+(?P<year>20\d\d|19\d\d)\b|\bEnde\s+(?P<jahr>20\d\d)\b", re.I)


def find_end(
    text: str, begin: FoundDay | None, *, made: FoundDay | None = None
) -> tuple[FoundDay | None, FoundDay | None]:
    """Return when a contract ends and how long it runs; the sentence that speaks most plainly of its term decides.

    Args:
        text: The contract, its white space folded.
        begin: When it takes effect; without it a term says no day.
        made: When it was made: a term may run from the date of the contract.
    """
    sentences = sorted(_term_sentences(text), key=lambda place: -_plainness(text[slice(*place)]))
    for start, end in sentences:
        stated = _until(text, start, end)
        duration = _duration(text, start, end)
        term = None
        if duration is not None:
            term = FoundDay(value=_written(duration), start=start + duration.start, end=start + duration.end)
        if stated is not None:
            return stated, term
        if duration is not None and term is not None:
            from_made = made is not None and _FROM_MADE.match(text, start + duration.end, end) is not None
            first = made if from_made else begin
            return None if first is None else _computed(text, (start, end), duration, first), term
        match = _OPEN_END.search(text, start, end)
        if match:
            return None, FoundDay(value="perpetual", start=match.start(), end=match.end())
    unless = next(filter(None, (_UNLESS.search(text, *place) for place in sentences)), None)
    return None, FoundDay(value="perpetual", start=unless.start(), end=unless.end()) if unless else None


def _plainness(sentence: str) -> int:
    """Return how plainly a sentence speaks of how long the contract itself runs, 0 to 9."""
    return (
        4 * bool(_RUNS.search(sentence))
        + 2 * bool(_OWN_TERM.search(sentence))
        + bool(_BEGINS.search(sentence))
        + bool(_UNTIL.search(sentence) or _OPEN_END.search(sentence))
        + bool(_until(sentence, 0, len(sentence)))
    )


def _term_sentences(text: str) -> Iterator[tuple[int, int]]:
    cuts = [0, *(match.end() for match in _SENTENCE.finditer(text)), len(text)]
    for start, end in pairwise(cuts):
        if end - start > _MAX_SENTENCE or not _speaks_of_time(text[start:end]):
            continue
        heading = _HEADING.search(text, max(0, start - _HEADING_CHARS), start)
        begin = heading.start() if heading else start
        if _TERM_CUE.search(text, begin, end) and not _is_of_other(text[start:end]):
            yield begin, end


def _speaks_of_time(sentence: str) -> bool:
    """Say whether a sentence holds any word of time; the patterns that follow are slow."""
    lower = sentence.lower()
    return any(word in lower for word in _TIME)


def _is_of_other(sentence: str) -> bool:
    """Say whether a sentence speaks of how long something else lasts: a duty, a warranty; or of no time at all."""
    duty = _OBLIGATION.search(sentence)
    own = _ALL_DUTIES.search(sentence) or (
        duty is not None
        and any(match.start() < duty.start() or match.start() >= duty.end() for match in _RUNS.finditer(sentence))
    )
    return (duty is not None and not own) or _SEVERED.search(sentence) is not None


def _until(text: str, start: int, end: int) -> FoundDay | None:
    listed = _FIRST_OF.search(text, start, end)
    own = _RUNS.search(text, start, end) or _OWN_TERM.search(text, start, end)
    if listed and own and (found := dates_in(text, listed.end(), end=min(end, listed.end() + _LIST_CHARS))):
        return as_day(found[0])
    for word in _UNTIL.finditer(text, start, end):
        found = dates_in(text, word.end(), end=min(end, word.end() + 45))
        if found:
            return as_day(found[0])
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
        near = _CONDITION.sub("", _WITHOUT_NOTICE.sub("", sentence[: found.start]))[-70:]
        if found.unit in ("hour", "day", "business_day") or cue is None or _NOT_TERM.search(near) or _PAST.search(near):
            continue
        after = sentence[found.end : found.end + 80]
        if _NOTICE.match(after) or _outlives(near, after):
            continue
        if _FOR.search(near) and not re.search(r"\b(?:every|each|per|within|least|jede)\b[^,;]{0,20}$", near, re.I):
            return found
    return None


def _outlives(before: str, after: str) -> bool:
    return _OUTLIVES.search(after) is not None or (
        _THEREAFTER.search(after) is not None and _AND_FOR.search(before) is not None
    )


def _computed(text: str, place: tuple[int, int], duration: Duration, begin: FoundDay) -> FoundDay | None:
    start, end = place
    own = dates_in(text, start + duration.end, end=min(end, start + duration.end + 120))
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
