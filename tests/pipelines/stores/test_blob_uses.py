"""Claims keep blobs from being swept, and sweeping ends with nothing left to look at."""

from averment.pipelines.stores.catalog import Catalog


def test_many_candidates_are_looked_at_a_few_at_a_time(catalog: Catalog) -> None:
    opened = catalog.begin_version(connector="files", source_uri="file:///a", claims=[f"k{n}" for n in range(450)])
    gone: list[str] = []
    assert catalog.sweep(gone.append) == 0
    catalog.begin_version(connector="files", source_uri="file:///a", claims=["k7"])
    assert catalog.sweep(gone.append) == 449
    assert "k7" not in gone
    catalog.claim_blobs(opened.document_id, ["k7", "k7", "k8"])
    assert catalog.sweep(gone.append) == 0
