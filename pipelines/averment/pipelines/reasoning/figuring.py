"""From a plan about figures to a recorded calculation, across the documents in question."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Final

from averment.core.answers import Calculation, Citation
from averment.core.documents import DocumentVersion
from averment.pipelines.reasoning.cells import choose
from averment.pipelines.reasoning.choice import Choice, Refusal
from averment.pipelines.reasoning.column_heads import head_of
from averment.pipelines.reasoning.compute import calculate
from averment.pipelines.reasoning.entries import GROUP_JOIN, Entry
from averment.pipelines.reasoning.evidence import Source, operand, shared_unit
from averment.pipelines.reasoning.figures import find_figures
from averment.pipelines.reasoning.grammar import ExpressionError
from averment.pipelines.reasoning.metrics import concepts, weight
from averment.pipelines.reasoning.periods import INSTANT, QUARTER_MONTHS, Period, find_periods
from averment.pipelines.reasoning.rules import Operation, ValuePlan

MIN_SHARE: Final = 0.75


@dataclass(frozen=True, slots=True, kw_only=True)
class Figured:
    """What was calculated, and the document it was read from; `score` says how alike headers and question are, 0-1.

    There are several calculations where several figures are asked for. `periods` are those that a question for periods
    is answered with, as they are printed, `heads` the places where they are.
    """

    calculations: tuple[Calculation, ...]
    source: Source
    score: float
    periods: tuple[str, ...] = ()
    heads: tuple[Citation, ...] = ()


def figure_out(
    plan: ValuePlan, sources: Sequence[Source], entries_of: Callable[[Source], Sequence[Entry]]
) -> Figured | str:
    """Compute what a plan asks for, or return the code of the notice that says why not.

    Two documents that give different results are a refusal: a figure belongs to one company, form and period.
    """
    results: list[Figured] = []
    refusals: list[str] = []
    for source in sources:
        entries = entries_of(source)
        outcome = _from_source(plan, source, _chosen(plan, source, entries), entries)
        if isinstance(outcome, Figured):
            results.append(outcome)
        else:
            refusals.append(outcome)
    if not results:
        return _strongest(refusals)
    if len({tuple((one.value, one.unit) for one in item.calculations) for item in results}) > 1:
        return "several_documents"
    return max(results, key=lambda item: item.score)


def speaks_of(plan: ValuePlan, text: str, *, heading: str = "", is_row: bool = False) -> bool:
    """Say whether a sentence can state what a plan asks for: it names every metric and no other years.

    A question that names no period is not one for a reported figure: any sentence can state an amount of a contract.

    Args:
        plan: The question about figures.
        text: The sentence.
        heading: What it stands under.
        is_row: It is the row of a table, whose years stand over its columns: one that prints several figures leaves
            open which of them is meant.
    """
    if not plan.periods:
        return True
    words = {*concepts(text), *concepts(heading)}
    for wordings in plan.metrics:
        asked = [concepts(wording) for wording in wordings]
        if all(weight(words.intersection(one)) < MIN_SHARE * weight(one) for one in asked):
            return False
    if is_row:
        return len(find_figures(text)) <= 1
    years = {period.year for period in find_periods(text)}
    return not years or all(period.year in years for period in plan.periods)


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


def _from_source(plan: ValuePlan, source: Source, choice: Choice | Refusal, entries: Sequence[Entry]) -> Figured | str:
    if isinstance(choice, Refusal):
        return choice.code
    if any(entry.is_disputed for entry in choice.entries):
        return "tag_conflict"
    unit = shared_unit(choice.entries)
    operands = [
        operand(f"c{number}", entry, source, unit=entry.cell.unit or unit)
        for number, entry in enumerate(choice.entries, start=1)
    ]
    is_list = plan.operation is Operation.LIST
    parts = [(one.name, [one]) for one in operands] if is_list else [(choice.expression, operands)]
    try:
        calculations = tuple(calculate(expression, used, decimals=plan.decimals) for expression, used in parts)
    except ExpressionError:
        return "unit_unknown"
    counts = plan.condition is not None and plan.condition.counts
    heads = (head_of(entry, entries, source=source) for entry in choice.held)
    return Figured(
        calculations=calculations,
        source=source,
        score=min(1.0, choice.score),
        periods=() if counts else tuple(printed_period(entry) for entry in choice.held),
        heads=tuple(head for head in heads if head is not None),
    )


def printed_period(entry: Entry) -> str:
    """Return the period of a figure as its column prints it, else as it was read."""
    column = entry.cell.column_header.rpartition(GROUP_JOIN)[2]
    return column if find_periods(column) else entry.cell.period or entry.cell.column_header


_STRENGTH = (
    "tag_conflict",
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
