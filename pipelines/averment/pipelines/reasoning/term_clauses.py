"""What the clauses on term and renewal say in figures: notice periods, renewal terms, and whether renewals are limited.

Read from one sentence at a time, English and German. A notice period is one that ends with the term; how long a notice
of breach runs is none of it.
"""

import re
from collections.abc import Iterator
from typing import Final

from averment.pipelines.reasoning.durations import Duration, find_durations

CLAUSE: Final = re.compile(r"\brenew|\bextend|\bextension|non-?renewal|\bsuccessive|verläng|kündig|\bexpir", re.I)
"""What a sentence on renewal, or on notice at the end of a term, holds at least."""

_MAX_AFTER: Final = 200
_BEFORE_END: Final = re.compile(
    r"^[’'\s,]*(?:(?:prior|advance|written|notice|in|schriftlich)\b[’'\s,]*){0,4}"
    r"(?:prior\s+to|before|in\s+advance\s+of|preceding|to|vor|zum)\s+[^.;]{0,110}?"
    r"\b(?:end|expir\w*|renew\w*|anniversary|conclusion|termination\s+date|Ablauf\w*|Ende|Vertragsende\w*|Laufzeitende\w*"
    r"|Verlängerung\w*)\b",
    re.I,
)
_OTHER: Final = re.compile(r"\b(?:breach|default|cure|remed|audit|invoice|insur|pay)\w*\b", re.I)
_GIVES_NOTICE: Final = re.compile(r"\bnoti(?:ce|f)|kündig|\bwidersp|\bterminat|\belect|\binform", re.I)
_RENEWED_FOR: Final = re.compile(
    r"\b(?:renew\w*|extend\w*|extension|successive|additional|further|consecutive|verläng\w*|jeweils|weitere\w*)\b[^.;]{0,80}$",
    re.I,
)
_OWN_WORDS: Final = re.compile(r"\b(?:renew\w*|extend\w*|verläng\w*)", re.I)
_ITSELF: Final = re.compile(
    r"\bautomatic|\bunless\b|\b(?:shall|will)\s+(?:be\s+)?(?:\w+\s+){0,2}?(?:renew|extend)|\brenews\b|\bverlängert\s+(?:er|sie|es\s+)?sich"
    r"|\bsich\b.{0,160}\bverlängert\b|\bsofern\b|\bwenn\b.{0,40}\bnicht\b",
    re.I | re.S,
)
_OPTION: Final = re.compile(
    r"\b(?:may|option|right\s+to|mutual(?:ly)?|by\s+(?:written\s+)?agreement|kann|können|Option)\b[^.;]{0,60}"
    r"\b(?:renew|extend|verläng)",
    re.I,
)
_LIMITED: Final = re.compile(
    r"\b(?:up\s+to|not?\s+more\s+than|more\s+than|maximum|at\s+most|exceed|höchstens|maximal)\b[^.;]{0,60}"
    r"\b(?:renew\w*|terms?|times|periods?|extensions?|Verlängerung\w*|mal)\b"
    r"|\b(?:two|three|four|five|zwei|drei|vier|fünf|[2-9])\b(?:\s*\(\d\))?\s+(?:successive|additional|consecutive|further)\b"
    r"|\bfourth\b|\bthird\b[^.;]{0,20}\bRenewal\b",
    re.I,
)


def notice_periods(sentence: str) -> Iterator[Duration]:
    """Yield the periods within which notice is given before a term ends or renews.

    Example:
        >>> text = "It renews unless notice is given at least sixty (60) days prior to the end of the term."
        >>> [(found.count, found.unit) for found in notice_periods(text)]
        [(60, 'day')]
    """
    if CLAUSE.search(sentence) is None or _GIVES_NOTICE.search(sentence) is None or _OTHER.search(sentence):
        return
    for found in find_durations(sentence):
        if _BEFORE_END.match(sentence[found.end : found.end + _MAX_AFTER]):
            yield found


def renewal_terms(sentence: str) -> Iterator[Duration]:
    """Yield the terms by which a contract renews itself.

    Example:
        >>> text = "This Agreement shall automatically renew for successive terms of one (1) year each."
        >>> [(found.count, found.unit) for found in renewal_terms(text)]
        [(1, 'year')]
    """
    for found in find_durations(sentence) if renews_itself(sentence) else ():
        is_notice = _BEFORE_END.match(sentence[found.end : found.end + _MAX_AFTER])
        if not is_notice and _RENEWED_FOR.search(sentence[: found.start]):
            yield found


def renews_itself(sentence: str) -> bool:
    """Say whether a sentence lets a contract renew without anybody's doing, by whatever time."""
    return bool(_OWN_WORDS.search(sentence) and _ITSELF.search(sentence)) and _OPTION.search(sentence) is None


def limits_renewals(sentence: str) -> bool:
    """Say whether a sentence limits how often a contract renews itself."""
    return _OWN_WORDS.search(sentence) is not None and _LIMITED.search(sentence) is not None
