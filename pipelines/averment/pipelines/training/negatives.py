"""Passages that look like the answer and are not.

The hardest come from near-duplicates: other sections of the same document that share the question's words, and the
same clause in another contract. The latter teach something only where the question still says which contract is
meant. Retrieval takes a name out of a question once it has found the document by it, and then the clause of any other
contract answers the words that are left: as a negative it would be false.

False negatives are left out: what overlaps the answer, what reads nearly like it, and what answers another question
about the same thing.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final

from averment.pipelines.training.examples import Query
from averment.pipelines.training.material import TrainingDocument
from averment.pipelines.training.ranking import WordRanking, order_by

# Shares of words in common from which a passage counts as a copy of the answer.
ALIKE: Final = 0.6
_WORD: Final = re.compile(r"\w+")


class Negatives:
    """Finds hard negatives.

    Args:
        documents: The documents that may be used, by id.
        queries: All questions about them.
        ranking: Ranks chunks by words.
    """

    def __init__(
        self, documents: Mapping[str, TrainingDocument], queries: Sequence[Query], *, ranking: WordRanking
    ) -> None:
        self._documents = documents
        self._ranking = ranking
        self._by_key: dict[str, list[Query]] = {}
        for query in queries:
            for key in query.keys:
                self._by_key.setdefault(key, []).append(query)

    def of(self, query: Query, *, limit: int) -> list[tuple[str, int]]:
        """Return document and number of up to `limit` chunks that do not answer a question, the hardest first."""
        document = self._documents[query.document_id]
        right = self._answering(query)
        answers = [_words(document.passage(number)) for number in relevant(query, document)]
        scores = self._ranking.scores(query.terms, document)
        own = ((document.document_id, number) for number in order_by(scores))
        found: list[tuple[str, int]] = []
        candidates = _alternate(self._elsewhere(query), own) if query.is_named else own
        for name, number in candidates:
            if len(found) == limit:
                break
            words = _words(self._documents[name].passage(number))
            if (name, number) in right or any(alike(words, answer) >= ALIKE for answer in answers):
                continue
            found.append((name, number))
        return found

    def _answering(self, query: Query) -> set[tuple[str, int]]:
        """Return the chunks of its document that answer the question or one about the same thing."""
        near = [query, *(other for key in query.keys for other in self._by_key.get(key, ()))]
        document = self._documents[query.document_id]
        return {
            (document.document_id, number)
            for other in near
            if other.document_id == query.document_id
            for number in touched(other, document)
        }

    def _elsewhere(self, query: Query) -> Iterator[tuple[str, int]]:
        """Yield the chunks of other documents that answer the same question about these."""
        for key in sorted(query.keys):
            for other in self._by_key[key]:
                if other.document_id != query.document_id:
                    document = self._documents[other.document_id]
                    yield from ((document.document_id, number) for number in relevant(other, document))


def relevant(query: Query, document: TrainingDocument) -> tuple[int, ...]:
    """Return the numbers of the chunks that answer a question, ascending."""
    return tuple(sorted({number for span in query.spans for number in document.holding(*span)}))


def touched(query: Query, document: TrainingDocument) -> set[int]:
    """Return the numbers of the chunks that hold any of an answer."""
    return {
        number
        for number, chunk in enumerate(document.chunks)
        if any(chunk.start < end and start < chunk.end for start, end in query.spans)
    }


def alike(one: frozenset[str], other: frozenset[str]) -> float:
    """Return the share (0-1) of words that two texts have in common."""
    return len(one & other) / len(one | other) if one or other else 1.0


def _words(text: str) -> frozenset[str]:
    return frozenset(word.lower() for word in _WORD.findall(text))


def _alternate(first: Iterable[tuple[str, int]], second: Iterable[tuple[str, int]]) -> Iterator[tuple[str, int]]:
    """Take turns, each chunk once."""
    seen: set[tuple[str, int]] = set()
    sides = [iter(first), iter(second)]
    while sides:
        for side in tuple(sides):
            entry = next((one for one in side if one not in seen), None)
            if entry is None:
                sides.remove(side)
                continue
            seen.add(entry)
            yield entry
