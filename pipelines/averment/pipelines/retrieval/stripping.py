"""Takes the names of documents out of a question, so that it ranks clauses and not cover pages.

A phrase that only says which document is meant goes as a whole; a name inside a sentence goes by itself. When
nothing to search for would be left, the question stays as it was.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from averment.pipelines.ingestion.sparse import terms
from averment.pipelines.retrieval.question import Question

_SENTENCE_END: Final = re.compile(r"[.?!]\s+(?=[A-ZÄÖÜ“\"(])")
# A comma inside a date parts nothing.
_CLAUSE_END: Final = re.compile(r"[,:]\s+(?=[\w“\"])(?!(?:19|20)\d\d\b)")
_LEAD: Final = re.compile(
    r"^(?:according to|using|in|under|for|from|consider|with respect to|regarding|per|based on|as per|of|compare"
    r"|comparing|nach|laut|gemäß|in bezug auf|für|betrachte)\b",
    re.I,
)
_LABEL: Final = re.compile(
    r"\b(?:in |for |of )?(?:the )?(?:Q[1-4](?: of| FY)? ?20\d\d|20\d\d ?Q[1-4]"
    r"|(?:first|second|third|fourth) quarter of (?:fiscal )?(?:year )?20\d\d)\b",
    re.I,
)
_FORM: Final = re.compile(
    r"\b(?:in |from |as (?:reported|stated|revealed|disclosed) in )?(?:the |its |their |these )?"
    r"(?:latest |most recent )?(?:form )?"
    r"(?:10-?[KQ]s?|quarterly (?:report|filing)s?|annual (?:report|filing)s?)(?: reports?| filings?)?\b",
    re.I,
)
_GLUE_TEXT: Final = """
the of between and agreement contract form template for by with d/b/a its in period ended
"""
_GLUE: Final = frozenset(_GLUE_TEXT.split())


@dataclass(frozen=True, slots=True, kw_only=True)
class Stripped:
    """A question without the names of documents.

    `inside` are the terms of the names that stood where something is asked about them, and not only to tell which
    document is meant.
    """

    text: str
    inside: frozenset[str]


def strip_names(question: Question, borne: Iterable[str], *, is_filing: bool) -> Stripped:
    """Return the question without the names in `borne`.

    Args:
        question: The question.
        borne: Terms of the question that the documents found bear.
        is_filing: Whether form and period, too, only say which document is meant.

    Returns:
        What is to be ranked by inside the documents; its text is never empty for a question that is not.
    """
    names = frozenset(borne)
    marked = [(name.start, name.end) for name in question.names if name.term in names]
    starts = frozenset(start for start, _ in marked)
    sentences = list(_pieces(question.text, (0, len(question.text)), _SENTENCE_END, starts))
    kept = [span for span in sentences if not _names_only(question.text, span, marked)] or sentences
    pieces = [piece for span in kept for piece in _pieces(question.text, span, _CLAUSE_END)]
    spans = [span for span in pieces if not _names_only(question.text, span, marked)] or pieces
    text = " ".join(_without(question.text, start, end, marked) for start, end in spans)
    if is_filing:
        text = _FORM.sub(" ", _LABEL.sub(" ", text))
    text = " ".join(text.split()).strip(" ,;:")
    inside = frozenset(
        name.term
        for name in question.names
        if name.term in names and any(start <= name.start < end for start, end in spans)
    )
    return Stripped(text=text if len(list(terms(text))) >= 2 else question.text, inside=inside)


def _pieces(
    text: str, span: tuple[int, int], mark: re.Pattern[str], names: frozenset[int] = frozenset()
) -> Iterator[tuple[int, int]]:
    begin, end = span
    for found in mark.finditer(text, begin, end):
        if found.end() in names:
            continue  # "Inc. Bank of X" goes on
        yield begin, found.start() + 1
        begin = found.end()
    if begin < end:
        yield begin, end


def _names_only(text: str, span: tuple[int, int], marked: list[tuple[int, int]]) -> bool:
    """Say whether a phrase is there to name a document and for nothing else."""
    start, end = span
    piece = text[start:end]
    inside = sum(b - a for a, b in marked if start <= a < end)
    if not inside or "?" in piece:
        return False
    lead = _LEAD.match(piece)
    said = piece[lead.end() :] if lead else piece
    words = [word for word in re.findall(r"[^\W\d_]+", said.lower()) if word not in _GLUE]
    letters = sum(map(len, words)) or 1
    return inside / letters > (0.35 if lead else 0.6)


def _without(text: str, start: int, end: int, marked: list[tuple[int, int]]) -> str:
    """Cut names out of a piece, and the articles and possessives that stood with them."""
    out, at = [], start
    for a, b in sorted(marked):
        if start <= a < end and a >= at:
            out.append(text[at:a])
            at = b
    out.append(text[at:end])
    return re.sub(r"(?:\bthe\s+)?\x00(?:['’]s)?", " ", "\x00".join(out))
