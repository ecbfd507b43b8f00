"""The table has a row for every entry, which a spreadsheet shows and does not compute."""

import csv
import io
import json

from averment.compliance.exports.table import COLUMNS, table_lines
from averment.core.audit import EventType
from tests.compliance.exports.samples import leaf, leaves


def rows(*entries: object) -> list[dict[str, str]]:
    text = b"".join(table_lines((entry, "ab" * 32) for entry in entries)).decode()  # type: ignore[misc]  # leaves
    return list(csv.DictReader(io.StringIO(text, newline="")))


def test_every_entry_is_a_row_that_holds_what_it_states() -> None:
    made, told = leaves(), rows(*leaves())
    assert tuple(told[0]) == COLUMNS
    assert [(row["entry"], row["type"]) for row in told] == [(str(one["seq"]), one["type"]) for one in made]
    assert [json.loads(row["data"]) for row in told] == [one["data"] for one in made]


def test_what_looks_like_a_formula_stays_text() -> None:
    (row,) = rows(leaf(0, EventType.SYSTEM_STOPPED, purpose="=1+1"))
    assert row["purpose"] == "'=1+1"


def test_what_an_entry_does_not_name_is_empty() -> None:
    (row,) = rows(leaf(0, EventType.SYSTEM_STOPPED))
    assert (row["answer_id"], row["document_id"]) == ("", "")
