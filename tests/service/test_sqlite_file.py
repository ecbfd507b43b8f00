import sqlite3
import stat
from pathlib import Path

import pytest

from averment.core.errors import StoreError, StoreFormatError
from averment.service.sqlite_file import FileForm, SqliteFile

FORM = FileForm(holds="things", schema="CREATE TABLE things (name TEXT); CREATE INDEX names ON things (name)")
AHEAD = FileForm(holds="things", schema=FORM.schema, has_journal_ahead=True)


@pytest.mark.parametrize("form", [FORM, AHEAD])
def test_what_was_changed_is_there_after_opening_again_and_what_failed_is_not(tmp_path: Path, form: FileForm) -> None:
    path = tmp_path / "a.sqlite"
    file = SqliteFile(path, form=form)
    with file.changes() as database:
        database.execute("INSERT INTO things VALUES ('kept')")
    with pytest.raises(ZeroDivisionError), file.changes() as database:
        database.execute("INSERT INTO things VALUES ('undone')")
        raise ZeroDivisionError
    file.close()
    again = SqliteFile(path, form=form)
    assert [row["name"] for row in again.rows("SELECT name FROM things")] == ["kept"]
    again.close()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_nothing_deleted_is_left_after_it_was_written_anew(tmp_path: Path) -> None:
    file = SqliteFile(tmp_path / "a.sqlite", form=AHEAD)
    with file.changes() as database:
        database.execute("INSERT INTO things VALUES ('Quist Halvorsen')")
    with file.changes() as database:
        database.execute("DELETE FROM things")
    held = b"".join(path.read_bytes() for path in tmp_path.iterdir())
    assert b"Quist" in held, "the write-ahead file keeps it until then"
    file.compact()
    held = b"".join(path.read_bytes() for path in tmp_path.iterdir())
    assert b"Quist" not in held
    file.close()


def test_a_bad_query_and_a_newer_file_are_told_in_words(tmp_path: Path) -> None:
    file = SqliteFile(tmp_path / "a.sqlite", form=FORM)
    with pytest.raises(StoreError, match="things cannot be read"):
        file.rows("SELECT * FROM nothing")
    with pytest.raises(StoreError, match="things cannot be read or written"), file.changes() as database:
        database.execute("INSERT INTO nothing VALUES (1)")
    file.close()
    with sqlite3.connect(tmp_path / "b.sqlite") as database:
        database.execute("PRAGMA user_version = 2")
    with pytest.raises(StoreFormatError, match="format 2"):
        SqliteFile(tmp_path / "b.sqlite", form=FORM)
