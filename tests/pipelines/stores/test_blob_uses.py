"""Claims keep blobs from being swept, and sweeping ends with nothing left to look at."""

from pathlib import Path

from averment.core.ids import text_hash
from averment.core.testing.clock import FixedClock
from averment.pipelines.stores.catalog import Catalog
from averment.pipelines.stores.database import open_engine, sqlite_url, writing
from tests.pipelines.stores.conftest import Add


def test_many_candidates_are_looked_at_a_few_at_a_time(catalog: Catalog) -> None:
    opened = catalog.begin_version(connector="files", source_uri="file:///a", claims=[f"k{n}" for n in range(450)])
    gone: list[str] = []
    assert catalog.sweep(gone.append) == 0
    catalog.begin_version(connector="files", source_uri="file:///a", claims=["k7"])
    assert catalog.sweep(gone.append) == 449
    assert "k7" not in gone
    catalog.claim_blobs(opened.document_id, ["k7", "k7", "k8"])
    assert catalog.sweep(gone.append) == 0


def test_an_answer_does_not_wait_for_whoever_writes_to_the_catalog(tmp_path: Path) -> None:
    url = sqlite_url(tmp_path / "catalog.sqlite")
    catalog, other = Catalog(url), open_engine(url)
    opened = catalog.begin_version(connector="files", source_uri="file:///a")
    with writing(other):
        catalog.keep_cited([(opened.document_id, text_hash("cited"))])
        catalog.keep_cited([(opened.document_id, text_hash("cited"))])
    assert len(list((tmp_path / "cited").iterdir())) == 1
    catalog.sweep(lambda _: None)
    assert list((tmp_path / "cited").iterdir()) == []
    other.dispose()
    catalog.close()


def test_a_text_noted_as_cited_stays_once_the_note_is_taken(catalog: Catalog, add: Add, clock: FixedClock) -> None:
    document = add(text_hash=text_hash("cited"))
    catalog.keep_cited([(document.document_id, text_hash("cited"))])
    add(text_hash=text_hash("new"))
    for _ in range(2):
        clock.advance(200_000.0)
        catalog.sweep(lambda _: None)
    assert len(catalog.text_versions(document.document_id)) == 2
