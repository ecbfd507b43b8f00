from pathlib import Path
from typing import Any

from averment.core.access import Principal
from averment.core.testing.audit import MemoryAuditSink
from averment.pipelines.batch import BatchQuestion, Cell, Journal
from tests.pipelines.test_analysis import analyst
from tests.pipelines.test_batch import document

ADA = Principal(subject="ada", groups=("everyone",))


class DoubleWiring:
    """Holds an analyst that answers at once."""

    def __init__(self) -> None:
        self.sink = MemoryAuditSink()
        self.analyst = analyst(self.sink)


def a_cell(key: str) -> Cell:
    return Cell(key=key, document=document("d1"), question=BatchQuestion(id="term", question="What is the term?"))


def test_a_documents_open_questions_are_answered_once(tmp_path: Path) -> None:
    from averment.flows.analyse_batch import analyse_document

    wiring: Any = DoubleWiring()
    journal = Journal(tmp_path / "cells.jsonl")
    todo = [a_cell("one"), a_cell("two")]
    assert analyse_document.fn(wiring, todo, ADA, "trial", journal) == 2
    assert analyse_document.fn(wiring, [*todo, a_cell("three")], ADA, "trial", journal) == 1
    assert set(journal.read()) == {"one", "two", "three"}
    assert len(wiring.sink.events) == 6
