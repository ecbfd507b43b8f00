"""Which language the documents in scope speak, where a question is German.

Words that documents may use for a topic are added to a question in English and in German, since documents may be in
either. Where those in scope hold the German words of the question, the English ones only lead away from them.
"""

from collections.abc import Sequence
from typing import Final, Protocol

from averment.core.access import Filters, Principal
from averment.core.ports import IndexHit, IndexQuery
from averment.pipelines.ingestion.sparse import terms, to_vector
from averment.pipelines.retrieval.clauses import document_words, topics
from averment.pipelines.retrieval.question import NO_NAME, Question

MAX_TRIED: Final = 12


class Searches(Protocol):
    """Answers searches; the index does."""

    def search_many(self, queries: Sequence[IndexQuery]) -> list[list[IndexHit]]:
        """Return the hits of each query."""


def spoken(question: Question, *, principal: Principal, filters: Filters, index: Searches) -> frozenset[str]:
    """Return German where a German question meets documents that speak it; nothing where nothing tells.

    They do when at least half of the question's words stand in them, or half of those and of the German words for its
    topics together. A word is looked up for itself, on the caller's behalf.
    """
    if not question.is_german:
        return frozenset()
    own = [term for term in _words(question.text) if term not in NO_NAME][:MAX_TRIED]
    more = [term for term in _words(document_words(topics(question.text), {"de"})) if term not in own][:MAX_TRIED]
    tried = [
        IndexQuery(principal=principal, filters=filters, limit=1, sparse=to_vector({word: 1.0}))
        for word in (*own, *more)
    ]
    there = [bool(hits) for hits in index.search_many(tried)] if tried else []
    n_own = sum(there[: len(own)])
    return frozenset({"de"}) if own and (2 * n_own >= len(own) or 2 * sum(there) >= len(there)) else frozenset()


def _words(text: str) -> list[str]:
    return list(dict.fromkeys(term for term in terms(text) if term.isalpha()))
