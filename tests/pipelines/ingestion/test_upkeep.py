"""What is done to documents without reading them, over real stores."""

from dataclasses import replace
from pathlib import Path

import pytest

from averment.connectors.filesystem import FilesystemConnector
from averment.core.access import AccessLabel, Principal
from averment.core.audit import EventType
from averment.core.documents import DocumentStatus, DocumentVersion
from averment.core.errors import DocumentError, UsageError
from averment.pipelines.ingestion.upkeep import is_releasable
from averment.pipelines.stores.blobs import FolderBlobStore
from tests.pipelines.ingestion.sample_files import make_pdf
from tests.pipelines.ingestion.test_ingestor import World, world

__all__ = ["world"]
PAGES = [[(72.0, 100.0 + 14 * row, 11.0, f"Clause {page}.{row} on the term") for row in range(5)] for page in (1, 2)]


def has(world: World, key: str) -> bool:
    assert isinstance(world.stores.blobs, FolderBlobStore)
    return world.stores.blobs.has(key)


def quarantined(world: World) -> DocumentVersion:
    (world.folder / "lossy.pdf").write_bytes(make_pdf(PAGES))
    world.ingest()
    document = world.catalog.list_documents(status=DocumentStatus.QUARANTINED).items[0]
    assert document.failure_code == "DOC008"
    return document


def test_a_released_document_gets_in_and_other_bytes_are_judged_anew(world: World) -> None:
    document = quarantined(world)
    world.ingestor.upkeep.release(document, reason="the words lost are a stamp")
    (event,) = [event for event in world.audit.events if event.type is EventType.DOCUMENT_RELEASED]
    assert event.data == {
        "document_id": document.document_id, "content_hash": document.content_hash, "code": "DOC008",
    }  # fmt: skip
    assert [payload.content for payload in event.payloads] == [b"the words lost are a stamp"]
    report = world.ingest()
    assert (report.status, report.changed) == ("ok", 1)
    assert world.statuses() == {"lossy.pdf": "ready"}
    assert world.catalog.failures() == []
    (world.folder / "lossy.pdf").write_bytes(make_pdf([*PAGES, PAGES[0]]))
    assert world.ingest().quarantined == 1


def test_what_is_whole_dangerous_or_without_a_reason_is_not_released(world: World) -> None:
    document = quarantined(world)
    upkeep = world.ingestor.upkeep
    with pytest.raises(UsageError, match="needs a reason"):
        upkeep.release(document, reason="  ")
    for code in ("DOC003", "DOC004", "DOC006"):
        with pytest.raises(UsageError, match=f"{code}, which is not a reviewer's"):
            upkeep.release(replace(document, failure_code=code), reason="please")
    with pytest.raises(UsageError, match="only quarantined ones"):
        upkeep.release(replace(document, status=DocumentStatus.READY), reason="please")
    assert not [event for event in world.audit.events if event.type is EventType.DOCUMENT_RELEASED]


def test_only_doubts_about_a_text_are_releasable() -> None:
    def codes(kind: type[DocumentError]) -> set[str]:
        return {kind.code} | {code for child in kind.__subclasses__() for code in codes(child)}

    assert {code for code in codes(DocumentError) if is_releasable(code)} == {"DOC008", "DOC011"}


def test_a_new_label_needs_no_reading_and_is_logged(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    (world.folder / "a.txt").write_text("The rent is due monthly.")
    world.ingest()
    monkeypatch.setattr(world.ingestor, "_partitioner", None)
    label = AccessLabel(readers=("hr", "board"))
    report = world.ingestor.ingest(FilesystemConnector(world.folder, access=label))
    assert (report.changed, report.n_chunks_embedded) == (1, 0)
    data = [event.data for event in world.audit.events if event.type is EventType.DOCUMENT_RELABELLED]
    assert [(found["readers"], found["n_readers"], found["is_final"]) for found in data] == [(["board", "hr"], 2, True)]
    assert [item.title for item in world.catalog.visible(Principal(subject="a", groups=("hr",)))] == ["a"]
    assert world.ingestor.ingest(FilesystemConnector(world.folder, access=label)).unchanged == 1


def test_a_run_over_some_items_leaves_the_others_alone(world: World) -> None:
    for name in ("a.txt", "b.txt", "b.txt.md"):
        (world.folder / name).write_text(f"The rent of {name} is due monthly.")
    world.ingest()
    for name in ("a.txt", "b.txt"):
        (world.folder / name).unlink()
    wanted = (world.folder / "a.txt").as_uri()
    world.ingestor.ingest(FilesystemConnector(world.folder), wanted=lambda uri: uri == wanted)
    assert world.statuses().keys() == {"b.txt", "b.txt.md"}


def test_a_file_that_is_a_source_by_itself_removes_no_other_with_its_beginning(world: World) -> None:
    for name in ("b.txt", "b.txt.md"):
        Path(world.folder / name).write_text(f"The rent of {name} is due monthly.")
    world.ingest()
    report = world.ingestor.ingest(FilesystemConnector(world.folder / "b.txt"))
    assert (report.removed, report.changed) == (0, 1)
    assert world.statuses().keys() == {"b.txt", "b.txt.md"}


def test_a_nearly_full_index_is_told_of_after_every_ingestion(world: World) -> None:
    (world.folder / "a.txt").write_text("1. TERM\n\nThe term is one year.\n", encoding="utf-8")
    assert world.ingest().notices == ()
    n_points = world.index.count()
    stores = replace(world.stores, max_points=n_points)
    assert [text.partition(";")[0] for text in stores.notices()] == [
        f"the embedded search index holds {n_points} of at most {n_points} points"
    ]
    assert "index.backend" in stores.notices()[0]
    assert replace(stores, max_points=10 * n_points).notices() == ()
    world.ingestor = world.make_ingestor(stores)
    assert world.ingest().notices == stores.notices()


def test_what_is_held_and_leaves_its_source_is_kept_and_found_by_nobody(world: World) -> None:
    (world.folder / "lease.html").write_text("<p>LEASE. It ends in 2030.</p>", encoding="utf-8")
    world.ingest()
    identity = world.catalog.resolve("lease.html")
    blobs, held = world.catalog.blobs_of(identity), {identity}
    world.ingestor = world.make_ingestor(replace(world.stores, held=lambda: held))
    (world.folder / "lease.html").unlink()
    for _ in range(2):
        report = world.ingest()
        assert (report.removed, report.unchanged) == (0, 1)
        assert report.items[0].warnings == {"kept_under_hold": 1}
        assert "1 document has left the source" in " ".join(report.notices)
    kept = world.catalog.get(identity)
    assert kept is not None
    assert (kept.status, kept.access.readers) == (DocumentStatus.READY, ())
    assert all(has(world, key) for key in blobs)
    held.clear()
    assert world.ingest().removed == 1
    assert not has(world, kept.content_hash)


def test_what_is_held_keeps_its_older_versions_and_comes_back_with_its_source(world: World) -> None:
    path = world.folder / "lease.html"
    path.write_text("<p>LEASE. It ends in 2030.</p>", encoding="utf-8")
    world.ingest()
    identity = world.catalog.resolve("lease.html")
    before = world.catalog.get(identity)
    assert before is not None
    held = {identity}
    world.ingestor = world.make_ingestor(replace(world.stores, held=lambda: held))
    path.write_text("<p>LEASE. It ends in 2031.</p>", encoding="utf-8")
    assert world.ingest().changed == 1
    assert has(world, before.content_hash)
    path.unlink()
    world.ingest()
    path.write_text("<p>LEASE. It ends in 2031.</p>", encoding="utf-8")
    world.ingest()
    after = world.catalog.get(identity)
    assert after is not None
    assert after.access == before.access
    held.clear()
    world.ingest()
    assert not has(world, before.content_hash)
