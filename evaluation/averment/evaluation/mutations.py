"""Statements about table figures that are true by making, and the ways in which a model gets them wrong.

Each statement says what one cell of a table holds and cites its row. A mutant changes the number and keeps the citation
(last digit, thousand for million, sign), or moves to a neighbour and takes its number (another row cited, another
period's figure of the same row). The guards must hold back every mutant and let the statements pass; nothing but the
guards decides. The numbers are real, the mistakes are those that readers of model answers report.
"""

import calendar
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Final, Literal

from averment.core.answers import Verdict
from averment.pipelines.reasoning.checks import Evidence, check_quotes, check_statement, verdict
from averment.pipelines.reasoning.entries import Entry
from averment.pipelines.reasoning.evidence import Source
from averment.pipelines.reasoning.metrics import concepts
from averment.pipelines.reasoning.periods import INSTANT, Period
from averment.pipelines.reasoning.sentences import Span
from averment.pipelines.reasoning.table_checks import cited_tables

Mutation = Literal["last_digit", "scale", "sign", "other_row", "other_period"]
MUTATIONS: Final[tuple[Mutation, ...]] = ("last_digit", "scale", "sign", "other_row", "other_period")
_SCALES: Final = {1_000: "thousand", 1_000_000: "million", 1_000_000_000: "billion"}
_LENGTHS: Final = {3: "three", 6: "six", 9: "nine", 12: "twelve"}
_MONTHS: Final = tuple(calendar.month_name)[1:]


@dataclass(frozen=True, slots=True, kw_only=True)
class TableStatement:
    """A statement about one cell, the row it cites, and the figures of the document it is checked against."""

    row: str
    value: Decimal
    scale: int
    unit: str | None
    period: Period | None
    entry: Entry
    cited: Span

    @property
    def text(self) -> str:
        """Return the sentence."""
        amount = f"{abs(self.value):,}"
        if self.unit == "%":
            amount += " percent"
        elif self.scale in _SCALES:
            amount += f" {_SCALES[self.scale]}"
        if self.unit is not None and len(self.unit) == 3:  # a currency
            amount += f" {self.unit}"
        sign = "negative " if self.value < 0 else ""
        amount = f"-{amount}" if sign else amount
        return f"{self.row} was {amount}{_when(self.period)}."


@dataclass(frozen=True, slots=True, kw_only=True)
class Mutant:
    """A statement that is wrong, and how it came to be."""

    mutation: Mutation
    statement: TableStatement


def statements(spans: Sequence[Span], entries: Sequence[Entry]) -> tuple[TableStatement, ...]:
    """Make a statement of every figure with a name that stands in a citable row, in order."""
    made = []
    rows = [span for span in spans if span.is_row and span.is_citable]
    for entry in entries:
        cell = entry.cell
        cited = next((span for span in rows if span.start <= cell.start and cell.end <= span.end), None)
        name = " ".join(cell.row_header.replace("|", " ").split())
        if cited is None or not name or not entry.value or not concepts(name) or any(mark.isdigit() for mark in name):
            continue
        made.append(
            TableStatement(
                row=name,
                value=entry.value,
                scale=cell.scale,
                unit=cell.unit,
                period=entry.periods[0] if entry.periods else None,
                entry=entry,
                cited=cited,
            )
        )
    return tuple(made)


def mutants(made: Sequence[TableStatement], *, count: int, seed: int) -> Iterator[Mutant]:
    """Yield wrong statements, their kinds in turn, until there are enough or no more can be made."""
    chance = random.Random(seed)
    left = {mutation: chance.sample(list(made), len(made)) for mutation in MUTATIONS}
    yielded = 0
    while yielded < count and any(left.values()):
        for mutation in MUTATIONS:
            while left[mutation]:
                found = _mutated(left[mutation].pop(), mutation, made)
                if found is not None:
                    yield Mutant(mutation=mutation, statement=found)
                    yielded += 1
                    break
            if yielded == count:
                return


def passes(statement: TableStatement, source: Source, *, entries: Sequence[Entry]) -> bool:
    """Say whether the guards would release a statement."""
    places = [(statement.cited.start, statement.cited.end)]
    document = source.document
    evidence = Evidence(
        citations=(source.cite(*places[0]),),
        known_names=tuple(name for name in (document.title, document.issuer, *document.parties) if name),
        documents=frozenset({document.document_id}),
        tables=cited_tables(source.text_hash, entries, places=places),
    )
    found = check_quotes(evidence, {source.text_hash: source.text}) + check_statement(statement.text, evidence)
    return verdict(found) is Verdict.SUPPORTED


def _mutated(one: TableStatement, mutation: Mutation, made: Sequence[TableStatement]) -> TableStatement | None:
    match mutation:
        case "last_digit":
            return replace(one, value=_other_digit(one.value))
        case "scale":
            other = {1_000: 1_000_000, 1_000_000: 1_000, 1_000_000_000: 1_000_000}.get(one.scale)
            return None if other is None or one.unit == "%" else replace(one, scale=other)
        case "sign":
            return replace(one, value=-one.value)
        case "other_row":
            return _other_row(one, made)
        case "other_period":
            return _other_period(one, made)


def _other_digit(value: Decimal) -> Decimal:
    step = Decimal(1).scaleb(int(value.as_tuple().exponent))
    last = int(abs(value) / step) % 10
    moved = abs(value) + step * (1 if last < 9 else -1)
    return moved.copy_sign(value)


def _other_row(one: TableStatement, made: Sequence[TableStatement]) -> TableStatement | None:
    """Cite the nearest other row of the table and take its number of the same column."""
    cell = one.entry.cell
    near = [
        other
        for other in made
        if other.entry.cell.table == cell.table
        and other.entry.cell.column == cell.column
        and other.row != one.row
        and abs(other.value * other.scale) != abs(one.value * one.scale)
    ]
    if not near:
        return None
    other = min(near, key=lambda item: abs(item.entry.cell.row - cell.row))
    return replace(one, value=other.value, scale=other.scale, unit=other.unit, cited=other.cited)


def _other_period(one: TableStatement, made: Sequence[TableStatement]) -> TableStatement | None:
    """Take the number of another period in the same row, and say the period of the first."""
    cell = one.entry.cell
    if one.period is None:
        return None
    for other in made:
        if (
            other.entry.cell.table == cell.table
            and other.entry.cell.row == cell.row
            and other.period is not None
            and other.period != one.period
            and other.value * other.scale != one.value * one.scale
        ):
            return replace(one, value=other.value, scale=other.scale, unit=other.unit)
    return None


def _when(period: Period | None) -> str:
    if period is None or period.year is None:
        return ""
    if period.month is None:
        return f" in {period.year}"
    day = (
        f"{_MONTHS[period.month - 1]} {period.day}, {period.year}"
        if period.day
        else (f"{_MONTHS[period.month - 1]} {period.year}")
    )
    if period.months == INSTANT:
        return f" as of {day}"
    length = _LENGTHS.get(period.months or 0)
    return f" for the {length} months ended {day}" if length else f" for the period ended {day}"
