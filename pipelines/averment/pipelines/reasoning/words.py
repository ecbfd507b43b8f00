"""Words reduced to what two wordings of one thing share: lower case, light stems, no function words."""

import math
import re
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from functools import lru_cache
from typing import Final

_WORD: Final = re.compile(r"[^\W_]+(?:&[^\W_]+)?")
_STOP: Final = frozenset(
    re.findall(
        r"\S+",
        "a an the of to in on for and or is are was were be been being by with what which who whom whose when "
        "where how much many does do did has have had that this these those it its as at from any if there "
        "under must can may might will would shall should not no than then into per each another such "
        "so also between during within about over der die das den dem des ein eine einen einem einer eines "
        "und oder ist sind war waren wird werden im am auf für von vom zu zum zur mit bei wie welche welcher "
        "welches wer wann hat haben es sich nicht als nach gemäß laut ",
    )
)
_SUFFIXES: Final = (
    "ations",
    "ation",
    "ments",
    "ment",
    "ings",
    "ing",
    "ies",
    "ions",
    "ion",
    "ers",
    "ed",
    "es",
    "er",
    "en",
    "s",
    "e",
    "y",
)
_SHORT_PLURALS: Final = (4, 5)
_SIBILANT_PLURALS: Final = ("xes", "ses", "zes")


@lru_cache(maxsize=100_000)
def stem(word: str) -> str:
    """Cut a common ending off a lower-case word, leaving at least four letters; three of a plural ("laws", "taxes")."""
    if len(word) in _SHORT_PLURALS and word.endswith("s") and not word.endswith(("ss", "us", "is")):
        return word[:-2] if word.endswith(_SIBILANT_PLURALS) else word[:-1]
    for suffix in _SUFFIXES:
        if word.endswith(suffix) and len(word) - len(suffix) >= 4:
            return word[: -len(suffix)]
    return word


def stems(text: str) -> list[str]:
    """Return the stems of a text's words in order, function words left out."""
    return [stem(word) for word in _WORD.findall(text.lower().replace("’", "'")) if word not in _STOP]


def rarity(texts: Sequence[Collection[str]], words: Collection[str]) -> Mapping[str, float]:
    """Weigh words by how few of the texts hold them (inverse document frequency, above 0)."""
    counts: Counter[str] = Counter()
    wanted = set(words)
    for text in texts:
        counts.update(wanted.intersection(text))
    return {word: math.log(1 + len(texts) / (1 + counts[word])) + 1e-6 for word in wanted}


def coverage(weights: Mapping[str, float], words: Collection[str]) -> float:
    """Return the share of the weights that a collection of words covers, 0-1."""
    total = sum(weights.values())
    return sum(weights[word] for word in weights.keys() & set(words)) / total if total else 0.0
