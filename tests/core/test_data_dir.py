"""The data directory: made, found again, migrated, refused."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from averment.core import data_dir as module
from averment.core.data_dir import DATA_FORMAT, open_data_dir
from averment.core.errors import StoreBusy, StoreError, StoreFormatError


def test_it_is_made_with_private_folders(tmp_path: Path) -> None:
    opened = open_data_dir(tmp_path / "deep" / "data")
    assert opened.format == DATA_FORMAT
    assert json.loads((opened.root / "format.json").read_text()) == {"format": DATA_FORMAT}
    for folder in (opened.blobs, opened.index, opened.evidence, opened.keys):
        assert folder.is_dir()
    assert opened.keys.stat().st_mode & 0o777 == 0o700
    assert opened.root.stat().st_mode & 0o777 == 0o700
    assert (opened.catalog.name, opened.owner_lock.name, opened.owner_file.name) == (
        "catalog.sqlite",
        "owner.lock",
        "owner.json",
    )
    assert open_data_dir(opened.root) == opened


def test_loose_permissions_of_the_keys_are_mended(tmp_path: Path) -> None:
    opened = open_data_dir(tmp_path)
    opened.keys.chmod(0o755)
    open_data_dir(tmp_path)
    assert opened.keys.stat().st_mode & 0o777 == 0o700


def test_an_absent_one_is_only_made_when_wanted(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="no data directory") as absent:
        open_data_dir(tmp_path / "data", create=False)
    assert "averment init" in (absent.value.hint or "")
    assert not (tmp_path / "data").exists()


def test_a_folder_with_something_else_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "holiday.jpg").write_bytes(b"")
    with pytest.raises(StoreFormatError, match=r"holds 'holiday.jpg'"):
        open_data_dir(tmp_path)
    assert [entry.name for entry in tmp_path.iterdir()] == ["holiday.jpg"]


def test_a_crash_while_making_it_is_made_good(tmp_path: Path) -> None:
    (tmp_path / "blobs").mkdir()
    (tmp_path / ".format.json.4711").write_text("")
    assert open_data_dir(tmp_path).format == DATA_FORMAT


@pytest.mark.parametrize("words", ['{"format": 99}', '{"format": 0}', '{"format": true}', "{}", "[]", "not json"])
def test_a_newer_or_unknown_format_is_refused(tmp_path: Path, words: str) -> None:
    open_data_dir(tmp_path)
    (tmp_path / "format.json").write_text(words)
    with pytest.raises(StoreFormatError):
        open_data_dir(tmp_path)
    assert (tmp_path / "format.json").read_text() == words


def test_an_older_format_is_migrated_step_by_step(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    open_data_dir(tmp_path)
    monkeypatch.setattr(module, "DATA_FORMAT", DATA_FORMAT + 2)
    with pytest.raises(StoreFormatError, match="no migration leads from format 1"):
        open_data_dir(tmp_path)
    done: list[str] = []
    steps = {1: lambda _root: done.append("1 to 2"), 2: lambda _root: done.append("2 to 3")}
    assert open_data_dir(tmp_path, migrations=steps).format == DATA_FORMAT + 2
    assert done == ["1 to 2", "2 to 3"]
    assert open_data_dir(tmp_path, migrations=steps).format == DATA_FORMAT + 2
    assert len(done) == 2


def test_a_migration_that_dies_goes_on_where_it_was(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    open_data_dir(tmp_path)
    monkeypatch.setattr(module, "DATA_FORMAT", DATA_FORMAT + 2)

    def die(_root: Path) -> None:
        raise StoreError("the machine went down")

    with pytest.raises(StoreError, match="went down"):
        open_data_dir(tmp_path, migrations={1: lambda _root: None, 2: die})
    done: list[int] = []
    open_data_dir(tmp_path, migrations={1: lambda _root: done.append(1), 2: lambda _root: done.append(2)})
    assert done == [2]


def test_nothing_is_migrated_under_a_running_owner(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    opened = open_data_dir(tmp_path)
    program = (
        "import fcntl, sys; f = open(sys.argv[1], 'a'); fcntl.flock(f, fcntl.LOCK_EX); print('held', flush=True); "
        "sys.stdin.read()"
    )
    holder = subprocess.Popen(
        [sys.executable, "-c", program, str(opened.owner_lock)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    try:
        assert holder.stdout is not None
        holder.stdout.readline()
        monkeypatch.setattr(module, "DATA_FORMAT", DATA_FORMAT + 1)
        with pytest.raises(StoreBusy, match="must be migrated"):
            open_data_dir(tmp_path, migrations={1: lambda _root: None})
    finally:
        holder.communicate()


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_place_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    with pytest.raises(StoreError, match="Permission denied"):
        open_data_dir(tmp_path / "data")


def test_a_file_in_the_way_is_named(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("")
    with pytest.raises(StoreError, match="cannot be used"):
        open_data_dir(tmp_path / "data")
