"""The sentences of an answer, each of one kind, each checked before it counts.

Quotes are copied and stand in quotation marks; values are put into templates from cells and recorded calculations;
statements are the model's words and appear only after the checks; notices come from the catalogue.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Final

from averment.core.answers import (
    Calculation,
    Check,
    Claim,
    Operand,
    Sentence,
    SentenceKind,
    TypedValue,
    Verdict,
)
from averment.pipelines.reasoning import checks
from averment.pipelines.reasoning.checks import Evidence
from averment.pipelines.reasoning.compute import DATE, value_date
from averment.pipelines.reasoning.dates import long_form
from averment.pipelines.reasoning.durations import TIME_UNITS
from averment.pipelines.reasoning.entries import GROUP_JOIN
from averment.pipelines.reasoning.evidence import LABEL_JOIN
from averment.pipelines.reasoning.notices import Language, notice

PART_JOIN: Final = " … "
MAX_BOUND_CHARS: Final = 40
_BOUND: Final = re.compile(
    r"\b(?:not?|nicht)\s+(?:less|fewer|later|more|earlier|longer|weniger|später|mehr|länger)\s+(?:than|als)\s*$", re.I
)
_SCALES: Final[dict[int, dict[Language, str]]] = {
    1_000: {"en": "thousand", "de": "Tausend"},
    1_000_000: {"en": "million", "de": "Millionen"},
    1_000_000_000: {"en": "billion", "de": "Milliarden"},
}
_UNIT_WORDS: Final[dict[str, dict[Language, tuple[str, str]]]] = {
    "hour": {"en": ("hour", "hours"), "de": ("Stunde", "Stunden")},
    "day": {"en": ("day", "days"), "de": ("Tag", "Tage")},
    "business_day": {"en": ("business day", "business days"), "de": ("Arbeitstag", "Arbeitstage")},
    "week": {"en": ("week", "weeks"), "de": ("Woche", "Wochen")},
    "month": {"en": ("month", "months"), "de": ("Monat", "Monate")},
    "quarter": {"en": ("quarter", "quarters"), "de": ("Quartal", "Quartale")},
    "year": {"en": ("year", "years"), "de": ("Jahr", "Jahre")},
}


_PLACES: Final[dict[Language, tuple[str, ...]]] = {
    "en": ("no", "one", "two", "three", "four", "five", "six", "more"),
    "de": ("keine", "eine", "zwei", "drei", "vier", "fünf", "sechs", "mehr"),
}


def quote_sentence(evidence: Evidence, texts: Mapping[str, str], *, shown: int | None = None) -> Sentence:
    """Make a quotation of one sentence; the claim says whether it is the canonical text at its place.

    A sentence over a page break is quoted in its parts, each in quotation marks of its own and cited at its place.

    Args:
        evidence: The parts of the sentence, then further places where the same words stand.
        texts: Canonical texts by hash.
        shown: How many citations are the sentence, 1 or more, all when unset; all of them are checked.
    """
    found = checks.check_quotes(evidence, dict(texts))
    quotes = [citation.quote for citation in evidence.citations[:shown]]
    return Sentence(
        kind=SentenceKind.QUOTE,
        text=PART_JOIN.join(f"“{quote}”" for quote in quotes),
        claim=_claim(PART_JOIN.join(quotes), evidence, found),
    )


def calculation_sentence(
    calculation: Calculation,
    scale: int,
    *,
    evidence: Evidence,
    texts: Mapping[str, str],
    language: Language,
    answers: Sequence[str] = (),
) -> Sentence:
    """Write a calculation: what was read, how it was combined, what came out, and how that was rounded.

    Args:
        calculation: The recorded calculation.
        scale: What the result is expressed in, 1 or the operands' common scale; the value stays exact.
        evidence: The calculation's own evidence.
        texts: Canonical texts by hash.
        language: Of the template.
        answers: The periods or documents that are asked for, which the calculation tells.
    """
    result = number(calculation.value, unit=calculation.unit, scale=scale, language=language)
    if len(calculation.operands) == 1 and calculation.expression == calculation.operands[0].name:
        text = f"{_named(calculation.operands[0])}: {result}."
    else:
        parts = "; ".join(
            f"{operand.name} = {_named(operand)}: {_operand_number(operand, language)}"
            for operand in calculation.operands
        )
        text = f"{calculation.expression} = {result}{_rounding(calculation, language)}, {_where(language)} {parts}."
    if answers:
        text = f"{', '.join(answers)}: {text}"
    found = checks.check_quotes(evidence, dict(texts)) + checks.check_value(text, evidence)
    return Sentence(kind=SentenceKind.VALUE, text=text, claim=_claim(text, evidence, found))


def stated_sentence(
    value: TypedValue, words: str, *, evidence: Evidence, texts: Mapping[str, str], language: Language
) -> Sentence:
    """Write a value that a quotation states; it is checked against that quotation."""
    text = f"{_heading(value, language)}: {words}."
    # The words are cut from the quotation itself: nothing in them says which row or period is meant.
    said = checks.check_statement(words, replace(evidence, tables=()))
    if _is_bound(words, evidence.quotes):
        said = tuple(replace(check, passed=True) if check.name == "negation" else check for check in said)
    found = checks.check_quotes(evidence, dict(texts)) + said
    return Sentence(kind=SentenceKind.VALUE, text=text, claim=_claim(text, evidence, found))


def _is_bound(words: str, quotes: str) -> bool:
    """Say whether a quotation gives words as a bound: "not less than ninety days" denies nothing of the ninety days."""
    at = quotes.find(words)
    return at >= 0 and _BOUND.search(quotes, max(0, at - MAX_BOUND_CHARS), at) is not None


def statement_sentence(
    text: str, evidence: Evidence, texts: Mapping[str, str], *, further: Sequence[Check] = ()
) -> Sentence:
    """Put a sentence of the model's words with what the checks say of it; the caller withholds what they block.

    Args:
        text: The sentence.
        evidence: What it cites.
        texts: Canonical texts by hash.
        further: Checks that ran besides the guards; they can block, and let nothing pass that a guard blocks.
    """
    found = (*checks.check_quotes(evidence, dict(texts)), *checks.check_statement(text, evidence), *further)
    return Sentence(kind=SentenceKind.STATEMENT, text=text, claim=_claim(text, evidence, found))


def notice_sentence(code: str, language: Language, **parts: str) -> Sentence:
    """Make a notice."""
    return Sentence(kind=SentenceKind.NOTICE, text=notice(code, language, **parts), code=code)


def holds(sentence: Sentence) -> bool:
    """Say whether a sentence may be released: a notice, or a claim that every check supports."""
    return sentence.claim is None or sentence.claim.verdict is Verdict.SUPPORTED


def failed_checks(sentence: Sentence) -> tuple[str, ...]:
    """Name the checks that a sentence's claim failed, in their order."""
    return tuple(check.name for check in sentence.claim.checks if not check.passed) if sentence.claim else ()


def typed_result(calculation: Calculation, scale: int) -> TypedValue:
    """Return a calculation's value as the machine reads it, in the operands' scale where that is exact."""
    if calculation.unit == DATE:
        return TypedValue(type="date", value=value_date(calculation.value).isoformat())
    if calculation.unit in TIME_UNITS:
        return TypedValue(type="duration", value=calculation.value, unit=calculation.unit)
    currency = (
        calculation.unit if calculation.unit and len(calculation.unit) == 3 and calculation.unit.isupper() else None
    )
    periods = {operand.period for operand in calculation.operands if operand.period}
    return TypedValue(
        type="amount" if currency else "number",
        value=calculation.value / scale,
        unit=calculation.unit,
        scale=scale,
        currency=currency,
        period=periods.pop() if len(periods) == 1 else None,
    )


def figured_value(calculations: Sequence[Calculation], *, periods: Sequence[str]) -> TypedValue:
    """Return what was calculated as the machine reads it: the periods asked for, one value, or a list of them."""
    if periods:
        return TypedValue(
            type="text" if len(periods) == 1 else "list", value=periods[0] if len(periods) == 1 else tuple(periods)
        )
    if len(calculations) == 1:
        (calculation,) = calculations
        return typed_result(calculation, common_scale(calculation))
    shown = (number(one.value, unit=one.unit, scale=common_scale(one), language="en") for one in calculations)
    return TypedValue(type="list", value=tuple(shown))


def common_scale(calculation: Calculation) -> int:
    """Return the scale that all operands share and that expresses the value exactly, else 1."""
    scales = {operand.scale for operand in calculation.operands}
    units = {operand.unit for operand in calculation.operands}
    if len(scales) != 1 or calculation.unit not in units or calculation.rounding is not None:
        return 1
    scale = scales.pop()
    return scale if scale in _SCALES else 1


def number(value: Decimal, *, unit: str | None, scale: int, language: Language) -> str:
    """Write a number with its unit and scale, to the last digit."""
    if unit == DATE:
        return long_form(value_date(value), language)
    shown = f"{value / scale:,f}"
    if language == "de":
        shown = shown.replace(",", "\0").replace(".", ",").replace("\0", ".")
    if scale in _SCALES:
        shown = f"{shown} {_SCALES[scale][language]}"
    if unit in _UNIT_WORDS:
        one, many = _UNIT_WORDS[unit][language]
        return f"{shown} {one if value == 1 else many}"
    return f"{shown} {unit}" if unit else shown


def _claim(text: str, evidence: Evidence, found: Sequence[Check]) -> Claim:
    return Claim(
        text=text,
        citations=evidence.all_citations,
        calculation=evidence.calculation,
        verdict=checks.verdict(found),
        checks=tuple(found),
    )


def _named(operand: Operand) -> str:
    """Name an operand by its own row and its period, or by its column where it has no period.

    A row of one word ("Basic", "Fixed") says little: the words beside or above it are named with it.
    """
    row, _, column = operand.label.partition(LABEL_JOIN)
    named = [part.strip(" :") for part in row.split(GROUP_JOIN) if part.strip(" :")]
    own = named[-1] if named else ""
    if len(own.split()) == 1:
        own = ", ".join(named)
    about = operand.period or column.replace(GROUP_JOIN, " ")
    return f"{own}, {about}" if own and about and about not in own else own or about


def _operand_number(operand: Operand, language: Language) -> str:
    if operand.unit == DATE:
        return number(operand.value, unit=DATE, scale=1, language=language)
    return number(operand.value * operand.scale, unit=operand.unit, scale=operand.scale, language=language)


def _rounding(calculation: Calculation, language: Language) -> str:
    """Say how a result was rounded, in words: a digit here would be a number that no source holds."""
    if calculation.rounding is None:
        return ""
    places = _PLACES[language][min(-int(calculation.value.as_tuple().exponent), len(_PLACES[language]) - 1)]
    if language == "en":
        return f" (rounded half up to {places} decimals)"
    return f" (kaufmännisch auf {places} Nachkommastellen gerundet)"


def _where(language: Language) -> str:
    return "where" if language == "en" else "mit"


def _heading(value: TypedValue, language: Language) -> str:
    headings: Mapping[str, tuple[str, str]] = {
        "date": ("Date stated", "Genanntes Datum"),
        "duration": ("Duration stated", "Genannte Dauer"),
        "amount": ("Amount stated", "Genannter Betrag"),
        "text": ("Stated", "Genannt"),
    }
    english, german = headings.get(value.type, headings["text"])
    return english if language == "en" else german
