"""What a question about figures asks for, read by rules: metrics, periods and an operation.

Wording is general English with the basics of German. A question that the rules do not read is None; they
never fill in what is not said.
"""

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from averment.pipelines.ingestion.months import MONTH_NAME
from averment.pipelines.reasoning.conditions import Condition, read_condition
from averment.pipelines.reasoning.dates import find_dates
from averment.pipelines.reasoning.identity import Scope, without_names
from averment.pipelines.reasoning.periods import Period, find_periods
from averment.pipelines.reasoning.words import stems


class Operation(StrEnum):
    """What is done with the figures."""

    LOOKUP = "lookup"
    DIFFERENCE = "difference"
    GROWTH = "growth"
    RATIO = "ratio"
    SUM = "sum"
    AVERAGE = "average"
    LIST = "list"
    PERIODS = "periods"


@dataclass(frozen=True, slots=True, kw_only=True)
class ValuePlan:
    """A question about figures, read.

    `metrics` holds for each metric its alternative wordings. `condition` says by what periods are chosen. `is_absolute`
    asks how far apart two figures are, whichever is larger. `decimals` is None where the question sets none.
    `wants_percent` says that the answer is a percentage.
    """

    operation: Operation
    metrics: tuple[tuple[str, ...], ...]
    periods: tuple[Period, ...]
    decimals: int | None = None
    is_absolute: bool = False
    wants_percent: bool = False
    condition: Condition | None = None


_PERCENT: Final = r"(?:percentages?|percent|per\s+cent|%|prozentual\w*|Prozent)"
_GROWTH: Final = re.compile(
    rf"\b{_PERCENT}\s+(?:change|growth|increase|decrease|decline|difference|variation)|"
    rf"(?:change|growth|increase|decrease|decline|grow|grew|grown|rise|rose|fall|fell|Veränderung|Anstieg|Rückgang|Wachstum)"
    rf"\b[^?]{{0,160}}\b(?:in|as\s+an?)\s+{_PERCENT}(?!\s+of|\w)|\b(?:growth\s+rate|rate\s+of\s+growth|Wachstumsrate)\b|"
    rf"\bby\s+(?:what|how\s+many)\s+{_PERCENT}\b|\bum\s+(?:wie\s*viel\w*)\s+{_PERCENT}|%\s+(?:change|growth|increase|decrease)",
    re.IGNORECASE,
)
_RATIO: Final = re.compile(
    rf"(?P<above>.+?)\s+(?:as\s+an?\s+{_PERCENT}\s+of|divided\s+by|as\s+an?\s+(?:share|proportion|fraction)\s+of|"
    rf"in\s+(?:relation|proportion)\s+to|geteilt\s+durch|im\s+Verhältnis\s+zu[mr]?|in\s+{_PERCENT}\s+(?:of|von|der|des))\s+(?P<below>.+)",
    re.IGNORECASE,
)
_RATIO_OF: Final = re.compile(
    rf"\b(?:(?:ratio|Verhältnis)\s+(?:of|between|von|zwischen)\s+(?P<above>.+?)\s+(?:to|and|over|zu[mr]?|und)\s+(?P<below>.+)"
    rf"|{_PERCENT}\s+(?:\w+\s+)?of\s+(?P<part>.+?)\s+(?:out\s+of|among)\s+(?P<whole>.+))",
    re.IGNORECASE,
)
_COMPARED: Final = re.compile(
    r"\bhow\s+(?:did|do|does)\s+(?P<above>.+?)\s+compare\s+(?:to|with)\s+"
    r"(?!(?:the\s+|its\s+|their\s+)?(?:prior|previous|preceding|last|same|year|quarter|first|second|third|fourth|Q[1-4]|\d))"
    r"(?P<below>.+)",
    re.IGNORECASE,
)
_DIFFERENCE: Final = re.compile(
    r"\b(?:change|changes|difference|increase|decrease|decline|increased|decreased|Veränderung|Differenz|Unterschied|"
    r"Anstieg|Rückgang)\b|\bhow\s+much\s+(?:more|less|higher|lower|greater)\b",
    re.IGNORECASE,
)
_APART: Final = re.compile(
    r"\b(?:difference|Differenz|Unterschied)\b|\bhow\s+much\s+(?:more|less|higher|lower|greater)\b", re.I
)
_AVERAGE: Final = re.compile(
    r"(?<!weighted[\s-])\b(?:average|mean|durchschnittlich\w*|Durchschnitt|Mittelwert)\b(?!\s+(?:cost|price|number|rate))",
    re.I,
)
_SUM: Final = re.compile(
    r"\b(?:sum|combined|altogether|together|in\s+total|across|Summe|insgesamt|zusammen)\b", re.IGNORECASE
)
_TOTAL: Final = re.compile(r"\b(?:total|gesamt\w*)\b", re.IGNORECASE)
_MARGINS: Final = {
    "operating margin": ("operating income", "total revenue"),
    "net profit margin": ("net income", "total revenue"),
    "net margin": ("net income", "total revenue"),
    "net income margin": ("net income", "total revenue"),
    "gross margin percentage": ("gross profit", "total revenue"),
    "umsatzrendite": ("Jahresüberschuss", "Umsatzerlöse"),
    "eigenkapitalquote": ("Eigenkapital", "Bilanzsumme"),
}
_RANGE: Final = re.compile(r"\b((?:19|20)\d{2})\s*(?:-|–|to|through|until|bis)\s*((?:19|20)\d{2})\b", re.IGNORECASE)
_DECIMALS: Final = re.compile(
    r"\b(one|two|three|four|[0-6]|einer?|zwei|drei)\s+(?:decimal|Nachkomma|Dezimal)", re.IGNORECASE
)
_NUMBERS: Final = {"one": 1, "two": 2, "three": 3, "four": 4, "ein": 1, "eine": 1, "einer": 1, "zwei": 2, "drei": 3}
_RESPECTIVE: Final = re.compile(r"\b(?:respective(?:ly)?|jeweils)\b", re.IGNORECASE)
_AND: Final = re.compile(r"\s*,\s*(?:and\s+)?|\s+(?:and|und)\s+", re.IGNORECASE)
_STRETCH: Final = re.compile(r"\b(?:to|through|until|bis|average|mean)\b|\d\s*[-–]\s*\d", re.IGNORECASE)
MAX_LISTED: Final = 4
_ASKS_FIGURE: Final = re.compile(
    r"\bhow\s+(?:much|many|large|high|big)\b|\bwhat\s+(?:is|was|are|were|has\s+been)\b|\bwie\s+(?:hoch|viel\w*|groß)\b|"
    r"\bwhat\s+(?:\w+\s+){0,3}(?:amount|charge|cover|fee|price|rate|rent|salary|deposit|sum|total)\b|"
    r"\b(?:welche[rns]?|was)\b|\bby\s+(?:what|how)\b|\bhow\s+(?:did|has|have)\b",
    re.IGNORECASE,
)
_TEXTUAL: Final = re.compile(
    r"\b(?:who|why|when|where|whom|method|define|describe|explain|clause|which|reasons?|purpose|governs|refer|include|consist|"
    r"exceed(?:ed|s)?|largest|highest|lowest|smallest|(?:less|more|greater|higher|lower|larger)\s+than\s+[$€]?\d|"
    r"wer|warum|wann|weshalb|Klausel|Datum)\b|\bhow\s+many\s+(?:components|items|types|kinds)\b|"
    r"\bwhat\s+(?:types?|kinds?|dates?|does|do)\b|\b(?:the\s+)?(?:types?|dates?)\s+(?:of|that|on)\b|\btop\s+\d+\b|"
    r",\s+and\s+(?:how|what)\b",
    re.IGNORECASE,
)


_COMPUTED: Final = re.compile(
    r"\b(?:ratio\s+(?:of|between)|(?:total\s+)?sum\s+of|top\s+\d|growth\s+rate)\b|"
    r"\bhow\s+many\b[^?]*\b(?:exceed(?:ed|s)?|(?:more|less|greater|higher|lower|larger)\s+than|consists?\s+of)\b|"
    r"\bwhat\s+(?:is|was)\s+the\s+average\b(?!\s+(?:cost|number|rate))",
    re.IGNORECASE,
)


def wants_computing(question: str) -> bool:
    """Say whether only a computation over several figures can answer, whether or not the rules can read which."""
    return bool(_COMPUTED.search(question) or _GROWTH.search(question))


def read_plan(scope: Scope) -> ValuePlan | None:
    """Read a question about figures; None where it is none or the rules cannot tell what it asks."""
    question = scope.question.split("?")[0]
    instructions = scope.question[len(question) :]
    if (read := read_condition(question)) is not None:
        return _over_periods(*read, periods=tuple(find_periods(question)))
    if _TEXTUAL.search(question) or not (_ASKS_FIGURE.search(question) or _GROWTH.search(question)):
        return None
    periods = tuple(find_periods(question)) or tuple(find_periods(scope.clause))
    operation, parts = _operation(without_names(question, scope.names), len(periods))
    if operation is Operation.RATIO and len(periods) > 1:
        return None
    if operation is Operation.LOOKUP:
        operation, parts = _listed(question, parts, len(periods))
    metrics = tuple(wordings for part in parts if (wordings := metric_wordings(part)))
    if not metrics or len(metrics) != len(parts):
        return None
    if operation in (Operation.SUM, Operation.AVERAGE):
        periods = _filled(question, periods)
    return ValuePlan(
        operation=operation,
        metrics=metrics,
        periods=periods,
        decimals=_decimals(instructions) if _decimals(instructions) is not None else _decimals(question),
        is_absolute=operation is Operation.DIFFERENCE and bool(_APART.search(question)),
        wants_percent=bool(re.search(_PERCENT, scope.question, re.IGNORECASE)),
    )


def _over_periods(condition: Condition, named: str, *, periods: tuple[Period, ...]) -> ValuePlan | None:
    wordings = metric_wordings(named)
    if not wordings:
        return None
    return ValuePlan(operation=Operation.PERIODS, metrics=(wordings,), periods=periods, condition=condition)


def _listed(question: str, parts: tuple[str, ...], n_periods: int) -> tuple[Operation, tuple[str, ...]]:
    """Read a question for several figures, of several periods or ("respectively") of several metrics."""
    if n_periods > 1 and (_RESPECTIVE.search(question) or not _STRETCH.search(question)):
        return Operation.LIST, parts
    if n_periods > 1 or not _RESPECTIVE.search(question):
        return Operation.LOOKUP, parts
    named = tuple(part for part in _AND.split(parts[0]) if metric_wordings(part))
    return (Operation.LIST, named) if 1 < len(named) <= MAX_LISTED else (Operation.LOOKUP, parts)


def _operation(question: str, n_periods: int) -> tuple[Operation, tuple[str, ...]]:
    """Decide the operation and cut the question into the texts of its metrics."""
    if pair := _ratio_parts(question):
        return Operation.RATIO, pair
    if _GROWTH.search(question):
        return Operation.GROWTH, (question,)
    if _AVERAGE.search(question) and n_periods != 1 and not _RESPECTIVE.search(question):
        return Operation.AVERAGE, (question,)
    if _DIFFERENCE.search(question):
        return Operation.DIFFERENCE, _pair(question) if n_periods < 2 else (question,)
    if _SUM.search(question) or (_TOTAL.search(question) and n_periods > 1):
        return Operation.SUM, _pair(question) if n_periods < 2 else (question,)
    return Operation.LOOKUP, (question,)


def _ratio_parts(question: str) -> tuple[str, str] | None:
    if _GROWTH.search(question) and not re.search(r"divided\s+by", question):
        return None
    defined = re.search(r"\((?P<inner>[^()]*\b(?:divided\s+by|geteilt\s+durch)\b[^()]*)\)", question)
    for pattern in (_RATIO, _RATIO_OF, _COMPARED):
        if match := pattern.search(defined["inner"] if defined else question):
            found = match.groupdict()
            return found.get("part") or found["above"], found.get("whole") or found["below"]
    lower = question.lower()
    return next((pair for name, pair in _MARGINS.items() if name in lower), None)


def _pair(question: str) -> tuple[str, ...]:
    """Cut "between A and B", "of A and B" or "A over B" into its two metrics, where there are two."""
    match = re.search(
        r"\b(?:between|zwischen|sum\s+of|total\s+of|combined|Summe\s+(?:von|aus))\s+(?P<one>.+?)\s+(?:and|und)\s+(?P<two>.+)",
        question,
        re.IGNORECASE,
    )
    if match is None:
        return (question,)
    one, two = match["one"], match["two"]
    return (one, two) if metric_wordings(one) and metric_wordings(two) else (question,)


def _filled(question: str, periods: tuple[Period, ...]) -> tuple[Period, ...]:
    """Fill a range of bare years (`2017-2019`) with the years between its ends."""
    match = _RANGE.search(question)
    if match is None or len(periods) != 2 or any(period.month is not None for period in periods):
        return periods
    first, last = sorted((int(match[1]), int(match[2])))
    return tuple(Period(year=year) for year in range(first, last + 1)) if last - first <= 10 else periods


def _decimals(text: str) -> int | None:
    match = _DECIMALS.search(text)
    if match is None:
        return None
    word = match[1].lower()
    return int(word) if word.isdigit() else _NUMBERS[word]


_LEAD: Final = (
    r"for|in|during|as\s+of|as\s+at|at|on|from|to|between|and|by|since|versus|vs\.?|compared\s+(?:to|with)|over|through|"
    r"across|both|im|am|zum|von|bis|für"
)
_YEARS: Final = r"(?:fiscal|financial|calendar)?\s*(?:years?|Geschäftsjahr\w*|Jahr\w*)?"
_UNITS_OF_TIME: Final = r"months?|weeks?"
_COUNTS: Final = r"three|six|nine|twelve|thirteen|twenty-six|thirty-nine|fifty-two|fifty-three|\d{1,2}"
_NOISE: Final = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        r"['‘’\"“”]",
        r"\b(?:the\s+)?(?:period|periods)\b",
        rf"\b(?:{_LEAD})\s+(?:the\s+)?{_YEARS}\s*(?:end(?:ed|ing)\s+)?(?=§)",
        rf"\b(?:the\s+)?(?:{_COUNTS})[\s-]*(?:{_UNITS_OF_TIME})(?:\s+period)?\s*(?:end(?:ed|ing))?",
        r"\b(?:the\s+)?(?:first|second|third|fourth)(?:\s+fiscal)?\s+quarters?\b(?:\s+of)?|\bQ[1-4]\b",
        r"\bquarters?\s+end(?:ed|ing)\b|\b(?:for|in|during)\s+(?:the|that)\s+same\s+(?:quarter|period|year)\b",
        r"\b(?:the\s+)?(?:fiscal|financial|calendar)\s+years?(?:\s+end(?:ed|ing))?|\byears?\s+end(?:ed|ing)\b|\bFY\b",
        r"§",
        r"\b(?:what|which|how)\s+(?:is|was|are|were|has\s+been|have\s+been)\s+(?:the\s+)?",
        r"\b(?:by\s+)?(?:what|how\s+many)\s+(?:percentage|percent)\s+(?:did|has|have)?\b",
        r"\bhow\s+(?:much|many|did|has|have)\b|\bwie\s+(?:hoch|viele?|groß|stark)\b",
        r"\b(?:war|waren|ist|sind|betrug|betrugen|beträgt|was|were|is|are|did|does|do|has|have|had)\b",
        rf"\b(?:total\s+)?{_PERCENT}\s+(?:change|growth|increase|decrease|decline|difference)\b",
        r"\(?\bincrease\)?\s*/\s*\(?decrease\)?|\b(?:change[ds]?|difference|increase[ds]?|decrease[ds]?|decline[ds]?)\b",
        r"(?<!weighted[\s-])\b(?:average|mean|sum|combined|altogether|in\s+total|growth|grow|grew)\b",
        r"\b(?:durchschnittlich\w*|Durchschnitt|Summe|insgesamt|Differenz|Veränderung|Wachstum)\b",
        r"\b(?:growth\s+rate|rate\s+of)\b|\bin\s+(?:percent|%|US\s+dollars)\b|\b(?:percentages?|percent)\b",
        r"\b(?:how\s+)?(?:much|many)?\s*(?:more|less|higher|lower)\b",
        r"\b(?:spend|spent|spending|recorded?|reported?|recognized?|incurred?|paid\s+by|expressed|expected)\b",
        r"\b(?:company(?:\s+s\b)?|Group(?:\s+s\b)?|amounts?|value|balances?|figure|level|number\s+of|its|their|there)\b",
        r"\b(?:respective(?:ly)?|jeweils|same|year|years|annual)\b|\bin\s+(?:thousands|millions|billions)\b",
        r"[,;:.]+(?=\s|$)",
    )
)
_EDGES: Final = re.compile(
    r"^(?:the|a|an|of|in|for|from|on|to|by|and|der|die|das|von|im)\s+|"
    r"\s+(?:the|of|in|for|from|to|and|at|by|on|as|between)$",
    re.IGNORECASE,
)


def metric_wordings(text: str) -> tuple[str, ...]:
    """Strip everything but the metric from a piece of a question.

    Returns:
        The metric; where a bracket explains it, first both together, then the metric and the explanation alone.
        Empty if nothing is left.
    """
    plain = text
    alternatives = []
    for match in re.finditer(r"\(([^()]{12,})\)", text):
        if not re.match(r"(?:used|loss|losses|benefit|without|in)\b", match[1], re.IGNORECASE):
            alternatives.append(_stripped(match[1]))
            plain = plain.replace(match[0], " ")
    main = _stripped(plain)
    full = (" ".join((main, *alternatives)),) if alternatives else ()
    return tuple(dict.fromkeys(wording for wording in (*full, main, *alternatives) if stems(wording)))


_REFERENCE: Final = re.compile(
    r"\b(?:under|in|of|from|does|unter|im|aus)\s+(?:the\s+|dem\s+|der\s+)?(?:[A-Z][\w&]*\s+){0,6}"
    r"(?:Agreement|Amendment|Contract|Lease|Report|Form|Schedule|Exhibit|Vertrag|Bericht|Anlage)\b(?:\s+No\.?)?(?:\s+[\d-]+\w*)?"
    r"(?:\s+(?:require|provide|state|show|report|set)s?\b)?"
)


def _stripped(text: str) -> str:
    plain = _without_periods(_REFERENCE.sub(" ", text))
    for noise in _NOISE:
        plain = noise.sub(" ", plain)
    words = re.sub(r"\s+", " ", plain).strip(" -–/,")
    while (cut := _EDGES.sub("", words)) != words:
        words = cut
    return words


def _without_periods(text: str) -> str:
    """Replace printed dates and years with a mark."""
    for found in reversed(find_dates(text)):
        text = f"{text[: found.start]}§{text[found.end :]}"
    text = re.sub(rf"\b(?:{MONTH_NAME})\s*,?\s+(?:19|20)\d{{2}}\b", "§", text, flags=re.IGNORECASE)
    return re.sub(r"\b(?:FY|F|CY|fiscal\s+)?'?(?:19|20)\d{2}\b|\bF(?:Y)?\d{2}\b", "§", text)
