"""What a question asks of one figure over several periods: when it is largest, smallest, beyond a bound, or printed.

"In which year was revenue highest?", "How many years did net sales exceed $200 million?", "In which years was the
margin below 20%?". General English; what is not read is None.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final, Literal

from averment.pipelines.reasoning.figures import find_figures

Relation = Literal["greatest", "least", "over", "under", "printed"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Condition:
    """What periods are chosen by; `bound` is set for `over` and `under`, `unit` where the bound has one.

    `printed` chooses every period that the figure is printed for.

    `is_scaled` says that the bound is in full: it has a scale word, or is a percentage or zero. `counts` asks how many
    periods there are, not which.
    """

    relation: Relation
    bound: Decimal | None = None
    unit: str | None = None
    is_scaled: bool = True
    counts: bool = False

    def chosen(self, worths: Sequence[Decimal]) -> tuple[int, ...]:
        """Return the places (0-based, in order) of the figures that the condition holds for; ties all hold."""
        if self.relation == "printed":
            return tuple(range(len(worths)))
        if not worths:
            return ()
        if self.bound is None:
            edge = max(worths) if self.relation == "greatest" else min(worths)
            return tuple(place for place, worth in enumerate(worths) if worth == edge)
        is_over = self.relation == "over"
        return tuple(
            place for place, worth in enumerate(worths) if (worth > self.bound if is_over else worth < self.bound)
        )


_PERIODS: Final = r"(?:fiscal\s+|financial\s+)?(?:years?|quarters?|periods?)"
_OPENING: Final = re.compile(
    rf"^(?:(?:in|for|during)\s+)?(?:(?:which|what)|(?P<many>(?:in\s+)?how\s+many))\s+{_PERIODS}\s+"
    r"(?:(?:was|were|is|are|did|does|do|had|has|have|recorded?|reported?|saw|shows?|showed)\s+)?",
    re.IGNORECASE,
)
_GREATEST: Final = r"largest|highest|greatest|biggest|longest|larger|higher|greater|bigger|longer"
_LEAST: Final = r"smallest|lowest|shortest|smaller|lower|shorter"
_EDGE: Final = re.compile(rf"\b(?:the\s+|an?\s+)?(?:(?P<greatest>{_GREATEST})|(?P<least>{_LEAST}))\b", re.IGNORECASE)
_BOUND: Final = re.compile(
    r"\b(?:(?P<over>exceed(?:ed|s)?|(?:more|greater|higher|larger)\s+than|above|over)|"
    r"(?P<under>(?:less|lower|smaller|fewer)\s+than|below|under))\s+(?P<number>.+)$",
    re.IGNORECASE | re.DOTALL,
)
_PRINTED: Final = re.compile(
    r"\b(?:(?:recorded|calculated|computed|reported|provided|presented|disclosed|shown|given|measured|available)(?:\s+for)?$|"
    r"(?:the\s+)?(?:table|report|statement|note)s?\s+(?:provides?|gives?|shows?|presents?|contains?|reports?|discloses?)\s+"
    r"(?:(?:information|data|figures?|values?|amounts?)\s+)?(?:for|on|of|about)\b)",
    re.IGNORECASE,
)
_SIGN: Final = re.compile(r"\b(?:(?P<over>positive)|(?P<under>negative))\b", re.IGNORECASE)


def read_condition(question: str) -> tuple[Condition, str] | None:
    """Read a question about when a figure is the most, the least or beyond a bound.

    Returns:
        The condition and the words that name the figure; None where the question asks nothing of the kind.
    """
    plain = question.strip().rstrip("?").strip()
    opening = _OPENING.match(plain)
    if opening is None:
        return None
    rest, counts = plain[opening.end() :], opening["many"] is not None
    if (bounded := _BOUND.search(rest)) is not None:
        return _bounded(rest, bounded, counts=counts)
    if (signed := _SIGN.search(rest)) is not None:
        relation: Relation = "over" if signed["over"] else "under"
        return Condition(relation=relation, bound=Decimal(0), counts=counts), _without(rest, signed)
    if (printed := _PRINTED.search(rest)) is not None:
        return Condition(relation="printed", counts=counts), _without(rest, printed)
    edges = list(_EDGE.finditer(rest))
    if counts or len(edges) != 1:
        return None
    return Condition(relation="greatest" if edges[0]["greatest"] else "least"), _without(rest, edges[0])


def _bounded(rest: str, match: re.Match[str], *, counts: bool) -> tuple[Condition, str] | None:
    figures = find_figures(match["number"])
    if len(figures) != 1:
        return None
    (figure,) = figures
    relation: Relation = "over" if match["over"] else "under"
    is_scaled = figure.scale > 1 or figure.unit == "%" or figure.value == 0
    condition = Condition(relation=relation, bound=figure.worth, unit=figure.unit, is_scaled=is_scaled, counts=counts)
    return condition, rest[: match.start()]


def _without(text: str, match: re.Match[str]) -> str:
    return f"{text[: match.start()]} {text[match.end() :]}".strip()
