"""A number of a workbook as text: its stored value with the currency, percent sign and words of its format.

Follows number formats of SpreadsheetML (ECMA-376 part 1, 18.8.30) as far as they add meaning: the section for the sign,
currencies, words, leading zeros, percentages. Never rounded or scaled, as formats do for the eye: what is written is
what the file stores.
"""

import re
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from typing import Final

_TOKEN: Final = re.compile(r'"([^"]*)"|\[\$([^\]-]*)[^\]]*\]|\[[^\]]*\]|[_*\\](.)|General|(.)', re.DOTALL)
_SIGNS: Final = "$€£¥₣₤₹₽₺₩₪₫₴₦"
_MAX_FORM_CHARS: Final = 255


@dataclass(frozen=True, slots=True)
class _Section:
    before: str
    after: str
    sign: str
    is_percent: bool
    n_zeros: int
    has_places: bool


def show_number(value: float, form: str) -> str:
    """Write a number.

    Args:
        value: As stored.
        form: The code of its format.

    Example:
        >>> show_number(1234.5, "#,##0.00 [$€-407]"), show_number(7, "0000"), show_number(0.125, "0%")
        ('€1234.5', '0007', '12.5%')
    """
    number = Decimal(repr(value))
    section = _section(form[:_MAX_FORM_CHARS], (value > 0) - (value < 0))
    if section.is_percent:
        return f"{format((number * 100).normalize(), 'f')}%"
    plain = format(number, "f").removesuffix(".0")
    if section.n_zeros > len(plain) and plain.isdigit():
        plain = plain.zfill(section.n_zeros)
    if not section.has_places:
        words = " ".join((section.before, section.after)).strip()
        return f"{words} ({plain})" if words else section.sign + plain
    shown = section.sign + plain
    return " ".join(part for part in (section.before, shown, section.after) if part)


@lru_cache(maxsize=2_000)
def _section(form: str, sign: int) -> _Section:
    sections = _split(form)
    at = {1: 0, -1: 1, 0: 2}[sign]
    chosen = sections[at] if at < len(sections) else sections[0]
    words: list[list[str]] = [[], []]
    currency, places = "", ""
    n_scaled = 0
    is_percent = False
    for match in _TOKEN.finditer(chosen):
        quoted, bracketed, _, char = match.groups()
        is_behind = bool(places)
        if match.group() == "General":
            places += "#"
        elif bracketed or (char and char in _SIGNS):
            currency = currency or (bracketed or char)
        elif quoted is not None and quoted.strip() in _SIGNS and quoted.strip():
            currency = currency or quoted.strip()
        elif quoted is not None and any(map(str.isalnum, quoted)):
            words[is_behind].append(quoted.strip())
        elif char in ("0", "#", "?", ".", "@"):
            places += str(char)
            n_scaled = 0
        elif char == ",":
            n_scaled += bool(places)
        is_percent = is_percent or char == "%"
    if currency and currency not in _SIGNS:
        words[1].append(currency)
        currency = ""
    if n_scaled:  # the word says by how much the eye sees it divided: thousands, millions
        words = [[], [word for word in words[1] if not word.isalpha() or (len(word) == 3 and word.isupper())]]
    is_padded = places == "0" * len(places) and len(places) > 1
    return _Section(
        " ".join(words[0]), " ".join(words[1]), currency, is_percent, len(places) if is_padded else 0, bool(places)
    )


def _split(form: str) -> list[str]:
    """Split a format into its sections; semicolons in quotes and after a backslash do not count."""
    sections = [""]
    for part in re.findall(r'"[^"]*"|\\.|[^;"\\]+|;|"|\\', form):
        if part == ";":
            sections.append("")
        else:
            sections[-1] += part
    return sections
