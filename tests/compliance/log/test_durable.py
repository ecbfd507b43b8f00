"""Files are whole or absent."""

from pathlib import Path

import pytest

from averment.compliance.log.durable import DurableFolder, make_folder


def test_files_are_written_and_replaced_and_nothing_else_remains(tmp_path: Path) -> None:
    disk = DurableFolder(tmp_path / "root", tmp_path / "scratch")
    disk.write({"a/b/c": b"one", "d": b"two"})
    disk.write({"a/b/c": b"three"})
    assert (tmp_path / "root/a/b/c").read_bytes() == b"three"
    assert (tmp_path / "root/d").read_bytes() == b"two"
    assert list((tmp_path / "scratch").iterdir()) == []


def test_a_failure_leaves_the_old_file(tmp_path: Path) -> None:
    disk = DurableFolder(tmp_path / "root", tmp_path / "scratch")
    disk.write({"x": b"old"})
    (tmp_path / "root/y").mkdir()
    with pytest.raises(OSError):
        disk.write({"y": b"a folder stands here", "x": b"new"})
    assert (tmp_path / "root/x").read_bytes() == b"old"


def test_leftovers_of_a_crash_go(tmp_path: Path) -> None:
    make_folder(tmp_path / "scratch")
    (tmp_path / "scratch/half.tmp").write_bytes(b"half")
    DurableFolder(tmp_path / "root", tmp_path / "scratch").clear_scratch()
    assert list((tmp_path / "scratch").iterdir()) == []
