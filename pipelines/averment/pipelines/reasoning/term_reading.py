"""Collects what a contract in force on a day prints of its term: days, times, renewals, notice.

The metadata that were read with the document say where its term and its dates stand; where an amendment has changed the
clause, the amendment's own text is read instead.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Final

from averment.core.structure import FactField, PlacedFact
from averment.pipelines.anatomy.changes import Change
from averment.pipelines.anatomy.days import FoundDay
from averment.pipelines.anatomy.expiry import find_end
from averment.pipelines.anatomy.flat_text import FlatText
from averment.pipelines.reasoning.dates import add_days, add_months, find_dates
from averment.pipelines.reasoning.deadlines import Part, Printed, TermParts, only, printed_day
from averment.pipelines.reasoning.durations import Duration, find_durations
from averment.pipelines.reasoning.evidence import Source
from averment.pipelines.reasoning.sentences import Span
from averment.pipelines.reasoning.term_clauses import limits_renewals, notice_periods, renewal_terms, renews_itself

_AROUND: Final = 400
_NEAR: Final = 12
_ENDS_ON: Final = re.compile(r"\b(?:ends?|expires?|terminates?)\s+on\b|\b(?:until|endet\s+am|bis\s+zum)\b", re.I)
Sentence = tuple[Source, Span]


def read_term(
    source: Source,
    facts: Sequence[PlacedFact],
    *,
    sentences: Iterable[Sentence],
    changes: Sequence[tuple[Source, Change]],
) -> TermParts:
    """Read the parts of a contract's term.

    Args:
        source: The contract.
        facts: Its metadata.
        sentences: Those in force that speak of renewal or notice, of the contract and its amendments.
        changes: What in force changes the clauses that the metadata were read from, in order of effect.
    """
    by_field = {fact.field: fact for fact in facts}
    made = _day(source, by_field.get(FactField.AGREEMENT_DATE))
    effective = _day(source, by_field.get(FactField.EFFECTIVE_DATE))
    if effective is None and made is not None and _has_day(by_field.get(FactField.EFFECTIVE_DATE), made):
        effective = made
    initial, is_ambiguous = only(_term(source, by_field.get(FactField.TERM)))
    end = _day(source, by_field.get(FactField.EXPIRY_DATE))
    begin = _begin(source, by_field, initial, [day for day in (effective, made) if day is not None])
    parts = TermParts(
        effective=effective,
        made=made,
        begin=begin,
        initial=initial,
        end=end,
        ambiguous=frozenset[Part]({"initial"} if is_ambiguous else ()),
    )
    for amendment, change in changes:
        parts = _changed(parts, amendment, change)
    return _with_clauses(parts, list(sentences))


def _with_clauses(parts: TermParts, sentences: Sequence[Sentence]) -> TermParts:
    notice, several_notices = only(
        [_length(source, span, item) for source, span in sentences for item in notice_periods(span.text)]
    )
    renewal, several_renewals = only(
        [_length(source, span, item) for source, span in sentences for item in renewal_terms(span.text)]
    )
    unclear: dict[Part, bool] = {"notice": several_notices, "renewal": several_renewals}
    return replace(
        parts,
        notice=notice,
        renewal=renewal,
        ambiguous=parts.ambiguous | {part for part, is_so in unclear.items() if is_so},
        is_limited=any(limits_renewals(span.text) for _, span in sentences),
        renews_itself=any(renews_itself(span.text) for _, span in sentences),
    )


def _length(source: Source, span: Span, found: Duration) -> Printed:
    """Return a printed time with its place; in a sentence over a page break, the place of its part."""
    at, start, end = 0, span.start, span.end
    for first, last in span.places:
        if found.start < at + last - first:
            start, end = first + found.start - at, first + found.end - at
            break
        at += last - first + 1
    return Printed(source=source, start=start, end=end, value=Decimal(found.count), unit=found.unit)


def _term(source: Source, fact: PlacedFact | None) -> list[Printed]:
    if fact is None or fact.start is None or fact.end is None:
        return []
    return [
        Printed(source=source, start=fact.start, end=fact.end, value=Decimal(found.count), unit=found.unit)
        for found in find_durations(source.text[fact.start : fact.end])
    ]


def _day(source: Source, fact: PlacedFact | None) -> Printed | None:
    """Return the date of a piece of metadata where it is printed at its place."""
    if fact is None or fact.start is None or fact.end is None or fact.basis != "stated":
        return None
    day = date.fromisoformat(fact.value)
    if day not in {found.day for found in find_dates(source.text[fact.start : fact.end])}:
        return None
    return printed_day(source, (fact.start, fact.end), day=day)


def _has_day(fact: PlacedFact | None, day: Printed) -> bool:
    return fact is not None and fact.value == day.day.isoformat()


def _begin(
    source: Source, facts: dict[FactField, PlacedFact], initial: Printed | None, known: Sequence[Printed]
) -> Printed | None:
    """Return the printed day from which the term runs: the one that leads to the end that was read, else the first."""
    expiry, term = facts.get(FactField.EXPIRY_DATE), facts.get(FactField.TERM)
    if initial is None or term is None or term.start is None:
        return None
    first = max(0, term.start - _AROUND)
    near = [
        printed_day(source, (first + found.start, first + found.end), day=found.day)
        for found in find_dates(source.shown[first : term.start + _AROUND])
    ]
    days = [*known, *near]
    if expiry is not None and expiry.basis == "computed":
        days = [day for day in days if _end(day.day, initial) == date.fromisoformat(expiry.value)]
    return days[0] if days else None


def _end(begin: date, length: Printed) -> date | None:
    count, unit = Duration(start=0, end=0, text="", count=int(length.value), unit=length.unit).key
    try:
        return add_months(begin, count) if unit == "month" else add_days(begin, count)
    except (ValueError, OverflowError):
        return None


def _changed(parts: TermParts, source: Source, change: Change) -> TermParts:
    """Return the parts after a change of the clause on the term: new words, or a new clause."""
    if change.kind == "deletes":
        return replace(parts, initial=None, end=None)
    if change.old is not None and change.new_start is not None and change.new_end is not None:
        ends = _ENDS_ON.search(source.shown, change.new_end, change.end)
        days = find_dates(source.shown[ends.end() : change.end]) if ends else []
        if ends and days and days[0].start < _NEAR:
            place = ends.end() + days[0].start, ends.end() + days[0].end
            return replace(parts, end=printed_day(source, place, day=days[0].day))
        return _with_new_words(parts, source, (change.new_start, change.new_end))
    is_new = change.new_start is not None and change.new_end is not None and change.label is not None
    place = (change.new_start or 0, change.new_end or 0) if is_new else (change.start, change.end)
    flat = FlatText(source.shown, *place)
    begin = parts.begin or parts.effective
    stated, term = find_end(flat.text, FoundDay(value=begin.day.isoformat(), start=0, end=0) if begin else None)
    if stated is not None and stated.basis == "stated":
        day = date.fromisoformat(stated.value)
        return replace(parts, end=printed_day(source, flat.place(stated.start, stated.end), day=day))
    if term is not None and term.value != "perpetual":
        at = flat.place(term.start, term.end)
        lengths = [
            Printed(source=source, start=at[0], end=at[1], value=Decimal(found.count), unit=found.unit)
            for found in find_durations(source.text[slice(*at)])
        ]
        initial, _ = only(lengths)
        return replace(parts, initial=initial, end=None)
    return replace(parts, initial=None, end=None) if is_new else parts


def _with_new_words(parts: TermParts, source: Source, place: tuple[int, int]) -> TermParts:
    words = source.text[slice(*place)]
    days, lengths = find_dates(words), find_durations(words)
    if len(days) == 1 and parts.end is not None:
        found = place[0] + days[0].start, place[0] + days[0].end
        return replace(parts, end=printed_day(source, found, day=days[0].day))
    if len(lengths) == 1 and parts.initial is not None:
        one = lengths[0]
        start, end = place[0] + one.start, place[0] + one.end
        length = Printed(source=source, start=start, end=end, value=Decimal(one.count), unit=one.unit)
        return replace(parts, initial=length, end=None)
    return parts
