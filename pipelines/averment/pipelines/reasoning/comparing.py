"""Figures compared across documents: what is asked of each one, of which period, and what is done with the answers.

"Comparing A (fiscal 2024) with B (fiscal 2025): which reported the higher net income, and by how much?", "How much
higher was A's revenue than B's in 2024?", "What is the ratio of A's net sales to B's?". The figure is what is left
beside the names, the words of comparing and the periods; a period belongs to the document it stands behind, and one
that stands with the figure, or behind a single document, to all. What is not read so is no comparison of figures.
"""

import re
from calendar import month_name
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal, TypeVar

from averment.core.documents import DocumentVersion
from averment.pipelines.reasoning.identity import LEGAL_FORMS, Scope, distinctive_words
from averment.pipelines.reasoning.metrics import concepts
from averment.pipelines.reasoning.periods import INSTANT, Period, find_periods
from averment.pipelines.reasoning.rules import Operation, metric_wordings, read_plan

_Said = TypeVar("_Said", str, tuple[Period, ...])
Gain = Literal["difference", "higher", "lower", "ratio", "percent", "growth", "sum"]

_UP: Final = r"higher|greater|larger|more|bigger|highest|greatest|largest|most|biggest"
_DOWN: Final = r"lower|smaller|less|fewer|lowest|smallest|least|fewest"
_WHICH: Final = re.compile(
    rf"\b(?:which|who|whose)\b[^?]{{0,200}}?\b(?:(?P<up>{_UP})|(?P<down>{_DOWN}))\b(?!\s+than\s+[$€£\d])", re.IGNORECASE
)
_GAP: Final = re.compile(r"\bhow\s+much\b|\bby\s+what\b|\bdifference\b", re.IGNORECASE)
_SHARE: Final = r"(?:percent(?:age)?|per\s+cent|%)"
_RATIO: Final = re.compile(
    r"\bratio\b|\bhow\s+many\s+times\b|\bas\s+a\s+multiple\s+of\b|\bdivided\s+by\b", re.IGNORECASE
)
_CHANGE: Final = re.compile(
    rf"\b{_SHARE}\s+(?:change|growth|increase|decrease|decline)\b|"
    rf"\b(?:grow|grew|growth|change[ds]?|increased?|decreased?)\b.{{0,80}}\b(?:in|by\s+what|by\s+how\s+many)\s+{_SHARE}|"
    rf"\bby\s+what\s+{_SHARE}\b.{{0,80}}\b(?:grow|change|increase|decrease)\b",
    re.IGNORECASE,
)
_PERCENT: Final = re.compile(rf"\b(?:what|how\s+many)\s+{_SHARE}\b.{{0,80}}\b(?:{_UP}|{_DOWN})\b", re.IGNORECASE)
_SUM: Final = re.compile(r"\b(?:combined|altogether|taken\s+together|sum\s+of|in\s+total)\b", re.IGNORECASE)
_DIFFERENCE: Final = re.compile(
    rf"\b(?:compar(?:e|es|ed|ing|ison)|differences?|differs?|versus|vs\.?)\b|\bhow\s+much\s+(?:{_UP}|{_DOWN})\b",
    re.IGNORECASE,
)
_GAINS: Final[tuple[tuple[re.Pattern[str], Gain], ...]] = (
    (_RATIO, "ratio"),
    (_CHANGE, "growth"),
    (_PERCENT, "percent"),
    (_SUM, "sum"),
    (_DIFFERENCE, "difference"),
)
_TOKEN: Final = re.compile(r"(?<![’'\w])\w[\w&.-]*")
_NAME_PARTS: Final = LEGAL_FORMS | {"form"}
_FORM: Final = re.compile(r"10-?[KQ]|20-?F|40-?F|8-?K|6-?K", re.IGNORECASE)
_OWN: Final = re.compile(r"[’']s?(?!\w)")
_BRACKET: Final = re.compile(r"\([^()]*\)")
_SMALL: Final = (
    r"and|or|with|to|of|in|for|from|between|than|versus|vs|the|a|an|that|those|its|their|both|is|was|were|are|did|does|do|"
    r"had|has|have|as|at|by|on"
)
_ASKING: Final = (
    rf"{_SMALL}|compar(?:e|es|ed|ing|ison)|differences?|differs?|differ|which|what|who|whose|how|much|many|times|please|"
    r"company|companies|one|two|issuer|filer|filings?|reports?|reported|report|recorded?|posted|showed?|shows|earned|"
    r"generated|disclosed|according|using|based|considering|"
    rf"{_UP}|{_DOWN}|ratio|divided|multiple|sum|combined|altogether|taken|together|total\s+of|percentage|percent|{_SHARE}"
)
_FRONT: Final = re.compile(rf"^(?:[^\w(§]|\b(?:{_ASKING})\b)+", re.IGNORECASE)
_BACK: Final = re.compile(
    rf"(?:[^\w)§]|,?\s*\b(?:and\s+)?by\s+(?:how\s+much|what\s+\w+)\b|\b(?:{_ASKING})\b)+$", re.IGNORECASE
)
_GROWING: Final = re.compile(r"\b(?:change[ds]?|grow|grew|grown|growth|increase[ds]?|decrease[ds]?|declined?)\b", re.I)


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """One document of a comparison and the question that is put to it."""

    document: DocumentVersion
    question: str


@dataclass(frozen=True, slots=True)
class _Mention:
    start: int
    end: int
    document: DocumentVersion


def gain_of(question: str) -> Gain | None:
    """Say what is done with the figures of several documents; None where the question does nothing with them."""
    found = next((gain for pattern, gain in _GAINS if pattern.search(question)), None)
    if found in (None, "difference") and (which := _WHICH.search(question)) is not None:
        return "higher" if which["up"] else "lower"
    return found


def wants_gap(question: str) -> bool:
    """Say whether a question asks how far apart figures are, beside which is larger."""
    return _GAP.search(question) is not None


def read_comparison(question: str, documents: Sequence[DocumentVersion]) -> tuple[Compared, ...]:
    """Read what a comparison of figures asks of each document, in the order in which it names them.

    Args:
        question: What is asked, self-contained.
        documents: What is compared, two or more.

    Returns:
        One question a document; none where the question is not read as a comparison of one figure across all of them.
    """
    mentions = _mentions(question, documents)
    if gain_of(question) is None or len(documents) < 2 or len(mentions) != len(documents):
        return ()
    ends = [mention.start for mention in mentions[1:]] + [len(question)]
    stretches = [question[: mentions[0].start]]
    stretches += [question[mention.end : end] for mention, end in zip(mentions, ends, strict=True)]
    named = [_named(stretch, is_growth=gain_of(question) == "growth") for stretch in stretches]
    if any(one and not _is_one_figure(one) for one in named):
        return ()
    metrics = _by_document([_metric(one) for one in named])
    periods = _by_document([tuple(find_periods(stretch.split("?")[0])) for stretch in stretches])
    if metrics is None or periods is None or any(len(one) != 1 for one in periods):
        return ()
    return tuple(
        Compared(document=mention.document, question=f"What was {metric} {_worded(period)}?")
        for mention, metric, (period,) in zip(mentions, metrics, periods, strict=True)
    )


def _mentions(question: str, documents: Sequence[DocumentVersion]) -> list[_Mention]:
    """Return where each document is first named, in order of the question."""
    names = [_names(document) for document in documents]
    found = []
    for place, document in enumerate(documents):
        others = frozenset[str]().union(*(other for number, other in enumerate(names) if number != place))
        known = names[place] | frozenset(_plain(word) for word in _TOKEN.findall(document.title))
        if (where := _named_at(question, names[place] - others, known=known)) is not None:
            found.append(_Mention(*where, document))
    return sorted(found, key=lambda mention: mention.start)


def _names(document: DocumentVersion) -> frozenset[str]:
    named = (document.title, document.issuer or "", *document.parties)
    return frozenset(word for name in named for word in distinctive_words(name))


def _named_at(question: str, own: frozenset[str], *, known: frozenset[str]) -> tuple[int, int] | None:
    """Return the first stretch of name words that holds a word of this document alone, its possessive ending too.

    Args:
        question: What is asked.
        own: The words that tell the document from the others.
        known: All words it is called by.
    """
    tokens = list(_TOKEN.finditer(question))
    first = next((at for at, token in enumerate(tokens) if _is_written_so(token[0]) and _plain(token[0]) in own), None)
    if first is None:
        return None
    last = first
    while first > 0 and _goes_on(question, tokens[first - 1], tokens[first], known=known):
        first -= 1
    while last + 1 < len(tokens) and _goes_on(question, tokens[last + 1], tokens[last], known=known):
        last += 1
    end = tokens[last].end()
    ending = _OWN.match(question, end)
    return tokens[first].start(), ending.end() if ending else end


def _goes_on(question: str, token: re.Match[str], beside: re.Match[str], *, known: frozenset[str]) -> bool:
    between = question[min(token.end(), beside.end()) : max(token.start(), beside.start())]
    word = _plain(token[0])
    is_name = word in known or (_is_written_so(token[0]) and (word in _NAME_PARTS or _FORM.fullmatch(word) is not None))
    return is_name and re.fullmatch(r"[\s,&]*(?:[’']s?\s+)?", between) is not None


def _is_written_so(word: str) -> bool:
    return re.search(r"[A-ZÄÖÜ0-9]", word) is not None


def _plain(word: str) -> str:
    return word.lower().strip(".,")


def _named(stretch: str, *, is_growth: bool) -> str:
    """Return the words of a stretch that name a figure, periods among them; empty where it names none."""
    bare = _BRACKET.sub(lambda found: "" if find_periods(found[0]) else found[0], stretch.split("?", maxsplit=1)[0])
    if is_growth:
        bare = _GROWING.sub(" ", bare)
    while (cut := _BACK.sub("", _FRONT.sub("", bare)).strip()) != bare:
        bare = " ".join(cut.split())
    return bare if metric_wordings(bare) else ""


def _metric(named: str) -> str:
    """Return the figure without its periods, what a bracket explains of it kept; empty for no words."""
    wordings = metric_wordings(named)
    if len(wordings) < 3:
        return "".join(wordings[:1])
    return f"{wordings[1]} ({', '.join(wordings[2:])})"


def _is_one_figure(named: str) -> bool:
    """Say whether words name one figure as it is reported, not several, and not one to be computed first."""
    plan = read_plan(Scope(question=f"What was {named}?"))
    if plan is None or plan.operation is not Operation.LOOKUP:
        return False
    return " and " not in named or sum(word.startswith("@") for word in concepts(named)) < 2


def _by_document(said: Sequence[_Said]) -> list[_Said] | None:
    """Return what holds for each document: what is said with its name, or what is said once and so of all.

    Args:
        said: What is said before the first name, then behind each name; what is empty says nothing.

    Returns:
        None where it is not clear what is said of which document.
    """
    head, own = said[0], list(said[1:])
    given = dict.fromkeys(one for one in said if one)
    if len(given) == 1:
        return [next(iter(given))] * len(own)
    return own if all(own) and not head else None


def _worded(period: Period) -> str:
    """Word a period so that it is read back the same."""
    day = f"{period.day}, " if period.day else ""
    end = f"{month_name[period.month]} {day}{period.year}" if period.month else f"{period.year}"
    if period.quarter:
        return f"for the {('first', 'second', 'third', 'fourth')[period.quarter - 1]} quarter of {end}"
    if period.months == INSTANT:
        return f"as of {end}"
    return f"for the {period.months} months ended {end}" if period.months else f"for {end}"
