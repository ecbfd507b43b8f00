"""Rows are read as they were written, and what is no row is named with its line."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from averment.core.errors import ConfigurationError
from averment.evaluation.json_lines import read_lines, write_lines


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    id: str
    n: int


def parse(row: Mapping[str, Any], where: str) -> Row:
    if not isinstance(row["n"], int):
        raise ConfigurationError(f"{where}: n is no number")
    return Row(id=row["id"], n=row["n"])


def read(path: Path) -> list[Row]:
    return read_lines(path, parse, what="rows", names=("id", "n"))


def test_what_is_written_is_read(tmp_path: Path) -> None:
    rows = [Row(id="a", n=1), Row(id="b", n=2)]
    write_lines(rows, tmp_path / "new" / "rows.jsonl")
    assert read(tmp_path / "new" / "rows.jsonl") == rows


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('{"id": "a", "n": 1}\n\n{"id": "a", "n": 2}', "an id occurs twice"),
        ('{"id": "a", "n": 1}\nnothing', "line 2: no JSON object"),
        ('{"id": "a"}', "line 1: expected an object of id and n"),
        ("[1]", "expected an object of id and n"),
        ('{"id": "a", "n": "x"}', "line 1: n is no number"),
    ],
)
def test_what_is_no_row_is_named(tmp_path: Path, text: str, words: str) -> None:
    path = tmp_path / "rows.jsonl"
    path.write_text(text)
    with pytest.raises(ConfigurationError, match=words):
        read(path)


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="cannot be read as rows"):
        read(tmp_path / "none.jsonl")
