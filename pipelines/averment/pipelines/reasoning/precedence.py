"""Which paper of a contract prevails where they conflict: the agreement itself, or its schedules and orders.

Read from the clause that says so, English and German. That a later amendment prevails needs no clause.
"""

import re
from typing import Final, Literal

from averment.pipelines.reasoning.evidence import Source

Winner = Literal["agreement", "attachment"]

PRECEDENCE: Final = re.compile(
    r"\b(?:conflicts?(?!\s+of\b)|inconsisten\w+|discrepanc\w+|contradict\w+|Widerspr(?:uch|üch)\w*|Abweichung\w*)\b[^;]{0,400}?"
    r"\b(?:controls?|prevails?|governs?|takes?\s+precedence|Vorrang|vor\b)|\border\s+of\s+precedence\b|\bRangfolge\b",
    re.I | re.S,
)
"""What a sentence that ranks the papers of a contract holds at least."""

_VERB: Final = re.compile(r"\b(?:controls?|prevails?|governs?|takes?\s+precedence)\b", re.I)
_LISTED: Final = re.compile(r"\border\s+of\s+precedence\b|\bRangfolge\b|\b(?:gehen|geht|hat|haben)\b", re.I)
_ATTACHMENT: Final = (
    r"(?:exhibits?|schedules?|annex(?:es)?|appendi(?:x|ces)|attachments?|statements?\s+of\s+work|SOWs?|order\s+forms?"
    r"|purchase\s+orders?|Anlagen?|Anhang|Anhänge|Leistungsscheine?)"
)
_PAPER: Final = re.compile(
    rf"\b(?P<attachment>{_ATTACHMENT})\b|\b(?P<agreement>(?:this|the|dieser?|diese[nms]|der|den)\s+(?:\w+\s+){{0,3}}?"
    r"(?:agreement|contract|lease|(?:Rahmen|Haupt|Liefer|Miet)?vertrag\w*|(?:Rahmen)?vereinbarung))\b",
    re.I,
)
_TITLE: Final = re.compile(rf"^\W*(?:\w+\s+){{0,2}}?{_ATTACHMENT}\b", re.I)
_HEAD_CHARS: Final = 3_000


def winner_of(sentence: str) -> Winner | None:
    """Return which papers prevail by a sentence; None where it ranks none.

    Example:
        >>> winner_of("In case of a conflict between this Agreement and an Exhibit, the Exhibit shall prevail.")
        'attachment'
    """
    if PRECEDENCE.search(sentence) is None:
        return None
    listed = _LISTED.search(sentence)
    verb = _VERB.search(sentence)
    if listed is not None and (verb is None or listed.start() < verb.start()):
        named = _PAPER.search(sentence, listed.end())
    else:
        named = next(reversed(list(_PAPER.finditer(sentence, 0, verb.start() if verb else len(sentence)))), None)
    if named is None:
        return None
    return "attachment" if named["attachment"] else "agreement"


def is_attached(source: Source, contract: Source) -> bool:
    """Say whether a document is called a schedule or an order, and names a contract at its beginning."""
    return _TITLE.match(source.document.title) is not None and names(source, contract)


def names(source: Source, contract: Source) -> bool:
    """Say whether a document names a contract, or a party of it, at its beginning."""
    head = " ".join(source.shown[:_HEAD_CHARS].lower().split())
    known = (contract.document.title, *contract.document.parties)
    return any(" ".join(name.lower().split()) in head for name in known if name)
