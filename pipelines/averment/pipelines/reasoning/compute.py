"""Exact evaluation of expressions over cited numbers, with unit, scale, sign and period carried and checked.

Arithmetic is in fractions; only the finished value is rounded, and the calculation says how. Adding
dollars to shares, six months to a year, or a date to anything is an error, never a number.

Dates are operands of unit `date` with the value YYYYMMDD; the results of `days` and `months` have the
units `day` and `month`. `add` moves a date by durations, `deadline` moves it back by one: months and years go to the
same day of the month or its last, all of them at once; business days leave out what the calendar says.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import ROUND_HALF_UP, Decimal, localcontext
from fractions import Fraction
from typing import Final

from averment.core.answers import Calculation, Operand
from averment.pipelines.reasoning import grammar
from averment.pipelines.reasoning.calendars import Calendar
from averment.pipelines.reasoning.dates import add_days, add_months
from averment.pipelines.reasoning.grammar import ExpressionError
from averment.pipelines.reasoning.periods import Period, find_periods, same_length

DATE: Final = "date"
PERCENT: Final = "%"
BUSINESS_DAY: Final = "business_day"
DEFAULT_DECIMALS: Final = 2
_PLACES_EXACT: Final = 12
_MONTHS: Final = {"month": 1, "quarter": 3, "year": 12}
_DAYS: Final = {"day": 1, "week": 7}

Unit = tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Quantity:
    """A number on its way through an expression; `day` is set for dates, whose `value` means nothing.

    `calendar` is set for a number of business days.
    """

    value: Fraction
    unit: Unit = ()
    periods: tuple[Period, ...] = ()
    day: date | None = None
    calendar: Calendar | None = None


def calculate(
    expression: str, operands: Sequence[Operand], *, decimals: int | None = None, calendar: Calendar | None = None
) -> Calculation:
    """Evaluate an expression over operands and record it.

    Args:
        expression: In the grammar of `averment.pipelines.reasoning.grammar`.
        operands: Every name the expression uses, once each, and no other.
        decimals: Decimal places to round half up to; None keeps the value exact where it has at most
            twelve places and rounds to two otherwise.
        calendar: Says which days are business days; without it there are none to count in.

    Raises:
        ExpressionError: It is malformed, divides by zero, lacks an operand, or its units or periods disagree.
    """
    tree = grammar.parse(expression)
    named = {operand.name: operand for operand in operands}
    used = grammar.names(tree)
    if len(named) != len(operands) or set(used) != set(named):
        raise ExpressionError(
            f"the expression uses {sorted(used)} and the operands are {sorted(named)}; they must agree"
        )
    result = _evaluate(tree, {name: _quantity(operand, calendar) for name, operand in named.items()})
    value, rounding = _decimal(result, decimals)
    return Calculation(
        expression=grammar.write(tree),
        operands=tuple(named[name] for name in used),
        value=value,
        unit=unit_text(result.unit),
        rounding=rounding,
        calendar=calendar.code if calendar and any(one.unit == BUSINESS_DAY for one in operands) else None,
    )


def date_value(day: date) -> Decimal:
    """Return a date as the value of an operand of unit `date`."""
    return Decimal(f"{day.year:04}{day.month:02}{day.day:02}")


def value_date(value: Decimal) -> date:
    """Return the date that the value of a quantity of unit `date` stands for.

    Raises:
        ExpressionError: It is no date of the calendar.
    """
    digits = f"{int(value):08}"
    try:
        return date(int(digits[:-4]), int(digits[-4:-2]), int(digits[-2:]))
    except ValueError as error:
        raise ExpressionError(f"{digits!r} is no date; expected YYYYMMDD") from error


def parse_unit(text: str | None) -> Unit:
    """Read a unit such as `USD`, `shares` or `USD/shares`; None and the empty string are dimensionless."""
    above, _, below = (text or "").replace(" per ", "/").partition("/")
    parts = [(above.strip(), 1)] if above.strip() else []
    return tuple(sorted(parts + ([(below.strip(), -1)] if below.strip() else [])))


def unit_text(unit: Unit) -> str | None:
    """Write a unit, None for a bare number."""
    above = "*".join(name if power == 1 else f"{name}^{power}" for name, power in unit if power > 0)
    below = "*".join(name if power == -1 else f"{name}^{-power}" for name, power in unit if power < 0)
    if below:
        return f"{above or '1'}/{below}"
    return above or None


def _quantity(operand: Operand, calendar: Calendar | None) -> Quantity:
    periods = tuple(find_periods(operand.period or ""))[:1]
    if operand.unit == DATE:
        return Quantity(value=Fraction(0), unit=((DATE, 1),), day=value_date(operand.value))
    if not operand.value.is_finite() or operand.scale < 1:
        raise ExpressionError(f"operand {operand.name!r} is no finite number with a positive scale")
    return Quantity(
        value=Fraction(operand.value) * operand.scale,
        unit=parse_unit(operand.unit),
        periods=periods,
        calendar=calendar if operand.unit == BUSINESS_DAY else None,
    )


def _evaluate(node: grammar.Node, operands: Mapping[str, Quantity]) -> Quantity:
    match node:
        case grammar.Literal(value):
            return Quantity(value=Fraction(value))
        case grammar.Name(name):
            return operands[name]
        case grammar.Negation(inner):
            quantity = _number(_evaluate(inner, operands))
            return replace(quantity, value=-quantity.value)
        case grammar.Binary(sign, left, right):
            return _binary(sign, _evaluate(left, operands), _evaluate(right, operands))
        case grammar.Call(function, arguments):
            return _call(function, [_evaluate(argument, operands) for argument in arguments])


def _number(quantity: Quantity) -> Quantity:
    if quantity.day is not None:
        raise ExpressionError("a date is no number; use days, months, add, add_days, add_months or deadline")
    return quantity


def _binary(sign: str, left: Quantity, right: Quantity) -> Quantity:
    _number(left), _number(right)
    if sign in "+-":
        left, right = _alike([left, right])
        value = left.value + right.value if sign == "+" else left.value - right.value
        return Quantity(value=value, unit=left.unit, periods=_union([left, right]))
    left, right = (left, right) if sign == "/" and left.unit == right.unit else (_plain(left), _plain(right))
    _comparable([left, right])
    if sign == "/" and right.value == 0:
        raise ExpressionError("the expression divides by zero")
    power = 1 if sign == "*" else -1
    value = left.value * right.value if sign == "*" else left.value / right.value
    return Quantity(value=value, unit=_product(left.unit, right.unit, power), periods=_union([left, right]))


def _plain(quantity: Quantity) -> Quantity:
    """Turn a percentage into the bare ratio it means."""
    if quantity.unit != ((PERCENT, 1),):
        return quantity
    return Quantity(value=quantity.value / 100, periods=quantity.periods)


def _product(left: Unit, right: Unit, power: int) -> Unit:
    powers = dict(left)
    for name, exponent in right:
        powers[name] = powers.get(name, 0) + exponent * power
    return tuple(sorted((name, exponent) for name, exponent in powers.items() if exponent))


def _union(quantities: Sequence[Quantity]) -> tuple[Period, ...]:
    return tuple(dict.fromkeys(period for quantity in quantities for period in quantity.periods))


def _alike(quantities: Sequence[Quantity]) -> list[Quantity]:
    """Return quantities of one unit; durations that are exact in a common one (2 years, 18 months) are put in it."""
    quantities = _in_common(quantities)
    units = {quantity.unit for quantity in quantities}
    if len(units) > 1:
        named = " and ".join(sorted(unit_text(unit) or "a bare number" for unit in units))
        raise ExpressionError(f"{named} cannot be added, subtracted or compared")
    _comparable(quantities)
    return list(quantities)


def _in_common(quantities: Sequence[Quantity]) -> Sequence[Quantity]:
    """Return durations in months or in days where all are exact in them; months are never turned into days."""
    names = {unit_text(quantity.unit) for quantity in quantities}
    for common, sizes in (("month", _MONTHS), ("day", _DAYS)):
        if len(names) > 1 and names <= set(sizes):
            return [
                replace(one, value=one.value * sizes[unit_text(one.unit) or common], unit=((common, 1),))
                for one in quantities
            ]
    return quantities


def _comparable(quantities: Sequence[Quantity]) -> None:
    periods = _union(quantities)
    if any(not same_length(one, other) for one in periods for other in periods):
        raise ExpressionError("figures of periods of different length cannot be combined")


def _call(function: str, arguments: list[Quantity]) -> Quantity:
    if function == "add":
        return _added(arguments)
    if function in ("days", "months", "add_days", "add_months", "deadline"):
        return _date_call(function, arguments)
    numbers = [_number(argument) for argument in arguments]
    if function == "count":
        return Quantity(value=Fraction(len(numbers)))
    if function in ("abs", "percent"):
        return _unary(function, numbers)
    numbers = _alike(numbers)
    values = [number.value for number in numbers]
    total = sum(values, Fraction(0))
    value = {"sum": total, "avg": total / len(values), "min": min(values), "max": max(values)}[function]
    return Quantity(value=value, unit=numbers[0].unit, periods=_union(numbers))


def _unary(function: str, numbers: list[Quantity]) -> Quantity:
    if len(numbers) != 1:
        raise ExpressionError(f"{function} takes one argument, got {len(numbers)}")
    number = numbers[0]
    if function == "abs":
        return replace(number, value=abs(number.value))
    if number.unit:
        raise ExpressionError(f"percent takes a ratio, not {unit_text(number.unit)}")
    return replace(number, value=number.value * 100, unit=((PERCENT, 1),))


def _date_call(function: str, arguments: list[Quantity]) -> Quantity:
    if len(arguments) != 2 or arguments[0].day is None:
        raise ExpressionError(f"{function} takes a date and one more argument")
    first, second = arguments[0].day, arguments[1]
    if function in ("days", "months"):
        if second.day is None:
            raise ExpressionError(f"{function} takes two dates")
        return _between(function, first, second.day)
    if second.day is not None or second.value.denominator != 1:
        raise ExpressionError(f"{function} takes a date and a whole number of days or months")
    if function == "deadline" and second.unit == ((BUSINESS_DAY, 1),):
        return _at_day(_in_business_days(first, second, -1))
    return _shifted(function, first, int(second.value), second.unit)


def _added(arguments: list[Quantity]) -> Quantity:
    """Move a date by durations: all months at once, then days, then business days."""
    if len(arguments) < 2 or arguments[0].day is None:
        raise ExpressionError("add takes a date and durations")
    day, months, days = arguments[0].day, 0, 0
    business = []
    for duration in arguments[1:]:
        name = unit_text(_number(duration).unit) or ""
        if duration.value.denominator != 1 or name not in {*_MONTHS, *_DAYS, BUSINESS_DAY}:
            raise ExpressionError(f"add cannot count {duration.value} in {name or 'bare numbers'}")
        months += int(duration.value) * _MONTHS.get(name, 0)
        days += int(duration.value) * _DAYS.get(name, 0)
        business += [duration] if name == BUSINESS_DAY else []
    try:
        day = add_days(add_months(day, months), days)
    except (ValueError, OverflowError) as error:
        raise ExpressionError("add leaves the calendar") from error
    for duration in business:
        day = _in_business_days(day, duration, 1)
    return _at_day(day)


def _in_business_days(day: date, duration: Quantity, sign: int) -> date:
    if duration.calendar is None:
        raise ExpressionError("business days need a calendar")
    try:
        return duration.calendar.shift(day, sign * int(duration.value))
    except OverflowError as error:
        raise ExpressionError("the number of business days leaves the calendar") from error


def _at_day(day: date) -> Quantity:
    return Quantity(value=Fraction(0), unit=((DATE, 1),), day=day)


def _between(function: str, first: date, second: date) -> Quantity:
    """Count the days, or the whole months, from the first date to the second."""
    if function == "days":
        return Quantity(value=Fraction((second - first).days), unit=(("day", 1),))
    months = (second.year - first.year) * 12 + second.month - first.month
    if months > 0 and add_months(first, months) > second:
        months -= 1
    if months < 0 and add_months(first, months) < second:
        months += 1
    return Quantity(value=Fraction(months), unit=(("month", 1),))


def _shifted(function: str, first: date, amount: int, unit: Unit) -> Quantity:
    """Move a date; `deadline` moves it back by a notice period in its own unit."""
    name = unit_text(unit)
    expected = {"add_days": _DAYS, "add_months": _MONTHS, "deadline": _DAYS | _MONTHS}[function]
    if (name is not None and name not in expected) or (name is None and function == "deadline"):
        raise ExpressionError(f"{function} cannot count in {name or 'bare numbers'}; it takes {', '.join(expected)}")
    steps = amount * (expected[name] if name else 1) * (-1 if function == "deadline" else 1)
    in_months = name in _MONTHS or (name is None and function == "add_months")
    try:
        day = add_months(first, steps) if in_months else add_days(first, steps)
    except (ValueError, OverflowError) as error:
        raise ExpressionError(f"{function} leaves the calendar") from error
    return _at_day(day)


def _decimal(quantity: Quantity, decimals: int | None) -> tuple[Decimal, str | None]:
    """Return the exact decimal, or the rounded one and how it was rounded."""
    if quantity.day is not None:
        return date_value(quantity.day), None
    exact = _exact(quantity.value)
    places = decimals if decimals is not None else DEFAULT_DECIMALS
    if exact is not None and (decimals is None or -int(exact.as_tuple().exponent) <= places):
        return exact, None
    return _rounded(quantity.value, places), f"half up to {places} decimals"


def _exact(value: Fraction) -> Decimal | None:
    scaled = value * 10**_PLACES_EXACT
    if scaled.denominator != 1:
        return None
    with localcontext() as context:
        context.prec = len(str(abs(scaled.numerator))) + 1
        exact = Decimal(scaled.numerator).scaleb(-_PLACES_EXACT)
        stripped = exact.normalize()
        exponent = int(stripped.as_tuple().exponent)
        return stripped.quantize(Decimal(1)) if exponent > 0 else stripped


def _rounded(value: Fraction, places: int) -> Decimal:
    scaled = abs(value) * 10**places
    whole = (2 * scaled.numerator + scaled.denominator) // (2 * scaled.denominator)
    with localcontext() as context:
        context.prec = max(28, len(str(whole)) + 1)
        context.rounding = ROUND_HALF_UP
        return Decimal(-whole if value < 0 else whole).scaleb(-places)
