"""Stores that tell how long they were asked, so that the time of a search can be told apart by who spent it."""

import time
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TypeVar

from averment.core.access import Filters, Principal
from averment.core.documents import DocumentVersion, Element
from averment.core.ports import IndexHit, IndexPoint, IndexQuery
from averment.core.structure import DocumentStructure
from averment.evaluation.bench.installation import SearchStores

_T = TypeVar("_T")


class Clock:
    """Adds up milliseconds by name."""

    def __init__(self) -> None:
        self.spent: Counter[str] = Counter()

    def take(self, name: str, task: Callable[[], _T]) -> _T:
        """Run a task and add what it took to a name."""
        begin = time.perf_counter()
        try:
            return task()
        finally:
            self.spent[name] += 1000 * (time.perf_counter() - begin)  # type: ignore[assignment]  # counts are floats here

    def read(self) -> dict[str, float]:
        """Return what was added up by name, and begin anew."""
        found = dict(self.spent)
        self.spent.clear()
        return found


class TimedIndex:
    """An index that tells its time, and what it was asked about passages."""

    def __init__(self, stores: SearchStores, clock: Clock) -> None:
        self._index = stores.index
        self._clock = clock
        self.asked: list[IndexQuery] = []

    def search(self, query: IndexQuery) -> list[IndexHit]:
        """Search."""
        if query.level == "chunk":
            self.asked.append(query)
        return self._clock.take(f"index_{query.level}s", lambda: self._index.search(query))

    def search_many(self, queries: Sequence[IndexQuery]) -> list[list[IndexHit]]:
        """Search for each."""
        return [self.search(query) for query in queries]

    def count(self, *, document_id: str | None = None) -> int:
        """Count points."""
        return self._clock.take("index_counts", lambda: self._index.count(document_id=document_id))

    def write(self, points: Sequence[IndexPoint]) -> None:
        """Insert or replace points."""
        self._index.write(points)

    def delete_document(self, document_id: str, *, keep_text_hash: str | None = None) -> None:
        """Delete a document's points."""
        self._index.delete_document(document_id, keep_text_hash=keep_text_hash)


class TimedCatalog:
    """A catalog that tells its time."""

    def __init__(self, stores: SearchStores, clock: Clock) -> None:
        self._catalog = stores.catalog
        self._clock = clock

    def get_many(self, document_ids: Iterable[str]) -> Mapping[str, DocumentVersion]:
        """Return current versions by document."""
        return self._clock.take("catalog", lambda: self._catalog.get_many(document_ids))

    def sections(self, chunk_ids: Sequence[str]) -> Mapping[str, str]:
        """Return the section headings of chunks."""
        return self._clock.take("catalog", lambda: self._catalog.sections(chunk_ids))

    def latest(self, limit: int) -> Sequence[DocumentVersion]:
        """Return the documents that came in last."""
        return self._clock.take("catalog", lambda: self._catalog.latest(limit))

    def visible(self, principal: Principal, filters: Filters) -> list[DocumentVersion]:
        """Return the documents the principal may read."""
        return self._clock.take("catalog", lambda: self._catalog.visible(principal, filters))

    def count_visible(self, principal: Principal, filters: Filters) -> int:
        """Count the documents the principal may read."""
        return self._clock.take("catalog", lambda: self._catalog.count_visible(principal, filters))


class TimedTexts:
    """Texts that tell their time."""

    def __init__(self, stores: SearchStores, clock: Clock) -> None:
        self._texts = stores.texts
        self._clock = clock

    def cut(self, text_hash: str, start: int, end: int) -> str:
        """Return a span of a text."""
        return self._clock.take("texts", lambda: self._texts.cut(text_hash, start, end))

    def text(self, text_hash: str) -> str:
        """Return a whole text."""
        return self._clock.take("texts", lambda: self._texts.text(text_hash))

    def elements(self, text_hash: str, *, document_id: str | None = None) -> tuple[Element, ...]:
        """Return the parsed blocks of a text."""
        return self._clock.take("texts", lambda: self._texts.elements(text_hash, document_id=document_id))

    def structure(self, text_hash: str | None, *, document_id: str | None = None) -> DocumentStructure:
        """Return the defined terms of a text."""
        return self._clock.take("texts", lambda: self._texts.structure(text_hash, document_id=document_id))
