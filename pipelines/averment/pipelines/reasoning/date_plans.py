"""Which date of a contract a question asks for: one to be worked out (the last day for a notice, the end of a term, the
time between two days), the day that the contract was made or takes effect, or how long before its end notice is given.

English and German. A question whose dates no rule knows has no plan.
"""

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, Literal

Anchor = Literal["effective", "made", "end", "notice"]


class DateQuestion(StrEnum):
    """What is to be worked out, or looked up where it is stated."""

    NOTICE = "notice"
    END = "end"
    BETWEEN = "between"
    STATED = "stated"


@dataclass(frozen=True, slots=True, kw_only=True)
class DatePlan:
    """What to work out.

    `is_initial` asks for the first term alone, without renewals. `first`, `second` and `unit` (`days` or `months`) say
    what lies between which days; `first` alone is what to look up where it is printed (`made`, `effective`, `notice`).
    """

    kind: DateQuestion
    is_initial: bool = False
    first: Anchor | None = None
    second: Anchor | None = None
    unit: Literal["days", "months"] = "days"

    @property
    def is_required(self) -> bool:
        """Say whether only a worked-out date answers: a quoted clause does for the end of a term or a day stated."""
        return self.kind in (DateQuestion.NOTICE, DateQuestion.BETWEEN)


_LAST: Final = (
    r"(?:(?:last|latest|final)\s+(?:possible\s+)?(?:day|date|moment)|(?:by|until)\s+(?:when|what\s+(?:date|day)|which\s+(?:date|day))"
    r"|deadline|when\s+at\s+the\s+latest|bis\s+wann|bis\s+zu\s+welchem\s+(?:Tag|Datum|Termin)|spätestens"
    r"|letzte[rn]?\s+(?:\w+\s+)?(?:Tag|Termin|Zeitpunkt)|Stichtag)"
)
_NOTICE: Final = re.compile(
    rf"{_LAST}.{{0,140}}(?:notice|non-?renew|renew|opt\s+out|cancel|kündig|widersp|verläng)"
    rf"|(?:notice|non-?renewal|opt-?out|Kündigung\w*)\s*(?:deadline|cut-?off|stichtag|termin)",
    re.I,
)
_PAPER: Final = (
    r"(?:agreement|contract|lease|licen[cs]e|term|subscription|engagement|franchise|it|vertrag\w*|\w*vertrag|\w*vereinbarung"
    r"|laufzeit|mietverhältnis)"
)
_END: Final = re.compile(
    rf"\bwhen\s+(?:does|do|will|is|did)\b.{{0,120}}\b{_PAPER}\b.{{0,60}}\b(?:expires?|ends?|terminate|run\s+out|renews?)\b"
    rf"|\b(?:expiration|expiry|end|renewal)\s+date\b|\bdate\s+of\s+(?:expir\w+|(?:the\s+)?(?:next\s+)?renewal)\b"
    rf"|\bwann\b.{{0,120}}\b(?:endet|läuft|ende|verlängert)\b|\b(?:Ablauf|End)datum\b|\bVertragsende\b",
    re.I,
)
_INITIAL: Final = re.compile(
    r"\binitial\b|\bfirst\s+term\b|\berste\w*\s+laufzeit|\bGrundlaufzeit|\bfeste\w*\s+laufzeit", re.I
)
_BETWEEN: Final = re.compile(
    r"\b(?:how\s+many|number\s+of|wie\s*viele)\s+(?:calendar\s+|full\s+|whole\s+)?(?P<unit>days|months|Tage|Monate)\b.{0,80}?"
    r"\b(?:between|from|zwischen|von)\b(?P<first>.+?)\b(?:and|to|until|und|bis)\b(?P<second>.+)",
    re.I,
)
_ANCHORS: Final[tuple[tuple[Anchor, re.Pattern[str]], ...]] = (
    ("end", re.compile(r"\bexpir|\bend\b|\btermination\b|\bende\b|\bablauf|vertragsende", re.I)),
    ("effective", re.compile(r"\beffective|\bcommence|\bstart|\bbegin|inkrafttreten|vertragsbeginn", re.I)),
    ("made", re.compile(
        r"\bsign|\bdate\s+of\s+the\s+(?:agreement|contract)|\bagreement\s+date|unterzeichn|abschluss|vertragsdatum",
        re.I)),
)  # fmt: skip
_ASKS_DAY: Final = re.compile(
    r"\bwhen\b|\b(?:what|which)\s+(?:\w+\s+){0,3}?(?:date|day)\b|\bwann\b|\b(?:welche[mnrs]?|was\s+ist\s+das)\s+"
    r"(?:Tag|Datum|\w*datum)\b|\bwie\s+lautet\s+das\s+\w*datum\b",
    re.I,
)
_NOTICE_PERIOD: Final = re.compile(
    r"\b(?:notice\s+period|period\s+of\s+notice|how\s+(?:much|long).{0,20}\bnotice|how\s+many\s+\w+\s+notice)\b.{0,60}"
    r"\b(?:non-?renew\w*|renew\w*|expir\w*|end\s+of\s+(?:the|its)\s+term)\b"
    r"|\bKündigungsfrist\b.{0,60}\b(?:Laufzeit\w*|Verlängerung\w*|Vertragsende\w*|Ablauf\w*)\b",
    re.I,
)
_CONTRACT: Final = r"(?:agreement|contract|lease|licen[cs]e|amendment|addendum|deed|it|\w*vertrag\w*|\w*vereinbarung)"
_STATED: Final[tuple[tuple[Anchor, re.Pattern[str]], ...]] = (
    ("effective", re.compile(
        rf"\b{_CONTRACT}\s+(?:become|take|come\s+into|go\s+into|enter\s+into)s?\s+(?:effective|effect|force)\s*\??\s*$"
        rf"|\b{_CONTRACT}\s+effective\s*\??\s*$|\beffective\s+date(?:\s+of\s+(?:the|this)\s+(?:\w+\s+){{0,3}}?{_CONTRACT})?\s*\??\s*$"
        rf"|\b(?:tritt|wird)\b.{{0,60}}\b{_CONTRACT}\b\s+(?:in\s+Kraft|wirksam)\b", re.I)),
    ("made", re.compile(
        rf"\bdate\s+of\s+(?:the|this)\s+(?:\w+\s+){{0,3}}?{_CONTRACT}\s*\??\s*$|\b(?:agreement|contract)\s+date\s*\??\s*$"
        rf"|\b(?:was|were|is)\s+.{{0,80}}\b{_CONTRACT}\b.{{0,40}}\b(?:signed|made|executed|entered\s+into|concluded|dated)\b"
        rf"|\bwurde\b.{{0,80}}\b{_CONTRACT}\b.{{0,60}}\b(?:geschlossen|unterzeichnet)\b|\bVertragsdatum\b", re.I)),
)  # fmt: skip
_YES_NO: Final = re.compile(r"^\s*(?:is|are|does|do|did|has|have|can|may|ist|sind|hat|kann|gibt|endet)\b", re.I)


def plan_dates(question: str) -> DatePlan | None:
    """Return what date a question asks for; None where it asks for none that is worked out.

    Example:
        >>> plan_dates("What is the last day to give notice of non-renewal?").kind.value
        'notice'
    """
    if _YES_NO.match(question):
        return None
    between = _BETWEEN.search(question)
    if between is not None:
        first, second = _anchor(between["first"]), _anchor(between["second"])
        if first is None or second is None:
            return None
        unit: Literal["days", "months"] = "days" if between["unit"].lower() in ("days", "tage") else "months"
        return DatePlan(
            kind=DateQuestion.BETWEEN,
            first=first,
            second=second,
            unit=unit,
            is_initial=_INITIAL.search(question) is not None,
        )
    for kind, asked in ((DateQuestion.NOTICE, _NOTICE), (DateQuestion.END, _END)):
        if asked.search(question):
            return DatePlan(kind=kind, is_initial=_INITIAL.search(question) is not None)
    if _NOTICE_PERIOD.search(question):
        return DatePlan(kind=DateQuestion.STATED, first="notice")
    if _ASKS_DAY.search(question):
        stated = next((anchor for anchor, asked in _STATED if asked.search(question)), None)
        return DatePlan(kind=DateQuestion.STATED, first=stated) if stated is not None else None
    return None


def _anchor(words: str) -> Anchor | None:
    return next((anchor for anchor, said in _ANCHORS if said.search(words)), None)
