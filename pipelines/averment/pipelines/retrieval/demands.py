"""What a question about many documents demands of each of them, and which sentences meet it.

A demand is met by a sentence that is worded like the clause asked for, says the names asked for (or stands in a
document called by them), and states a term that ends in the year asked for. A law is named beside the word "law": a
court, a language or an office elsewhere in the sentence is none. What a question demands beyond that, no rule here can
tell: such a demand is not checkable, and documents are only ranked by it.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from averment.core.documents import DocumentVersion
from averment.pipelines.ingestion.naming import name_text
from averment.pipelines.ingestion.sparse import terms
from averment.pipelines.reasoning.dates import find_dates
from averment.pipelines.reasoning.topic import Topic
from averment.pipelines.reasoning.topics import topics_of
from averment.pipelines.retrieval.phrases import holds_all
from averment.pipelines.retrieval.question import NameTerm
from averment.pipelines.retrieval.term_end import term_end_years

_SENTENCE: Final = re.compile(r"(?<=[.;:])\s+(?=[A-ZÄÖÜ(“\"§])|\n\s*\n")
_MIN_CHARS: Final = 30
_HEAD_CHARS: Final = 3_000
_ENDS_IN: Final = re.compile(
    r"\b(?:expir|end|run(?:s|ning)?\s+out|terminat|läuft|laufen|endet|enden|auslauf)\w*\b[^.?;]{0,30}?"
    r"\b(?:in|during|im\s+jahre?)\s+(?P<year>(?:19|20|21)\d\d)\b",
    re.I,
)
# Where a sentence names a law: after "laws of", or right before "law".
_LAW_NAMED: Final = re.compile(
    r"\b(?:laws?\b(?:[^.;]{0,60}?\bof\b|\s*[:–-])|recht\w*\b[^.;]{0,40}?\b(?:de[rs]|von)\b)(?P<after>[^.;]{0,100})"
    r"|(?P<before>(?:[\w’'.-]+\s+){1,3})(?:laws?|recht\w*)\b",
    re.I,
)
_MIN_INITIALS: Final = 3
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
        if self.names and not self._is_named(sentence, called):
            return False
        if not holds_all(sentence, self.phrases):
            return False
        if self.ends_in is not None:
            return self.ends_in in term_end_years(sentence, begins=begins)
        return not self.topics or any(topic.bears(sentence) for topic in self.topics)

    def _is_named(self, sentence: str, called: frozenset[str]) -> bool:
        if any(topic.kind == "law" for topic in self.topics):
            said = frozenset(terms(_laws_named(sentence)))
            initials = "".join(min(variants)[0] for variants in self.names)
            if len(initials) >= _MIN_INITIALS and initials in said:
                return True
        else:
            said = called.union(terms(sentence))
        return all(variants & said for variants in self.names)


def _laws_named(sentence: str) -> str:
    """Return what of a sentence names laws."""
    found: list[str] = []
    at = 0
    while (match := _LAW_NAMED.search(sentence, at)) is not None:
        found.append(match["after"] or match["before"] or "")
        at = match.start() + max(1, len(match["before"] or "law"))
    return " ; ".join(found)


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


def sentences(text: str) -> Iterator[tuple[int, str]]:
    """Cut a passage into sentences, each with where it starts; what is too short to be a clause is left out."""
    start = 0
    for stop, following in [*((found.start(), found.end()) for found in _SENTENCE.finditer(text)), (len(text), 0)]:
        if stop - start >= _MIN_CHARS:
            yield start, text[start:stop]
        start = following


def own_date(document: DocumentVersion, shown: Callable[[], str]) -> date | None:
    """Return a document's own date: the catalog's, or the first one its text names.

    Args:
        document: The document.
        shown: Reads its text, without what is hidden, where the catalog knows no date.
    """
    if document.document_date:
        return date.fromisoformat(document.document_date)
    found = find_dates(shown()[:_HEAD_CHARS])
    return found[0].day if found else None


def names_of(document: DocumentVersion) -> frozenset[str]:
    """Return the terms of what a document is called by: title, parties and issuer."""
    return frozenset(terms(name_text(document.title, document.parties, document.issuer, "")))
