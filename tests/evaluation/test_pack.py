"""Packs are read whole or not at all."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from averment.core.errors import ConfigurationError
from averment.evaluation.pack import Pack

DOCUMENT = {
    "doc_id": "d1",
    "collection": "c",
    "files": [{"path": "d1.pdf", "format": "pdf"}, {"path": "d1.txt", "format": "txt"}],
    "text": "d1.txt",
}
QUESTION: dict[str, Any] = {
    "id": "q1",
    "question": "Which law?",
    "doc_ids": ["d1"],
    "gold": [{"doc_id": "d1", "start": 0, "end": 3, "text": "The", "group": 0}],
    "type": "value",
}


def write(root: Path, documents: list[Any], questions: list[Any]) -> Pack:
    (root / "benchmarks" / "b").mkdir(parents=True)
    (root / "docs.jsonl").write_text("\n".join(json.dumps(row) for row in documents))
    (root / "benchmarks" / "b" / "queries.jsonl").write_text("\n".join(json.dumps(row) for row in questions) + "\n")
    return Pack(root)


def test_a_pack_is_read(tmp_path: Path) -> None:
    pack = write(tmp_path, [DOCUMENT], [QUESTION])
    assert pack.benchmarks() == ["b"]
    (question,) = pack.questions("b")
    assert (question.scope, question.category, question.gold[0].group) == ("corpus", "value", "0")
    (document,) = pack.collection_of([question])
    assert document.required_file("txt") == document.file("txt")
    with pytest.raises(ConfigurationError, match="has no pdf file"):
        replace(document, files=()).required_file("pdf")
    assert [getattr(document.file(kind), "path", None) for kind in ("pdf", "txt", "native")] == [
        "d1.pdf",
        "d1.txt",
        "d1.pdf",
    ]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"doc_ids": ["nobody"]}, "'nobody' is not in docs.jsonl"),
        ({"gold": [{"doc_id": "d1", "start": 5, "end": 5, "text": "x"}]}, "gold span 5:5"),
        ({"gold": "none"}, "gold is str"),
        ({"scope": "planet"}, "expected 'corpus' or 'document'"),
        ({"question": ""}, "question is ''"),
        ({"id": 7}, "id is 7"),
    ],
)
def test_a_bad_line_is_named(tmp_path: Path, change: dict[str, Any], message: str) -> None:
    pack = write(tmp_path, [DOCUMENT], [QUESTION | {"id": "q0"}, QUESTION | change])
    with pytest.raises(ConfigurationError, match=r"queries\.jsonl line 2: ") as caught:
        pack.questions("b")
    assert message in caught.value.message


def test_what_is_missing_or_double_is_said(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="expected a data pack"):
        Pack(tmp_path)
    pack = write(tmp_path, [DOCUMENT], [QUESTION, QUESTION])
    with pytest.raises(ConfigurationError, match="occurs twice"):
        pack.questions("b")
    with pytest.raises(ConfigurationError, match="no benchmark 'x'; it has b"):
        pack.questions("x")
    (tmp_path / "docs.jsonl").write_text("{no json")
    with pytest.raises(ConfigurationError, match=r"docs\.jsonl line 1: no JSON object"):
        Pack(tmp_path)


def test_the_shared_pack_is_whole(shared_data: Path) -> None:
    pack = Pack(shared_data)
    assert len(pack.questions("cuad")) == 1281
    for benchmark in ("cuad_multi", "sec_10q", "sec_html", "docx", "tatqa"):
        for question in pack.questions(benchmark)[:20]:
            for span in question.gold[:2]:
                assert pack.official_text(pack.documents[span.doc_id])[span.start : span.end] == span.text
