"""Reading a log's files: entries and proofs under every checkpoint, and plain words where something is missing."""

from collections.abc import Iterator
from itertools import groupby
from pathlib import Path

import pytest

from averment.compliance.log.layout import Tile
from averment.compliance.log.merkle import leaf_hash, verify_consistency, verify_inclusion
from averment.compliance.log.reader import LogReader
from averment.core.errors import AuditIntegrityError, UsageError
from tests.compliance.evidence import filled_log, leaf

SIZES = (3, 255, 256, 300, 700)


@pytest.fixture(scope="module")
def reader(tmp_path_factory: pytest.TempPathFactory) -> LogReader:
    folder = tmp_path_factory.mktemp("evidence")
    filled_log(folder, SIZES)
    return LogReader(folder / "log")


def test_the_history_holds_the_kept_checkpoints_in_order(reader: LogReader) -> None:
    assert [checkpoint.size for _, _, checkpoint in reader.history()] == [0, *SIZES]


@pytest.mark.parametrize("size", SIZES)
def test_every_kept_checkpoint_is_reached_from_the_tiles(reader: LogReader, size: int) -> None:
    kept = {checkpoint.size: checkpoint.root for _, _, checkpoint in reader.history()}
    assert reader.root(size) == kept[size]
    newest = reader.checkpoint()
    proof = reader.consistency(size, newest.size)
    assert verify_consistency(size, newest.size, old_root=kept[size], new_root=newest.root, proof=proof)


@pytest.mark.parametrize("index", [0, 1, 254, 255, 256, 511, 512, 699])
def test_every_entry_is_proven(reader: LogReader, index: int) -> None:
    proof, entry = reader.proof(index, reader.note())
    assert entry == leaf(index)
    root = reader.checkpoint().root
    assert verify_inclusion(leaf_hash(entry), index, size=700, proof=proof.path, root=root)


def test_entries_come_in_ranges(reader: LogReader) -> None:
    assert list(reader.entries(250, 520, size=700)) == [(index, leaf(index)) for index in range(250, 520)]
    assert reader.entry(699, size=700) == leaf(699)


@pytest.mark.parametrize("indexes", [[], [3, 1, 254, 300, 299, 699], [699, 256, 255, 0], [5, 600, 6]])
def test_entries_are_picked_in_the_order_asked_and_a_bundle_is_read_once_for_its_neighbours(
    reader: LogReader, indexes: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    read: list[int] = []
    entries = reader.entries

    def counted(start: int, stop: int, *, size: int) -> Iterator[tuple[int, bytes]]:
        read.append(start // 256)
        return entries(start, stop, size=size)

    monkeypatch.setattr(reader, "entries", counted)
    assert list(reader.picked(indexes, size=700)) == [(index, leaf(index)) for index in indexes]
    assert read == [bundle for bundle, _ in groupby(index // 256 for index in indexes)]


@pytest.mark.parametrize("index", [-1, 700])
def test_an_entry_that_does_not_exist_is_the_askers_mistake(reader: LogReader, index: int) -> None:
    with pytest.raises(UsageError, match="700 entries, numbered from 0"):
        reader.entry(index, size=700)


def test_a_wider_tile_is_cut_to_the_width_asked_for(reader: LogReader) -> None:
    narrow = reader.tile(Tile(level=0, index=0, width=3))
    assert narrow == reader.tile(Tile(level=0, index=0))[:96]
    assert len(reader.tile(Tile(level=None, index=0, width=3))) == sum(2 + len(leaf(index)) for index in range(3))


def test_missing_files_are_named(tmp_path: Path) -> None:
    filled_log(tmp_path, [5])
    (tmp_path / "log/tile/entries/000.p/5").unlink()
    with pytest.raises(AuditIntegrityError, match=r"tile/entries/000\.p/5: the file is missing"):
        LogReader(tmp_path / "log").entry(2, size=5)
    with pytest.raises(AuditIntegrityError, match="checkpoint: the file is missing"):
        LogReader(tmp_path).checkpoint()


def test_a_checkpoint_under_another_size_is_refused(tmp_path: Path) -> None:
    filled_log(tmp_path, [2, 5])
    (tmp_path / "log/checkpoints/2").rename(tmp_path / "log/checkpoints/3")
    with pytest.raises(AuditIntegrityError, match="checkpoints/3: holds the checkpoint of size 2"):
        list(LogReader(tmp_path / "log").history())
