"""Do a filing's tags say what it prints? Tag against print, after scale and sign, and tag against tag.

A tag's sign follows its concept, print follows the table ("(94,949)" is a payment of 94,949), so a sign is held
against the rest of its row: one cell that is signed the other way than its neighbours is a conflict, and so is a
concept that by its name can be negative (net income, net cash) with a sign that the print does not have. A scale is
held against the table's own caption or the word behind the figure; where nothing is printed there is nothing to hold.
"""

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from averment.core.structure import ConflictReason, TagConflict, TaggedFact

_SCALE_WORDS: Final = {"thousand": 1_000, "million": 1_000_000, "billion": 10**9, "trillion": 10**12}
_SCALE_WORD: Final = re.compile(r"^[\s\u00a0)]{0,3}(thousand|million|billion|trillion)s?\b", re.I)
_SIGNED_BY_NAME: Final = re.compile(
    r":(?:NetIncomeLoss|ProfitLoss|OperatingIncomeLoss|NetCashProvidedByUsedIn\w*Activities|ComprehensiveIncomeNetOfTax"
    r"|IncomeLossFromContinuingOperations\w*)$"
)
_MONEY: Final = re.compile(r"[A-Z]{3}")


@dataclass(frozen=True, slots=True, kw_only=True)
class PrintedFigure:
    """How a tagged cell reads without its tag. `scale` is the one printed in the table's words, None where none is.

    `start:end` is the whole cell: its tag may begin behind a currency sign or a parenthesis.
    """

    table: str
    row: int
    start: int
    end: int
    value: str
    unit: str | None
    scale: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadTag:
    """A tag as a filing has it: the fact, and what tells whether another tag is about the same one."""

    fact: TaggedFact
    context: str


def find_conflicts(text: str, tags: Sequence[ReadTag], *, printed: Iterable[PrintedFigure]) -> tuple[TagConflict, ...]:
    """Return the tags that disagree with the print or with each other, in order of their place.

    Args:
        text: The canonical text.
        tags: Its tags.
        printed: The tagged cells of its tables, read without their tags.
    """
    facts = sorted((tag.fact for tag in tags), key=lambda fact: fact.start)
    starts = [fact.start for fact in facts]
    pairs = [
        (facts[place], figure)
        for figure in printed
        if (place := bisect_left(starts, figure.start)) < len(facts) and facts[place].end <= figure.end
    ]
    found: dict[tuple[int, str], TagConflict] = {}
    for conflict in (*_against_print(pairs), *_against_words(text, tags), *_signs(pairs), *_duplicates(tags)):
        found.setdefault((conflict.start, conflict.name), conflict)
    return tuple(found[key] for key in sorted(found))


def amount(value: str, scale: int) -> Decimal:
    """Return a full amount."""
    return Decimal(value) * scale


def _written(value: Decimal) -> str:
    return format(value.normalize(), "f")


def _against_print(pairs: Sequence[tuple[TaggedFact, PrintedFigure]]) -> Iterator[TagConflict]:
    """Yield tags whose number, scale or currency is not the printed one."""
    agreeing = Counter(figure.table for fact, figure in pairs if _is_money(fact) and figure.scale == fact.scale)
    differing = Counter(
        figure.table for fact, figure in pairs if _is_money(fact) and figure.scale not in (None, fact.scale)
    )
    for fact, figure in pairs:
        if abs(Decimal(figure.value)) != abs(Decimal(fact.value)):
            yield _conflict(fact, "value", Decimal(figure.value) * (figure.scale or fact.scale))
        elif _is_money(fact) and figure.scale not in (None, fact.scale) and figure.unit in (None, fact.unit):
            # A caption that most of its table contradicts was not meant for it, or was misread.
            if agreeing[figure.table] >= differing[figure.table] or not agreeing[figure.table]:
                yield _conflict(fact, "scale", amount(figure.value, figure.scale or 1))
        elif _is_money(fact) and figure.unit is not None and _MONEY.fullmatch(figure.unit) and figure.unit != fact.unit:
            yield _conflict(fact, "unit", amount(figure.value, fact.scale))


def _is_money(fact: TaggedFact) -> bool:
    return fact.unit is not None and _MONEY.fullmatch(fact.unit) is not None


def _against_words(text: str, tags: Sequence[ReadTag]) -> Iterator[TagConflict]:
    """Yield tags of running text whose scale is not the word behind the figure ("$1.2 billion")."""
    for tag in tags:
        fact = tag.fact
        word = _SCALE_WORD.match(text[fact.end : fact.end + 16])
        if word and fact.value.strip("-0."):
            scale = _SCALE_WORDS[word[1].lower()]
            if scale != fact.scale:
                yield _conflict(fact, "scale", amount(fact.value, scale))


def _signs(pairs: Sequence[tuple[TaggedFact, PrintedFigure]]) -> Iterator[TagConflict]:
    """Yield tags signed the other way than the rest of their row, or than their concept's name allows."""
    rows: dict[tuple[str, int, str], list[tuple[TaggedFact, PrintedFigure]]] = {}
    for fact, figure in pairs:
        if Decimal(fact.value) and Decimal(figure.value):
            rows.setdefault((figure.table, figure.row, fact.name), []).append((fact, figure))
    for (_, _, name), cells in rows.items():
        flipped = [(Decimal(fact.value) < 0) != (Decimal(figure.value) < 0) for fact, figure in cells]
        usual = _SIGNED_BY_NAME.search(name) is None and sum(flipped) * 2 > len(flipped)
        if len(set(flipped)) > 1 or (flipped[0] and _SIGNED_BY_NAME.search(name) is not None):
            for (fact, figure), is_flipped in zip(cells, flipped, strict=True):
                if is_flipped != usual:
                    yield _conflict(fact, "sign", amount(figure.value, fact.scale))


def _duplicates(tags: Sequence[ReadTag]) -> Iterator[TagConflict]:
    """Yield tags of one fact that differ by more than rounding."""
    groups: dict[tuple[str, str, str | None], list[TaggedFact]] = {}
    for tag in tags:
        groups.setdefault((tag.fact.name, tag.context, tag.fact.unit), []).append(tag.fact)
    for facts in groups.values():
        first = min(facts, key=_precision)
        for fact in facts:
            room = (_precision(first) + _precision(fact)) / 2
            if abs(amount(fact.value, fact.scale) - amount(first.value, first.scale)) > room:
                yield _conflict(fact, "duplicate", amount(first.value, first.scale))


def _precision(fact: TaggedFact) -> Decimal:
    """Return the worth of the last digit that a tag vouches for: as it says itself, else the last one printed."""
    if fact.decimals is not None and fact.unit != "%":
        return Decimal(1).scaleb(-fact.decimals)
    return Decimal(1).scaleb(int(Decimal(fact.value).as_tuple().exponent)) * fact.scale


def _conflict(fact: TaggedFact, reason: ConflictReason, printed: Decimal) -> TagConflict:
    return TagConflict(
        name=fact.name,
        start=fact.start,
        end=fact.end,
        reason=reason,
        printed=_written(printed),
        tagged=_written(amount(fact.value, fact.scale)),
    )
