"""Whether a reply is right: one rule for each type of question, the same for every arm.

The rules are lenient towards prose, so that the baseline is not measured by how it is worded: a clause is found where
half of its words are in the reply or in the three places it cites first; a number counts in units or as printed.

| type | right |
|---|---|
| clause, clause_by_heading | half of the gold, weighted by length, is said or cited |
| value, injection | the normalised value is said and at most three others of its kind, or the gold words are said |
| absent | not answered |
| claim | the label |
| span, multi-span | every gold string is said, in the machine-readable result where that is words or a list |
| arithmetic, count, table_lookup, calculation | the number, within the tolerance of the question |
| cross_document | the company and the number |
| multi_doc_list, multi_doc_and | the set of documents, by F1; right at 0.8 |
| multi_doc_compare | the value of each document; `quality` is the share |
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Final

from averment.evaluation.answers.reply import Place, Reply
from averment.evaluation.metrics import GoldUnit
from averment.evaluation.pack import PackQuestion
from averment.pipelines.reasoning.dates import find_dates
from averment.pipelines.reasoning.durations import find_durations
from averment.pipelines.reasoning.figures import find_figures

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

NO_ANSWER: Final = "not found"
ABSENT_TYPES: Final = frozenset({"absent"})
NUMERIC_TYPES: Final = frozenset({"arithmetic", "count", "table_lookup", "calculation"})
SET_TYPES: Final = frozenset({"multi_doc_list", "multi_doc_and"})
HALF: Final = 0.5
GOOD_SET: Final = 0.8
PLACES_COUNTED: Final = 3
OTHERS_ALLOWED: Final = 3
_SCALES: Final[Mapping[str, int]] = {"thousand": 1_000, "million": 1_000_000, "billion": 1_000_000_000}
# Gold of tables is rounded to two decimals where it is computed.
_ROUNDED: Final = Decimal("0.01")
_WORD: Final = re.compile(r"[^\W_]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """What a reply is worth.

    `is_falsely_absent` says that the documents hold no answer though they do. `quality` is 0-1, 1 or 0 where only right
    and wrong are told apart. `n_places` and `n_on_gold` count cited places and those of them that touch gold; both are
    0 where the question has no gold. `n_explained` counts those of a right answer that are off gold for a reason: they
    print gold's very number where gold marks one of its places alone, or were compared to choose the period that gold
    marks. `set_precision` and `set_recall` are there where a set of documents is asked for; of what was not answered
    the precision is None and the recall 0.
    """

    is_answerable: bool
    is_answered: bool
    is_right: bool
    quality: float
    is_falsely_absent: bool = False
    is_wrong_number: bool = False
    n_places: int = 0
    n_on_gold: int = 0
    n_explained: int = 0
    set_precision: float | None = None
    set_recall: float | None = None


def is_answerable(question: PackQuestion) -> bool:
    """Say whether the documents hold an answer; a label for what they do not mention is no answer."""
    answer = question.labels.get("answer")
    return question.type not in ABSENT_TYPES and answer not in (NO_ANSWER, "not_mentioned")


def judge(question: PackQuestion, reply: Reply, *, gold: Sequence[GoldUnit]) -> Judged:
    """Judge a reply.

    Args:
        question: The question with its gold answer.
        reply: What an arm said.
        gold: The gold spans in the offsets that `reply.places` count in.
    """
    quality = _quality(question, reply, gold)
    is_set = question.type in SET_TYPES
    right = quality >= (GOOD_SET if is_set else 1.0)
    on_gold = [place for place in reply.places if any(_touches(place, unit) for unit in gold)]
    numbers = _numbers_of_gold(question) if right else frozenset()
    explained = [
        place
        for place in reply.places
        if right and place not in on_gold and (place.is_compared or _lone_number(place.text) in numbers)
    ]
    is_counted = bool(gold) and reply.is_answered
    precision, recall = _set_rates(question, reply) if is_set else (None, None)
    return Judged(
        is_answerable=is_answerable(question),
        is_falsely_absent=reply.is_absence and is_answerable(question),
        is_answered=reply.is_answered,
        is_right=right,
        quality=quality,
        is_wrong_number=question.type in NUMERIC_TYPES and reply.is_answered and not right,
        n_places=len(reply.places) if is_counted else 0,
        n_on_gold=len(on_gold) if is_counted else 0,
        n_explained=len(explained) if is_counted else 0,
        set_precision=precision,
        set_recall=recall,
    )


def _quality(question: PackQuestion, reply: Reply, gold: Sequence[GoldUnit]) -> float:
    if question.type in ABSENT_TYPES:
        return float(not reply.is_answered)
    if question.type == "claim":
        return float(reply.label == question.labels.get("answer"))
    if not reply.is_answered:
        return 0.0
    rule = _RULES.get(question.type, _clause)
    return rule(question, reply, gold)


def _clause(question: PackQuestion, reply: Reply, gold: Sequence[GoldUnit]) -> float:
    """Weigh each gold unit by its length and take the best of what is said and what is cited."""
    said = frozenset(_words(reply.text))
    total = sum(unit.weight for unit in gold)
    if not total:
        return 0.0
    texts = _gold_texts(question)
    shares = []
    for unit, alternatives in zip(gold, texts, strict=True):
        cited = max(_covered(span.positions, reply.places, doc_id) for doc_id, span in unit.alternatives)
        worded = max(_share(_words(text), said) for text in alternatives)
        shares.append(max(cited, worded))
    mean = sum(unit.weight * share for unit, share in zip(gold, shares, strict=True)) / total
    return 1.0 if mean >= HALF else 0.0


def _value(question: PackQuestion, reply: Reply, gold: Sequence[GoldUnit]) -> float:
    answer = question.labels.get("answer")
    if not isinstance(answer, str):
        return _clause(question, reply, gold)
    if states(answer, reply.text):
        return 1.0
    folded = _folded(reply.text)
    if question.gold and all(any(_folded(text) in folded for text in texts) for texts in _gold_texts(question)):
        return 1.0
    is_word = not (_day(answer) or find_durations(answer) or _is_place(question))
    return _clause(question, reply, gold) if is_word else 0.0


def _is_place(question: PackQuestion) -> bool:
    """Say whether the value is a name that has to be said itself, as that of a state."""
    return question.category == "Governing Law" or question.type == "injection"


def states(answer: str, text: str) -> bool:
    """Say whether a text states a normalised value, and at most three others of its kind.

    >>> states("2007-04-06", "Made on April 6, 2007.")
    True
    >>> states("3 months", "at least ninety days before")
    False
    """
    day = _day(answer)
    if day is not None:
        days = {found.day for found in find_dates(text)}
        return day in days and len(days) <= 1 + OTHERS_ALLOWED
    wanted = {(found.count, found.unit) for found in find_durations(answer)}
    if wanted:
        durations = {(found.count, found.unit) for found in find_durations(text)}
        return wanted <= durations and len(durations) <= len(wanted) + OTHERS_ALLOWED
    return bool(_folded(answer)) and re.search(rf"(?<!\w){re.escape(answer)}(?!\w)", text, re.IGNORECASE) is not None


def _day(answer: str) -> date | None:
    try:
        return date.fromisoformat(answer)
    except ValueError:
        return None


def _spans(question: PackQuestion, reply: Reply, _: Sequence[GoldUnit]) -> float:
    answer = question.labels.get("answer")
    wanted = [str(one) for one in answer] if isinstance(answer, list) else [str(answer)]
    folded = _folded(_stated(reply))
    said = [_folded(one) in folded for one in wanted if _folded(one)]
    return float(bool(said) and all(said))


def _stated(reply: Reply) -> str:
    """Return the words or the list that a reply answers with; the figures it was read from may hold every other."""
    value = reply.value.value if reply.value is not None and reply.value.type in ("text", "list") else None
    if isinstance(value, tuple):
        return " ".join(value)
    return value if isinstance(value, str) else reply.text


def _number(question: PackQuestion, reply: Reply, _: Sequence[GoldUnit]) -> float:
    stated = reply.number()
    if stated is None:
        stated = next((found.value * found.scale for found in find_figures(reply.text)), None)
    wanted = list(_gold_numbers(question))
    return float(stated is not None and any(abs(stated - number) <= slack for number, slack in wanted))


def _gold_numbers(question: PackQuestion) -> Iterator[tuple[Decimal, Decimal]]:
    """Yield the number in units and as printed, each with its tolerance."""
    number = _decimal(question.labels.get("answer"))
    if number is None:
        return
    given = _decimal(question.labels.get("tolerance"))
    slack = _ROUNDED if given is None else given
    yield number, slack
    scale = _SCALES.get(str(question.labels.get("scale") or ""))
    if scale is not None:
        yield number * scale, slack * scale


def _compared(question: PackQuestion, reply: Reply, _: Sequence[GoldUnit]) -> float:
    answer = question.labels.get("answer")
    if not isinstance(answer, dict):
        return 0.0
    company, difference = str(answer.get("company")), _decimal(answer.get("difference"))
    amounts = {abs(found.value * found.scale) for found in find_figures(reply.text)}
    stated = reply.number()
    amounts |= set() if stated is None else {abs(stated)}
    first_word = next(iter(_words(company)), "")
    return float(first_word in _words(reply.text) and difference is not None and abs(difference) in amounts)


def _document_set(question: PackQuestion, reply: Reply, _: Sequence[GoldUnit]) -> float:
    """Return F1 of the documents that the reply cites."""
    precision, recall = _set_rates(question, reply)
    return 2 * precision * recall / (precision + recall) if precision and recall else 0.0


def _set_rates(question: PackQuestion, reply: Reply) -> tuple[float | None, float]:
    """Return the precision, None where nothing is cited, and the recall of the documents that a reply cites."""
    found = {place.doc_id for place in reply.places} if reply.is_answered else set()
    wanted = set(question.doc_ids)
    both = len(found & wanted)
    return both / len(found) if found else None, both / len(wanted) if wanted else 0.0


def _values_by_document(question: PackQuestion, reply: Reply, gold: Sequence[GoldUnit]) -> float:
    """Return the share of documents whose value is said, or cited where it is no value."""
    answer = question.labels.get("answer")
    if not isinstance(answer, dict) or not answer:
        return 0.0
    cited = {place.doc_id for place in reply.places}
    right = 0
    for doc_id, value in answer.items():
        if value == NO_ANSWER:
            right += doc_id not in cited
        elif value == "Yes":
            right += any(
                _touches(place, unit)
                for place in reply.places
                if place.doc_id == doc_id
                for unit in gold
                if any(one == doc_id for one, _ in unit.alternatives)
            )
        else:
            right += states(str(value), reply.text)
    return right / len(answer)


_RULES: Final[Mapping[str, Callable[[PackQuestion, Reply, Sequence[GoldUnit]], float]]] = {
    "value": _value,
    "injection": _value,
    "span": _spans,
    "multi-span": _spans,
    "cross_document": _compared,
    "multi_doc_compare": _values_by_document,
    **dict.fromkeys(NUMERIC_TYPES, _number),
    **dict.fromkeys(SET_TYPES, _document_set),
}


def _touches(place: Place, unit: GoldUnit) -> bool:
    return any(
        doc_id == place.doc_id
        and len(span.positions) > 0
        and span.positions.searchsorted(place.start) < span.positions.searchsorted(place.end)
        for doc_id, span in unit.alternatives
    )


def _numbers_of_gold(question: PackQuestion) -> frozenset[Decimal | None]:
    """Return the numbers that gold marks, or that its answer is, as printed and without their signs."""
    answer = question.labels.get("answer")
    said = answer if isinstance(answer, list) else [answer]
    texts = [span.text for span in question.gold] + [one for one in said if isinstance(one, str)]
    return frozenset(number for text in texts if (number := _lone_number(text)) is not None)


def _lone_number(text: str) -> Decimal | None:
    """Return the one number that a text is, but for its unit; None where it says more, or less."""
    found = find_figures(text)
    rest = "" if len(found) != 1 else text[: found[0].start] + text[found[0].end :]
    return abs(found[0].value) if len(found) == 1 and not _WORD.search(rest) else None


def _covered(positions: "NDArray[np.int64]", places: Sequence[Place], doc_id: str) -> float:
    """Return the share of gold letters inside the places cited first."""
    if not len(positions):
        return 0.0
    shown = [place for place in places[:PLACES_COUNTED] if place.doc_id == doc_id]
    return sum(any(place.start <= at < place.end for place in shown) for at in positions) / len(positions)


def _gold_texts(question: PackQuestion) -> list[list[str]]:
    """Return the texts of each gold unit: one, or its alternatives, in the order of `align_gold`."""
    groups: dict[str, list[str]] = {}
    for place, span in enumerate(question.gold):
        groups.setdefault(span.group or f"#{place}", []).append(span.text)
    return list(groups.values())


def _share(wanted: Sequence[str], said: frozenset[str]) -> float:
    return sum(word in said for word in wanted) / len(wanted) if wanted else 0.0


def _words(text: str) -> list[str]:
    return [found.lower() for found in _WORD.findall(text)]


def _folded(text: str) -> str:
    return "".join(_words(text))


def _decimal(value: object) -> Decimal | None:
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        number = Decimal(str(value).replace(",", ""))
    except InvalidOperation:
        return None
    return number if number.is_finite() else None
