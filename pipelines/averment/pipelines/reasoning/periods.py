"""Periods of figures: a length and an end, read from questions and from table headers.

A period that is not fully printed stays partly unknown; two periods fit only where no known part differs.
"""

import re
from dataclasses import dataclass, replace
from typing import Final

from averment.pipelines.reasoning.dates import find_dates, find_months

INSTANT: Final = 0
QUARTER_MONTHS: Final = 3
YEAR_MONTHS: Final = 12
_LENGTH_WORDS: Final = {
    "three": 3,
    "six": 6,
    "nine": 9,
    "twelve": 12,
    "thirteen": 3,
    "twenty-six": 6,
    "thirty-nine": 9,
    "fifty-two": 12,
    "fifty-three": 12,
    "drei": 3,
    "sechs": 6,
    "neun": 9,
    "zwölf": 12,
}
_WEEKS: Final = {12: 3, 13: 3, 14: 3, 24: 6, 26: 6, 27: 6, 39: 9, 40: 9, 52: 12, 53: 12}
_LENGTH: Final = re.compile(
    r"\b(?P<count>three|six|nine|twelve|thirteen|twenty-six|thirty-nine|fifty-two|fifty-three|drei|sechs|neun|zwölf|\d{1,2})"
    r"[\s-]*(?P<unit>months?|weeks?|Monaten?|Wochen)\b",
    re.IGNORECASE,
)
_YEAR_ENDED: Final = re.compile(r"\b(?:fiscal\s+|financial\s+)?years?\s+end(?:ed|ing)\b|\bannual\b", re.IGNORECASE)
_QUARTER_ENDED: Final = re.compile(r"\bquarters?\s+end(?:ed|ing)\b", re.IGNORECASE)
_QUARTER: Final = re.compile(
    r"\b(?:Q(?P<short>[1-4])|(?P<word>first|second|third|fourth)(?:\s+fiscal)?\s+quarter|(?P<german>[1-4])\.\s*Quartal)\b",
    re.IGNORECASE,
)
_ORDINALS: Final = {"first": 1, "second": 2, "third": 3, "fourth": 4}
_YEAR: Final = re.compile(
    r"(?<![\d,.$€£])(?:FY|F|CY)?\s?'?(?P<year>(?:19|20)\d{2})(?!\d|[,.]\d|\s?%)(?=\b|[A-Z]|$)|\bF(?:Y|iscal\s)?'?(?P<short>\d{2})\b"
)
_INSTANT: Final = re.compile(
    r"\b(?:as\s+of|as\s+at|at\s+(?:year[\s-])?end|balance\s+at|per|zum|Stichtag)\b", re.IGNORECASE
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """A stretch of time or an instant that a figure is about.

    `months` is the length (0 for an instant, None where it is not printed); `quarter` counts fiscal quarters;
    `month` and `day` belong to the end.
    """

    year: int | None = None
    month: int | None = None
    day: int | None = None
    months: int | None = None
    quarter: int | None = None

    @property
    def order(self) -> tuple[int, int, int]:
        """Return what sorts periods by time."""
        return self.year or 0, self.month or (self.quarter or 0) * 3, self.day or 0

    @property
    def is_known(self) -> bool:
        """Say whether at least a year is printed."""
        return self.year is not None


def find_periods(text: str) -> list[Period]:
    """Return the periods a text names, in order, without repeats; a length holds for the dates after it."""
    marks = _dated(text)
    taken = [(start, end) for start, end, _ in marks]
    for match in _YEAR.finditer(text):
        if not any(start < match.end() and match.start() < end for start, end in taken):
            marks.append((match.start(), match.end(), Period(year=_year(match))))
    periods: list[Period] = []
    previous_end = 0
    length: tuple[int | None, int | None] = (None, None)
    for start, end, period in sorted(marks, key=lambda mark: mark[0]):
        length = _length(text[previous_end:start]) or length
        months = length[0] if length[0] is not None else None
        full = replace(period, months=months, quarter=length[1])
        if full not in periods:
            periods.append(full)
        previous_end = end
    return periods


def find_quarter(text: str) -> int | None:
    """Return the number of the first fiscal quarter that a text names, 1-4."""
    found = _QUARTER.search(text)
    if found is None:
        return None
    return int(found["short"] or found["german"] or _ORDINALS[found["word"].lower()])


def _dated(text: str) -> list[tuple[int, int, Period]]:
    full = [
        (found.start, found.end, Period(year=found.day.year, month=found.day.month, day=found.day.day))
        for found in find_dates(text)
    ]
    return full + [(start, end, Period(year=year, month=month)) for start, end, year, month in find_months(text)]


def _year(match: re.Match[str]) -> int:
    return int(match["year"]) if match["year"] else 2000 + int(match["short"])


def _length(text: str) -> tuple[int | None, int | None] | None:
    """Return (months, quarter) that the words before a date state, or None where they state none."""
    if (quarter := find_quarter(text)) is not None:
        return QUARTER_MONTHS, quarter
    if match := _LENGTH.search(text):
        return _months(match), None
    if _QUARTER_ENDED.search(text):
        return 3, None
    if _YEAR_ENDED.search(text):
        return 12, None
    return (INSTANT, None) if _INSTANT.search(text) else None


def _months(match: re.Match[str]) -> int | None:
    word = match["count"].lower()
    if not word.isdigit():
        return _LENGTH_WORDS[word]
    weeks = match["unit"].lower().startswith(("week", "woche"))
    return _WEEKS.get(int(word)) if weeks else int(word)


def fits(wanted: Period, printed: Period) -> bool:
    """Say whether a figure's period can be the one asked for.

    A bare year asks for a whole year or an instant of it, never for a part of the year.
    """
    for asked, given in ((wanted.year, printed.year), (wanted.month, printed.month), (wanted.day, printed.day)):
        if asked is not None and given is not None and asked != given:
            return False
    if wanted.year is not None and printed.year is None:
        return False
    if wanted.quarter is not None and printed.quarter is not None and wanted.quarter != printed.quarter:
        return False
    if wanted.months is None:
        return wanted.day is not None or printed.months in (None, INSTANT, 12)
    return printed.months is None or wanted.months == printed.months


def same_length(one: Period, other: Period) -> bool:
    """Say whether two periods may be added or subtracted: no known length differs."""
    return one.months is None or other.months is None or one.months == other.months
