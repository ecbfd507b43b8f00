"""Numbers as documents print them: where they stand and what they are worth, exactly.

English (`1,234.5`) and German (`1.234,5`) grouping, accounting negatives `(1,234)`, currency marks, percent
signs and scale words are read. A number's `value` is what is printed with its sign applied; `scale`
multiplies it. Section numbers (`12.3.1`) are no figures, and neither are digits inside words.
"""

import re
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from averment.pipelines.reasoning.durations import NUMERALS

PERCENT: Final = "%"

_CURRENCY_MARKS: Final = {
    "US$": "USD",
    "C$": "CAD",
    "A$": "AUD",
    "$": "USD",
    "€": "EUR",
    "£": "GBP",
    "¥": "JPY",
    "₹": "INR",
    "RMB": "CNY",
    "CHF": "CHF",
    "USD": "USD",
    "EUR": "EUR",
    "GBP": "GBP",
    "CAD": "CAD",
    "JPY": "JPY",
    "INR": "INR",
    "CNY": "CNY",
}
_CURRENCY_WORDS: Final = {
    "dollar": "USD",
    "dollars": "USD",
    "usd": "USD",
    "pound": "GBP",
    "pounds": "GBP",
    "sterling": "GBP",
    "euro": "EUR",
    "euros": "EUR",
    "eur": "EUR",
    "gbp": "GBP",
    "chf": "CHF",
    "cad": "CAD",
    "jpy": "JPY",
    "inr": "INR",
    "cny": "CNY",
}
SCALE_WORDS: Final = {
    "hundred": 100,
    "thousand": 1_000,
    "thousands": 1_000,
    "tausend": 1_000,
    "tsd": 1_000,
    "million": 1_000_000,
    "millions": 1_000_000,
    "mio": 1_000_000,
    "millionen": 1_000_000,
    "mm": 1_000_000,
    "billion": 1_000_000_000,
    "billions": 1_000_000_000,
    "mrd": 1_000_000_000,
    "milliarde": 1_000_000_000,
    "milliarden": 1_000_000_000,
    "bn": 1_000_000_000,
}

_SPELLED: Final = frozenset({*NUMERALS, *SCALE_WORDS, *_CURRENCY_WORDS})
_MARK = r"(?:US\$|C\$|A\$|\$|€|£|¥|₹|\b(?:RMB|CHF|USD|EUR|GBP|CAD|JPY|INR|CNY)\b)"
_DIGITS = (
    r"\d{1,3}(?:,\d{3})+(?!\d)(?:\.\d+)?|\d{1,3}(?:\.\d{3})+,\d+|\d{1,3}(?:\.\d{3}){2,}(?!\d)|\d+(?:[.,]\d+)?|\.\d+"
)
_SCALE = r"(?P<scale>hundred|thousands?|tausend|Tsd\.?|millions?|Millionen|Mio\.?|MM|billions?|Milliarden?|Mrd\.?|bn)\b"
_FIGURE = re.compile(
    rf"(?P<open>\(\s*)?(?P<sign>[-−–]\s?)?(?P<mark>{_MARK}\s?)?(?P<inner>\(|[-−–]\s?)?"
    rf"(?P<digits>{_DIGITS})(?P<close>\s*\))?"
    rf"(?P<tail>\s?(?P<percent>%|percent\b|per\s+cent\b|Prozent\b|percentage\s+points?\b)|[\s-]?{_SCALE})?"
    r"(?:\s?(?P<word>€|dollars?|USD|euros?|EUR|GBP|CHF|CAD|JPY|INR|CNY)(?![A-Za-z]))?",
    re.IGNORECASE,
)
_DIGIT = re.compile(r"\d")
_GLUED_BEFORE = re.compile(r"[A-Za-z0-9_.,/]$")
_GLUED_AFTER = re.compile(r"[A-Za-z_]|[.,]\d|/\d|-[A-Za-z]\b")


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """A printed number; `start:end` cuts it out of the text it was found in.

    `value` times `scale` is what it is worth; `unit` is a currency code, `%`, or None.
    """

    start: int
    end: int
    text: str
    value: Decimal
    scale: int = 1
    unit: str | None = None

    @property
    def worth(self) -> Decimal:
        """Return the value with its scale applied."""
        return self.value * self.scale


def parse_digits(digits: str) -> Decimal:
    """Read printed digits with English or German grouping.

    A single comma followed by exactly three digits groups (`1,234` is 1234); a single dot never does.
    """
    if re.fullmatch(r"\d{1,3}(?:,\d{3})+(?:\.\d+)?", digits):
        return Decimal(digits.replace(",", ""))
    if re.fullmatch(r"\d{1,3}(?:\.\d{3})+,\d+|\d{1,3}(?:\.\d{3}){2,}", digits):
        return Decimal(digits.replace(".", "").replace(",", "."))
    return Decimal(digits.replace(",", "."))


def find_figures(text: str) -> list[Figure]:
    """Return the numbers printed in a text, in order."""
    if _DIGIT.search(text) is None:
        return []
    return [figure for match in _FIGURE.finditer(text) if (figure := _figure(text, match)) is not None]


def _figure(text: str, match: re.Match[str]) -> Figure | None:
    first, last = match.start("digits"), match.end("digits")
    if not match["mark"] and _GLUED_BEFORE.search(text[max(0, first - 1) : first]) and not match["inner"]:
        return None
    if not match["tail"] and not match["close"] and _GLUED_AFTER.match(text[last : last + 4]):
        return None
    start, end, negative = _extent(match)
    value = parse_digits(match["digits"])
    return Figure(
        start=start,
        end=end,
        text=text[start:end],
        value=-value if negative else value,
        scale=SCALE_WORDS[match["scale"].rstrip(".").lower()] if match["scale"] else 1,
        unit=_unit(match),
    )


def _extent(match: re.Match[str]) -> tuple[int, int, bool]:
    """Return start, end and whether the number is negative; a bracket counts only with its partner."""
    opened = match["open"] is not None or match["inner"] == "("
    enclosed = opened and match["close"] is not None
    end = match.end()
    start = match.start()
    if match["open"] and not enclosed:
        start = match.end("open")
    if match["close"] and not enclosed:
        end = match.end("digits")
    minus = bool(match["sign"]) or bool(match["inner"] and match["inner"] != "(")
    if minus and match["sign"] and re.search(r"\w$", match.string[: match.start("sign")]):
        start, minus = match.start("mark") if match["mark"] else match.start("digits"), False  # a range: 2017-2019
    # "thirty (30)" repeats a number in words; only digits as statements print them are an accounting negative
    words = re.search(r"([^\W\d]+)\s*$", match.string[max(0, match.start() - 20) : match.start()])
    accounting = enclosed and not (words and words[1].lower() in _SPELLED)
    return start, end, minus or accounting


def _unit(match: re.Match[str]) -> str | None:
    if match["percent"]:
        return PERCENT
    if match["mark"]:
        return _CURRENCY_MARKS.get(match["mark"].strip().upper())
    if match["word"]:
        return "EUR" if match["word"] == "€" else _CURRENCY_WORDS.get(match["word"].lower())
    return None


def normal(value: Decimal) -> Decimal:
    """Return the same number without trailing zeros, so that 2.50 and 2.5 are one key."""
    return value.normalize() if value else Decimal(0)
