"""Calendar dates as contracts and filings print them, and exact date arithmetic.

English and German names of months, `6th day of April, 2007`, `sixth day of April, 2007`, ISO 8601, `2007/4/6`,
`04/06/2007` and `04-06-2007` (month first, unless the first number exceeds 12) and `6.4.2007` (day first). A date
that is not on the calendar is no date.
"""

import calendar
import re
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from averment.pipelines.ingestion.months import MONTH_NAME, MONTHS

_MONTH = f"(?P<month>{MONTH_NAME})" + r"\b\.?"
# Superscripts come apart: "the 14t h day".
_DAY = r"(?P<day>\d{1,2})(?:\s*(?:s\s?t|n\s?d|r\s?d|t\s?h)\b)?"
_YEAR = r"(?P<year>(?:1[89]|2[01])\d{2})"
_IN_YEAR = r"(?:in\s+the\s+year\s+(?:of\s+)?|A\.?\s?D\.?,?\s+|day\s+of\s+|of\s+)?"
_ORDINALS: Final = {
    word: number
    for number, word in enumerate(
        re.findall(
            r"\S+",
            "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth fourteenth "
            "fifteenth sixteenth seventeenth eighteenth nineteenth twentieth twenty-first twenty-second twenty-third "
            "twenty-fourth twenty-fifth twenty-sixth twenty-seventh twenty-eighth twenty-ninth thirtieth thirty-first",
        ),
        start=1,
    )
}
_ORDINAL = f"(?P<word>{'|'.join(sorted((word.replace('-', '[- ]') for word in _ORDINALS), key=len, reverse=True))})"
_FORMS: Final = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        rf"\b{_MONTH}\s+{_DAY}(?:\s*,\s*|\s+)(?:in\s+the\s+year\s+)?{_YEAR}\b",
        rf"\b{_DAY}\.?[\s-]*(?:day\s+of\s+|of\s+)?(?:the\s+month\s+of\s+)?{_MONTH}[\s-]*,?\s*{_IN_YEAR}{_YEAR}\b",
        rf"\b{_ORDINAL}\s+(?:day\s+)?of\s+{_MONTH}\s*,?\s*{_IN_YEAR}{_YEAR}\b",
        r"\b(?P<year>(?:1[89]|2[01])\d{2})-(?P<month>\d{2})-(?P<day>\d{2})\b",
        r"\b(?P<year>(?:19|20)\d{2})/(?P<month>\d{1,2})/(?P<day>\d{1,2})\b",
        r"\b(?P<month>\d{1,2})/(?P<day>\d{1,2})/(?P<year>\d{4}|\d{2})\b",
        r"(?<![\d-])(?P<month>\d{1,2})-(?P<day>\d{1,2})-(?P<year>(?:19|20)\d{2})\b",
        r"\b(?P<day>\d{1,2})\.\s?(?P<month>\d{1,2})\.\s?(?P<year>\d{4})\b",
    )
)
_DIGIT: Final = re.compile(r"\d")
_MONTH_YEAR: Final = re.compile(rf"\b{_MONTH}\s*,?\s+{_YEAR}\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundDate:
    """A printed date; `start:end` cuts it out of the text it was found in."""

    start: int
    end: int
    text: str
    day: date


def find_dates(text: str) -> list[FoundDate]:
    """Return the full dates printed in a text, in order, none overlapping another."""
    found: list[FoundDate] = []
    if _DIGIT.search(text) is None:
        return found
    for form in _FORMS:
        for match in form.finditer(text):
            day = _day(match)
            if day is not None and not any(f.start < match.end() and match.start() < f.end for f in found):
                found.append(FoundDate(start=match.start(), end=match.end(), text=match[0], day=day))
    return sorted(found, key=lambda item: item.start)


def find_months(text: str) -> list[tuple[int, int, int, int]]:
    """Return (start, end, year, month) of every month that is printed without a day."""
    if _DIGIT.search(text) is None:
        return []
    taken = [(d.start, d.end) for d in find_dates(text)]
    return [
        (m.start(), m.end(), int(m["year"]), MONTHS[m["month"].lower()])
        for m in _MONTH_YEAR.finditer(text)
        if not any(start < m.end() and m.start() < end for start, end in taken)
    ]


def _day(match: re.Match[str]) -> date | None:
    name = match["month"].lower()
    month = int(name) if name.isdigit() else MONTHS[name]
    fields = match.groupdict()
    day = int(fields["day"]) if "day" in fields else _ORDINALS[re.sub(r"\s", "-", fields["word"].lower())]
    year = int(match["year"])
    if re.match(r"\d+[/-]\d+", match[0]) and month > 12 >= day:
        month, day = day, month
    if year < 100:
        year += 2000 if year < 60 else 1900
    try:
        return date(year, month, day)
    except ValueError:
        return None


def add_months(day: date, months: int) -> date:
    """Return the same day of the month some months later (or earlier), or the month's last day."""
    total = day.year * 12 + day.month - 1 + months
    year, month = divmod(total, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def add_days(day: date, days: int) -> date:
    """Return the date some days later, or earlier for a negative number."""
    return day + timedelta(days=days)


_GERMAN_NAMES: Final = "|Januar|Februar|März|April|Mai|Juni|Juli|August|September|Oktober|November|Dezember".split("|")  # noqa: SIM905 - shorter


def long_form(day: date, language: str) -> str:
    """Write a date in words, `April 6, 2007` or `6. April 2007`."""
    if language == "de":
        return f"{day.day}. {_GERMAN_NAMES[day.month]} {day.year}"
    return f"{calendar.month_name[day.month]} {day.day}, {day.year}"
