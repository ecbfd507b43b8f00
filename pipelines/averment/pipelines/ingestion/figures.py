"""Figures as printed in tables: the exact decimal, its sign, and what its signs say of the unit.

Parentheses and minus signs are negative. English figures group by commas (Swiss ones by apostrophes) and divide by a
point; German ones the other way round, and only where the document is German. A dash alone is no figure: it may mean
zero or "not applicable".
"""

import re
from dataclasses import dataclass
from typing import Final

_CURRENCY: Final = {
    "$": "USD",
    "€": "EUR",
    "£": "GBP",
    "¥": "JPY",
    "US$": "USD",
    "USD": "USD",
    "EUR": "EUR",
    "GBP": "GBP",
    "CHF": "CHF",
}
_SIGN: Final = r"US\$|USD|EUR|GBP|CHF|[$€£¥]"
_ENGLISH: Final = r"\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d{1,3}(?:[’']\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?|\.\d+"
_GERMAN: Final = r"(?:\d{1,3}(?:[. \u00a0\u202f’']\d{3})+|\d+)(?:,\d+|,[-–—]{1,2})?"
_SHAPE: Final = (
    r"(?P<open>\()?\s*(?P<minus>[-–−—])?\s*(?P<sign>{sign})?\s*(?P<inner>\()?\s*(?P<minus2>[-–−])?\s*(?P<number>{number})\s*"
    r"(?P<percent>%|pts?|bps)?\s*(?P<close>\))?\s*(?P<after>%|{sign}|x)?\s*"
    r"(?P<note>\((?:\d|[a-z])\)|[*†‡]|(?:(?<=[.,]\d{{3}}\s)|(?<=[.,]\d\d\s)|(?<=[.,]\d\s))[1-9])?"
)
_PATTERNS: Final = {
    False: re.compile(_SHAPE.format(sign=_SIGN, number=_ENGLISH)),
    True: re.compile(_SHAPE.format(sign=_SIGN, number=_GERMAN)),
}
YEAR: Final = re.compile(r"(?:FY|CY)?\s?(?:19|20)\d{2}")
CURRENCY_SIGN: Final = re.compile(rf"\s*(?:{_SIGN})\s*")


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """A printed figure: `value` as an exact decimal with its sign; `unit` where its own signs tell."""

    value: str
    unit: str | None


def parse_figure(text: str, *, is_german: bool = False) -> Figure | None:
    """Read a figure that fills `text`; None where it holds anything else.

    Example:
        >>> parse_figure("$ (1,234.5)")
        Figure(value='-1234.5', unit='USD')
    """
    match = _PATTERNS[is_german].fullmatch(text.strip())
    if match is None:
        return None
    number = match["number"]
    number = _plain_german(number) if is_german else re.sub(r"[,’']", "", number)
    if number.startswith("."):
        number = "0" + number
    is_negative = bool(match["minus"] or match["minus2"] or match["open"] or match["inner"])
    unit = None
    if "%" in (match["percent"] or "", match["after"] or ""):
        unit = "%"
    elif match["sign"] or match["after"]:
        unit = currency(match["sign"] or match["after"])
    return Figure(value=f"-{number}" if is_negative and number.strip("0.") else number, unit=unit)


def _plain_german(number: str) -> str:
    """Write `1.234,56` and `1 234,-` the way decimals are written."""
    digits = re.sub(r"[.\s’'–—-]", "", number).replace(",", ".")
    return digits.removesuffix(".")


def currency(sign: str) -> str | None:
    """Return the ISO 4217 code of a currency sign; None for anything else."""
    return _CURRENCY.get(sign.strip())


def is_year(text: str) -> bool:
    """Tell a bare year, which in a table is a header and not a figure."""
    return YEAR.fullmatch(text.strip()) is not None
