"""When the term a contract states comes to its end: the day it names, or its beginning and so many months or years.

Read from one sentence at a time, English and basic German; what the sentence leaves open (when the contract begins)
comes from outside. A renewal, a notice period or a deadline is no term.
"""

import re
from datetime import date
from typing import Final

from averment.pipelines.reasoning.dates import add_days, add_months, find_dates
from averment.pipelines.reasoning.durations import Duration, find_durations

# What the sentence is about is the term or the contract, and its verb says how long that lasts.
_TERM: Final = re.compile(
    r"(?:\bterms?\b(?!\s+(?:and|or|used|defined|sheet)\b)"
    r"|\b(?:this|the|dieser|der)\s+(?:[\w&’'-]+\s+){0,3}?(?:agreement|contract|promotion|vertrag)\b"
    r"|\b(?:contract|initial|agreement|cooperation)\s+period\b|\blaufzeit\b)"
    r"[^.;]{0,240}?\b(?:commenc\w+|begin\w*|continu\w+|remain\w*\s+(?:in|valid|effective)|take\s+effect"
    r"|effective|in\s+(?:full\s+)?(?:effect|force)|expir\w+|conclud\w+|end(?:s|ing)?|until|through|valid|terminating"
    r"|terminate\s+(?:on|upon\s+the)|(?:shall\s+be|will\s+be|is)\s+(?:for\b|(?:the\s+)?(?:a\s+)?(?:period|term)|\w+\s*\(?\d*\)?\s+(?:year|month|week|day))"
    r"|läuft|endet|gilt|beginnt|beträgt)"
    r"|^\W*terms?\b[^.;]{0,60}:",
    re.I | re.S,
)
# Sentences that speak of other obligations during or after the term.
_OTHER: Final = re.compile(
    r"\bsurviv\w+|\b(?:and\s+for|for\s+a\s+period\s+of)\b[^.;]{0,60}\bthereafter\b"
    r"|\bduring\s+the\s+term\b[^.;]{0,80}\band\s+for\b"
    r"|\b(?:lawsuit|legal\s+action|warrant(?:s|y|ies)\b|force\s+majeure|invoice|liability|liable)",
    re.I,
)
_END: Final = re.compile(
    r"(?:until|till|through|thru|including|expir\w*|terminat\w*|end(?:s|ing)?|conclud\w*|\bto|\bbis|endet|läuft)\b"
    r"[^.;\d]{0,30}$",
    re.I,
)
_BEGIN: Final = re.compile(
    r"(?:commenc\w*|begin\w*|effective|from|since|starting|dated|as\s+of|take\s+effect|ab|vom|beginnt)\b[^.;\d]{0,40}$",
    re.I,
)
# What follows or precedes a span of time that is no term.
_NOT_BEFORE: Final = re.compile(
    r"(?:renew\w*|successive|additional|further|extension\w*|extended?|within|at\s+least|upon|least|thereafter|survive\w*"
    r"|verlänger\w*|innerhalb)\b[^.;]{0,40}$",
    re.I,
)
_NOT_AFTER: Final = re.compile(
    r"^[\s’'s,]*(?:prior|written|advance|before|notice|of\s+(?:receipt|notice)|renewal|extension|after\s+(?:the\s+)?"
    r"(?:expir|terminat)|following\s+(?:the\s+)?(?:expir|terminat))",
    re.I,
)
_ORDINALS: Final = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth")
_ANNIVERSARY: Final = re.compile(
    rf"\b(?:(?P<word>{'|'.join(_ORDINALS)})|(?P<digits>\d{{1,2}})\s*(?:st|nd|rd|th))\b[^.;]{{0,16}}?\banniversary\b",
    re.I,
)
_CLAUSE_END: Final = re.compile(r"[.;](?=\s+[A-Z(“\"]|\s*$)")
_CLAUSE_CHARS: Final = 500
_MAX_MONTHS: Final = 1_200


def term_end_years(sentence: str, *, begins: date | None) -> frozenset[int]:
    """Return the years in which the term that a sentence states may end; empty where it states none.

    Two years come back where the last day is arguable: a year from January 1, 2023 ends with 2023 or the day after.

    Args:
        sentence: One sentence.
        begins: The contract's own date, for a sentence that names none.

    Example:
        >>> term_end_years("The term shall continue until June 27, 2011.", begins=None)
        frozenset({2011})
    """
    found: frozenset[int] = frozenset()
    at = 0
    while (stated := _TERM.search(sentence, at)) is not None:
        stop = _CLAUSE_END.search(sentence, stated.end())
        clause = sentence[stated.start() : stop.start() if stop else len(sentence)][:_CLAUSE_CHARS]
        if _OTHER.search(clause) is None:
            found |= _years(clause, begins)
        at = stated.end()
    return found


def _years(clause: str, begins: date | None) -> frozenset[int]:
    named = []
    for found in find_dates(clause):
        before = clause[max(0, found.start - 60) : found.start]
        if _END.search(before):
            named.append(found.day.year)
        elif _BEGIN.search(before):
            begins = found.day
    if named:
        return frozenset(named)
    months = _anniversary(clause)
    lasting = next((span for span in find_durations(clause) if _is_term(clause, span)), None)
    if begins is None or (months is None and lasting is None):
        return frozenset()
    end = _after(begins, lasting) if months is None and lasting is not None else _later(begins, months or 0)
    return frozenset() if end is None else frozenset({end.year, add_days(end, -1).year})


def _is_term(sentence: str, span: Duration) -> bool:
    before, after = sentence[max(0, span.start - 60) : span.start], sentence[span.end : span.end + 40]
    return span.unit in {"day", "week", "month", "quarter", "year"} and not (
        _NOT_BEFORE.search(before) or _NOT_AFTER.search(after)
    )


def _anniversary(sentence: str) -> int | None:
    found = _ANNIVERSARY.search(sentence)
    if found is None:
        return None
    return 12 * (_ORDINALS.index(found["word"].lower()) + 1 if found["word"] else int(found["digits"]))


def _after(begins: date, lasting: Duration) -> date | None:
    count, unit = lasting.key
    if unit == "month":
        return _later(begins, count)
    return add_days(begins, count) if count < 31 * _MAX_MONTHS else None


def _later(begins: date, months: int) -> date | None:
    return add_months(begins, months) if 0 < months <= _MAX_MONTHS else None
