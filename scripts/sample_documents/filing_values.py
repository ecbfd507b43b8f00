"""Look values of the report up by the short paths that its tables and its text use.

A path is `[column:]name`. A column is a period (`q2_26`), a day (`2026-06-30`) or the key of a note. Names:
`cash` (an amount of the column), `opening.cash` and `closing.cash` (the balance at the ends of a period),
`rev.SEGMENT.REGION` (either may be empty), `note.NAME.PART` (`*` is the sum), `eps.basic`, `eps.diluted`.
"""

import re
from decimal import Decimal

from sample_documents.filing_numbers import REGIONS, SEGMENTS, Figures, per_share

Number = int | Decimal

PERIOD_DAYS = {
    "q1_25": ("2025-01-01", "2025-03-31"),
    "q2_25": ("2025-04-01", "2025-06-30"),
    "h1_25": ("2025-01-01", "2025-06-30"),
    "q1_26": ("2026-01-01", "2026-03-31"),
    "q2_26": ("2026-04-01", "2026-06-30"),
    "h1_26": ("2026-01-01", "2026-06-30"),
}
_OPENING = {
    "q1_25": "2024-12-31",
    "q2_25": "2025-03-31",
    "h1_25": "2024-12-31",
    "q1_26": "2025-12-31",
    "q2_26": "2026-03-31",
    "h1_26": "2025-12-31",
}
_SIGNED_TERM = re.compile(r"(^-| - | \+ )")


def column_of(path: str, column: str) -> str:
    """Return the period, day or note key that the first term of `path` reads from."""
    first = _SIGNED_TERM.split(path.lstrip("-"))[0]
    prefix, _, name = first.rpartition(":")
    column = prefix or column
    if name.startswith("opening."):
        return _OPENING[column]
    if name.startswith("closing."):
        return PERIOD_DAYS[column][1]
    return column


def value_of(figures: Figures, path: str, column: str) -> Number:
    """Return the value of a sum of terms such as `basic_shares`, `-interest_expense` or `a - q2_26:b`."""
    total: Number = 0
    sign = 1
    for piece in _SIGNED_TERM.split(path):
        if piece.strip() in {"-", "+"}:
            sign = -1 if piece.strip() == "-" else 1
        elif piece:
            total += sign * _term(figures, piece, column)
            sign = 1
    return total


def _term(figures: Figures, term: str, column: str) -> Number:
    prefix, _, name = term.rpartition(":")
    column = prefix or column
    kind, _, rest = name.partition(".")
    if kind == "opening":
        return figures.balances[_OPENING[column]][rest]
    if kind == "closing":
        return figures.balances[PERIOD_DAYS[column][1]][rest]
    if kind == "rev":
        return _revenue(figures, rest, column)
    if kind == "eps":
        amounts = figures.flows[column]
        return per_share(amounts["net_income"], amounts[f"{rest}_shares"])
    if kind == "note":
        note, _, part = rest.partition(".")
        parts = figures.notes[note][column]
        return sum(parts.values()) if part == "*" else parts[part]
    return figures.flows[column][name] if column in figures.flows else figures.balances[column][name]


def _revenue(figures: Figures, path: str, column: str) -> int:
    segment, _, region = path.partition(".")
    matrix = figures.revenue[column]
    return sum(
        matrix[each_segment][each_region]
        for each_segment in ([segment] if segment else SEGMENTS)
        for each_region in ([region] if region else REGIONS)
    )
