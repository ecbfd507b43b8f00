"""Spans of time as contracts print them: `thirty (30) days`, `12-month`, `zwei Jahre`.

A duration is a whole number and a unit; months are never turned into days. Words and digits that
disagree (`thirty (60) days`) are both reported, so that neither can pass for the other.
"""

import re
from collections.abc import Collection
from dataclasses import dataclass
from typing import Final

_ONES: Final = (
    "zero",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
    "thirteen",
    "fourteen",
    "fifteen",
    "sixteen",
    "seventeen",
    "eighteen",
    "nineteen",
)
_TENS: Final = ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
_GERMAN: Final = {
    "ein": 1,
    "eine": 1,
    "einem": 1,
    "einen": 1,
    "einer": 1,
    "zwei": 2,
    "drei": 3,
    "vier": 4,
    "fünf": 5,
    "sechs": 6,
    "sieben": 7,
    "acht": 8,
    "neun": 9,
    "zehn": 10,
    "zwölf": 12,
    "vierzehn": 14,
    "zwanzig": 20,
    "dreißig": 30,
    "sechzig": 60,
    "neunzig": 90,
}


def _numerals() -> dict[str, int]:
    words = {word: number for number, word in enumerate(_ONES)}
    for index, ten in enumerate(_TENS, start=2):
        words[ten] = index * 10
        for one in range(1, 10):
            for joint in ("-", " "):
                words[f"{ten}{joint}{_ONES[one]}"] = index * 10 + one
    words |= {"one hundred": 100, "a hundred": 100, "one hundred twenty": 120, "one hundred eighty": 180}
    words |= {"one hundred and twenty": 120, "one hundred and eighty": 180, "three hundred sixty-five": 365}
    return words | _GERMAN


NUMERALS: Final = _numerals()
_UNITS: Final = {
    "business day": "business_day",
    "working day": "business_day",
    "werktag": "business_day",
    "arbeitstag": "business_day",
    "hour": "hour",
    "stunde": "hour",
    "day": "day",
    "tag": "day",
    "week": "week",
    "woche": "week",
    "month": "month",
    "monat": "month",
    "quarter": "quarter",
    "quartal": "quarter",
    "year": "year",
    "jahr": "year",
}


TIME_UNITS: Final = frozenset(_UNITS.values())


def _alternation(words: Collection[str]) -> str:
    """Return a pattern of the words that tries few of them: grouped by their beginning, the longest first."""
    by_head: dict[str, list[str]] = {}
    for word in words:
        by_head.setdefault(re.split(r"[- ]", word)[0], []).append(word)
    parts = []
    for head in sorted(by_head, key=len, reverse=True):
        tails = sorted((word[len(head) :] for word in by_head[head]), key=len, reverse=True)
        endings = "|".join(re.escape(tail) for tail in tails if tail)
        optional = "?" if "" in tails else ""
        parts.append(re.escape(head) + (f"(?:{endings}){optional}" if endings else ""))
    return "|".join(parts)


_WORDS = _alternation(NUMERALS)
_UNIT_WORDS = (
    r"hours?|business[\s-]days?|working[\s-]days?|days?|weeks?|months?|quarters?|years?|"
    r"Stunden?|Werktag(?:e|en|s)?|Arbeitstag(?:e|en|s)?|Tag(?:e|en|s)?|Wochen?|Monat(?:e|en|s)?|Quartale?n?|Jahr(?:e|en|es|s)?"
)
_UNIT: Final = re.compile(rf"(?<![A-Za-z])(?:{_UNIT_WORDS})(?![A-Za-z])", re.IGNORECASE)
_DURATION: Final = re.compile(
    rf"\b(?:(?P<word>{_WORDS})\b[\s-]*(?:\(\s*(?P<repeat>\d{{1,4}})\s*\)[\s-]*)?|(?P<digits>\d{{1,4}})\b[\s-]*"
    rf"(?:\(\s*(?P<inwords>{_WORDS})\s*\)[\s-]*)?)"
    r"(?:calendar\s+|contract\s+|full\s+|consecutive\s+|additional\s+|successive\s+|further\s+|more\s+|prior\s+|whole\s+"
    r"|weitere[nrs]?\s+|volle[nrs]?\s+|zusätzliche[nrs]?\s+|aufeinander\s*folgende[nrs]?\s+)*"
    rf"(?P<unit>{_UNIT_WORDS})(?![A-Za-z])",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Duration:
    """A printed span of time; `start:end` cuts it out of the text it was found in.

    `unit` is one of hour, day, business_day, week, month, quarter, year.
    """

    start: int
    end: int
    text: str
    count: int
    unit: str

    @property
    def key(self) -> tuple[int, str]:
        """Return what makes two durations the same one: 12 months and 1 year are, 30 days and 1 month are not."""
        if self.unit == "year":
            return self.count * 12, "month"
        if self.unit == "quarter":
            return self.count * 3, "month"
        if self.unit == "week":
            return self.count * 7, "day"
        return self.count, self.unit


def find_durations(text: str) -> list[Duration]:
    """Return the durations printed in a text, in order; a word and a digit that disagree give two."""
    found: list[Duration] = []
    if _UNIT.search(text) is None:
        return found
    for match in _DURATION.finditer(text):
        counts = {int(part) for part in (match["repeat"], match["digits"]) if part}
        counts |= {NUMERALS[re.sub(r"\s+", " ", part.lower())] for part in (match["word"], match["inwords"]) if part}
        unit = _unit(match["unit"])
        found += [
            Duration(start=match.start(), end=match.end(), text=match[0], count=count, unit=unit)
            for count in sorted(counts)
        ]
    return found


def _unit(word: str) -> str:
    plain = re.sub(r"[\s-]+", " ", word.lower())
    return next(unit for stem, unit in _UNITS.items() if plain.startswith(stem))
