"""Training from the command line: what it asks for, and the whole way of a model from labels to settings."""

import json
from dataclasses import replace
from pathlib import Path
from typing import NoReturn

import pytest

from averment.core.errors import UsageError
from averment.pipelines.training.examples import Material
from tests.e2e.installation import Installation, make_installation
from tests.pipelines.training.conftest import made_text


def _write_pack(root: Path, n_documents: int) -> Path:
    (root / "corpus").mkdir(parents=True)
    (root / "benchmarks" / "made").mkdir(parents=True)
    documents, questions = [], []
    for number in range(n_documents):
        text, answers = made_text(number)
        path = f"corpus/contract-{number}.txt"
        (root / path).write_text(text)
        files = [{"path": path, "format": "txt"}]
        documents.append({"doc_id": f"d{number}", "collection": "made", "files": files, "text": path})
        for place, (question, answer) in enumerate(answers.items()):
            start = text.index(answer)
            gold = [{"doc_id": f"d{number}", "start": start, "end": start + len(answer), "text": answer}]
            asked = f"Consider the Supply Agreement {number} of Seller {number} Inc. {question}"
            questions.append({"id": f"q{number}-{place}", "question": asked, "doc_ids": [f"d{number}"], "gold": gold})
    (root / "docs.jsonl").write_text("\n".join(map(json.dumps, documents)))
    (root / "benchmarks" / "made" / "queries.jsonl").write_text("\n".join(map(json.dumps, questions)))
    return root


def test_nothing_to_learn_from_is_refused(empty_installation: Installation, tmp_path: Path) -> None:
    refused = empty_installation.run("train", "embedder", "--out", str(tmp_path / "m"), "--json")
    assert refused.code == 2
    assert "--pack with --collection, --pairs, or --mine" in refused.json()["hint"]
    assert empty_installation.run("train", "judge", "--mine").code == 2


def test_nothing_is_mined_for_a_verifier(empty_installation: Installation) -> None:
    refused = empty_installation.run("train", "verifier", "--mine", "--json")
    assert refused.code == 2
    assert refused.json()["hint"] == "leave --mine out"


@pytest.mark.slow
def test_too_little_says_how_much_is_needed(empty_installation: Installation, tmp_path: Path) -> None:
    pack = _write_pack(tmp_path / "pack", 3)
    out = tmp_path / "m"
    refused = empty_installation.run(
        "train", "verifier", "--pack", str(pack), "--collection", "made", "--out", str(out), "--json"
    )
    assert refused.code == 2
    assert "at least 64 and 8 are needed" in refused.json()["detail"]


@pytest.mark.slow
def test_a_model_goes_from_labels_to_settings_through_the_gate(tmp_path: Path) -> None:
    made = make_installation(tmp_path / "home")
    # What this processor is good at is found out by trying, which takes its time.
    installation = replace(made, extra={**made.extra, "AVERMENT_EMBEDDING__PRECISION": "float32"})
    pack = str(_write_pack(tmp_path / "pack", 12))
    given = ("--pack", pack, "--collection", "made")
    trained = installation.ok("train", "embedder", *given, "--steps", "2", "--held-out", "0.3", "--out", "m", "--json")
    outcome = trained.json()
    assert (outcome["kind"], outcome["steps"]) == ("embedder", 2)
    assert "train embedder: measure before: " in trained.stderr
    assert "train embedder: train: 2 of 2" in trained.stderr

    settings = installation.root / "averment.yaml"
    settings.write_text(settings.read_text() + "\nembedding:\n  model_path: m\n")
    refused = installation.run("search", "which law governs", "--json")
    assert refused.code == 2
    assert refused.json()["hint"] == f"averment eval gate BEFORE AFTER --admit {installation.root / 'm'}"

    asked = ("--input", "txt", *given)
    plain = settings.read_text().replace("\nembedding:\n  model_path: m\n", "")
    settings.write_text(plain)
    installation.ok("eval", "retrieval", *asked, "--held-out", "m", "--out", "before")
    installation.ok("eval", "retrieval", *asked, "--held-out", "m", "--out", "after", "--model", "m")
    admitted = installation.ok("eval", "gate", "before", "after", "--admit", "m", "--json").json()
    assert admitted["admission"]["model_digest"] == outcome["model_digest"]

    settings.write_text(plain + "\nembedding:\n  model_path: m\n")
    assert installation.ok("search", "which law governs", "--json").json()["passages"] == []
    logged = installation.ok("audit", "show", "--json").stdout
    assert '"model.trained"' in logged
    assert '"model.admitted"' in logged
    installation.ok("audit", "verify")


@pytest.mark.slow
def test_labels_and_mined_questions_are_about_the_documents_of_the_installation(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = make_installation(tmp_path / "home")
    installation = replace(made, extra={**made.extra, "AVERMENT_EMBEDDING__PRECISION": "float32"})
    documents = tmp_path / "documents"
    documents.mkdir()
    for number in range(2):
        (documents / f"contract-{number}.txt").write_text(made_text(number)[0])
    installation.ok("ingest", str(documents))
    labels = tmp_path / "labels.jsonl"
    label = {"file_name": "contract-1.txt", "question": "Which law governs?", "quote": "governed by the laws of Ohio"}
    labels.write_text(json.dumps(label) + "\n")
    seen: list[Material] = []

    def train(material: Material, **options: object) -> NoReturn:
        seen.append(material)
        raise UsageError("seen enough")

    monkeypatch.setattr("averment.pipelines.training.run.train", train)
    given = ("train", "reranker", "--pairs", str(labels), "--out", str(tmp_path / "m"))
    assert installation.run(*given).code == 2
    assert installation.run(*given, "--mine").code == 2
    plain, mined = seen
    (query,) = plain.queries
    text = plain.documents[query.document_id].text
    assert text[slice(*query.spans[0])] == "governed by the laws of Ohio"
    assert len(plain.documents) == 1
    assert len(mined.documents) == 2
    assert {one.origin for one in mined.queries} >= {"labelled", "heading", "topic"}
    label["file_name"] = "other.txt"
    labels.write_text(json.dumps(label) + "\n")
    refused = installation.run(*given, "--json")
    assert "no document is called 'other.txt'" in refused.json()["detail"]
