"""Finding the figures a plan asks for among the cells of a document, or saying why they cannot be found.

Nothing is guessed: cells are compared by their headers and periods, and where two cells fit equally well
and their values differ the plan is refused as ambiguous.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from itertools import product
from typing import Final

from averment.pipelines.reasoning.choice import TIE, Choice, Refusal, can_be_negative, exactness, is_deduction
from averment.pipelines.reasoning.entries import CHANGE, Entry, is_per_share
from averment.pipelines.reasoning.metrics import concepts, likeness
from averment.pipelines.reasoning.over_periods import choose_over_periods
from averment.pipelines.reasoning.periods import INSTANT, YEAR_MONTHS, Period, fits, same_length
from averment.pipelines.reasoning.rules import Operation, ValuePlan

MIN_LIKENESS: Final = 0.72
# Figures whose likeness differs by less cover the same words of the question.
NO_WORD_MORE: Final = 0.15
MAX_OPERANDS: Final = 12
SPECIFIC: Final = 1.1
STATEMENT_BREADTH: Final = 4

_PERCENT: Final = re.compile(r"%|\bpercent|\bProzent|\brate\b|\bmargin\b", re.IGNORECASE)
_TOTAL: Final = re.compile(r"\W*(?:total|gesamt|summe)\W*", re.IGNORECASE)
_OF_TWO: Final = frozenset({Operation.GROWTH, Operation.DIFFERENCE})
_QUALIFIERS: Final = frozenset({"attributabl", "consolidat", "report"})


def choose(plan: ValuePlan, entries: Sequence[Entry]) -> Choice | Refusal:
    """Choose the cells for a plan.

    Every table that holds all of them is tried, then all tables together; the best must be clearly better than
    any other that comes to another result.
    """
    if len(plan.metrics) * max(1, len(plan.periods)) > MAX_OPERANDS:
        return Refusal(code="not_a_figure")
    scored = _scored(plan, entries)
    if any(not matches for matches in scored):
        return Refusal(code="metric_not_found")
    if plan.condition is not None:
        return choose_over_periods(plan.condition, scored[0], periods=plan.periods)
    if plan.operation in _OF_TWO and len(plan.metrics) == 1 and len(plan.periods) < 2:
        periods = _compared(plan.periods, scored[0])
        if periods is None:
            return Refusal(code="period_missing")
        plan = replace(plan, periods=periods)
    tables = dict.fromkeys(entry.cell.table for entry, _ in scored[0])
    choices = [choice for table in tables for choice in _from_table(plan, scored, table)]
    if not choices:
        choices = _from_table(plan, scored, None)
    if not choices:
        has_periods = any(entry.periods for matches in scored for entry, _ in matches)
        return Refusal(code="period_not_found" if has_periods or not plan.periods else "period_missing")
    return _decided(plan, choices, _breadths(entries))


def _compared(asked: tuple[Period, ...], matches: Sequence[tuple[Entry, float]]) -> tuple[Period, ...] | None:
    """Return the two periods that a change without two periods is between; None where that is not one pair.

    The figure is printed for two periods, or for the year asked for and the year before it.
    """
    best = max(score for _, score in matches)
    printed: dict[str, dict[Period, None]] = {}
    for entry, score in matches:
        if score > best - TIE and len(entry.periods) == 1 and entry.periods[0].is_known:
            printed.setdefault(entry.cell.table, {})[entry.periods[0]] = None
    pairs = {pair for found in printed.values() if (pair := _pair_of(asked, list(found))) is not None}
    return pairs.pop() if len(pairs) == 1 else None


def _pair_of(asked: tuple[Period, ...], printed: Sequence[Period]) -> tuple[Period, ...] | None:
    if not asked:
        return tuple(printed) if len(printed) == 2 and same_length(*printed) else None
    (wanted,) = asked
    is_year = wanted.quarter is None and wanted.months in (None, INSTANT, YEAR_MONTHS)
    here = [period for period in printed if fits(wanted, period)]
    if len(here) != 1 or wanted.year is None or not is_year:
        return None
    before = [
        period
        for period in printed
        if period.year == wanted.year - 1 and period.month == here[0].month and same_length(period, here[0])
    ]
    return (here[0], before[0]) if len(before) == 1 else None


def _scored(plan: ValuePlan, entries: Sequence[Entry]) -> list[list[tuple[Entry, float]]]:
    """Return for each metric the entries that can be it, with how alike they are."""
    return [
        _matches(wordings, entries) or _matches(wordings, [_titled(entry) for entry in entries])
        for wordings in plan.metrics
    ]


def _titled(entry: Entry) -> Entry:
    """Let what stands over a table count for its figures: the last resort, since all of them share it."""
    return replace(entry, context=(*entry.context, *entry.title))


def _matches(wordings: tuple[str, ...], entries: Sequence[Entry]) -> list[tuple[Entry, float]]:
    asked = [concepts(wording) for wording in wordings]
    text = " ".join(wordings)
    per_share, change = is_per_share(text), bool(CHANGE.search(text))
    printed = {word for entry in entries for word in entry.header}
    asked = [tuple(word for word in words if word not in _QUALIFIERS or word in printed) for words in asked]
    found = []
    for entry in entries:
        if entry.is_per_share != per_share or (entry.is_derived and not change):
            continue
        scores = [_entry_likeness(words, entry) for words in asked]
        score = max(scores[0] * (SPECIFIC if len(scores) > 1 else 1.0), *scores)
        if score >= MIN_LIKENESS:
            found.append((entry, score))
    return found


def _entry_likeness(words: tuple[str, ...], entry: Entry) -> float:
    """Compare a metric with a figure's own headers, or with those of its whole row where its own share a word.

    Rows may have several columns of words ("C2", "Managed Hosting", "Fixed"); the last alone may say little.
    """
    own = likeness(words, entry.header, entry.context)
    if not set(words) & set(entry.header):
        return own
    return max(own, likeness(words, (*entry.header, *entry.context)))


def _from_table(plan: ValuePlan, scored: Sequence[Sequence[tuple[Entry, float]]], table: str | None) -> list[Choice]:
    """Return the choices that one table (or, for None, all tables together) allows."""
    slots = list(product(range(len(plan.metrics)), plan.periods or (None,)))
    picked: list[list[tuple[Entry, float]]] = []
    for metric, period in slots:
        inside = [
            (entry, score)
            for entry, score in scored[metric]
            if (table is None or entry.cell.table == table) and _fits(period, entry)
        ]
        if not inside:
            return []
        best = max(score for _, score in inside)
        tied = _in_total(inside) or [(entry, score) for entry, score in inside if score > best - TIE]
        distinct = {entry.worth: (entry, score) for entry, score in reversed(tied)}
        picked.append(list(distinct.values()))
    return [_choice(plan, combination) for combination in _combinations(picked)]


def _in_total(inside: Sequence[tuple[Entry, float]]) -> list[tuple[Entry, float]]:
    """Return the total of a row whose columns split it, where the question names none of them; else nothing."""
    best = max(score for _, score in inside)
    near = [(entry, score) for entry, score in inside if score > best - NO_WORD_MORE]
    if len({(entry.cell.table, entry.cell.row) for entry, _ in near}) != 1:
        return []
    return [(entry, score) for entry, score in near if _TOTAL.fullmatch(entry.cell.column_header)]


def _combinations(picked: Sequence[Sequence[tuple[Entry, float]]]) -> list[tuple[tuple[Entry, float], ...]]:
    """Return every combination of tied cells, at most a few: more than one result is ambiguous anyway."""
    limited = [options[:4] for options in picked]
    return list(product(*limited))[:64]


def _fits(period: Period | None, entry: Entry) -> bool:
    if period is None:
        return True
    return bool(entry.periods) and fits(period, entry.periods[0])


def _choice(plan: ValuePlan, combination: Sequence[tuple[Entry, float]]) -> Choice:
    entries = tuple(entry for entry, _ in combination)
    return Choice(
        expression=_expression(plan, entries),
        entries=_in_time(plan, entries),
        score=sum(score for _, score in combination) / len(combination),
    )


def _in_time(plan: ValuePlan, entries: tuple[Entry, ...]) -> tuple[Entry, ...]:
    """Put the later figure of a change first; other operations keep the order of the question."""
    if len(plan.periods) == 2 and plan.operation in (Operation.GROWTH, Operation.DIFFERENCE):
        return tuple(
            sorted(entries, key=lambda entry: entry.periods[0].order if entry.periods else (0, 0, 0), reverse=True)
        )
    return entries


def _expression(plan: ValuePlan, entries: tuple[Entry, ...]) -> str:
    names = ", ".join(f"c{number}" for number in range(1, len(entries) + 1))
    expressions: Mapping[Operation, str] = {
        Operation.LOOKUP: "c1",
        Operation.LIST: names,
        Operation.DIFFERENCE: "abs(c1 - c2)" if plan.is_absolute else "c1 - c2",
        Operation.GROWTH: "percent((c1 - c2) / c2)",
        Operation.RATIO: f"percent({' / '.join(_terms(entries))})",
        Operation.SUM: f"sum({names})",
        Operation.AVERAGE: f"avg({names})",
    }
    return expressions[plan.operation]


def _terms(entries: tuple[Entry, ...]) -> list[str]:
    """Return the terms of a share: where one figure is printed as a deduction and the other is not, its size counts."""
    is_mixed = len({entry.value < 0 for entry in entries}) > 1
    return [
        f"abs(c{number})" if is_mixed and is_deduction(entry.value, entry.cell.row_header) else f"c{number}"
        for number, entry in enumerate(entries, start=1)
    ]


def _decided(plan: ValuePlan, choices: list[Choice], breadths: Mapping[str, int]) -> Choice | Refusal:
    best = max(choices, key=lambda choice: choice.score)
    near = _from_tags([choice for choice in choices if choice.score > best.score - TIE])
    if len(_results(near)) > 1:
        near = _from_statements(near, breadths)
    if len(_results(near)) > 1:
        return Refusal(code="ambiguous")
    return _sound(plan, max(near, key=lambda choice: (exactness(choice), _breadth(choice, breadths), choice.score)))


def _results(choices: Sequence[Choice]) -> set[tuple[tuple[Decimal, bool], ...]]:
    return {tuple(entry.worth for entry in choice.entries) for choice in choices}


def _from_tags(choices: list[Choice]) -> list[Choice]:
    """Keep the choices whose figures the filing tags, where there are any: their unit, period and sign are its own."""
    return [choice for choice in choices if all(entry.concept for entry in choice.entries)] or choices


def _from_statements(choices: list[Choice], breadths: Mapping[str, int]) -> list[Choice]:
    """Keep the choices from a document's main statements where notes and segments have other figures.

    A main statement reports many kinds of figures in one table; a note or a segment table reports few.
    """
    widest = max(_breadth(choice, breadths) for choice in choices)
    if widest < STATEMENT_BREADTH:
        return choices
    return [choice for choice in choices if _breadth(choice, breadths) * 3 > widest * 2]


def _breadth(choice: Choice, breadths: Mapping[str, int]) -> int:
    return min(breadths[entry.cell.table] for entry in choice.entries)


def _breadths(entries: Sequence[Entry]) -> dict[str, int]:
    """Count by table how many kinds of figures the accounting vocabulary knows it to report."""
    kinds: dict[str, set[str]] = {}
    for entry in entries:
        kinds.setdefault(entry.cell.table, set()).update(word for word in entry.header if word.startswith("@"))
    return {table: len(found) for table, found in kinds.items()}


def _sound(plan: ValuePlan, choice: Choice) -> Choice | Refusal:
    """Refuse what would be computed but mean nothing."""
    n_wanted = {Operation.GROWTH: 2, Operation.DIFFERENCE: 2, Operation.RATIO: 2, Operation.LOOKUP: 1}
    wanted = n_wanted.get(plan.operation)
    if wanted is not None and len(choice.entries) != wanted:
        return Refusal(code="period_missing")
    if plan.operation in (Operation.SUM, Operation.AVERAGE, Operation.LIST) and len(choice.entries) < 2:
        return Refusal(code="period_missing")
    if len({entry.cell.id for entry in choice.entries}) < len(choice.entries):
        return Refusal(code="ambiguous")
    values = [entry.value for entry in choice.entries]
    if plan.operation is Operation.GROWTH and (values[1] == 0 or (values[0] < 0) != (values[1] < 0)):
        return Refusal(code="sign_changes")
    if plan.operation is Operation.RATIO and (values[0] < 0) != (values[1] < 0) and not _is_signed_well(choice):
        return Refusal(code="sign_changes")
    if plan.operation is Operation.LOOKUP and plan.wants_percent and not _is_percent(choice.entries[0]):
        return Refusal(code="unit_unknown")
    return choice


def _is_percent(entry: Entry) -> bool:
    return entry.cell.unit == "%" or bool(_PERCENT.search(f"{entry.cell.row_header} {entry.cell.column_header}"))


def _is_signed_well(choice: Choice) -> bool:
    """Say whether a share of figures of different signs means something: a loss, or an expense taken by its size."""
    return can_be_negative(choice.entries) or "abs(" in choice.expression
