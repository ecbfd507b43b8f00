"""What a contract states of itself, as its anatomy found it printed: when it was made, takes effect, wants notice."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from averment.core.answers import TypedValue
from averment.core.structure import FactField, PlacedFact
from averment.pipelines.reasoning.date_plans import Anchor
from averment.pipelines.reasoning.dates import find_dates
from averment.pipelines.reasoning.evidence import Source
from averment.pipelines.reasoning.reader import Candidate

_FIELDS: Final[Mapping[Anchor, FactField]] = {
    "made": FactField.AGREEMENT_DATE,
    "effective": FactField.EFFECTIVE_DATE,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class PlacedDay:
    """A day with the place that prints it; `saying` is the place of the words that point to it, where others do.

    `is_assumed` where a contract names no day of its effect, and the day it was made is taken for it.
    """

    value: date
    start: int
    end: int
    saying: int | None = None
    is_assumed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class StatedPart:
    """A day or a time that answers, as `words` print it, and the sentences to quote.

    First the one that prints it, then one that points to it.
    """

    value: TypedValue
    words: str
    printing: Candidate
    pointing: Candidate | None = None


def placed_day(facts: Sequence[PlacedFact], asked: Anchor, *, source: Source) -> PlacedDay | None:
    """Return the day that is asked for, by the metadata of a contract; None where no place of it prints the day.

    Args:
        facts: The metadata.
        asked: `made` or `effective`.
        source: The contract's text.
    """
    by_field = {fact.field: fact for fact in facts}
    fact, made = by_field.get(_FIELDS[asked]), by_field.get(FactField.AGREEMENT_DATE)
    if fact is None or fact.start is None or fact.end is None:
        return None
    value = date.fromisoformat(fact.value)
    if _prints(source, fact, value):
        is_assumed = asked == "effective" and fact.basis == "computed"
        return PlacedDay(value=value, start=fact.start, end=fact.end, is_assumed=is_assumed)
    if made is None or made.start is None or made.end is None or not _prints(source, made, value):
        return None
    return PlacedDay(value=value, start=made.start, end=made.end, saying=fact.start)


def _prints(source: Source, fact: PlacedFact, day: date) -> bool:
    return day in {found.day for found in find_dates(source.shown[fact.start : fact.end])}
