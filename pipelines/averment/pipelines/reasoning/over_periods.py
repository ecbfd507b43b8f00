"""Choosing periods by a figure: the series of one row is read whole, and the condition picks from it.

Every row that fits the question's words must pick the same periods; where two differ, the question is ambiguous.
"""

from collections.abc import Sequence
from decimal import Decimal

from averment.pipelines.reasoning.choice import TIE, Choice, Refusal, can_be_negative, exactness
from averment.pipelines.reasoning.conditions import Condition
from averment.pipelines.reasoning.entries import Entry
from averment.pipelines.reasoning.figures import PERCENT
from averment.pipelines.reasoning.periods import Period, fits, same_length


def choose_over_periods(
    condition: Condition, matches: Sequence[tuple[Entry, float]], *, periods: Sequence[Period]
) -> Choice | Refusal:
    """Choose the periods in which a figure is what a condition says.

    Args:
        condition: What periods are chosen by.
        matches: The figures that can be meant, with how alike they are to the question; not empty.
        periods: Limits the periods looked at; all that are printed where empty.
    """
    best = max(score for _, score in matches)
    found = [_picked(condition, series, score=best) for series in _series(matches, best, periods)]
    choices = [choice for choice in found if isinstance(choice, Choice)]
    if not choices:
        return next((refusal for refusal in found if isinstance(refusal, Refusal)), Refusal(code="period_missing"))
    if len({_outcome(choice) for choice in choices}) > 1:
        return Refusal(code="ambiguous")
    return max(choices, key=exactness)


def _series(matches: Sequence[tuple[Entry, float]], best: float, periods: Sequence[Period]) -> list[tuple[Entry, ...]]:
    """Return the figures of each row that fits best, one a period; a row with two of one period is left out."""
    rows: dict[tuple[str, int], list[Entry]] = {}
    for entry, score in matches:
        is_meant = not periods or any(fits(wanted, printed) for wanted in periods for printed in entry.periods[:1])
        if score > best - TIE and len(entry.periods) == 1 and entry.periods[0].is_known and is_meant:
            rows.setdefault((entry.cell.table, entry.cell.row), []).append(entry)
    return [
        tuple(row)
        for row in rows.values()
        if len(row) > 1
        and len({entry.periods[0] for entry in row}) == len(row)
        and all(same_length(row[0].periods[0], entry.periods[0]) for entry in row)
    ]


def _picked(condition: Condition, series: tuple[Entry, ...], *, score: float) -> Choice | Refusal:
    is_percent = any(entry.cell.unit == PERCENT for entry in series)
    if condition.bound is not None and not _comparable(condition, series, is_percent=is_percent):
        return Refusal(code="unit_unknown")
    sizes = _is_printed_down(series)
    worths = [abs(_worth(entry)) if sizes else _worth(entry) for entry in series]
    places = condition.chosen(worths)
    if not places:
        return Refusal(code="period_not_found")
    is_edge = condition.relation in ("greatest", "least")
    if is_edge and len(places) > 1:
        return Refusal(code="ambiguous")
    held = tuple(series[place] for place in places)
    if not is_edge:
        names = ", ".join(f"c{number}" for number in range(1, len(held) + 1))
        return Choice(expression=f"count({names})", entries=held, score=score, held=held)
    names = ", ".join(f"abs(c{number})" if sizes else f"c{number}" for number in range(1, len(series) + 1))
    function = "max" if condition.relation == "greatest" else "min"
    return Choice(expression=f"{function}({names})", entries=series, score=score, held=held)


def _comparable(condition: Condition, series: Sequence[Entry], *, is_percent: bool) -> bool:
    """Say whether a bound and figures are of one kind: a bare bound does not tell its scale."""
    if (condition.unit == PERCENT) != is_percent and condition.bound != 0:
        return False
    return condition.is_scaled or all(entry.cell.scale == 1 for entry in series)


def _worth(entry: Entry) -> Decimal:
    return entry.value * entry.cell.scale


def _is_printed_down(series: Sequence[Entry]) -> bool:
    """Say whether the figures are printed as deductions, so that their size is what is meant."""
    return all(entry.value <= 0 for entry in series) and not can_be_negative(series)


def _outcome(choice: Choice) -> tuple[int | None, ...]:
    return tuple(sorted(entry.periods[0].year or 0 for entry in choice.held))
