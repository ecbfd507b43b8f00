"""From a plan about figures to a recorded calculation, across the documents in question."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Final

from averment.core.answers import Calculation
from averment.core.documents import DocumentVersion
from averment.pipelines.reasoning.cells import Choice, Refusal, choose
from averment.pipelines.reasoning.compute import calculate
from averment.pipelines.reasoning.entries import Entry
from averment.pipelines.reasoning.evidence import Source, operand, shared_unit
from averment.pipelines.reasoning.grammar import ExpressionError
from averment.pipelines.reasoning.periods import INSTANT, Period
from averment.pipelines.reasoning.rules import ValuePlan

QUARTER_MONTHS: Final = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Figured:
    """A calculation and the document it was read from; `score` says how alike headers and question are, 0-1."""

    calculation: Calculation
    source: Source
    score: float


def figure_out(
    plan: ValuePlan, sources: Sequence[Source], entries_of: Callable[[Source], Sequence[Entry]]
) -> Figured | str:
    """Compute what a plan asks for, or return the code of the notice that says why not.

    Two documents that give different results are a refusal: a figure belongs to one company, form and period.
    """
    results: list[Figured] = []
    refusals: list[str] = []
    for source in sources:
        outcome = _from_source(plan, source, _chosen(plan, source, entries_of(source)))
        if isinstance(outcome, Figured):
            results.append(outcome)
        else:
            refusals.append(outcome)
    if not results:
        return _strongest(refusals)
    if len({(item.calculation.value, item.calculation.unit) for item in results}) > 1:
        return "several_documents"
    return max(results, key=lambda item: item.score)


def _chosen(plan: ValuePlan, source: Source, entries: Sequence[Entry]) -> Choice | Refusal:
    """Choose the cells, a fiscal quarter read as the dates that the document says it ended on."""
    found = choose(plan, entries)
    if isinstance(found, Choice) or found.code != "period_not_found":
        return found
    for months in (QUARTER_MONTHS, INSTANT):
        dated = tuple(_dated(period, source.document, months=months) for period in plan.periods)
        if dated != plan.periods and isinstance(again := choose(replace(plan, periods=dated), entries), Choice):
            return again
    return found


def _dated(period: Period, document: DocumentVersion, *, months: int) -> Period:
    """Return the end of a fiscal quarter where it is the document's own; other periods stay as they are."""
    if period.quarter is None or document.document_date is None:
        return period
    if document.period != f"{period.year}-Q{period.quarter}":
        return period
    end = date.fromisoformat(document.document_date)
    return Period(year=end.year, month=end.month, day=end.day, months=months)


def _from_source(plan: ValuePlan, source: Source, choice: Choice | Refusal) -> Figured | str:
    if isinstance(choice, Refusal):
        return choice.code
    unit = shared_unit(choice.entries)
    operands = [
        operand(f"c{number}", entry, source, unit=entry.cell.unit or unit)
        for number, entry in enumerate(choice.entries, start=1)
    ]
    try:
        calculation = calculate(choice.expression, operands, decimals=plan.decimals)
    except ExpressionError:
        return "unit_unknown"
    return Figured(calculation=calculation, source=source, score=min(1.0, choice.score))


_STRENGTH = (
    "ambiguous",
    "sign_changes",
    "unit_unknown",
    "period_not_found",
    "period_missing",
    "not_a_figure",
    "metric_not_found",
)


def _strongest(refusals: Sequence[str]) -> str:
    """Return the refusal that came nearest to an answer."""
    return min(refusals, key=_STRENGTH.index, default="metric_not_found")
