"""Sparse vectors: BM25 term weights for documents, plain terms for queries.

The index multiplies by inverse document frequency (Qdrant's IDF modifier), so a document vector
holds only the saturated, length-normalised term frequency, and adding documents rewrites nothing.
The average length is a setting, not a statistic, for the same reason.

Terms are stemmed words (English and German by one set of rules, since a query does not say its
language), numbers as printed and without separators, ISO dates, and clause numbers. Terms become
32-bit ids by hashing; two terms that share an id count as one, which at a million terms happens to
one term in four thousand.
"""

import hashlib
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from averment.core.ports import SparseVector
from averment.pipelines.ingestion.months import MONTH_NAME, MONTHS

SPARSE_VERSION: Final = 1

_TOKEN: Final = re.compile(
    r"\d{1,3}(?:[,.'’]\d{3})+(?:[.,]\d+)?(?![\d])"  # 1,234.5 and 1.234,5
    r"|\d+(?:\.\d+)+(?:\([a-z]{1,4}\))*"  # 12.4 and 12.4(b)
    r"|\d+(?:\([a-z]{1,4}\))+"  # 12(b)
    r"|\d+"
    r"|[^\W\d_]+(?:['’][^\W\d_]+)?"
    r"|§+"
)
_YEAR: Final = re.compile(r"\d{4}")
_DATES: Final = (
    re.compile(rf"\b(?P<m>{MONTH_NAME})\.?\s+(?P<d>\d{{1,2}})(?:st|nd|rd|th)?,?\s+(?P<y>\d{{4}})\b", re.I),
    re.compile(
        rf"\b(?P<d>\d{{1,2}})(?:st|nd|rd|th|\.)?\s+(?:day\s+of\s+)?(?P<m>{MONTH_NAME})\.?,?\s+(?P<y>\d{{4}})\b", re.I
    ),
    re.compile(r"\b(?P<y>\d{4})-(?P<m>\d{2})-(?P<d>\d{2})\b"),
    re.compile(r"\b(?P<d>\d{1,2})\.(?P<m>\d{1,2})\.(?P<y>\d{4})\b"),
)
_STOP_WORDS_TEXT: Final = """
a an and are as at be been by for from had has have he her his i if in into is it its of on or s she so such t
that the their them then there these they this those to was we were which will with would you your do does did
der die das den dem des ein eine einer eines einem einen und oder ist sind war wird werden von vom zu zum zur im
in mit auf für bei aus nach als an am auch es er sie wir ihr sich dass
"""
STOP_WORDS: Final = frozenset(_STOP_WORDS_TEXT.split())
# Longest first. A suffix goes only when three letters, vowel among them, stay.
_SUFFIXES_TEXT: Final = """
isations izations isation ization ationen ational ations ation ements ement ments ment ives ings ions ated ates
ating ators ator ance ances ence ences ants ents able ible ungen ung heiten keiten heit keit lichen liche lich
ally ing ion ive ity ate als ers ors ant ent ern ed es er or en em al ly s e
"""
_SUFFIXES: Final = tuple(_SUFFIXES_TEXT.split())
_FOLD: Final = str.maketrans(
    {"ä": "a", "ö": "o", "ü": "u", "ß": "ss", "é": "e", "è": "e", "á": "a", "í": "i", "ř": "r"}
)
_VOWEL: Final = re.compile("[aeiouy]")


@dataclass(frozen=True, slots=True, kw_only=True)
class SparseSettings:
    """How terms are weighed.

    Args:
        k1: Saturation of term frequency, above 0.
        b: Share of length normalisation, 0-1.
        average_terms: Length in terms that counts as average.
        header_weight: How often a term of the contextual header counts, against once in the text.
    """

    k1: float = 1.2
    b: float = 0.6
    average_terms: float = 110.0
    header_weight: float = 1.0


@lru_cache(maxsize=1 << 16)
def stem(word: str) -> str:
    """Cut a lower-case word down to what its inflections share.

    >>> stem("terminated") == stem("termination") == stem("terminates")
    True
    >>> stem("kündigungen") == stem("kündigung")
    True
    """
    word = word.translate(_FOLD).replace("’", "'")
    word = word.removesuffix("'s").replace("'", "")
    if word.endswith(("ies", "ied")) and len(word) > 4:
        word = word[:-3] + "y"
    word = _cut(_cut(word))
    if len(word) > 4 and word[-1] == word[-2] and word[-1] not in "aeiou":
        word = word[:-1]
    return word


def _cut(word: str) -> str:
    for suffix in _SUFFIXES:
        rest = word.removesuffix(suffix)
        if rest != word and len(rest) >= 4 and _VOWEL.search(rest):
            return rest
    return word


def terms(text: str) -> Iterator[str]:
    """Yield the terms of a text in order: words, numbers, clause numbers, then ISO dates."""
    for found in _TOKEN.finditer(text.lower()):
        token = found.group()
        if token[0].isdigit():
            yield from _number_terms(token)
        elif token not in STOP_WORDS:
            yield stem(token) if len(token) > 3 else token.translate(_FOLD)
    for date in iso_dates(text):
        yield "@" + date


def iso_dates(text: str) -> Iterator[str]:
    """Yield the calendar dates written in a text as `YYYY-MM-DD`, in no particular order."""
    if not _YEAR.search(text):
        return
    for pattern in _DATES:
        for found in pattern.finditer(text):
            month = found["m"].lower()
            number = MONTHS.get(month) or (int(month) if month.isdigit() else 0)
            if 1 <= number <= 12 and 1 <= int(found["d"]) <= 31:
                yield f"{int(found['y']):04d}-{number:02d}-{int(found['d']):02d}"


def _number_terms(token: str) -> Iterator[str]:
    plain = re.sub(r"[,'’](?=\d{3})", "", token)
    yield plain
    if token.count(".") and re.fullmatch(r"\d{1,3}(?:\.\d{3})+(?:,\d+)?", token):
        yield token.replace(".", "").replace(",", ".")


@lru_cache(maxsize=1 << 17)
def term_id(term: str) -> int:
    """Map a term to its 32-bit id, the same everywhere and for ever."""
    return int.from_bytes(hashlib.blake2b(term.encode("utf-8", "replace"), digest_size=4).digest(), "big")


def document_vector(text: str, *, settings: SparseSettings, header: str = "", tags: Iterable[str] = ()) -> SparseVector:
    """Weigh the terms of a chunk; header terms and tags count beside the text, not towards its length.

    Args:
        text: The chunk's own text.
        settings: Weights.
        header: Contextual header (section path); never cited, only searched.
        tags: Further terms as they are, for example clause types.
    """
    own = Counter(terms(text))
    length = sum(own.values())
    counts: dict[str, float] = dict(own)
    for term in terms(header):
        counts[term] = counts.get(term, 0.0) + settings.header_weight
    norm = settings.k1 * (1 - settings.b + settings.b * length / settings.average_terms)
    weighed = {term: count * (settings.k1 + 1) / (count + norm) for term, count in counts.items()}
    weighed.update(dict.fromkeys(tags, 1.0))
    return to_vector(weighed)


def joined(first: SparseVector, second: SparseVector) -> SparseVector:
    """Join two vectors into one; ids that both have add up."""
    weights = dict(zip(first.indices, first.values, strict=True))
    for number, weight in zip(second.indices, second.values, strict=True):
        weights[number] = weights.get(number, 0.0) + weight
    ordered = sorted(weights)
    return SparseVector(indices=tuple(ordered), values=tuple(weights[number] for number in ordered))


def query_vector(weights: Mapping[str, float] | str) -> SparseVector:
    """Make the query side: a text, each of whose terms counts once, or terms with weights."""
    if isinstance(weights, str):
        weights = dict.fromkeys(terms(weights), 1.0)
    return to_vector(weights)


def to_vector(weights: Mapping[str, float]) -> SparseVector:
    """Turn term weights into ascending unique ids; terms that share an id add up; zero weights go."""
    by_id: dict[int, float] = {}
    for term, weight in weights.items():
        if weight > 0:
            number = term_id(term)
            by_id[number] = by_id.get(number, 0.0) + weight
    ordered = sorted(by_id.items())
    return SparseVector(indices=tuple(i for i, _ in ordered), values=tuple(w for _, w in ordered))
