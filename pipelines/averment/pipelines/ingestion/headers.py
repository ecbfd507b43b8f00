"""What the words above and beside a table's figures say: period, scale and unit.

Periods are written so that the words keep their meaning: `as of 2023-06-30`, `3 months ended 2023-06-30`,
`2023-06-30` where the length is not printed, `Q2 2023`, `2023`. Scales come from captions such as "in millions,
except per share amounts", with their exceptions.
"""

import re
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Final

from averment.pipelines.ingestion.months import MONTH_NAME, MONTHS

_DATES: Final = (
    re.compile(
        rf"\b(?P<month>{MONTH_NAME})\.?\s+(?P<day>\d{{1,2}})\s*,?\s*(?:\|\s*)?(?P<year>(?:19|20)\d{{2}})\b", re.I
    ),
    re.compile(rf"\b(?P<day>\d{{1,2}})\.?\s+(?P<month>{MONTH_NAME})\.?,?\s+(?P<year>(?:19|20)\d{{2}})\b", re.I),
    re.compile(r"\b(?P<year>(?:19|20)\d{2})-(?P<month>\d{2})-(?P<day>\d{2})\b"),
    re.compile(r"\b(?P<day>\d{1,2})\.(?P<month>\d{1,2})\.(?P<year>(?:19|20)\d{2})\b"),
    re.compile(r"\b(?P<month>\d{1,2})/(?P<day>\d{1,2})/(?P<year>(?:19|20)?\d{2})\b"),
)
_DIGIT: Final = re.compile(r"\d")
_MONTH_DAY: Final = re.compile(rf"\b(?P<month>{MONTH_NAME})\.?\s+(?P<day>\d{{1,2}})\b,?", re.I)
_YEAR: Final = re.compile(r"(?<![\d,.$])(?:FY|CY|fiscal\s+(?:year\s+)?)?\s?'?((?:19|20)\d{2})(?![\d,]|\.\d)", re.I)
_QUARTER: Final = re.compile(
    r"\bQ([1-4])\b|\b(first|second|third|fourth)\s+(?:fiscal\s+)?quarter\b|\b([1-4])\.\s*Quartal", re.I
)
_ORDINALS: Final = {"first": 1, "second": 2, "third": 3, "fourth": 4}
_COUNTS: Final = {
    "three": 3, "six": 6, "nine": 9, "twelve": 12, "drei": 3, "sechs": 6, "neun": 9, "zwölf": 12,
    "thirteen": 3, "twenty-six": 6, "thirty-nine": 9, "fifty-two": 12, "fifty-three": 12,
}  # fmt: skip
_LENGTH: Final = re.compile(
    rf"\b({'|'.join(sorted(_COUNTS, key=len, reverse=True))}|\d{{1,2}})[\s-]+(months?|weeks?|Monate?|Wochen)\b", re.I
)
_SHORT_YEAR: Final = re.compile(r"\bFY?\s?['’]?(\d{2})\b(?![\d,.%])")
_YEAR_RANGE: Final = re.compile(
    r"(?<![\d,.$])((?:19|20)\d{2})\s*(?:[-–—]|to|through|bis)\s*((?:19|20)\d{2})(?![\d,]|\.\d)", re.I
)
_YEAR_ENDED: Final = re.compile(r"\b(?:years?|twelve months|geschäftsjahr)\s*(?:ended|ending|zum)?\b|\bannual\b", re.I)
_QUARTER_ENDED: Final = re.compile(r"\bquarters?(?:ly)?\s+(?:period\s+)?end(?:ed|ing)\b", re.I)
_FIRST_HALF: Final = re.compile(
    r"\bH1\b|\bfirst\s+half\b|\b(?:1\.|erstes)\s*Halbjahr\b"
    r"|\bhalf[\s-]+year\s+ended\b",
    re.I,
)
_INSTANT: Final = re.compile(r"\b(?:as\s+of|as\s+at|at|balances?\s+(?:as\s+)?at|per|zum)\s*$", re.I)
_SCALES: Final = {
    "thousand": 1000, "thousands": 1000, "tausend": 1000, "thous": 1000, "teur": 1000, "000s": 1000, "000": 1000,
    "million": 1_000_000, "millions": 1_000_000, "mio": 1_000_000, "millionen": 1_000_000, "mm": 1_000_000,
    "billion": 10**9, "billions": 10**9, "milliarden": 10**9, "mrd": 10**9, "bn": 10**9,
    "m": 1_000_000, "mn": 1_000_000, "k": 1000, "t€": 1000, "tsd": 1000,
}  # fmt: skip
_MONEY: Final = r"(?:(?:US|NZ|AU|CA|HK|A|C|S|R)?[$€£¥]|RMB|Rs\.?|[A-Z]{3})"
_CAPTION: Final = re.compile(
    r"\b(?:in|of)\s+(?:[\w.$€£¥]+\s+){0,3}?(thousands|millions|billions|tausend|tsd|millionen|mio|milliarden|mrd)\b"
    r"|\((?:[\w$€£¥.,]+\s+){0,4}?(thous|thousands|millions|billions|tausend|tsd|millionen|mio|milliarden|mrd)\b"
    r"|(?<![\d.])\s[$€£]\s?(?:in\s+)?['’]?(thousands?|millions?|billions?|mm|000s?)\b|\b(TEUR|T€)(?!\w)"
    r"|^\s*(thousands|millions|billions)\b",
    re.I | re.M,
)
# A currency with its scale: "NZ$ million", "US$m", "RMB'000"; in this case alone letters stand for a scale.
_SIGNED_SCALE: Final = re.compile(
    rf"(?<![\w$€£.,]){_MONEY}\s?(?:in\s+)?['’]?(?i:(thousands?|millions?|billions?|000s?|mn?|bn))(?![\w])"
)
_SHARES_SCALE: Final = re.compile(
    r"(?:shares?|stock)[^.;()]{0,60}?\bin\s+(thousands?|millions?)|(?:thousands?|millions?)\s+of\s+shares", re.I
)
_PER_UNIT: Final = re.compile(r"\bper\b|\bje aktie\b|/share", re.I)
_SHARE_COUNT: Final = re.compile(
    r"\bshares\s+(?:\w+\s+){0,2}(?:used|outstanding|issued|authorized|repurchased)\b|\bnumber\s+of\s+(?:\w+\s+)?shares\b"
    r"|\bweighted[- ]average\s+(?:\w+\s+){0,3}shares\b|\banzahl\s+(?:der\s+)?aktien\b",
    re.I,
)
_SHARES: Final = re.compile(r"\bshares\b(?!\s+(?:price|issuance))(?!.*\bpar\s+value)|\baktien\b", re.I)
_SHARES_COLUMN: Final = re.compile(
    r"(?:^|\|)[^|]*\b(?:shares|aktien)(?:\s+(?:outstanding|issued))?\s*(?:\([^()]*\)\s*)?$", re.I
)
# "2.85% Notes due 2030" is a name, "effect of exchange rate changes" and "tax at the statutory rate" are amounts.
_RATIO: Final = re.compile(
    r"\bpercent(?:age)?\b|(?<![\d.])%|(?<!statutory )\brates?\s*(?:\([^()]*\)\s*)?(?=$|\|)|\bratio\b|\bprozent\b", re.I
)
_PRICE: Final = re.compile(
    r"\bper\s+(?:\w+\s+)?(?:share|unit|rsu|ads|option|award)s?\b|\b(?:exercise|average|share)\s+price\b|\bje aktie\b",
    re.I,
)


_CURRENCIES: Final = (
    ("NZD", re.compile(r"\bNZ\$|\bNZD\b|\bNew\s+Zealand\s+dollars?\b", re.I)),
    ("AUD", re.compile(r"\bAU?\$|\bAUD\b|\bAustralian\s+dollars?\b", re.I)),
    ("CAD", re.compile(r"\bCA?\$|\bCAD\b|\bCanadian\s+dollars?\b", re.I)),
    ("HKD", re.compile(r"\bHK\$|\bHKD\b|\bHong\s+Kong\s+dollars?\b", re.I)),
    ("SGD", re.compile(r"\bS\$|\bSGD\b|\bSingapore\s+dollars?\b", re.I)),
    ("CNY", re.compile(r"\bRMB\b|\bCNY\b|\brenminbi\b|\byuan\b", re.I)),
    ("INR", re.compile(r"₹|\bINR\b|\brupees?\b", re.I)),
    ("USD", re.compile(r"\$|\bdollars?\b|\bUSD\b", re.I)),
    ("EUR", re.compile(r"€|\beuros?\b|\bEUR\b|\bTEUR\b", re.I)),
    ("GBP", re.compile(r"£|\bpounds?\s+sterling\b|\bGBP\b", re.I)),
    ("CHF", re.compile(r"\bCHF\b|\bSwiss\s+francs?\b|\bSchweizer\s+Franken\b", re.I)),
    ("JPY", re.compile(r"¥|\byen\b|\bJPY\b", re.I)),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Caption:
    """What a table's caption says of all its figures; `scale` 1 where nothing is said."""

    scale: int = 1
    shares_scale: int | None = None
    excepts_shares: bool = False
    currency: str | None = None


def find_period(text: str) -> str | None:
    """Return the period that a column's header names; None where it names none.

    Example:
        >>> find_period("Three Months Ended | June 30, 2023")
        '3 months ended 2023-06-30'
    """
    if _DIGIT.search(text) is None:
        return None
    flat = " ".join(text.replace("|", " ").split())
    ended = _end_date(flat)
    months = _months(flat)
    if ended is not None:
        day, before = ended
        if months:
            return f"{months} months ended {day.isoformat()}"
        return f"as of {day.isoformat()}" if _INSTANT.search(before) else day.isoformat()
    between = _YEAR_RANGE.search(flat)
    if between:
        return f"{between[1]} to {between[2]}"
    year = _YEAR.search(flat)
    if year is None:
        short = _SHORT_YEAR.search(flat)
        return f"20{short[1]}" if short else None
    quarter = _QUARTER.search(flat)
    if quarter:
        number = quarter[1] or quarter[3] or _ORDINALS[quarter[2].lower()]
        return f"Q{number} {year[1]}"
    return f"{months} months {year[1]}" if months and months < 12 else year[1]


def _end_date(text: str) -> tuple[date, str] | None:
    """Return the first date of a header and the words before it; month and year may stand apart."""
    for pattern in _DATES:
        match = pattern.search(text)
        if match:
            day = _date(match["year"], match["month"], match["day"])
            if day:
                return day, text[: match.start()]
    month_day, year = _MONTH_DAY.search(text), _YEAR.search(text)
    if month_day and year:
        day = _date(year[1], month_day["month"], month_day["day"])
        if day:
            return day, text[: month_day.start()]
    return None


def _date(year: str, month: str, day: str) -> date | None:
    number = int(month) if month.isdigit() else MONTHS[month.lower()]
    full = int(year) if len(year) == 4 else 2000 + int(year)
    try:
        return date(full, number, int(day))
    except ValueError:
        return None


def _months(text: str) -> int | None:
    match = _LENGTH.search(text)
    if match:
        word = match[1].lower()
        if match[2].lower().startswith("w") and word.isdigit():
            return round(int(word) / 4.33)
        return _COUNTS.get(word) or (int(word) if word.isdigit() else None)
    if _QUARTER_ENDED.search(text):
        return 3
    if _FIRST_HALF.search(text):
        return 6
    return 12 if _YEAR_ENDED.search(text) else None


@lru_cache(maxsize=2_000)
def read_caption(text: str) -> Caption:
    """Read scale and currency from the words around a table."""
    flat = "\n".join(" ".join(line.split()) for line in text.splitlines())
    plain = "\n".join(
        " " + re.sub(r"\b(?:except|ausgenommen|außer)\b[^)]*", " ", line, flags=re.I) for line in flat.splitlines()
    )
    plain = _SHARES_SCALE.sub(" ", plain)
    found = sorted((*_CAPTION.finditer(plain), *_SIGNED_SCALE.finditer(plain)), key=lambda match: match.end())
    scale = _SCALES[next(part for part in found[-1].groups() if part).lower()] if found else 1
    shares = _SHARES_SCALE.search(flat)
    shares_scale = None
    if shares:
        shares_scale = _SCALES[shares[1].lower()] if shares[1] else scale
    excepts = re.search(r"except[^)]*?\bshares?\b(?!\s+(?:and\s+)?(?:data|amounts|information))", flat, re.I)
    currency = next((code for code, pattern in _CURRENCIES if pattern.search(flat)), None)
    return Caption(
        scale=scale,
        shares_scale=shares_scale,
        excepts_shares=excepts is not None and shares_scale is None,
        currency=currency,
    )


def unit_and_scale(
    row_header: str, column_header: str, *, printed: str | None, caption: Caption
) -> tuple[str | None, int]:
    """Decide a figure's unit and scale from its own sign, its headers and the caption; the nearest that tells wins.

    Args:
        row_header: The row's words.
        column_header: The column's words.
        printed: The unit that the figure's own sign, or one in its column, tells.
        caption: The table's.
    """
    column = read_caption(column_header)
    currency = printed or column.currency or caption.currency
    money_scale = column.scale if column.scale != 1 else caption.scale
    if printed == "%":
        return "%", 1
    is_count = printed is None and _SHARE_COUNT.search(row_header) is not None
    if not is_count and (_PER_UNIT.search(row_header) or _PRICE.search(column_header)):
        return currency, 1
    if is_count or (printed is None and _SHARES.search(row_header)):
        scale = caption.shares_scale or (1 if caption.excepts_shares else caption.scale)
        return "shares", scale
    if printed is None and (_RATIO.search(row_header) or _RATIO.search(column_header)):
        return "%", 1
    if printed is None and _SHARES_COLUMN.search(column_header):
        scale = (
            column.scale
            if column.scale != 1
            else caption.shares_scale or (1 if caption.excepts_shares else caption.scale)
        )
        return "shares", scale
    return currency, money_scale
