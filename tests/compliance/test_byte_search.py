"""The search of every byte: what it finds, what it leaves alone, and that it reads across the pieces it reads in."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from averment.compliance import byte_search
from averment.compliance.byte_search import OutputFolders, RepeatingFolder, files_naming
from averment.core.errors import StoreBusy

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
        NAME.encode("utf-16-le") + bytes(64),
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


def test_a_database_that_somebody_has_open_is_not_deleted_under_them(tmp_path: Path) -> None:
    folder = tmp_path / "prefect"
    folder.mkdir()
    (folder / "run.log").write_text("Anna Schmidt", encoding="utf-8")
    with closing(sqlite3.connect(folder / "prefect.db")) as database:
        database.execute("PRAGMA journal_mode = WAL")
        database.execute("CREATE TABLE runs (parameters)")
        database.execute("INSERT INTO runs VALUES ('Anna Schmidt')")
        database.commit()
        with pytest.raises(StoreBusy, match=r"prefect\.db.* has it open") as caught:
            RepeatingFolder("orchestration", folder).clean(["Anna Schmidt"])
        assert "stop it" in (caught.value.hint or "")
        assert database.execute("SELECT count(*) FROM runs").fetchone() == (1,)
        assert (folder / "run.log").exists(), "nothing goes before all can"
    done = RepeatingFolder("orchestration", folder).clean(["Anna Schmidt"])
    assert (done.state, list(folder.iterdir())) == ("clean", [])


def test_what_only_begins_like_a_database_goes(tmp_path: Path) -> None:
    (tmp_path / "odd.db").write_bytes(b"SQLite format 3\0 Anna Schmidt")
    assert RepeatingFolder("orchestration", tmp_path).clean(["Anna Schmidt"]).state == "clean"
    assert list(tmp_path.iterdir()) == []


def test_outputs_are_named_with_what_was_found_in_them(tmp_path: Path) -> None:
    outputs = OutputFolders("evaluation-outputs", tmp_path, marker="result.json", besides=("evidence",))
    assert outputs.clean(["Anna Schmidt"]).state == "absent"
    for name in ("eval/one", "eval/two", "evidence/eval"):
        (tmp_path / name).mkdir(parents=True)
        (tmp_path / name / "result.json").write_text("{}", encoding="utf-8")
    found = outputs.clean(["Anna Schmidt"])
    assert (found.state, found.detail) == ("clean", "2 folders searched")
    (tmp_path / "eval/two/items.jsonl").write_text("Anna Schmidt", encoding="utf-8")
    left = outputs.clean(["Anna Schmidt"])
    assert left.state == "not-reached"
    assert left.detail.startswith("1 of the files in 2 folders names the person")
