"""Statements put to a document: whether it supports them, contradicts them, or does not mention them.

The rules find the sentence that says what the statement is about. They hold it to support the statement unless it says
more where the statement says "only"; where one forbids what the other allows, they do not decide. They weigh words and
wording, not law: the sentence is cited, so that a reader can judge.

Where a trained verifier has weighed sentences, it says which is on the subject and how it relates to the statement;
the rules then only keep it from supporting what they see forbidden, or a number that the sentence does not print.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Final, Literal

from averment.core.answers import TypedValue
from averment.pipelines.models.verifier import Verdict
from averment.pipelines.reasoning.durations import find_durations
from averment.pipelines.reasoning.figures import find_figures
from averment.pipelines.reasoning.reader import Candidate

# Likeness of meaning times coverage of the statement's words (0-1 each) from which a sentence is on its subject.
MENTIONED: Final = 0.24
# Probability (0-1) that a sentence decides a statement, from which it is on its subject where a verifier weighed it.
DECIDED: Final = 0.5
Relation = Literal["supported", "contradicted", "not_mentioned"]

_ASKED: Final = re.compile(
    r"\b(?:support|contradict|entail|back|prove|mention|say\s+anything|stützt|widerspricht|erwähnt)\w*\b", re.IGNORECASE
)
_STATEMENT: Final = re.compile(r"[“\"„]([^“”\"„]{20,600})[”\"“]")
_ROLES: Final[Mapping[Relation, re.Pattern[str]]] = {
    "not_mentioned": re.compile(r"\W*(?:not|no|un|neutral|nicht)", re.IGNORECASE),
    "contradicted": re.compile(r"\W*(?:contradict|refut|false|widerspr|widerleg)", re.IGNORECASE),
    "supported": re.compile(r"\W*(?:support|entail|true|confirm|gestützt|belegt)", re.IGNORECASE),
}
_ONLY: Final = re.compile(r"\b(?:only|solely|exclusively|nur|ausschließlich)\b", re.IGNORECASE)
_NOT: Final = re.compile(r"\b(?:not|no|nicht|kein\w*)\b", re.IGNORECASE)
_ENUMERATES: Final = re.compile(r"[,;]|\b(?:and|or|und|oder)\b", re.IGNORECASE)
_OPEN: Final = re.compile(
    r"\b(?:any|all|every|whether|includ(?:es?|ed|ing)|without\s+limitation|sämtliche\w*|einschließlich)\b",
    re.IGNORECASE,
)
_ALLOWS: Final = re.compile(r"\b(?:may|can|darf|kann)\b(?!\s+(?:not|nicht))", re.IGNORECASE)
_FORBIDS: Final = re.compile(
    r"\b(?:shall|will|may|must|can|do|does|agrees?|undertakes?|darf|dürfen)\s+(?:not|nicht|keine\w*)\b|\bnot\s+to\b|"
    r"\bcannot\b|\bprohibited\b|\bno\s+(?:right|cop(?:y|ies))\b",
    re.IGNORECASE,
)
_EXCEPTS: Final = re.compile(
    r"\b(?:except|unless|other\s+than|save|however|provided|notwithstanding|only|may|necessary|without)\b",
    re.IGNORECASE,
)


def stated_claim(question: str) -> str | None:
    """Return the statement that a question puts to the documents, in quotation marks; None where it puts none."""
    match = _STATEMENT.search(question)
    if match is None or _ASKED.search(question[: match.start()] + question[match.end() :]) is None:
        return None
    return match[1].strip()


def on_subject(candidates: Iterable[Candidate]) -> list[Candidate]:
    """Return the sentences that are on a statement's subject, best first; candidates were read for the statement."""
    read = list(candidates)
    weighed = [(item.stance.decided, item) for item in read if item.stance is not None]
    rated = weighed or [(item.similarity * item.lexical, item) for item in read]
    least = DECIDED if weighed else MENTIONED
    return [item for bearing, item in sorted(rated, key=lambda one: -one[0]) if bearing >= least]


def is_unmentioned(candidates: Sequence[Candidate]) -> bool:
    """Say whether no sentence is on a statement's subject; without sentences or meanings to compare nothing says so."""
    return any(item.similarity > 0 for item in candidates) and not on_subject(candidates)


def relation(claim: str, sentence: str, *, stance: Verdict | None = None) -> Relation | None:
    """Say how a sentence on a statement's subject relates to it; None where it cannot be told.

    Args:
        claim: The statement.
        sentence: The sentence.
        stance: What a verifier says of the two; the rules decide without one.
    """
    by_rules = _by_rules(claim, sentence)
    if stance is None:
        return by_rules
    if stance.contradiction > stance.entailment:
        return "contradicted"
    return "supported" if by_rules == "supported" and _prints_numbers(claim, sentence) else None


def _by_rules(claim: str, sentence: str) -> Relation | None:
    if _ONLY.search(claim) and not _NOT.search(claim):
        says_more = _OPEN.search(sentence) is not None and len(_ENUMERATES.findall(sentence)) > 1
        return "contradicted" if says_more else "supported"
    if _ALLOWS.search(claim) and _FORBIDS.search(sentence) and not _EXCEPTS.search(sentence):
        return None
    return "supported"


def _prints_numbers(claim: str, sentence: str) -> bool:
    """Say whether a sentence has every number and every time of a statement."""
    figures, times = find_figures(sentence), find_durations(sentence)
    return {one.value * one.scale for one in find_figures(claim)} <= {one.value * one.scale for one in figures} and {
        (one.count, one.unit) for one in find_durations(claim)
    } <= {(one.count, one.unit) for one in times}


def label(role: Relation | None, labels: Sequence[str]) -> TypedValue | None:
    """Return the one label of a caller that says a relation; None where none or several do.

    >>> label("not_mentioned", ["supported", "contradicted", "not mentioned"]).value
    'not mentioned'
    """
    if role is None:
        return None
    named = {one: next((of for of, pattern in _ROLES.items() if pattern.match(one)), None) for one in labels}
    found = [one for one, of in named.items() if of == role]
    return TypedValue(type="label", value=found[0]) if len(found) == 1 else None
