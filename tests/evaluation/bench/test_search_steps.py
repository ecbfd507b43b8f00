"""What a store was asked takes time under the name of the store, and the answer is the store's own."""

from types import SimpleNamespace
from typing import Any

from averment.core.access import Filters, Principal
from averment.core.ports import IndexQuery, SparseVector
from averment.core.structure import DocumentStructure
from averment.evaluation.bench.search_steps import (
    Clock,
    Spent,
    TimedEmbedder,
    TimedIndex,
    spent,
    timed_catalog,
    timed_texts,
)


def test_every_store_answers_as_itself_and_tells_its_time() -> None:
    index = SimpleNamespace(search=lambda query: [query.limit], count=lambda document_id: 7)
    catalog = SimpleNamespace(
        get_many=lambda ids: {one: one for one in ids},
        sections=lambda ids: dict.fromkeys(ids, "1"),
        latest=lambda limit: [limit],
        visible=lambda principal, filters: [principal],
        count_visible=lambda principal, filters: 3,
    )
    texts = SimpleNamespace(
        cut=lambda text_hash, start, end: text_hash[start:end],
        text=lambda text_hash: text_hash,
        elements=lambda text_hash, document_id: (text_hash, document_id),
        structure=lambda text_hash: DocumentStructure(),
    )
    stores: Any = SimpleNamespace(index=index, catalog=catalog, texts=texts)
    clock = Clock()
    who, where = Principal(subject="s", groups=("everyone",)), Filters()
    query = IndexQuery(principal=who, filters=where, limit=2, sparse=SparseVector(indices=(1,), values=(1.0,)))
    timed = TimedIndex(stores, clock)
    found: list[Any] = timed.search_many([query])
    assert found == [[2]]
    assert timed.asked == [query]
    assert timed.count() == 7
    read: Any = timed_catalog(stores, clock)
    assert read.get_many(["a"]) == {"a": "a"}
    assert read.sections(["a"]) == {"a": "1"}
    assert read.latest(4) == [4]
    assert read.visible(who, where) == [who]
    assert read.count_visible(who, where) == 3
    cut: Any = timed_texts(stores, clock)
    assert cut.cut("abc", 0, 2) == "ab"
    assert cut.text("abc") == "abc"
    assert cut.elements("abc", document_id="d") == ("abc", "d")
    assert cut.structure("abc") == DocumentStructure()
    embedder: Any = SimpleNamespace(model_id="m", embed_query=lambda text: [float(len(text))])
    assert list(TimedEmbedder(embedder, clock).embed_query("abc")) == [3.0]
    taken = clock.read()
    assert set(taken) == {"passages", "names", "catalog", "texts", "embedding"}
    assert all(one.wall > 0 for one in taken.values())
    assert clock.read() == {}


def test_what_was_spent_adds_up() -> None:
    assert Spent(3, 2) + Spent(1, 1) - Spent(2, 3) == Spent(2, 0)
    assert spent(lambda: sum(range(100_000))).processor > 0
