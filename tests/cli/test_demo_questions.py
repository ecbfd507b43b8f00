import json
from pathlib import Path

import pytest

from averment.cli.demo_questions import example_questions, pack_questions
from averment.core.errors import ConfigurationError


def test_the_examples_ask_a_clause_a_computation_and_something_absent(repo: Path) -> None:
    questions = example_questions(repo / "examples" / "questions.yaml")
    assert len(questions) >= 3
    assert all(question.text.endswith("?") for question in questions)


def test_a_file_without_questions_is_named(tmp_path: Path) -> None:
    (tmp_path / "questions.yaml").write_text("questions: []\n", encoding="utf-8")
    with pytest.raises(ConfigurationError, match=r"questions\.yaml"):
        example_questions(tmp_path / "questions.yaml")


def test_a_packs_questions_are_sampled_by_seed_and_of_every_kind(tmp_path: Path) -> None:
    documents, folder = tmp_path / "corpus" / "cuad", tmp_path / "benchmarks" / "cuad"
    documents.mkdir(parents=True)
    folder.mkdir(parents=True)
    rows = [
        {"question": f"{kind} {number}?", "type": kind, "scope": "corpus", "gold": [{"text": "x", "page": 2}]}
        for kind in ("absent", "clause", "value")
        for number in range(9)
    ]
    (folder / "queries.jsonl").write_text("\n".join(json.dumps(row) for row in rows), encoding="utf-8")
    chosen = pack_questions(documents, seed=7)
    assert [question.text.split()[0] for question in chosen] == ["absent", "clause", "clause", "value", "value"]
    assert chosen == pack_questions(documents, seed=7)
    assert chosen != pack_questions(documents, seed=8)
    assert chosen[0].expected == "that the documents do not say"
    with pytest.raises(ConfigurationError, match="no questions"):
        pack_questions(tmp_path / "corpus" / "none", seed=7)
