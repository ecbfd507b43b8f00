"""The embedded index: one process, nothing lost when it is killed, rebuilt while it is used."""

import json
import random
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from averment.core.access import Filters, Principal
from averment.core.errors import IndexSchemaMismatch, IndexStoreError, StoreBusy
from averment.core.ids import point_id
from averment.core.ports import IndexPoint, IndexQuery, SparseVector
from averment.pipelines.stores import edge_shard
from averment.pipelines.stores import qdrant_edge as module
from averment.pipelines.stores.index_options import IndexOptions, Quantization
from averment.pipelines.stores.qdrant_edge import EdgeIndexStore

pytestmark = pytest.mark.slow

DIMENSION = 16
EVERYONE = Principal(subject="s", groups=("everyone",))
Open = Callable[[], EdgeIndexStore]


def point(number: int, *, document: str = "d", secret: str = "") -> IndexPoint:
    generator = random.Random(number)
    terms = sorted(generator.sample(range(1000), 5))
    return IndexPoint(
        id=point_id(f"{document}/{number}"),
        dense=[generator.gauss(0, 1) for _ in range(DIMENSION)],
        sparse=SparseVector(indices=tuple(terms), values=(1.0,) * 5),
        payload={
            "tenant": "default",
            "readers": ["everyone"],
            "level": "chunk",
            "document_id": document,
            "text_hash": f"t-{document}",
            "number": number,
            "tag": [secret],
        },
    )


def nearest(store: EdgeIndexStore, number: int) -> int:
    query = IndexQuery(principal=EVERYONE, filters=Filters(), limit=1, dense=point(number).dense)
    found = store.search(query)[0].payload["number"]
    assert isinstance(found, int)
    return found


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "index"


@pytest.fixture
def open_store(path: Path) -> Iterator[Open]:
    opened: list[EdgeIndexStore] = []

    def build() -> EdgeIndexStore:
        while opened:
            opened.pop().close()
        opened.append(EdgeIndexStore(path, DIMENSION, "m@1"))
        return opened[-1]

    yield build
    while opened:
        opened.pop().close()


def test_only_one_process_has_it_open(open_store: Open, path: Path) -> None:
    open_store()
    program = (
        "import sys; from pathlib import Path; from averment.core.errors import StoreBusy\n"
        "from averment.pipelines.stores.qdrant_edge import EdgeIndexStore\n"
        f"try: EdgeIndexStore(Path(sys.argv[1]), {DIMENSION}, 'm@1')\n"
        "except StoreBusy as busy: print(busy.code, busy.hint)\n"
    )
    done = subprocess.run([sys.executable, "-c", program, str(path)], capture_output=True, text=True, check=True)
    assert done.stdout.startswith("STO003 stop that averment process")


def test_what_was_written_outlives_a_kill(open_store: Open, path: Path) -> None:
    program = f"""
import os, signal, sys
from pathlib import Path
sys.path.insert(0, {str(Path(__file__).parent)!r})
from test_qdrant_edge import DIMENSION, EdgeIndexStore, point
store = EdgeIndexStore(Path(sys.argv[1]), DIMENSION, "m@1")
store.write([point(n) for n in range(300)])
store.write([point(n, document="gone") for n in range(50)])
store.delete_document("gone")
os.kill(os.getpid(), signal.SIGKILL)
"""
    for _ in range(2):
        done = subprocess.run([sys.executable, "-c", program, str(path)], capture_output=True, check=False)
        assert done.returncode == -9, done.stderr
    store = open_store()
    assert (store.count(), store.count(document_id="gone")) == (300, 0)
    assert all(nearest(store, n) == n for n in range(0, 300, 50))


@pytest.mark.slow
def test_killed_at_any_moment_the_next_run_ends_with_the_same_points(open_store: Open, path: Path) -> None:
    program = f"""
import sys
from pathlib import Path
sys.path.insert(0, {str(Path(__file__).parent)!r})
from test_qdrant_edge import DIMENSION, EdgeIndexStore, point
store = EdgeIndexStore(Path(sys.argv[1]), DIMENSION, "m@1")
print("open", flush=True)
for d in range(40):
    store.delete_document(f"d{{d}}")
    store.write([point(n, document=f"d{{d}}") for n in range(20)])
"""
    generator = random.Random(5)
    for _ in range(4):
        process = subprocess.Popen([sys.executable, "-c", program, str(path)], stdout=subprocess.PIPE)
        assert process.stdout is not None
        process.stdout.readline()
        time.sleep(generator.uniform(0, 1.0))
        process.kill()
        process.communicate()
    subprocess.run([sys.executable, "-c", program, str(path)], check=True, capture_output=True)
    store = open_store()
    assert store.count() == 800
    assert all(store.count(document_id=f"d{d}") == 20 for d in range(40))


@pytest.mark.parametrize("soon_loaded", [0, 20_000])
def test_a_rebuild_keeps_every_point_and_what_was_written_meanwhile(
    open_store: Open, path: Path, monkeypatch: pytest.MonkeyPatch, soon_loaded: int
) -> None:
    monkeypatch.setattr(module, "_SOON_LOADED", soon_loaded)
    store = open_store()
    store.write([point(n) for n in range(600)])
    store.write([point(n, document="gone") for n in range(600, 700)])
    running, go_on = threading.Event(), threading.Event()
    really_run = store._run_rebuild

    def wait_and_run(source: Path, target: Path) -> None:
        running.set()
        assert go_on.wait(30)
        really_run(source, target)

    monkeypatch.setattr(store, "_run_rebuild", wait_and_run)
    rebuild = threading.Thread(target=store.rebuild)
    rebuild.start()
    assert running.wait(30)
    store.write([point(n, document="late") for n in range(700, 750)])
    store.delete_document("gone")
    store.update_document("d", {"tag": ["renamed"]})
    assert nearest(store, 720) == 720, "searches go on"
    go_on.set()
    rebuild.join()
    for is_reopened in (False, True):
        again = open_store() if is_reopened else store
        assert (again.count(), again.count(document_id="gone"), again.count(document_id="late")) == (650, 0, 50)
        assert nearest(again, 3) == 3
        assert nearest(again, 720) == 720
        tagged = IndexQuery(principal=EVERYONE, filters=Filters(tag=("renamed",)), limit=1000, dense=point(0).dense)
        assert len(again.search(tagged)) == 600
    assert sorted(entry.name for entry in path.iterdir()) == ["meta.json", "shard-2"]


def test_a_rebuild_leaves_nothing_of_what_was_deleted(open_store: Open, path: Path) -> None:
    store = open_store()
    store.write([point(n, document="gone", secret="unforgettable-person") for n in range(50)])
    store.write([point(n) for n in range(50)])
    store.delete_document("gone")

    def on_disk() -> bool:
        return any(b"unforgettable-person" in file.read_bytes() for file in path.rglob("*") if file.is_file())

    assert on_disk(), "the engine's log keeps what was deleted"
    store.rebuild()
    assert not on_disk()
    assert store.count() == 50


def test_a_failed_rebuild_changes_nothing(open_store: Open, path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = open_store()
    store.write([point(n) for n in range(20)])
    monkeypatch.setattr(module, "_REBUILD_MODULE", "averment.pipelines.stores.no_such_module")
    with pytest.raises(IndexStoreError, match="exit code 1") as failed:
        store.rebuild()
    assert "unchanged" in (failed.value.hint or "")
    store.write([point(20)])
    assert store.count() == 21
    assert open_store().count() == 21
    assert sorted(entry.name for entry in path.iterdir()) == ["meta.json", "shard-1"]


@pytest.mark.parametrize("soon_loaded", [0, 20_000])
def test_a_rebuilt_index_that_does_not_open_is_not_taken(
    open_store: Open, path: Path, monkeypatch: pytest.MonkeyPatch, soon_loaded: int
) -> None:
    monkeypatch.setattr(module, "_SOON_LOADED", soon_loaded)
    store = open_store()
    store.write([point(n) for n in range(20)])
    monkeypatch.setattr(store, "_run_rebuild", lambda _, target: target.mkdir())
    with pytest.raises(IndexStoreError, match="could not be opened"):
        store.rebuild()
    store.write([point(20)])
    assert nearest(store, 20) == 20
    assert open_store().count() == 21


def test_leftovers_of_a_rebuild_that_died_are_removed(open_store: Open, path: Path) -> None:
    open_store().write([point(1)])
    for name in ("source", "shard-2", "fresh"):
        (path / name).mkdir()
        (path / name / "x").write_text("x")
    assert open_store().count() == 1
    assert sorted(entry.name for entry in path.iterdir()) == ["meta.json", "shard-1"]


@pytest.mark.slow
def test_optimising_builds_a_graph_once_it_pays(open_store: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_UNINDEXED_LIMIT", 18_000)
    store = open_store()
    assert store.optimize() is False
    for start in range(0, 20_000, 1000):
        store.write([point(n) for n in range(start, start + 1000)])
    assert store.optimize() is True
    assert store.optimize() is False
    assert store.count() == 20_000
    assert sum(nearest(store, n) == n for n in range(0, 20_000, 400)) >= 49


def test_a_damaged_description_is_an_error_of_ours(open_store: Open, path: Path) -> None:
    open_store().write([point(1)])
    open_store().close()
    meta = path / "meta.json"
    good = meta.read_text()
    meta.write_text("{")
    with pytest.raises(IndexStoreError, match="cannot be read"):
        open_store()
    for change in ({"format": 99}, {"generation": "x"}, {"model_id": None}):
        meta.write_text(json.dumps({**json.loads(good), **change}))
        with pytest.raises(IndexSchemaMismatch):
            open_store()
    meta.write_text(good)
    assert open_store().count() == 1


@pytest.mark.parametrize(
    "file",
    [
        "edge_config.json",
        "segments/*/mutable_id_tracker.mappings",
        "segments/*/payload_index/*kind-null/is_null/status.dat",
    ],
)
def test_a_damaged_shard_is_an_error_that_says_how_to_begin_anew(open_store: Open, path: Path, file: str) -> None:
    open_store().write([point(number) for number in range(20)])
    open_store().close()
    (damaged,) = (path / "shard-1").glob(file)
    size = damaged.stat().st_size
    # What is empty makes the engine panic in some files, what is nonsense fails in the others.
    damaged.write_bytes(b"" if file.endswith("status.dat") else b"\xff" * size)
    with pytest.raises(IndexStoreError, match=r"could not be opened; .* it is damaged") as error:
        open_store()
    assert f"delete {str(path)!r}, run averment ingest" in str(error.value.hint)
    shutil.rmtree(path)
    assert open_store().count() == 0


def test_an_exhaustive_search_finds_what_the_other_one_finds_among_few(open_store: Open) -> None:
    store = open_store()
    store.write([point(number) for number in range(60)])
    for number in range(0, 60, 7):
        query = IndexQuery(principal=EVERYONE, filters=Filters(), limit=10, dense=point(number).dense)
        assert [hit.id for hit in store.search_exhaustively(query)] == [hit.id for hit in store.search(query)]
    stranger = Principal(subject="s", groups=("nobody",))
    query = IndexQuery(principal=stranger, filters=Filters(), limit=10, dense=point(1).dense)
    assert store.search_exhaustively(query) == []


def test_a_closed_store_says_so(open_store: Open) -> None:
    store = open_store()
    store.close()
    store.close()
    with pytest.raises(IndexStoreError, match="is closed"):
        store.count()


def test_another_holder_is_busy_and_not_damaged(open_store: Open, path: Path) -> None:
    open_store()
    with pytest.raises(StoreBusy):
        EdgeIndexStore(path, DIMENSION, "m@1")
    assert (path / "meta.json").exists()


def test_more_points_than_it_takes_are_refused_with_the_way_to_a_server(path: Path) -> None:
    store = EdgeIndexStore(path, DIMENSION, "m", options=IndexOptions(max_points=3))
    store.write([point(number) for number in range(3)])
    with pytest.raises(IndexStoreError, match="would hold 4 points, it takes 3") as error:
        store.write([point(3)])
    assert "index.backend to 'server'" in str(error.value.hint)
    assert store.count() == 3
    assert nearest(store, 2) == 2
    store.close()


@pytest.mark.parametrize("quantization", ["none", "binary"])
def test_other_options_take_effect_with_the_next_optimising_and_find_the_same(
    path: Path, quantization: Quantization
) -> None:
    store = EdgeIndexStore(path, DIMENSION, "m")
    store.write([point(number) for number in range(50)])
    assert not store.optimize(), "too few for a graph"
    store.close()
    other = IndexOptions(quantization=quantization, vectors_on_disk=True, payload_on_disk=True)
    store = EdgeIndexStore(path, DIMENSION, "m", options=other)
    assert store.optimize()
    assert not store.optimize()
    assert [nearest(store, number) for number in range(50)] == list(range(50))
    store.close()
    assert json.loads((path / "meta.json").read_text())["built_as"] == other.built_as()


@pytest.mark.parametrize("before", [{}, {"built_as": {"quantization": "int8", "vectors_on_disk": False}}])
def test_an_index_of_before_an_option_is_one_with_the_usual_ones(path: Path, before: dict[str, object]) -> None:
    EdgeIndexStore(path, DIMENSION, "m").close()
    meta = json.loads((path / "meta.json").read_text())
    del meta["built_as"]
    (path / "meta.json").write_text(json.dumps(meta | before))
    store = EdgeIndexStore(path, DIMENSION, "m")
    assert not store.optimize()
    store.close()


def test_an_index_of_the_first_format_is_brought_to_that_of_today(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    named = replace(point(7), payload={**point(7).payload, "level": "document"})
    with monkeypatch.context() as before:
        before.setattr(edge_shard, "NAMES", edge_shard.SPARSE)
        store = EdgeIndexStore(path, DIMENSION, "m")
        store.write([point(1), point(2), named])
        store.close()
    meta = json.loads((path / "meta.json").read_text())
    (path / "meta.json").write_text(json.dumps({**meta, "format": 1}))
    for _ in range(2):
        store = EdgeIndexStore(path, DIMENSION, "m")
        assert store.count() == 3
        query = IndexQuery(principal=EVERYONE, filters=Filters(), limit=9, sparse=named.sparse, level="document")
        assert [hit.id for hit in store.search(query)] == [named.id]
        assert named.id not in [hit.id for hit in store.search(replace(query, level="chunk"))]
        store.close()
        meta = json.loads((path / "meta.json").read_text())
        assert (meta["format"], meta["generation"]) == (2, 2)
