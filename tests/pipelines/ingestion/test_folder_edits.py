"""Random edits of a folder: whatever happens to it, index, catalog and blobs equal it after the next run.

After every run, also one with faults or one that was killed in the middle, no permission is wider than the source's.
A fast slice runs always; all 2,000 edits in `make test` (`slow`).
"""

import random
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final

import pytest

from averment.connectors.filesystem import FilesystemConnector
from averment.core.access import AccessLabel, Filters, Principal
from averment.core.audit import AuditEvent
from averment.core.documents import DocumentStatus, SourceItem, SourceRef
from averment.core.errors import SourceUnavailable
from averment.core.ids import content_hash
from averment.core.ports import IndexQuery
from averment.core.testing.audit import MemoryAuditSink
from averment.core.testing.clock import FixedClock
from averment.core.testing.embedder import HashEmbedder
from averment.pipelines.ingestion.chunking import ChunkSettings
from averment.pipelines.ingestion.ingestor import Ingestor
from averment.pipelines.ingestion.preparing import Preparer
from averment.pipelines.ingestion.sparse import SparseSettings
from averment.pipelines.ingestion.upkeep import Stores
from averment.pipelines.stores.blobs import FolderBlobStore
from averment.pipelines.stores.catalog import Catalog
from averment.pipelines.stores.qdrant_edge import EdgeIndexStore
from averment.pipelines.stores.texts import TextStore
from tests.pipelines.ingestion.test_ingestor import HerePartitioner, mail, zipped

SEED: Final = 20_261_123
EDITS: Final = 2_000
FAST_EDITS: Final = 120
TWO_DAYS_S: Final = 172_800.0
GROUPS: Final = ("everyone", "hr", "legal")
LABELS: Final = tuple(
    AccessLabel(readers=readers)
    for readers in (("everyone",), ("legal",), ("hr",), ("legal", "hr"), (), ("everyone", "legal"))
)
BROKEN: Final = b"%PDF-1.7\nnothing"


class Killed(BaseException):
    """Stands for SIGKILL: nothing in the program catches it."""


class FaultySource:
    """The folder behind its connector, with a label for each file, and faults while it is listed or read."""

    name = "filesystem"

    def __init__(self, folder: Path):
        self.labels: dict[str, AccessLabel] = {}
        self.unreadable: set[str] = set()
        self.is_away = False
        self._files = FilesystemConnector(folder)
        self._folder = folder

    @property
    def scope(self) -> str:
        return self._files.scope

    def list(self) -> Iterator[SourceItem]:
        for item in self._files.list():
            yield replace(item, access=self.labels[item.title])
        if self.is_away:
            raise SourceUnavailable("the folder went away while it was listed")

    def read(self, ref: SourceRef) -> bytes:
        if ref.uri.rpartition("/")[2] in self.unreadable:
            raise SourceUnavailable("the network is down")
        return self._files.read(ref)


@dataclass
class KillingSink(MemoryAuditSink):
    """A log in whose writing the process may die, before or after the entry is there."""

    def __init__(self) -> None:
        super().__init__()
        self.left: int | None = None

    def append(self, event: AuditEvent) -> int:
        if self.left is not None:
            self.left -= 1
            if self.left < 0:
                raise Killed
        return super().append(event)


@dataclass
class Bench:
    """A folder, its stores, and the edits made to it."""

    root: Path
    chosen: random.Random
    n_files: int = 0
    edits: dict[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.folder = self.root / "source"
        self.folder.mkdir()
        self.clock = FixedClock()
        self.source = FaultySource(self.folder)
        self.sink = KillingSink()
        self.catalog = Catalog(f"sqlite:///{self.root / 'catalog.sqlite'}", clock=self.clock)
        self.blobs = FolderBlobStore(self.root / "blobs")
        self.texts = TextStore(self.blobs, self.catalog)
        embedder = HashEmbedder(dimension=16)
        self.index = EdgeIndexStore(self.root / "index", embedder.dimension, embedder.model_id, flush_every_s=1e9)
        self.ingestor = Ingestor(
            Stores(catalog=self.catalog, blobs=self.blobs, texts=self.texts, index=self.index),
            partitioner=HerePartitioner(),
            preparer=Preparer(chunks=ChunkSettings(), weights=SparseSettings(), pipeline_version="p"),
            embedder=embedder,
            audit=self.sink,
            clock=self.clock,
            subject="test",
        )

    def close(self) -> None:
        self.index.close()
        self.catalog.close()

    # Edits

    def files(self) -> list[str]:
        return sorted(path.name for path in self.folder.iterdir())

    def content(self) -> bytes:
        """Make content from a small pool, so that equal content in several files is common."""
        number = self.chosen.randrange(12)
        text = f"AGREEMENT {number}\n\nThe rent of matter {number} is due within {number} days of notice.\n".encode()
        kind = self.chosen.random()
        if kind < 0.08:
            return BROKEN
        if kind < 0.16:
            inner = {"mail.eml": mail(f"See {number}.", {"note.txt": text})} if number % 2 else {}
            return zipped({f"{number % 3}.txt": text, **inner})
        return text

    def add(self) -> None:
        content = self.content()
        self.n_files += 1
        suffix = "pdf" if content == BROKEN else "zip" if content[:2] == b"PK" else "txt"
        name = f"f{self.n_files}.{suffix}"
        (self.folder / name).write_bytes(content)
        self.source.labels[name] = self.chosen.choice(LABELS)

    def change(self) -> None:
        name = self.chosen.choice(self.files())
        content = self.content()
        if name.endswith("zip") == (content[:2] == b"PK") and name.endswith("pdf") == (content == BROKEN):
            (self.folder / name).write_bytes(content)

    def rename(self) -> None:
        name = self.chosen.choice(self.files())
        self.n_files += 1
        other = f"f{self.n_files}.{name.rpartition('.')[2]}"
        (self.folder / name).rename(self.folder / other)
        self.source.labels[other] = self.source.labels.pop(name)

    def swap(self) -> None:
        first, second = self.chosen.choice(self.files()), self.chosen.choice(self.files())
        if first.rpartition(".")[2] == second.rpartition(".")[2]:
            one, two = (self.folder / first).read_bytes(), (self.folder / second).read_bytes()
            (self.folder / first).write_bytes(two)
            (self.folder / second).write_bytes(one)

    def remove(self) -> None:
        name = self.chosen.choice(self.files())
        (self.folder / name).unlink()
        del self.source.labels[name]

    def permit(self) -> None:
        self.source.labels[self.chosen.choice(self.files())] = self.chosen.choice(LABELS)

    def fault(self) -> None:
        """Run with some files that cannot be read, or a folder that goes away, or a process that is killed."""
        before = dict(self.source.labels)
        for _ in range(self.chosen.randrange(4)):
            if self.files():
                self.chosen.choice((self.change, self.permit, self.swap))()
        kind = self.chosen.choice(("unreadable", "away", "killed", "killed"))
        if kind == "unreadable":
            self.source.unreadable = {name for name in self.files() if self.chosen.random() < 0.5}
        self.source.is_away = kind == "away"
        self.sink.left = self.chosen.randrange(8) if kind == "killed" else None
        try:
            self.ingestor.ingest(self.source)
        except (Killed, SourceUnavailable):
            pass
        else:
            self.check_nothing_is_wider()
        self.source.unreadable, self.source.is_away, self.sink.left = set(), False, None
        if self.chosen.random() < 0.5:
            self.source.labels = before

    def step(self) -> None:
        """Make one random edit."""
        weights: Mapping[Callable[[], None], float] = {
            self.add: 30, self.change: 22, self.rename: 12, self.swap: 4, self.remove: 14, self.permit: 14,
            self.fault: 10,
        }  # fmt: skip
        made = self.add if not self.files() else self.chosen.choices([*weights], [*weights.values()])[0]
        if made == self.add and len(self.files()) > 25:
            made = self.remove
        self.edits[made.__name__] = self.edits.get(made.__name__, 0) + 1
        made()
        self.clock.advance(self.chosen.choice((1.0, 60.0, TWO_DAYS_S)))

    # What must hold

    def points(self, group: str) -> dict[str, set[str]]:
        """Return what a group finds: text hashes by document."""
        query = IndexQuery(
            principal=Principal(subject="s", groups=(group,)), filters=Filters(), limit=10_000, prefetch=10_000,
            dense=[1.0] + [0.0] * 15,
        )  # fmt: skip
        found: dict[str, set[str]] = {}
        for hit in self.index.search(query):
            found.setdefault(str(hit.payload["document_id"]), set()).add(str(hit.payload["text_hash"]))
        return found

    def check_nothing_is_wider(self) -> None:
        """Whoever finds a document or sees it listed is among its readers at the source."""
        for group in GROUPS:
            who = Principal(subject="s", groups=(group,))
            seen = {document.document_id for document in self.catalog.visible(who)}
            for document in self.catalog.get_many({*seen, *self.points(group)}).values():
                name = document.source_uri.removeprefix(self.source.scope)
                outer = name.partition("!")[0].partition("#")[0]
                assert outer in self.source.labels, f"{group} finds {name}, which is gone"
                assert group in self.source.labels[outer].readers, f"{group} finds {name}"

    def check_all_is_equal(self) -> None:
        """Compare index, catalog and blobs with the folder."""
        known = self.catalog.by_source(self.source.name)
        items = {item.ref.uri: item for item in self.source.list()}
        outer = {uri: state for uri, state in known.items() if "!" not in uri}
        assert outer.keys() == items.keys()
        for uri, item in items.items():
            assert outer[uri].revision == item.ref.revision
            assert outer[uri].content_hash == content_hash((self.folder / item.title).read_bytes())
            assert outer[uri].status == (
                DocumentStatus.QUARANTINED if item.title.endswith("pdf") else DocumentStatus.READY
            )
        assert not any(state.is_unfinished for state in known.values())
        for uri, state in known.items():
            assert state.has_access(self.source.labels[uri.removeprefix(self.source.scope).partition("!")[0]])
        assert {failure.source_uri for failure in self.catalog.failures()} == {u for u in items if u.endswith("pdf")}
        self._check_points(list(known))
        self._check_blobs(list(known))

    def _check_points(self, uris: list[str]) -> None:
        expected = self.catalog.expected_points()
        assert {one: self.index.count(document_id=one) for one in expected} == expected
        assert self.index.count() == sum(expected.values())
        documents = self.catalog.list_documents(limit=1000).items
        assert sorted(document.source_uri for document in documents) == sorted(uris)
        for group in GROUPS:
            wanted = {
                document.document_id: {document.text_hash}
                for document in documents
                if document.status is DocumentStatus.READY and group in document.access.readers and document.n_chunks
            }
            assert self.points(group) == wanted

    def _check_blobs(self, uris: list[str]) -> None:
        """Exactly these are there: originals of what the source holds, its texts, their layouts and structures."""
        wanted: set[str] = set()
        for document in self.catalog.list_documents(limit=1000).items:
            wanted.add(document.content_hash)
            if document.text_hash is not None:
                text = self.catalog.text_version(document.text_hash, document_id=document.document_id)
                assert text is not None
                assert text.structure_hash is not None
                wanted |= {text.text_hash, text.layout_hash, text.structure_hash}
                self.texts.forget(document.text_hash)
                assert self.texts.text(document.text_hash), uris
        assert set(self.blobs.keys()) == wanted


def run(root: Path, *, seed: int, n_edits: int) -> Bench:
    """Make edits, with a run and a comparison after every few."""
    bench = Bench(root, random.Random(seed))
    try:
        until_run = 0
        for _ in range(n_edits):
            bench.step()
            until_run -= 1
            if until_run <= 0:
                until_run = bench.chosen.choice((1, 4, 12, 40))
                bench.ingestor.ingest(bench.source)
                # Texts that nobody cites are kept for a day.
                bench.clock.advance(TWO_DAYS_S)
                bench.ingestor.upkeep.sweep()
                bench.check_nothing_is_wider()
                bench.check_all_is_equal()
    finally:
        bench.close()
    return bench


@pytest.mark.slow
def test_after_random_edits_everything_equals_the_folder(tmp_path: Path) -> None:
    edits = run(tmp_path, seed=SEED, n_edits=FAST_EDITS).edits
    assert sum(edits.values()) == FAST_EDITS


@pytest.mark.slow
@pytest.mark.parametrize("part", range(4))
def test_after_two_thousand_random_edits_everything_equals_the_folder(tmp_path: Path, part: int) -> None:
    edits = run(tmp_path, seed=SEED + 1 + part, n_edits=EDITS // 4).edits
    assert sum(edits.values()) == EDITS // 4
    assert {"add", "change", "rename", "swap", "remove", "permit", "fault"} == edits.keys()
