import os
from pathlib import Path

from averment.connectors import FilesystemConnector
from averment.core.documents import SourceItem


def names(connector: FilesystemConnector) -> list[str]:
    return [item.title for item in connector.list()]


def test_patterns_include_and_exclude(tmp_path: Path) -> None:
    for name in ("a.pdf", "b.txt", "deep/er/c.pdf", ".hidden.pdf", ".git/d.pdf", "~$lock.pdf"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(b"x")
    assert names(FilesystemConnector(tmp_path)) == ["a.pdf", "b.txt", "c.pdf"]
    assert names(FilesystemConnector(tmp_path, include=("**/*.pdf",))) == ["a.pdf", "c.pdf"]
    assert names(FilesystemConnector(tmp_path, include=("*.pdf",))) == ["a.pdf"]
    assert names(FilesystemConnector(tmp_path, exclude=("deep/**", "**/.*", "**/.*/**", "**/~$*"))) == [
        "a.pdf",
        "b.txt",
    ]


def test_links_that_leave_the_folder_or_loop_are_not_followed(tmp_path: Path) -> None:
    root, outside = tmp_path / "root", tmp_path / "secret.txt"
    root.mkdir()
    outside.write_bytes(b"secret")
    (root / "real.txt").write_bytes(b"x")
    (root / "inside.txt").symlink_to(root / "real.txt")
    (root / "outside.txt").symlink_to(outside)
    (root / "loop").symlink_to(root, target_is_directory=True)
    (root / "self").symlink_to(root / "self")
    assert names(FilesystemConnector(root)) == ["inside.txt", "real.txt"]


def test_special_files_are_not_documents(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "a.txt").write_bytes(b"x")
    assert names(FilesystemConnector(tmp_path)) == ["a.txt"]


def test_one_file_is_a_source(tmp_path: Path) -> None:
    path = tmp_path / "one file.txt"
    path.write_bytes(b"x")
    connector = FilesystemConnector(path)
    item: SourceItem
    (item,) = connector.list()
    assert item.ref.uri == connector.scope == path.as_uri()


def test_a_name_that_is_no_utf8_is_listed_and_read(tmp_path: Path) -> None:
    Path(os.fsdecode(os.fsencode(tmp_path) + b"/caf\xe9.txt")).write_bytes(b"x")
    connector = FilesystemConnector(tmp_path)
    (item,) = connector.list()
    assert connector.read(item.ref) == b"x"
    assert "%E9" in item.ref.uri


def test_only_wanted_files_are_listed(tmp_path: Path) -> None:
    for name in ("a.txt", "b.txt"):
        (tmp_path / name).write_text(name)
    connector = FilesystemConnector(tmp_path)
    limited = connector.only(lambda uri: uri.endswith("/b.txt"))
    assert [item.title for item in limited.list()] == ["b.txt"]
    assert len(list(connector.list())) == 2
    assert limited.scope == connector.scope
    assert list(FilesystemConnector(tmp_path / "a.txt").only(lambda _: False).list()) == []
