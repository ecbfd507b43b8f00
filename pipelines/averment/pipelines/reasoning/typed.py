"""The machine-readable value that a chosen sentence states, where it states exactly one.

Values are copied or normalised, never inferred: a sentence with two dates gives no date.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from averment.core.answers import TypedValue
from averment.pipelines.reasoning.dates import find_dates
from averment.pipelines.reasoning.durations import find_durations
from averment.pipelines.reasoning.figures import find_figures
from averment.pipelines.reasoning.topic import AnswerKind

BEFORE_CHARS: Final = 30
AFTER_CHARS: Final = 12
_JURISDICTION: Final = re.compile(
    r"\blaws?\s+of\s+(?:the\s+)?(?:(?:State|Commonwealth|Province|Republic|Federal\s+Republic|Kingdom|Country)\s+of\s+)?"
    r"(?P<place>[A-Z][\w.]*(?:\s+(?:and\s+)?[A-Z][\w.]*)*)|\b(?P<adjective>[A-Z][a-z]+(?:\s[A-Z][a-z]+)?)\s+law\b|"
    r"\b(?P<german>deutsche[sm]?|schweizerische[sm]?|österreichische[sm]?)\s+Recht\w*|"
    r"Recht\s+(?:der|des|von)\s+(?P<staat>[A-ZÄÖÜ]\w+(?:\s+[A-ZÄÖÜ]\w+)*)"
)
_TRAILING: Final = re.compile(r"\s+(?:and|without|as|in)$|[.,]+$")


@dataclass(frozen=True, slots=True, kw_only=True)
class Stated:
    """A value and the words that state it; `start:end` cuts them out of the sentence."""

    value: TypedValue
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Several:
    """A sentence states more than one such value."""


def stated_value(
    kind: AnswerKind | None, text: str, anchors: Sequence[re.Pattern[str]] = ()
) -> Stated | Several | None:
    """Return the one value of a kind that a sentence states; None where it states none.

    `anchors` are words that the one asked for stands beside; without any, a sentence must state one only.
    """
    found = _values(kind, text)
    if anchors and kind in ("date", "duration"):
        found = [item for item in found if any(anchor.search(_beside(text, item)) for anchor in anchors)]
    if not found:
        return None
    return found[0] if _is_one(found) else Several()


def _is_one(found: Sequence[Stated]) -> bool:
    return len({(item.value.value, item.value.unit) for item in found}) == 1


def _beside(text: str, item: Stated) -> str:
    """Return the words close to a value, other than the value itself."""
    return f"{text[max(0, item.start - BEFORE_CHARS) : item.start]} {text[item.end : item.end + AFTER_CHARS]}"


def _values(kind: AnswerKind | None, text: str) -> list[Stated]:
    match kind:
        case "date":
            return [
                Stated(value=TypedValue(type="date", value=item.day.isoformat()), start=item.start, end=item.end)
                for item in find_dates(text)
            ]
        case "duration":
            return [
                Stated(
                    value=TypedValue(type="duration", value=Decimal(item.count), unit=item.unit),
                    start=item.start,
                    end=item.end,
                )
                for item in find_durations(text)
            ]
        case "amount":
            return [
                Stated(
                    value=TypedValue(
                        type="amount", value=item.value, unit=item.unit, scale=item.scale, currency=item.unit
                    ),
                    start=item.start,
                    end=item.end,
                )
                for item in find_figures(text)
                if item.unit is not None and item.unit != "%"
            ]
        case "law":
            return _jurisdictions(text)
        case _:
            return []


def _jurisdictions(text: str) -> list[Stated]:
    found = []
    for match in _JURISDICTION.finditer(text):
        name = next(key for key, part in match.groupdict().items() if part)
        place = _TRAILING.sub("", match[name])
        start = match.start(name)
        found.append(Stated(value=TypedValue(type="text", value=place), start=start, end=start + len(place)))
    return found


def label_value(labels: Sequence[str], text: str) -> TypedValue | None:
    """Return the one label that a sentence states word for word."""
    hits = [label for label in labels if re.search(rf"(?<!\w){re.escape(label)}(?!\w)", text, re.IGNORECASE)]
    return TypedValue(type="label", value=hits[0]) if len(hits) == 1 else None
