"""Personal data is counted by kind, never kept; where it is refused the document waits for a reviewer."""

import json
import re
from collections.abc import Mapping

import pytest

from averment.core.clock import SystemClock
from averment.core.documents import DocumentVersion
from averment.core.errors import ConfigurationError, DocumentError, DocumentHoldsPersonalData
from averment.core.jsonable import to_json
from averment.core.testing.embedder import HashEmbedder
from averment.pipelines.ingestion.chunking import ChunkSettings
from averment.pipelines.ingestion.ingestor import Ingestor
from averment.pipelines.ingestion.personal_data import PERSONAL_DATA, CountingPartitioner, open_count_for
from averment.pipelines.ingestion.preparing import Preparer
from averment.pipelines.ingestion.sparse import SparseSettings
from averment.pipelines.ingestion.upkeep import Upkeep
from tests.pipelines.ingestion.test_ingestor import HerePartitioner, World, world

__all__ = ["world"]

MAIL = "eva.planted@example.com"
TEXT = f"The lease is signed by the tenant, who is reached under {MAIL}.\n\nThe rent is due monthly.\n"


def count(text: str, language: str | None) -> Mapping[str, int]:
    found = len(re.findall("@", text))
    return {"email": found} if found else {}


def ingestor(world: World, *, refuses: bool) -> Ingestor:
    return Ingestor(
        world.stores,
        partitioner=CountingPartitioner(HerePartitioner(), count, refuses=refuses),
        preparer=Preparer(chunks=ChunkSettings(), weights=SparseSettings(), pipeline_version="p"),
        embedder=HashEmbedder(),
        audit=world.audit,
        clock=SystemClock(),
        subject="test",
    )


def version(world: World, name: str) -> DocumentVersion:
    state = world.catalog.by_source("filesystem")[f"{world.folder.as_uri()}/{name}"]
    found = world.catalog.get(state.document_id)
    assert found is not None
    return found


def test_a_document_with_personal_data_is_flagged_in_counts(world: World) -> None:
    (world.folder / "lease.txt").write_text(TEXT)
    (world.folder / "clean.txt").write_text("The rent is due monthly.\n")
    world.ingestor = ingestor(world, refuses=False)
    assert world.ingest().status == "ok"
    flagged, clean = version(world, "lease.txt"), version(world, "clean.txt")
    assert flagged.certificate is not None
    assert flagged.certificate.personal_data == {"email": 1}
    assert flagged.warnings[PERSONAL_DATA] == 1
    assert clean.certificate is not None
    assert clean.certificate.personal_data == {}
    assert PERSONAL_DATA not in clean.warnings
    assert "planted" not in json.dumps(to_json(flagged))
    assert not [event for event in world.audit.events if "planted" in repr(event.data)]


def test_a_refused_document_waits_until_a_reviewer_releases_it(world: World) -> None:
    (world.folder / "lease.txt").write_text(TEXT)
    world.ingestor = ingestor(world, refuses=True)
    (failure,) = world.ingest().failures
    assert (failure.code, failure.message) == (DocumentHoldsPersonalData.code, "personal data was found: 1 email")
    Upkeep(world.stores, audit=world.audit, subject="test").release(version(world, "lease.txt"), reason="signed off")
    assert world.ingest().status == "ok"
    assert world.statuses() == {"lease.txt": "ready"}


def test_what_cannot_be_read_says_so_as_before() -> None:
    future = CountingPartitioner(HerePartitioner(), count, refuses=True).submit(b"%PDF-broken", name="a.pdf")
    with pytest.raises(DocumentError):
        future.result()


def test_a_policy_with_nothing_that_counts_is_refused() -> None:
    with pytest.raises(ConfigurationError, match="'flag'"):
        open_count_for("flag", None)
    assert open_count_for("flag", lambda: count) is count
