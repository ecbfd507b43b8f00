import csv
import json
from dataclasses import replace
from pathlib import Path
from typing import cast

import pytest

from averment.core.access import AccessLabel, Principal
from averment.core.analysis import AnalysisRequest
from averment.core.answers import Answer
from averment.core.documents import DocumentStatus, DocumentVersion
from averment.core.errors import ConfigurationError
from averment.core.testing.backend import an_answer
from averment.pipelines.analysis import Analyst
from averment.pipelines.batch import (
    BatchSpec,
    Journal,
    answer_cells,
    cell_row,
    cells,
    load_batch,
    markdown_table,
    write_table,
)

WHO = Principal(subject="batch", groups=("everyone",))
SPEC = BatchSpec.model_validate(
    {"name": "b", "questions": [{"id": "q1", "question": "A?"}, {"id": "q2", "question": "B?"}]}
)


def document(identity: str) -> DocumentVersion:
    return DocumentVersion(
        document_id=identity, source_uri=f"file:///{identity}", content_hash="c", text_hash="t", version=1,
        media_type="text/plain", kind="contract", title=f"Doc {identity}|x", access=AccessLabel(),
        status=DocumentStatus.READY, revision="r", connector="filesystem", size_bytes=1,
    )  # fmt: skip


class CountingAnalyst:
    def __init__(self) -> None:
        self.asked: list[str] = []

    def analyse(self, request: AnalysisRequest, **_: object) -> Answer:
        self.asked.append(f"{request.filters.document_id[0]}:{request.question}")
        return an_answer(question=request.question)


def test_a_document_is_asked_all_its_questions_in_a_row_and_nothing_twice(tmp_path: Path) -> None:
    grid = list(cells(SPEC, [document("d1"), document("d2")], pipeline_hash="p"))
    journal, analyst = Journal(tmp_path / "cells.jsonl"), CountingAnalyst()
    shaped = cast("Analyst", analyst)
    assert answer_cells(shaped, grid[:3], journal, principal=WHO, purpose="trial") == 3
    assert answer_cells(shaped, grid, journal, principal=WHO, purpose="trial") == 1
    assert analyst.asked == ["d1:A?", "d1:B?", "d2:A?", "d2:B?"]


def test_a_refused_cell_is_asked_again(tmp_path: Path) -> None:
    (cell, *_) = cells(SPEC, [document("d1")], pipeline_hash="p")
    journal, analyst = Journal(tmp_path / "cells.jsonl"), CountingAnalyst()
    journal.append(cell.key, cell_row(cell, replace(an_answer(), status="refused")))
    for expected in (1, 0):
        assert answer_cells(cast("Analyst", analyst), [cell], journal, principal=WHO, purpose="trial") == expected


def test_a_changed_question_document_or_pipeline_is_a_new_cell() -> None:
    def keys(spec: BatchSpec = SPEC, text_hash: str = "t", pipeline: str = "p") -> set[str]:
        return {cell.key for cell in cells(spec, [replace(document("d"), text_hash=text_hash)], pipeline_hash=pipeline)}

    other = BatchSpec.model_validate({"name": "b", "questions": [{"id": "q1", "question": "C?"}]})
    assert not keys() & (keys(text_hash="u") | keys(pipeline="q") | keys(spec=other))


def test_a_torn_line_is_dropped_and_its_cell_done_again(tmp_path: Path) -> None:
    path = tmp_path / "cells.jsonl"
    journal = Journal(path)
    journal.append("k1", {"a": 1})
    with path.open("ab") as stream:
        stream.write(b'{"key": "k2", "row": {"a"')
    journal.append("k3", {"a": 3})
    assert journal.read() == {"k1": {"a": 1}, "k3": {"a": 3}}


def test_the_table_is_readable_by_spreadsheets_and_runs_no_formula(tmp_path: Path) -> None:
    cell = next(iter(cells(SPEC, [document("d1")], pipeline_hash="p")))
    row = {**cell_row(cell, an_answer()), "quote": "=HYPERLINK(1)", "value": "-1.5"}
    as_csv, as_json = write_table([row], tmp_path)
    with as_csv.open(newline="") as stream:
        (read,) = csv.DictReader(stream)
    assert read["quote"] == "'=HYPERLINK(1)"
    assert read["value"] == "-1.5"
    assert json.loads(as_json.read_text())["rows"][0]["page"] == 2
    assert "Doc d1\\|x" in markdown_table([row], ["q1"])


@pytest.mark.parametrize(
    "text",
    ["[", "name: b", "name: b\nquestions: []", "name: b\nquestions: [{id: a, question: x, colour: red}]",
     "name: B B\nquestions: [{id: a, question: x}]",
     "name: b\nquestions: [{id: a, question: x}, {id: a, question: y}]"],
)  # fmt: skip
def test_an_unusable_file_is_named_with_what_is_wrong(tmp_path: Path, text: str) -> None:
    path = tmp_path / "batch.yaml"
    path.write_text(text)
    with pytest.raises(ConfigurationError, match=r"batch\.yaml"):
        load_batch(path)
    with pytest.raises(ConfigurationError, match="cannot be read"):
        load_batch(tmp_path / "none.yaml")
