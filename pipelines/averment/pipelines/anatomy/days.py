"""Dates of a contract with their places, and whether they are printed or follow from what is printed."""

import re
from dataclasses import dataclass, replace
from typing import Final, Literal

from averment.pipelines.reasoning.dates import FoundDate, find_dates

_STAMP_CHARS: Final = 24
# The form that a page is filed under, before the day it was filed: "Source: HALDEN INC, S-1/A, 4/16/2015".
_STAMP: Final = re.compile(r"[\s,](?:[A-Z]{1,3}-\d{1,2}|\d{1,2}-[A-Z]{1,3}\d?|DEF\s?\w+|DRS|\d{3}[A-Z]\w*)(?:/A)?,\s*$")


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundDay:
    """A date with its place in the text that was read; `basis` says whether it is printed there or follows from it."""

    value: str
    start: int
    end: int
    basis: Literal["stated", "computed"] = "stated"


def dates_in(text: str, start: int, *, end: int) -> list[FoundDate]:
    """Return the dates of a stretch; "first (1st) day of January" is read as its figures say.

    The day that a page was filed, as its margin prints it, is none of the document's.
    """
    piece = text[start:end].translate({ord("("): " ", ord(")"): " ", ord("\u00a0"): " "})
    return [
        FoundDate(start=start + found.start, end=start + found.end, text=found.text, day=found.day)
        for found in find_dates(piece)
        if _STAMP.search(text, max(0, start + found.start - _STAMP_CHARS), start + found.start) is None
    ]


def as_day(found: FoundDate) -> FoundDay:
    """Return a date that is printed."""
    return FoundDay(value=found.day.isoformat(), start=found.start, end=found.end)


def follows(day: FoundDay | None) -> FoundDay | None:
    """Return the same date as one that follows from what is printed at its place."""
    return None if day is None else replace(day, basis="computed")
