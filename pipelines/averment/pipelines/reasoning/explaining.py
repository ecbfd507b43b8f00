"""Questions for words (why, how, what something stands for), and which sentences can answer them.

A row of figures says how much, never why: it answers no such question. Where a row is what the question names and
bears the mark of a footnote, the footnote is what says more of it. A sentence that only announces a table says nothing
of what is in it.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import Final

from averment.pipelines.reasoning.evidence import Source
from averment.pipelines.reasoning.reader import Candidate
from averment.pipelines.reasoning.sentences import Span

MAX_NOTE_CHARS: Final = 20_000
"""How far from its row a footnote is looked for, in characters."""
MAX_LEAD_WORDS: Final = 25
"""A longer sentence says something before it leads over to what follows."""
_WORDS: Final = re.compile(
    r"^(?:why|how\s+(?:is|are|was|were|does|do)|warum|weshalb|wieso)\b(?!.{0,120}\bcompare)|"
    r"\b(?:what|which)\b.{0,160}\b(?:represents?|refers?\s+to|consists?\s+of|comprised?\s+of|includes?|included\s+in|means?|"
    r"led\s+to|caused?|drove|drives?|resulted\s+in|accounted\s+for|accounts\s+for|contributed\s+to|applicable\s+to)\b|"
    r"\bwhat\s+(?:\w+\s+){0,3}(?:reasons?|method|basis|purpose)\b|"
    r"\bwas\s+(?:bedeutet|umfasst|beinhaltet|ist\s+der\s+grund)\b",
    re.IGNORECASE,
)
_FIGURES: Final = re.compile(
    r"\bhow\s+(?:much|many|large|high)\b|\bwhat\s+(?:amount|percentage|number)\b", re.IGNORECASE
)
_ANNOUNCES: Final = re.compile(
    r"\bthe\s+following\s+(?:tables?|charts?|schedules?)\b[^.]{0,40}\b(?:shows?|presents?|summari[sz]es?|sets?\s+(?:forth|out)|"
    r"provides?|reflects?|details?|lists?|discloses?|reconciles?|contains?|is|are)\b|\bfolgende\s+(?:tabelle|übersicht)\b",
    re.IGNORECASE,
)
_LEADS: Final = re.compile(
    r":\s*$|\b(?:summari[sz]ed|shown|presented|set\s+(?:forth|out)|provided|detailed|listed)\s+(?:below|in\s+the\s+"
    r"(?:following\s+)?tables?)\b|\bas\s+follows\W*$",
    re.IGNORECASE,
)
_WHY: Final = re.compile(
    r"^(?:why|warum|weshalb|wieso)\b|\b(?:what|which)\b.{0,120}\b(?:led\s+to|caused?|drove|drives?|resulted\s+in|"
    r"accounted\s+for|accounts\s+for|contributed\s+to|reasons?)\b",
    re.IGNORECASE,
)
_REASON: Final = re.compile(
    r"\b(?:because|due\s+to|as\s+a\s+result|result(?:s|ed|ing)\s+(?:from|in)|driven\s+by|attribut(?:able|ed)\s+to|owing\s+to|"
    r"caused\s+by|offset\s+by|thanks\s+to|on\s+account\s+of|led\s+by|"
    r"aufgrund|wegen|infolge|weil|bedingt\s+durch)\b",
    re.IGNORECASE,
)
# Before the first figure of a row: "(3)" among the figures is minus three.
_MARK: Final = re.compile(r"[^\d(]*(?:\([^()\d]{2,}\)[^\d(]*)*\((?P<mark>\d{1,2}|[a-z])\)")


def asks_for_words(question: str) -> bool:
    """Say whether only words can answer, not a figure of a table.

    >>> asks_for_words("Why did service revenue increase?"), asks_for_words("What was service revenue?")
    (True, False)
    """
    return _WORDS.search(question) is not None and _FIGURES.search(question) is None


def asks_why(question: str) -> bool:
    """Say whether a reason is asked for."""
    return _WHY.search(question) is not None


def announces(text: str) -> bool:
    """Say whether a sentence says no more than that a table or a list follows, or is the head of one."""
    is_short = len(text.split()) <= MAX_LEAD_WORDS
    return _ANNOUNCES.search(text) is not None or (is_short and _LEADS.search(text) is not None)


def gives_reason(text: str) -> bool:
    """Say whether a sentence gives a reason for what it says."""
    return _REASON.search(text) is not None


def with_footnotes(
    candidates: Iterable[Candidate], *, sentences_of: Callable[[Source], Sequence[Span]]
) -> list[Candidate]:
    """Put the footnote of a marked row in its place; other rows and sentences stay as they are, in order.

    Args:
        candidates: What was read for a question for words.
        sentences_of: Gives the citable sentences of a source, in order.
    """
    found: dict[tuple[str, int], Candidate] = {}
    for item in candidates:
        note = _footnote(item.span, sentences_of(item.source)) if item.span.is_row else None
        kept = item if note is None else replace(item, span=note)
        found.setdefault((item.source.document.document_id, kept.span.start), kept)
    return list(found.values())


def _footnote(row: Span, sentences: Sequence[Span]) -> Span | None:
    """Return the sentence that opens with a row's own mark, the first behind it, else the last before it, if any."""
    mark = _MARK.match(row.text)
    if mark is None:
        return None
    opening = f"({mark['mark']})"
    notes = [span for span in sentences if not span.is_row and span.text.startswith(opening)]
    behind = next((span for span in notes if row.end <= span.start <= row.end + MAX_NOTE_CHARS), None)
    before = next((span for span in reversed(notes) if row.start - MAX_NOTE_CHARS <= span.start < row.start), None)
    return behind or before
