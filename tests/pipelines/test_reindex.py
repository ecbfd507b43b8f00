"""A second index beside the one that serves: built, interrupted, switched to, left again, and dropped."""

import random
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from averment.connectors.filesystem import FilesystemConnector
from averment.core.access import AccessLabel, Filters, Principal
from averment.core.analysis import SearchRequest
from averment.core.audit import AuditEvent, EventType
from averment.core.clock import SystemClock
from averment.core.data_dir import DataDir, open_data_dir
from averment.core.errors import IndexVersionNotFound, UsageError
from averment.core.settings import EmbeddingSettings, ModelSettings, Settings
from averment.core.testing.audit import MemoryAuditSink
from averment.core.testing.gate import plain_recording
from averment.pipelines.ingestion import chunking
from averment.pipelines.reindex import IndexKeeper
from averment.pipelines.stores.catalog_types import IndexState
from averment.pipelines.workspace import Workspace, open_workspace

pytestmark = pytest.mark.slow

ADA = Principal(subject="ada", groups=("everyone",))
HR = Principal(subject="hr", groups=("hr",))


class Killed(BaseException):
    """Stands for SIGKILL."""


class KillingSink(MemoryAuditSink):
    """A log in whose writing the process may die."""

    left: int | None = None

    def append(self, event: AuditEvent) -> int:
        if self.left is not None:
            self.left -= 1
            if self.left < 0:
                raise Killed
        return super().append(event)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    open_data_dir(tmp_path / "data")
    (tmp_path / "source").mkdir()
    for number in range(1, 6):
        (tmp_path / "source" / f"c{number}.txt").write_text(
            f"SUPPLY AGREEMENT {number}\n\nThe law of Land {number} governs.\n"
        )
    (tmp_path / "source" / "torn.pdf").write_bytes(b"%PDF-1.7\nnothing")
    return tmp_path


@contextmanager
def opened(root: Path, sink: MemoryAuditSink) -> Iterator[Workspace]:
    @contextmanager
    def open_log(_: DataDir) -> Iterator[MemoryAuditSink]:
        yield sink

    settings = Settings(
        data_dir=root / "data",
        model=ModelSettings(models_dir=root / "models"),
        embedding=EmbeddingSettings(backend="torch", precision="float32"),
    )
    with open_workspace(settings, open_log=open_log, open_recording=plain_recording, clock=SystemClock()) as workspace:
        yield workspace


def ingest(workspace: Workspace, root: Path, *, readers: tuple[str, ...] = ("everyone",)) -> None:
    connector = FilesystemConnector(root / "source", access=AccessLabel(readers=readers))
    workspace.ingestor(subject="test", jobs=1).ingest(connector)


def keeper(workspace: Workspace) -> IndexKeeper:
    return IndexKeeper(workspace, subject="test", jobs=1)


def found(workspace: Workspace, query: str, who: Principal = ADA) -> set[str]:
    request = SearchRequest(query=query, principal=who, filters=Filters(), top_k=20, purpose="test")
    return {passage.source_uri.rpartition("/")[2] for passage in workspace.search(request).passages}


def consistent(workspace: Workspace) -> bool:
    expected = workspace.catalog.expected_points()
    counts = {one: workspace.index.count(document_id=one) for one in expected}
    return counts == expected and workspace.index.count() == sum(expected.values())


ALL = {f"c{number}.txt" for number in range(1, 6)}


def test_a_second_index_takes_over_and_gives_way_again(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    sink = MemoryAuditSink()
    with opened(root, sink) as workspace:
        ingest(workspace, root)
        before = {item.document_id: item for item in workspace.catalog.list_documents().items}
        monkeypatch.setattr(chunking, "CHUNKING_VERSION", 99)
        built = keeper(workspace).reindex(is_switched=False)
        assert (built.status, built.n_done, built.documents, built.quarantined) == ("built", 6, 6, 1)
        assert workspace.catalog.list_documents().items == tuple(before.values()), "the first one serves unchanged"
        assert found(workspace, "governing law") == ALL
        switched = keeper(workspace).reindex()
        assert (switched.status, switched.n_done, switched.before, switched.index) == ("switched", 0, "1", "2")
        after = {item.document_id: item for item in workspace.catalog.list_documents().items}
        assert after.keys() == before.keys()
        assert {item.pipeline_version for item in after.values()}.isdisjoint(
            item.pipeline_version for item in before.values()
        )
        assert found(workspace, "governing law") == ALL
        assert consistent(workspace)
        assert [failure.code for failure in workspace.catalog.failures()] == ["DOC004"]
        back = keeper(workspace).roll_back()
        assert (back.status, back.n_done, back.index) == ("switched", 0, "1")
        assert {item.document_id: item for item in workspace.catalog.list_documents().items} == before
        ingest(workspace, root)
        assert {item.version for item in workspace.catalog.list_documents().items} == {1}, "a return is not undone"
        keeper(workspace).drop("2")
        assert [record.name for record in workspace.indexes.records()] == ["1"]
        with pytest.raises(IndexVersionNotFound):
            keeper(workspace).roll_back()
        with pytest.raises(UsageError):
            keeper(workspace).drop("1")
    changes = [event.data["change"] for event in sink.events if event.type is EventType.INDEX_CHANGED]
    assert changes == ["begun", "switched", "rolled-back", "dropped"]
    assert not (root / "data" / "index-2").exists()


@pytest.mark.slow
def test_what_changes_while_it_is_built_is_in_it_when_it_serves(root: Path) -> None:
    with opened(root, MemoryAuditSink()) as workspace:
        ingest(workspace, root)
        keeper(workspace).reindex(is_switched=False)
        (root / "source" / "c1.txt").write_text("LEASE\n\nThe rent is due monthly.\n")
        (root / "source" / "c2.txt").unlink()
        (root / "source" / "c9.txt").write_text("NINE\n\nThe fee of nine is due.\n")
        ingest(workspace, root, readers=("hr",))
        switched = keeper(workspace).reindex()
        assert (switched.status, switched.n_done) == ("switched", 2)
        assert found(workspace, "rent fee law") == set(), "nobody but hr may read them"
        assert found(workspace, "rent fee law", HR) == (ALL | {"c9.txt"}) - {"c2.txt"}
        assert consistent(workspace)
        (root / "source" / "c3.txt").unlink()
        ingest(workspace, root, readers=("everyone",))
        keeper(workspace).roll_back()
        assert found(workspace, "rent fee law") == (ALL | {"c9.txt"}) - {"c2.txt", "c3.txt"}
        assert found(workspace, "rent fee law", HR) == set()
        assert consistent(workspace)


@pytest.mark.slow
def test_killed_anywhere_it_goes_on_and_the_end_is_the_same(root: Path) -> None:
    sink = KillingSink()
    chosen = random.Random(20_261_122)
    with opened(root, sink) as workspace:
        ingest(workspace, root)
    n_killed = 0
    for _ in range(30):
        with opened(root, sink) as workspace:
            sink.left = chosen.randrange(4)
            try:
                report = keeper(workspace).reindex()
            except Killed:
                n_killed += 1
                sink.left = None
                assert found(workspace, "governing law") == ALL, "whichever serves, serves everything"
                continue
            sink.left = None
            assert report.documents == 6
            break
    assert n_killed > 2
    with opened(root, sink) as workspace:
        assert workspace.indexes.serving_record().name != "1"
        assert found(workspace, "governing law") == ALL
        assert consistent(workspace)


@pytest.mark.slow
def test_a_client_builds_through_the_owner_and_the_owner_serves_it_at_once(root: Path) -> None:
    sink = MemoryAuditSink()
    with opened(root, sink) as owner, opened(root, MemoryAuditSink()) as client:
        ingest(client, root)
        assert keeper(client).reindex().status == "switched"
        assert found(owner, "governing law") == found(client, "governing law") == ALL
        assert owner.indexes.serving_record().name == "2"
        keeper(client).drop("1")
        assert [record.state for record in owner.indexes.records()] == [IndexState.SERVING]


def test_a_missing_original_keeps_the_first_index_serving(root: Path) -> None:
    with opened(root, MemoryAuditSink()) as workspace:
        ingest(workspace, root)
        (one,) = [item for item in workspace.catalog.list_documents().items if item.source_uri.endswith("torn.pdf")]
        other = next(item for item in workspace.catalog.list_documents().items if item.source_uri.endswith("c1.txt"))
        for item in (one, other):
            workspace.blobs.delete(item.content_hash)
        report = keeper(workspace).reindex()
        assert (report.status, report.missing) == ("incomplete", (other.document_id,))
        assert workspace.indexes.serving_record().name == "1"
