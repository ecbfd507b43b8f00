"""What a question about many documents demands of each of them, and which sentences meet it.

A demand is met by a sentence that is worded like the clause asked for, says the names asked for (or stands in a
document called by them), and states a term that ends in the year asked for. What a question demands beyond that, no
rule here can tell: such a demand is not checkable, and documents are only ranked by it.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from averment.pipelines.ingestion.sparse import terms
from averment.pipelines.reasoning.topic import Topic
from averment.pipelines.reasoning.topics import topics_of
from averment.pipelines.retrieval.phrases import holds_all
from averment.pipelines.retrieval.question import NameTerm
from averment.pipelines.retrieval.term_end import term_end_years

_SENTENCE: Final = re.compile(r"(?<=[.;:])\s+(?=[A-ZÄÖÜ(“\"§])|\n\s*\n")
_MIN_CHARS: Final = 30
_ENDS_IN: Final = re.compile(
    r"\b(?:expir|end|run(?:s|ning)?\s+out|terminat|läuft|laufen|endet|enden|auslauf)\w*\b[^.?;]{0,30}?"
    r"\b(?:in|during|im\s+jahre?)\s+(?P<year>(?:19|20|21)\d\d)\b",
    re.I,
)
# A law is named by its country or by the adjective of it.
_ADJECTIVES: Final = {
    "england": "english",
    "wales": "english",
    "scotland": "scottish",
    "ireland": "irish",
    "france": "french",
    "germany": "german",
    "deutschland": "deutsches",
    "switzerland": "swiss",
    "schweiz": "schweizer",
    "austria": "austrian",
    "netherlands": "dutch",
    "belgium": "belgian",
    "sweden": "swedish",
    "norway": "norwegian",
    "denmark": "danish",
    "finland": "finnish",
    "spain": "spanish",
    "portugal": "portuguese",
    "italy": "italian",
    "poland": "polish",
    "russia": "russian",
    "china": "chinese",
    "japan": "japanese",
    "korea": "korean",
    "india": "indian",
    "israel": "israeli",
    "brazil": "brazilian",
    "mexico": "mexican",
    "canada": "canadian",
    "australia": "australian",
}


def _variants() -> dict[str, frozenset[str]]:
    return {
        next(iter(terms(name))): frozenset((*terms(name), *terms(adjective))) for name, adjective in _ADJECTIVES.items()
    }


@dataclass(frozen=True, slots=True, kw_only=True)
class Demand:
    """What one part of a question demands of a document.

    `topics` are the clauses it may be met by, any of them; `names` the terms that must be said, each in one of its
    variants; `ends_in` the year in which the term stated must end; `phrases` what must be said word for word.
    """

    topics: tuple[Topic, ...]
    names: tuple[frozenset[str], ...]
    ends_in: int | None
    phrases: tuple[str, ...] = ()

    @property
    def is_checkable(self) -> bool:
        """Say whether a sentence can be told to meet it."""
        return bool(self.topics or self.names or self.phrases or self.ends_in is not None)

    def is_met(self, sentence: str, *, called: frozenset[str], begins: date | None) -> bool:
        """Say whether a sentence meets the demand.

        Args:
            sentence: One sentence of a document.
            called: Terms of the document's title, parties and issuer.
            begins: The document's own date.
        """
        if not self.is_checkable:
            return False
        if self.names:
            said = called.union(terms(sentence))
            if not all(variants & said for variants in self.names):
                return False
        if not holds_all(sentence, self.phrases):
            return False
        if self.ends_in is not None:
            return self.ends_in in term_end_years(sentence, begins=begins)
        return not self.topics or any(topic.bears(sentence) for topic in self.topics)


NO_DEMAND: Final = Demand(topics=(), names=(), ends_in=None)


def read_demand(part: str, *, names: Sequence[NameTerm], phrases: Sequence[str] = ()) -> Demand:
    """Read what a part of a question demands; names and phrases count that the part holds, names that distinguish."""
    ends = _ENDS_IN.search(part)
    held = frozenset(terms(part))
    variants = _variants()
    wanted = dict.fromkeys(name.term for name in names if name.term in held and not name.is_generic)
    return Demand(
        topics=topics_of(part),
        names=tuple(variants.get(term, frozenset((term,))) for term in wanted),
        ends_in=int(ends["year"]) if ends else None,
        phrases=tuple(phrase for phrase in phrases if holds_all(part, (phrase,))),
    )


def sentences(text: str) -> Iterator[str]:
    """Cut a passage into sentences; what is too short to be a clause is left out."""
    for piece in _SENTENCE.split(text):
        if len(piece) >= _MIN_CHARS:
            yield piece
