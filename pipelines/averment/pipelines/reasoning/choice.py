"""The cells that a plan about figures uses, or the reason why the rules give none."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final, Literal

from averment.pipelines.reasoning.entries import Entry

# Figures whose likeness to the question differs by less fit it alike.
TIE: Final = 0.04
_RESULT: Final = re.compile(
    r"\b(?:income(?!\s+tax)|profit|loss|earnings|margin|cash|result|EBIT\w*|Ergebnis|Gewinn|Verlust)", re.IGNORECASE
)
_SPENT: Final = re.compile(
    r"\b(?:expenses?|costs?|expenditures?|depreciation|amorti[sz]ation|charges?|impairments?|dividends?|purchases?|repurchases?|"
    r"acquisitions?|payments?|repayments?|investments?\s+in|capital\s+investments?|taxes\s+paid|\w*aufwand|\w*kosten|"
    r"abschreibungen)\b",
    re.IGNORECASE,
)
_EARNED: Final = re.compile(
    r"\b(?:income(?!\s+tax)|profit|loss(?:es)?|earnings|margin|gains?|benefits?|credits?|recover(?:y|ies)|proceeds|reversals?|"
    r"net|Ergebnis|Gewinn|Verlust|Ertrag)\b",
    re.IGNORECASE,
)

RefusalCode = Literal[
    "metric_not_found",
    "period_not_found",
    "ambiguous",
    "period_missing",
    "unit_unknown",
    "sign_changes",
    "not_a_figure",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """The cells a plan uses and the expression over them; operand `c1` is the first cell.

    `held` are those whose periods answer, where a question asks for periods.
    """

    expression: str
    entries: tuple[Entry, ...]
    score: float
    held: tuple[Entry, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """Why the rules give no figure."""

    code: RefusalCode


def exactness(choice: Choice) -> int:
    """Count what is printed of the periods: where figures are equal, those of the statements say most of theirs."""
    periods = [period for entry in choice.entries for period in entry.periods[:1]]
    return sum(part is not None for one in periods for part in (one.year, one.month, one.day, one.months))


def can_be_negative(entries: Sequence[Entry]) -> bool:
    """Say whether a negative figure is one by nature, not an expense printed in brackets."""
    return any(_RESULT.search(entry.cell.row_header) for entry in entries if entry.value < 0)


def is_deduction(value: Decimal, header: str) -> bool:
    """Say whether a figure is an expense or a payment that is printed as a deduction, by what its row is called.

    >>> is_deduction(Decimal(-120), "Interest expense"), is_deduction(Decimal(-120), "Income tax expense (benefit)")
    (True, False)
    """
    return value < 0 and _SPENT.search(header) is not None and _EARNED.search(header) is None
