"""Is the metadata of documents right, and read from the right place?

What is right comes from the pack's labels: title, parties and dates of contracts (`cuad`), their governing law, form,
period and issuer of filings (`sec_html`, `sec_10q`) as their titles name them. The place of a date or a law is right
where it touches a gold span of its question; that of a title or a party, where its name stands.
"""

import difflib
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from averment.core.documents import ParsedDocument
from averment.core.structure import FactField, PlacedFact
from averment.evaluation.alignment import Alignment
from averment.evaluation.pack import PackDocument, PackQuestion
from averment.pipelines.reasoning.dates import find_dates

_BY_CATEGORY: Final = {
    "Agreement Date": FactField.AGREEMENT_DATE,
    "Effective Date": FactField.EFFECTIVE_DATE,
    "Expiration Date": FactField.EXPIRY_DATE,
    "Governing Law": FactField.GOVERNING_LAW,
}
_ISO: Final = re.compile(r"\d{4}-\d{2}-\d{2}")
_FILING_TITLE: Final = re.compile(
    r"(?P<issuer>.+?)\s+Form\s+(?P<form>[\w-]+)(?:\s+for the period ended\s+(?P<ended>[\w ,]+))?"
)
_CONTRACT_TITLE: Final = re.compile(r"the (?P<title>.+?)(?: between .+| of [A-Z\d].*)?")
_LEAST_LIKENESS: Final = 0.85
_LEGAL: Final = re.compile(
    r"\b(?:inc|incorporated|corp|corporation|llc|l l c|ltd|limited|co|company|lp|gmbh|ag|the|dba)\b"
)
_JURISDICTION: Final = re.compile(r"\b(?:the|state|commonwealth|province|republic|people'?s|of|laws?|and)\b")
_ELSEWHERE: Final = re.compile(r"\s*(?:[;,/]| and )\s*")


@dataclass(frozen=True, slots=True, kw_only=True)
class MetadataVerdict:
    """What became of one labelled value; `is_placed` is None where the pack has no place for it."""

    doc_id: str
    field: FactField
    gold: str
    found: tuple[str, ...]
    is_right: bool
    is_placed: bool | None


def judge_contract(
    document: PackDocument,
    questions: Iterable[PackQuestion],
    *,
    facts: Sequence[PlacedFact],
    parsed: ParsedDocument,
    alignment: Alignment,
) -> Iterator[MetadataVerdict]:
    """Judge the metadata of a contract by its labels and by the questions about it.

    Args:
        document: The contract.
        questions: Those of the benchmark that are about it.
        facts: What was read.
        parsed: Its text.
        alignment: Of the official text with it.
    """
    found = _by_field(facts)
    yield from _judge_title(document, found.get(FactField.TITLE, []), text=parsed.text)
    parties = found.get(FactField.PARTY, [])
    labelled = document.labels.get("parties")
    for name in labelled if isinstance(labelled, list) else []:
        match = next((fact for fact in parties if same_name(str(name), fact.value)), None)
        yield MetadataVerdict(
            doc_id=document.doc_id,
            field=FactField.PARTY,
            gold=str(name),
            found=tuple(fact.value for fact in parties),
            is_right=match is not None,
            is_placed=None if match is None else _reads(parsed.text, match),
        )
    for question in questions:
        field, answer = _BY_CATEGORY.get(question.category), question.labels.get("answer")
        if field is None or question.type == "absent" or not isinstance(answer, str):
            continue
        candidates = [*found.get(field, []), *(found.get(FactField.TERM, []) if field is FactField.EXPIRY_DATE else [])]
        match = next((fact for fact in candidates if _is_answer(field, answer, fact.value)), None)
        yield MetadataVerdict(
            doc_id=document.doc_id,
            field=field,
            gold=answer,
            found=tuple(fact.value for fact in candidates),
            is_right=match is not None,
            is_placed=None if match is None else _touches(match, question, alignment),
        )


def n_beside_labels(document: PackDocument, facts: Sequence[PlacedFact]) -> int | None:
    """Count the parties that were read of a contract and are none of its labels; None where it has no labels."""
    labelled = document.labels.get("parties")
    if not isinstance(labelled, list) or not labelled:
        return None
    parties = [fact for fact in facts if fact.field is FactField.PARTY]
    return sum(not any(same_name(str(name), fact.value) for name in labelled) for fact in parties)


def _judge_title(document: PackDocument, found: Sequence[PlacedFact], *, text: str) -> Iterator[MetadataVerdict]:
    named = _CONTRACT_TITLE.fullmatch(str(document.labels.get("title") or ""))
    if named is None:
        return
    match = next((fact for fact in found if same_title(named["title"], fact.value)), None)
    yield MetadataVerdict(
        doc_id=document.doc_id,
        field=FactField.TITLE,
        gold=named["title"],
        found=tuple(fact.value for fact in found),
        is_right=match is not None,
        is_placed=None if match is None else _reads(text, match),
    )


def judge_filing(document: PackDocument, facts: Sequence[PlacedFact], *, text: str) -> Iterator[MetadataVerdict]:
    """Judge form, period end and issuer of a filing by its title in the pack."""
    title = _FILING_TITLE.match(str(document.labels.get("title") or ""))
    if title is None:
        return
    found = _by_field(facts)
    wanted = [(FactField.FORM_TYPE, title["form"])]
    if title["ended"]:
        wanted.append((FactField.PERIOD_END, find_dates(title["ended"])[0].day.isoformat()))
        wanted.append((FactField.ISSUER, title["issuer"]))
    for field, gold in wanted:
        candidates = found.get(field, [])
        match = next(
            (
                fact
                for fact in candidates
                if same_name(gold, fact.value) or (field is not FactField.ISSUER and fact.value == gold)
            ),
            None,
        )
        yield MetadataVerdict(
            doc_id=document.doc_id,
            field=field,
            gold=gold,
            found=tuple(fact.value for fact in candidates),
            is_right=match is not None,
            is_placed=None if match is None else _reads(text, match),
        )


def same_name(gold: str, found: str) -> bool:
    """Say whether two names of a party are one: without legal forms equal, one part of the other, or nearly so.

    Example:
        >>> same_name("DAIRY CREST LIMITED", "Dairy Crest Ltd.")
        True
    """
    one, other = _plain_name(gold), _plain_name(found)
    if not one or not other:
        return gold.lower() == found.lower()
    is_part = min(len(one), len(other)) > 2 and (one in other or other in one)
    return is_part or difflib.SequenceMatcher(None, one, other).ratio() >= _LEAST_LIKENESS


def same_title(gold: str, found: str) -> bool:
    """Say whether a title that was found is that of a label, whole or nearly so; a mere "Agreement" is not.

    Example:
        >>> same_title("Supply Agreement", "SUPPLY AGREEMENT NO. 7"), same_title("Supply Agreement", "Agreement")
        (True, False)
    """
    one, other = (re.sub(r"[\W_]+", "", title).lower() for title in (gold, found))
    if one in other or (other in one and len(found.split()) > 1):
        return True
    return difflib.SequenceMatcher(None, one, other).ratio() >= _LEAST_LIKENESS


def same_jurisdiction(gold: str, found: str) -> bool:
    """Say whether what was found is among the jurisdictions of a label ("England; Wales", "Ontario, Canada")."""
    wanted = {_plain_jurisdiction(part) for part in _ELSEWHERE.split(gold)} - {""}
    given = {_plain_jurisdiction(part) for part in _ELSEWHERE.split(found)} - {""}
    return bool(given) and given <= wanted


def _is_answer(field: FactField, answer: str, value: str) -> bool:
    if field is FactField.GOVERNING_LAW:
        return same_jurisdiction(answer, value)
    if _ISO.fullmatch(answer):
        return value == answer
    return value.lower() == answer.lower()


def _touches(fact: PlacedFact, question: PackQuestion, alignment: Alignment) -> bool | None:
    """Say whether a place touches a gold span; None where no span could be found again in our text."""
    if fact.start is None or fact.end is None:
        return False
    known = False
    for gold in question.gold:
        positions = alignment.span(gold.start, gold.end).positions
        if len(positions):
            known = True
            if int(positions[0]) < fact.end and fact.start <= int(positions[-1]):
                return True
    return False if known else None


def _reads(text: str, fact: PlacedFact) -> bool:
    """Say whether the value of a fact, or a date that reads as it, stands at its place."""
    if fact.start is None or fact.end is None:
        return False
    there = text[fact.start : fact.end]
    if _ISO.fullmatch(fact.value):
        return any(found.day.isoformat() == fact.value for found in find_dates(there))
    return re.sub(r"[\W_]+", "", fact.value).lower() in re.sub(r"[\W_]+", "", there).lower()


def _by_field(facts: Iterable[PlacedFact]) -> Mapping[FactField, list[PlacedFact]]:
    found: dict[FactField, list[PlacedFact]] = {}
    for fact in facts:
        found.setdefault(fact.field, []).append(fact)
    return found


def _plain_name(name: str) -> str:
    words = re.sub(r"[^\w]+", " ", name.lower().replace(".", ""))
    return re.sub(r"\s+", "", _LEGAL.sub(" ", words))


def _plain_jurisdiction(name: str) -> str:
    return re.sub(r"[\W_]+", "", _JURISDICTION.sub(" ", name.lower().replace("’", "'")))
