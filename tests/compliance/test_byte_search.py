"""The search of every byte: what it finds, what it leaves alone, and that it reads across the pieces it reads in."""

from pathlib import Path

import pytest

from averment.compliance import byte_search
from averment.compliance.byte_search import RepeatingFolder, files_naming

NAME = "Anna Müller"


@pytest.mark.parametrize(
    "content",
    [
        b"\x00\x01for " + NAME.encode() + b"\xff",
        NAME.upper().encode(),
        "anna \n  müller".encode(),
        "Anna\u00a0Müller".encode(),
        b'{"text": "Anna\\nM\xc3\xbcller"}',
        NAME.encode("utf-16"),
        "ANNA MÜLLER".encode("utf-16-be"),
        "Anna Mu\u0308ller".encode(),
        b'"Anna M\\u00fcller"',
        b"file:///Anna%20M%C3%BCller.pdf",
        b"anna_m\xc3\xbcller.txt",
        "Anna Mül-\nler".encode(),
        bytes(5000) + "Anna Müller".encode("utf-16-be") + bytes(5000),
        bytes(5001) + "Anna Müller".encode("utf-16-le") + bytes(5000),
        bytes(5000) + NAME.encode() + bytes(3) + b"tail",
    ],
)
def test_a_name_is_found_however_it_is_written(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "deep").mkdir()
    (tmp_path / "deep" / "a.bin").write_bytes(content)
    (tmp_path / "b.bin").write_bytes(b"Anna and M\xc3\xbcller")
    (tmp_path / "empty").touch()
    assert files_naming(tmp_path, [NAME]) == (3, ["deep/a.bin"])


def test_a_name_across_two_pieces_and_in_a_path_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(byte_search, "_CHUNK_BYTES", 8)
    (tmp_path / "a").write_bytes(b"....." + NAME.encode() + b".....")
    (tmp_path / "Anna Müller.log").touch()
    assert files_naming(tmp_path, [NAME]) == (2, ["Anna Müller.log", "a"])


def test_no_names_are_found_nowhere(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"  ")
    assert files_naming(tmp_path, []) == files_naming(tmp_path, [" "]) == (1, [])


def test_of_files_that_repeat_what_was_said_those_that_name_somebody_go(tmp_path: Path) -> None:
    store = RepeatingFolder("logs", tmp_path / "logs")
    assert store.clean([NAME]).state == "absent"
    (tmp_path / "logs").mkdir()
    for name, text in (("a.log", f"run for {NAME}"), ("b.log", "run")):
        (tmp_path / "logs" / name).write_text(text, encoding="utf-8")
    assert store.clean([NAME]).detail == "1 files deleted"
    assert store.clean([NAME]).state == "clean"
    assert [path.name for path in (tmp_path / "logs").iterdir()] == ["b.log"]


def test_a_database_goes_with_the_files_beside_it(tmp_path: Path) -> None:
    for name in ("prefect.db", "prefect.db-wal", "prefect.db-shm", "other.db"):
        (tmp_path / name).write_text(NAME if name.endswith("-wal") else "rows", encoding="utf-8")
    RepeatingFolder("orchestration", tmp_path).clean([NAME])
    assert [path.name for path in tmp_path.iterdir()] == ["other.db"]
