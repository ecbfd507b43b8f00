"""Documents are looked up once, and again when the index says something else of them."""

from collections.abc import Iterable, Mapping, Sequence

from averment.core.access import EVERYONE, Filters, Principal
from averment.core.documents import DocumentVersion
from averment.core.ports import IndexHit, IndexQuery
from averment.pipelines.ingestion.sparse import query_vector
from averment.pipelines.retrieval.known import KnownDocuments

from .conftest import Library
from .sample_contracts import contract

WHO = Principal(subject="tester", groups=(EVERYONE,))


class CountingCatalog:
    """The catalog of a library that remembers what it was asked for."""

    def __init__(self, library: Library) -> None:
        self._library = library
        self.asked: list[str] = []

    def get_many(self, document_ids: Iterable[str]) -> Mapping[str, DocumentVersion]:
        wanted = list(document_ids)
        self.asked += wanted
        return self._library.catalog.get_many(wanted)

    def sections(self, chunk_ids: Sequence[str]) -> Mapping[str, str]:
        return self._library.catalog.sections(chunk_ids)

    def latest(self, limit: int) -> Sequence[DocumentVersion]:
        return self._library.catalog.latest(limit)


def hits(library: Library) -> list[IndexHit]:
    query = IndexQuery(principal=WHO, filters=Filters(), limit=50, sparse=query_vector("Quillfeather Termination"))
    return list(library.index.search(query))


def test_a_changed_text_is_looked_up_again_and_an_unchanged_one_is_not(library: Library) -> None:
    document_id = library.put("supply.txt", contract("SUPPLY AGREEMENT", "Quillfeather Ltd", "Brandt GmbH"))
    catalog = CountingCatalog(library)
    known = KnownDocuments(catalog)
    before = hits(library)
    first = known.of(before)[document_id]
    assert known.of(before)[document_id] is first
    assert catalog.asked == [document_id]
    assert "brandt" in first.named

    library.put("supply.txt", contract("LICENCE AGREEMENT", "Quillfeather Ltd", "Osterloh AG"))
    after = known.of(hits(library))[document_id]
    assert after.version.text_hash != first.version.text_hash
    assert "osterloh" in after.named
    assert "osterloh" not in first.named
    # A hit on the text before belongs to no current document any more.
    assert KnownDocuments(catalog).of(before) == {}


def test_what_is_kept_is_bounded(library: Library) -> None:
    ids = {library.put(f"{n}.txt", contract(f"LEASE {n}", "Quillfeather Ltd", f"Tenant{n} Ltd")) for n in range(3)}
    catalog = CountingCatalog(library)
    known = KnownDocuments(catalog, kept=1)
    found = [hit for hit in hits(library) if hit.payload["document_id"] in ids]
    assert set(known.of(found)) == ids
    catalog.asked.clear()
    known.of(found)
    assert len(catalog.asked) == 2


def test_after_a_warm_up_documents_are_known_until_the_index_says_otherwise(library: Library) -> None:
    document_id = library.put("supply.txt", contract("SUPPLY AGREEMENT", "Quillfeather Ltd", "Brandt GmbH"))
    catalog = CountingCatalog(library)
    known = KnownDocuments(catalog)
    known.warm_up()
    assert document_id in known.versions(hits(library))
    assert catalog.asked == []
    library.put("supply.txt", contract("LICENCE AGREEMENT", "Quillfeather Ltd", "Osterloh AG"))
    assert "LICENCE" in known.versions(hits(library))[document_id].title.upper()
    assert catalog.asked == [document_id]
