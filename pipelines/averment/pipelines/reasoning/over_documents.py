"""What the values of several documents come to: which is larger, how far apart they are, their ratio or their sum.

One expression over one cited value of each document, evaluated and checked like any other: units must agree, and so
must the lengths of the periods. An expense that one filing prints in brackets and another without is taken by its size.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Final

from averment.core.answers import Calculation, Operand, TypedValue
from averment.pipelines.reasoning import writer
from averment.pipelines.reasoning.choice import is_deduction
from averment.pipelines.reasoning.comparing import Gain
from averment.pipelines.reasoning.compute import calculate
from averment.pipelines.reasoning.grammar import ExpressionError
from averment.pipelines.reasoning.periods import Period, find_periods

_OF_TWO: Final = {
    "difference": "{0} - {1}",
    "ratio": "{0} / {1}",
    "percent": "percent(({0} - {1}) / {1})",
    "growth": "percent(({0} - {1}) / {1})",
}
_DAYS_APART: Final = "days(c1, c2)"


@dataclass(frozen=True, slots=True, kw_only=True)
class JointValue:
    """What values come to; `held` names the document whose value is the larger or the smaller, where that is asked."""

    calculation: Calculation
    held: tuple[str, ...] = ()

    def value(self, *, wants_gap: bool) -> TypedValue:
        """Return the outcome as the machine reads it: the number, the document, or both as a list."""
        scale = writer.common_scale(self.calculation)
        if not self.held:
            return writer.typed_result(self.calculation, scale)
        if not wants_gap:
            return TypedValue(type="text", value=self.held[0])
        gap = writer.number(self.calculation.value, unit=self.calculation.unit, scale=scale, language="en")
        return TypedValue(type="list", value=(*self.held, gap))


def join_values(gain: Gain, operands: Sequence[Operand], *, names: Sequence[str]) -> JointValue | None:
    """Compute what values of different documents come to; None where they cannot be computed with each other.

    Args:
        gain: What is asked of them.
        operands: One value of each document, in the order of the question.
        names: What the documents are called, in the same order.
    """
    if gain == "growth":
        operands = sorted(operands, key=lambda operand: _end(operand).order, reverse=True)
    named = [replace(operand, name=f"c{number}") for number, operand in enumerate(operands, start=1)]
    terms = [f"abs({one.name})" if is_deduction(one.value, one.label) else one.name for one in named]
    worths = [_worth(one, term) for one, term in zip(named, terms, strict=True)]
    expression, held = _expression(gain, terms, worths)
    if expression is None or (gain in ("ratio", "percent", "growth") and min(worths) <= 0):
        return None
    try:
        calculation = calculate(expression, named)
    except ExpressionError:
        return None
    return JointValue(calculation=calculation, held=() if held is None else (names[held],))


def days_apart(operands: Sequence[Operand]) -> JointValue | None:
    """Count the days between two dates, from the earlier to the later."""
    in_time = sorted(operands, key=lambda operand: operand.value)
    named = [replace(operand, name=f"c{number}") for number, operand in enumerate(in_time, start=1)]
    try:
        return JointValue(calculation=calculate(_DAYS_APART, named))
    except ExpressionError:
        return None


def end_apart(operands: Sequence[Operand]) -> bool:
    """Say whether the periods of values end on different days, as fiscal years do."""
    ends = {(end.year, end.month, end.day) for operand in operands if (end := _end(operand)).is_known}
    return len(ends) > 1


def _expression(gain: Gain, terms: Sequence[str], worths: Sequence[Decimal]) -> tuple[str | None, int | None]:
    """Return the expression, and the place (0-based) of the value that is asked for, if one is."""
    joined = ", ".join(terms)
    if gain == "sum":
        return f"sum({joined})", None
    if gain in ("higher", "lower"):
        edge = max(worths) if gain == "higher" else min(worths)
        held = worths.index(edge) if worths.count(edge) == 1 else None
        if len(terms) == 2:
            return f"abs({terms[0]} - {terms[1]})", held
        return f"{'max' if gain == 'higher' else 'min'}({joined})", held
    return (_OF_TWO[gain].format(*terms), None) if len(terms) == 2 else (None, None)


def _worth(operand: Operand, term: str) -> Decimal:
    worth = operand.value * operand.scale
    return worth if term == operand.name else abs(worth)


def _end(operand: Operand) -> Period:
    return next(iter(find_periods(operand.period or "")), Period())
