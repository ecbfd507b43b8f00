"""Works out dates of a contract from what it prints: when its term ends, until when notice must be given, and so on.

The term runs from a printed day for a printed time, or ends on a printed day; it renews by a printed time as often as
it takes to reach the day asked about. The result is a recorded calculation over the printed dates and times; what is
missing is named, never assumed.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final, Literal

from averment.core.answers import Calculation, Operand
from averment.pipelines.reasoning.calendars import Calendar
from averment.pipelines.reasoning.compute import DATE, calculate, date_value, value_date
from averment.pipelines.reasoning.date_plans import Anchor, DatePlan, DateQuestion
from averment.pipelines.reasoning.evidence import Source
from averment.pipelines.reasoning.grammar import ExpressionError
from averment.pipelines.reasoning.notices import DATE_PARTS, Language, Remark
from averment.pipelines.reasoning.reader import Candidate

MAX_RENEWALS: Final = 60
Missing = Literal[
    "missing_begin", "missing_term", "missing_end", "missing_notice", "missing_effective", "missing_made",
    "missing_renewal", "ambiguous_term", "out_of_calendar",
]  # fmt: skip
Part = Literal["begin", "initial", "end", "renewal", "notice", "effective", "made"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Printed:
    """A date or a time as a document prints it at `start:end`; `unit` is `date` or a unit of time."""

    source: Source
    start: int
    end: int
    value: Decimal
    unit: str

    @property
    def day(self) -> date:
        """Return the day of a date."""
        return value_date(self.value)


@dataclass(frozen=True, slots=True, kw_only=True)
class TermParts:
    """What was found of a contract's term, each None where it was not found.

    `ambiguous` holds the parts for which different values are printed; `is_limited` says that the number of renewals
    is limited, `renews_itself` that there are renewals, whether or not their length was found.
    """

    effective: Printed | None = None
    made: Printed | None = None
    begin: Printed | None = None
    initial: Printed | None = None
    end: Printed | None = None
    renewal: Printed | None = None
    notice: Printed | None = None
    ambiguous: frozenset[Part] = frozenset()
    is_limited: bool = False
    renews_itself: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkedOut:
    """A date or a number of days, how it was worked out, and from what; `renewals` counts the renewals gone by."""

    calculation: Calculation
    printed: tuple[Printed, ...]
    renewals: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Dated:
    """A date that was worked out, the contract, the clauses it rests on, and the notices that say how."""

    calculation: Calculation
    source: Source
    clauses: tuple[Candidate, ...]
    remarks: tuple[Remark, ...]

    @property
    def calculations(self) -> tuple[Calculation, ...]:
        """Return the one calculation."""
        return (self.calculation,)

    @property
    def periods(self) -> tuple[str, ...]:
        """Return no period: a date is worked out, and none chosen."""
        return ()


def work_out(
    plan: DatePlan, parts: TermParts, *, on: date, calendar: Calendar, language: Language
) -> WorkedOut | Missing:
    """Work out what a plan asks for.

    Args:
        plan: What is asked.
        parts: What the contract prints.
        on: The day on which it is asked; renewals are counted up to it.
        calendar: Says which days are business days.
        language: Of the names of the operands.
    """
    missing = _missing(plan, parts)
    if missing is not None:
        return missing
    expression = _Expression(plan, parts, calendar, language)
    try:
        for renewals in range(MAX_RENEWALS + 1 if parts.renewal is not None and not plan.is_initial else 1):
            found = expression.with_renewals(renewals)
            if parts.renewal is None or plan.is_initial or not _is_past(found, on):
                break
        else:
            return "out_of_calendar"
    except ExpressionError:
        return "out_of_calendar"
    if parts.renews_itself and parts.renewal is None and not plan.is_initial and _is_past(found, on):
        return "missing_renewal"
    return WorkedOut(calculation=found, printed=expression.used, renewals=renewals)


def _is_past(calculation: Calculation, on: date) -> bool:
    return calculation.unit == DATE and value_date(calculation.value) < on


def _missing(plan: DatePlan, parts: TermParts) -> Missing | None:
    anchors = (plan.first, plan.second) if plan.kind is DateQuestion.BETWEEN else ("end",)
    if "effective" in anchors and parts.effective is None:
        return "missing_effective"
    if "made" in anchors and parts.made is None:
        return "missing_made"
    if plan.kind is DateQuestion.NOTICE and parts.notice is None:
        return "ambiguous_term" if "notice" in parts.ambiguous else "missing_notice"
    if "end" in anchors and parts.end is None:
        if parts.initial is None:
            return "ambiguous_term" if "initial" in parts.ambiguous else "missing_term"
        if parts.begin is None:
            return "missing_begin"
    return "ambiguous_term" if "renewal" in parts.ambiguous and not plan.is_initial else None


class _Expression:
    """The expression of a plan for a number of renewals.

    Args:
        plan: What is asked.
        parts: What the contract prints; what the plan needs is there.
        calendar: Says which days are business days.
        language: Of the names of the operands.
    """

    def __init__(self, plan: DatePlan, parts: TermParts, calendar: Calendar, language: Language):
        self._plan, self._parts, self._calendar, self._language = plan, parts, calendar, language
        self._named: dict[str, tuple[Part, Printed]] = {}

    @property
    def used(self) -> tuple[Printed, ...]:
        """Return what the last expression uses, in order of first use."""
        return tuple(printed for _, printed in self._named.values())

    def with_renewals(self, renewals: int) -> Calculation:
        """Evaluate the expression.

        Raises:
            ExpressionError: The result leaves the calendar.
        """
        self._named = {}
        expression = self._write(renewals)
        operands = [self._operand(name, part, printed) for name, (part, printed) in self._named.items()]
        return calculate(expression, operands, calendar=self._calendar)

    def _write(self, renewals: int) -> str:
        plan = self._plan
        if plan.kind is DateQuestion.BETWEEN and plan.first and plan.second:
            return f"{plan.unit}({self._anchor(plan.first, renewals)}, {self._anchor(plan.second, renewals)})"
        end = self._anchor("end", renewals)
        return f"deadline({end}, {self._name('notice')})" if plan.kind is DateQuestion.NOTICE else end

    def _anchor(self, anchor: Anchor, renewals: int) -> str:
        if anchor != "end":
            return self._name(anchor)
        terms: list[Part] = ["renewal"] * renewals
        first: Part = "end"
        if self._parts.end is None:
            first, terms = "begin", ["initial", *terms]
        begin, lengths = self._name(first), [self._name(part) for part in terms]
        return f"add({', '.join([begin, *lengths])})" if lengths else begin

    def _name(self, part: Part) -> str:
        printed: Printed | None = getattr(self._parts, part)
        if printed is None:
            raise ExpressionError(f"there is no {part} to work with")
        for name, (_, known) in self._named.items():
            if known == printed:
                return name
        letter = "d" if printed.unit == DATE else "n"
        name = f"{letter}{sum(known.startswith(letter) for known in self._named) + 1}"
        self._named[name] = part, printed
        return name

    def _operand(self, name: str, part: Part, printed: Printed) -> Operand:
        return Operand(
            name=name,
            label=DATE_PARTS[part][self._language],
            value=printed.value,
            unit=printed.unit,
            scale=1,
            period=None,
            citation=printed.source.cite(printed.start, printed.end),
        )


def printed_day(source: Source, place: tuple[int, int], *, day: date) -> Printed:
    """Return a printed date."""
    return Printed(source=source, start=place[0], end=place[1], value=date_value(day), unit=DATE)


def only(found: Sequence[Printed]) -> tuple[Printed | None, bool]:
    """Return the one value that is printed, and whether there are several different ones instead."""
    values = {(item.value, item.unit) for item in found}
    return (found[0] if len(values) == 1 else None), len(values) > 1
