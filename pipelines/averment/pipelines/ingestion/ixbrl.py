"""Inline XBRL facts: what a filing's own tags say of a figure (value, scale, sign, unit, period).

Follows Inline XBRL 1.1: `ix:nonFraction` with `scale`, `sign`, `format`, contexts and units in `ix:resources`; several
may tag one figure. Tag names come in lower case from the HTML parser. Facts that are nil have no value; `ix:fraction`
and typed dimensions are not read.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any, Final

from averment.core.structure import TaggedFact
from averment.pipelines.anatomy.tag_conflicts import ReadTag
from averment.pipelines.ingestion.tables import Fact
from averment.pipelines.reasoning.durations import NUMERALS

NON_FRACTION: Final = "ix:nonfraction"
HIDDEN: Final = frozenset({"ix:header", "ix:hidden", "ix:resources", "ix:references"})
_DAYS_PER_MONTH: Final = 30.4375
_MAX_SCALE: Final = 18
# The formats "numwordsen" of filings: "no customers", "two segments".
_WORDS: Final = {"no": 0, "none": 0, "nil": 0} | NUMERALS


@dataclass(frozen=True, slots=True)
class FactTable:
    """The contexts and units of a filing, by id."""

    periods: Mapping[str, str] = field(default_factory=dict)
    units: Mapping[str, str] = field(default_factory=dict)

    def fact(self, element: Any) -> Fact | None:
        """Read the fact of an `ix:nonFraction` element; None where it holds no number."""
        if (element.get("xsi:nil") or element.get("nil") or "").strip().lower() in ("true", "1"):
            return None
        printed = "".join(element.itertext()).strip()
        number = _number(printed, element.get("format") or "")
        if number is None:
            return None
        is_negative = (element.get("sign") or "") == "-"
        scale = _int(element.get("scale"))
        unit = self.units.get(element.get("unitref") or "")
        if scale < 0 and unit == "pure":
            return Fact(
                value=_signed(number, is_negative),
                unit="%" if scale == -2 else None,
                scale=1,
                period=self._period(element),
            )
        if scale < 0:
            number, scale = format(Decimal(number).scaleb(scale), "f"), 0
        return Fact(
            value=_signed(number, is_negative),
            unit=None if unit == "pure" else unit,
            scale=10**scale,
            period=self._period(element),
        )

    def tag(self, element: Any, start: int, *, end: int) -> ReadTag | None:
        """Read an `ix:nonFraction` element whose content stands at `start:end`; None where it holds no number."""
        fact = self.fact(element)
        name = element.get("name")
        if fact is None or not name or end <= start:
            return None
        read = TaggedFact(
            name=name,
            start=start,
            end=end,
            value=fact.value,
            scale=fact.scale,
            unit=fact.unit,
            period=fact.period,
            decimals=_decimals(element.get("decimals")),
        )
        return ReadTag(fact=read, context=element.get("contextref") or "")

    def _period(self, element: Any) -> str | None:
        return self.periods.get(element.get("contextref") or "")


def read_facts(root: Any) -> FactTable:
    """Read the contexts and units of a filing; both empty for HTML without them."""
    periods: dict[str, str] = {}
    units: dict[str, str] = {}
    for element in root.iter("xbrli:context", "context"):
        period = _read_period(element)
        if period and element.get("id"):
            periods[element.get("id")] = period
    for element in root.iter("xbrli:unit", "unit"):
        name = _read_unit(element)
        if name and element.get("id"):
            units[element.get("id")] = name
    return FactTable(periods, units)


def _read_period(context: Any) -> str | None:
    parts = {_local(child): (child.text or "").strip() for child in _descendants(context)}
    try:
        if "instant" in parts:
            return f"as of {date.fromisoformat(parts['instant'][:10]).isoformat()}"
        start, end = date.fromisoformat(parts["startdate"][:10]), date.fromisoformat(parts["enddate"][:10])
    except (KeyError, ValueError):
        return None
    months = round(((end - start).days + 1) / _DAYS_PER_MONTH)
    return f"{months} months ended {end.isoformat()}" if months else end.isoformat()


def _read_unit(unit: Any) -> str | None:
    measures = [
        (child.text or "").strip().rpartition(":")[2] for child in _descendants(unit) if _local(child) == "measure"
    ]
    if not measures:
        return None
    return "/".join(measures[:2])


def _descendants(element: Any) -> Iterator[Any]:
    return (child for child in element.iterdescendants() if isinstance(child.tag, str))


def _local(element: Any) -> str:
    return str(element.tag).rpartition(":")[2].lower()


def _number(printed: str, form: str) -> str | None:
    name = form.rpartition(":")[2].lower()
    if name in ("fixed-zero", "zerodash", "numdash", "nocontent") or printed in ("-", "–", "—"):
        return "0"
    if "word" in name:
        count = _WORDS.get(" ".join(printed.lower().split()))
        return None if count is None else str(count)
    text = re.sub(r"[\s$€£()%'’]", "", printed)
    # "numspacecomma" and its like are the names of registry 1; "numcommadot" is the English way.
    if ("comma" in name and "decimal" in name) or name.endswith("comma"):
        text = text.replace(".", "").replace(",", ".")
    text = text.replace(",", "")
    try:
        return format(Decimal(text), "f")
    except InvalidOperation:
        return None


def _signed(number: str, is_negative: bool) -> str:  # noqa: FBT001 - a private pair of values
    return f"-{number}" if is_negative and number.strip("0.") else number


def _int(text: str | None) -> int:
    try:
        value = int(text or "0")
    except ValueError:
        return 0
    return max(-_MAX_SCALE, min(_MAX_SCALE, value))


def _decimals(text: str | None) -> int | None:
    """Read how exact a fact is; `INF` and what is no number are None."""
    plain = (text or "").strip()
    return max(-_MAX_SCALE, min(_MAX_SCALE, int(plain))) if re.fullmatch(r"-?\d{1,3}", plain) else None
