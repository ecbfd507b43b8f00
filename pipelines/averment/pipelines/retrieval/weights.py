"""What is ranked by inside documents: the words of the question, those documents use for it, and how much each counts.

Orders to the answerer ("answer in percent") are not searched for. In filings nearly every table names the periods, so
a period tells little and counts little; what is quoted counts whole.
"""

import re
from collections.abc import Sequence
from typing import Final

from averment.pipelines.ingestion.sparse import terms

PERIOD_WEIGHT: Final = 0.2
TOPIC_SHARE: Final = 2.0
_ORDER: Final = re.compile(
    r"(?:^|(?<=[.?!])\s+)(?:give (?:the|your)|answer|list every|list them|list all|state (?:the|your)|express"
    r"|report (?:the|your)|please|respond|round|provide (?:a|the) (?:breakdown|value|answer)|nenne|antworte|gib)\b"
    r"[^.?!]*[.?!]?",
    re.I,
)
_FRAME: Final = re.compile(
    r"\b(?:in|of|across) (?:the|our|this) (?:whole )?(?:collection|portfolio|archive|corpus)\b"
    r"|\b(?:satisfy|meet) (?:both|all|each) of the following\b"
    r"|\bfor each of the (?:two|three|\d) (?:contracts|agreements)\b",
    re.I,
)
_MONTH: Final = r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.?"
_DATE: Final = rf"{_MONTH}\s+\d{{1,2}},?\s+\d{{4}}"
_PERIOD: Final = re.compile(
    rf"['‘“\"]?\b(?:between |for |in |during |as of |at |and |to |from )*(?:the )?(?:periods? )?['‘“\"]?"
    rf"(?:(?:(?:the )?(?:three|six|nine|twelve|3|6|9|12) months|(?:the )?(?:fiscal )?(?:years?|quarters?|periods?))"
    rf" ended {_DATE}|as of {_DATE})['’”\"]?",
    re.I,
)
_CHANGE: Final = re.compile(r"\bby what percentage did\b|\bchange between\b|\band the period\b", re.I)


def wording(question: str, *, is_filing: bool) -> str:
    """Return what the question asks about: without orders to the answerer and, for a filing, without periods.

    >>> wording("What was gross profit for the three months ended June 30, 2025? Answer in percent.", is_filing=True)
    'What was gross profit ?'
    """
    text = _FRAME.sub(" ", _ORDER.sub(" ", question))
    if is_filing:
        text = _CHANGE.sub(" ", _PERIOD.sub(" ", text))
    text = " ".join(text.split())
    return text if len(list(terms(text))) >= 2 else question


def is_period(phrase: str) -> bool:
    """Say whether a phrase is there to name a period."""
    return _PERIOD.search(phrase) is not None


def term_weights(
    question: str, asked: str, *, quoted: Sequence[str], guessed: str, topic_weight: float
) -> dict[str, float]:
    """Return the terms to rank by.

    The words of topics are a guess at how documents put it; the question's own words are what was asked. However many
    topics a question has, what they add weighs together at most `TOPIC_SHARE` times as much as its own words: a
    question of one word that a document holds is led by that word and not by the dozen beside it. A word that no
    document holds takes nothing from them, since it scores nowhere.

    Args:
        question: The question without names.
        asked: Its `wording`; the rest of the question counts little.
        quoted: What stands in quotation marks; counts whole.
        guessed: Words that documents use for the question's topics.
        topic_weight: Weight of the words documents use for a topic.
    """
    own = dict.fromkeys(terms(question), PERIOD_WEIGHT)
    for phrase in quoted:
        if not is_period(phrase):
            own.update(dict.fromkeys(terms(phrase), 1.0))
    own.update(dict.fromkeys(terms(asked), 1.0))
    added = [term for term in dict.fromkeys(terms(guessed)) if own.get(term, 0.0) < 1]
    if added:
        topic_weight = min(topic_weight, TOPIC_SHARE * sum(own.values()) / len(added))
    return {**own, **{term: max(topic_weight, own.get(term, 0.0)) for term in added}}
