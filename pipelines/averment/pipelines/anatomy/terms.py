"""Terms that a contract defines, with the place of the term and of its definition. English and German.

Read are `"X" means ...`, `X means ...` at the beginning of a line, `(the "X")` after what it stands for, `hereinafter
"X"`, and their German forms. A quotation without such words around it is no definition.
"""

import re
from collections.abc import Iterator
from typing import Final

from averment.core.structure import DefinedTerm

_MAX_DEFINITION: Final = 1_200
_MAX_ANTECEDENT: Final = 300
_OPEN: Final = '[“"„«‟]'
_CLOSE: Final = '[”"“»]'
_TERM: Final = rf"{_OPEN}\s?(?P<term>[^\W_][^“”\"„«»\n()]{{0,70}}?|[^\W_][^“”\"„«»()]{{0,70}}?)\s?[,.]?\s?{_CLOSE}"
_MEANS: Final = (
    r"(?:\s+or\s+[“\"][^“”\"]{1,60}[”\"])?(?:\s*\([^()]{0,80}\))?,?(?:\s+as\s+used\s+[^,]{1,60},"
    r"|\s+when\s+used\s+[^,]{1,60},)?\s*"
    r"(?:(?:shall|will)\s+)?(?:each\s+)?(?:have|has|means?|mean|refers?\s+to|refer\s+to|includes?|is\s+defined"
    r"|are\s+defined|has\s+the\s+meaning|have\s+the\s+meaning"
    r"|bezeichne[nt]|bedeute[nt]|meint|meinen|steh(?:t|en)\s+für|hat\s+die\s+Bedeutung|im\s+Sinne)\b"
)
_QUOTED: Final = re.compile(_TERM + _MEANS, re.S)
_PLAIN: Final = re.compile(
    r"(?:^|[\n\f])[ \t]*(?:\(?\w{1,4}[.)]\s+|\d+(?:\.\d+)+\s+)?(?P<term>[A-ZÄÖÜ][\w’'&/-]*(?:[ ](?:of|and|the"
    r"|or|zur|der|des|für|[A-ZÄÖÜ][\w’'&/-]*)){0,6})"
    r"\s+(?:(?:shall|will)\s+)?(?:means?|mean|bezeichnet|bedeutet)\b"
)
_ALIAS: Final = re.compile(rf"[(\[](?P<lead>[^()“”\"„«»]{{0,120}}?){_TERM}[^()]{{0,160}}[)\]]")
_SECOND: Final = re.compile(_TERM)
_LEAD: Final = re.compile(
    r"^\s*(?:$|(?:each|each,|together|collectively|individually|such|the|a|an|this|these|any|all|hereinafter"
    r"|hereafter|herein|as|or|and|with|referred|called|also"
    r"|defined|der|die|das|den|dem|im|nachfolgend|nachstehend|folgend|kurz|auch|jeweils|gemeinsam|zusammen"
    r"|einzeln|,)\b)",
    re.I,
)
_HEREINAFTER: Final = re.compile(
    rf"\b(?:hereinafter|hereafter|nachfolgend|nachstehend|im\s+Folgenden)\b[^“”\"„().;]{{0,60}}?{_TERM}", re.I
)
_ENDS: Final = re.compile(r"\.(?=\s+[A-ZÄÖÜ“\"„(\d]|\s*$)|;(?=\s)|\n\s*\n|\f", re.M)
_STARTS: Final = re.compile(
    r"(?<!Inc)(?<!Ltd)(?<!Corp)(?<!Co)(?<!No)(?<!Nr)(?<!L\.P)(?<!S\.A)(?<!N\.A)\.(?=\s)|[;:](?=\s)|\n\s*\n|\f"
    r"|[)\]],?\s+and\b|[)\]],|\b(?:between|among|zwischen)\b",
    re.I,
)
_ONLY_MARKS: Final = re.compile(r"[\W\d_]*")


def find_terms(text: str) -> tuple[DefinedTerm, ...]:
    """Return the terms that a text defines, in order of their place; one place is one term.

    Example:
        >>> [term.term for term in find_terms('Halden AG (the "Seller") sells. "Goods" means machines.')]
        ['Seller', 'Goods']
    """
    found: dict[int, DefinedTerm] = {}
    for term in (*_defined(text), *_named(text)):
        if not _ONLY_MARKS.fullmatch(term.term):
            found.setdefault(term.start, term)
    return tuple(found[start] for start in sorted(found))


def _defined(text: str) -> Iterator[DefinedTerm]:
    """Yield the terms followed by what they mean."""
    for pattern in (_QUOTED, _PLAIN):
        for match in pattern.finditer(text):
            end = _ENDS.search(text, match.end(), min(len(text), match.end() + _MAX_DEFINITION))
            stop = end.start() if end else min(len(text), match.end() + _MAX_DEFINITION)
            yield _term(match, (match.start("term"), max(stop, match.end())))


def _named(text: str) -> Iterator[DefinedTerm]:
    """Yield the terms that stand behind what they name."""
    for match in _ALIAS.finditer(text):
        if _LEAD.match(match["lead"]):
            before = _antecedent(text, match.start())
            yield _term(match, before)
            # "(each, a "Party" and together the "Parties")" names two.
            for second in _SECOND.finditer(text, match.end("term") + 1, match.end()):
                yield _term(second, before)
    for match in _HEREINAFTER.finditer(text):
        yield _term(match, _antecedent(text, match.start()))


def _antecedent(text: str, end: int) -> tuple[int, int]:
    """Return the words before a place, up to where their sentence or list entry begins."""
    begin = max(0, end - _MAX_ANTECEDENT)
    cuts = [match.end() for match in _STARTS.finditer(text, begin, end) if text[match.end() : end].strip()]
    start = cuts[-1] if cuts else begin
    while start < end and text[start].isspace():
        start += 1
    stop = end
    while stop > start and (text[stop - 1].isspace() or text[stop - 1] in ",("):
        stop -= 1
    return start, stop


def _term(match: re.Match[str], definition: tuple[int, int]) -> DefinedTerm:
    return DefinedTerm(
        term=" ".join(match["term"].split()),
        start=match.start("term"),
        end=match.end("term"),
        definition_start=definition[0],
        definition_end=definition[1],
    )
