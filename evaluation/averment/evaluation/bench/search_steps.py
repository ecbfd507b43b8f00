"""Stores that tell how long they were asked, so that the time of a search can be told apart by who spent it."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar, cast

from averment.core.ports import IndexHit, IndexPoint, IndexQuery
from averment.evaluation.bench.installation import SearchStores
from averment.pipelines.retrieval.encoding import QueryEmbedder
from averment.pipelines.stores.catalog import Catalog
from averment.pipelines.stores.texts import TextStore

_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Spent:
    """Milliseconds of the clock, and of processors: all threads of this process together."""

    wall: float = 0.0
    processor: float = 0.0

    def __add__(self, other: "Spent") -> "Spent":
        return Spent(self.wall + other.wall, self.processor + other.processor)

    def __sub__(self, other: "Spent") -> "Spent":
        return Spent(self.wall - other.wall, self.processor - other.processor)


def spent(task: Callable[[], object]) -> Spent:
    """Run a task and return what it took."""
    processor_s, begin = time.process_time(), time.perf_counter()
    task()
    return Spent(1000 * (time.perf_counter() - begin), 1000 * (time.process_time() - processor_s))


class Clock:
    """Adds up what tasks took by name."""

    def __init__(self) -> None:
        self._spent: dict[str, Spent] = {}

    def take(self, name: str, task: Callable[[], _T]) -> _T:
        """Run a task and add what it took to a name."""
        found: list[_T] = []
        self._spent[name] = self._spent.get(name, Spent()) + spent(lambda: found.append(task()))
        return found[0]

    def read(self) -> dict[str, Spent]:
        """Return what was added up by name, and begin anew."""
        found, self._spent = self._spent, {}
        return found


class TimedEmbedder:
    """An embedder that tells its time."""

    def __init__(self, embedder: QueryEmbedder, clock: Clock) -> None:
        self.model_id = embedder.model_id
        self._embedder = embedder
        self._clock = clock

    def embed_query(self, text: str) -> Sequence[float]:
        """Embed a question."""
        return self._clock.take("embedding", lambda: self._embedder.embed_query(text))


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
        return self._clock.take("names" if query.level == "document" else "passages", lambda: self._index.search(query))

    def search_many(self, queries: Sequence[IndexQuery]) -> list[list[IndexHit]]:
        """Search for each."""
        return [self.search(query) for query in queries]

    def count(self, *, document_id: str | None = None) -> int:
        """Count points."""
        return self._clock.take("names", lambda: self._index.count(document_id=document_id))

    def write(self, points: Sequence[IndexPoint]) -> None:
        """Insert or replace points."""
        self._index.write(points)

    def delete_document(self, document_id: str, *, keep_text_hash: str | None = None) -> None:
        """Delete a document's points."""
        self._index.delete_document(document_id, keep_text_hash=keep_text_hash)


class Timed:
    """Another object whose methods tell their time, under one name."""

    def __init__(self, target: object, clock: Clock, *, name: str) -> None:
        self._target = target
        self._clock = clock
        self._name = name

    def __getattr__(self, method: str) -> Callable[..., object]:
        """Return a method of the other object that tells its time."""
        run = getattr(self._target, method)
        return lambda *given, **named: self._clock.take(self._name, lambda: run(*given, **named))


def timed_catalog(stores: SearchStores, clock: Clock) -> Catalog:
    """Return the catalog, telling its time."""
    return cast("Catalog", Timed(stores.catalog, clock, name="catalog"))


def timed_texts(stores: SearchStores, clock: Clock) -> TextStore:
    """Return the texts, telling their time."""
    return cast("TextStore", Timed(stores.texts, clock, name="texts"))
