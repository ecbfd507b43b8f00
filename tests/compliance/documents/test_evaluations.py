import json
from pathlib import Path

import pytest

from averment.compliance.documents.approvals import sign
from averment.compliance.documents.evaluations import MAX_FIGURES, MAX_LOGGED_FIGURES, read_evaluation, run_facts
from averment.compliance.documents.filled import FileEvidence
from averment.core.errors import ConfigurationError
from averment.core.ids import sha256_id
from tests.compliance.documents.builders import DIGEST
from tests.compliance.documents.test_approvals import APPROVAL, KEY, SIGNER

FILE = FileEvidence(place="installation", path="result.json", sha256=DIGEST)


def written(folder: Path, result: object) -> Path:
    path = folder / "result.json"
    path.write_text(json.dumps(result))
    return path


def test_the_systems_own_figures_are_read_and_no_other_systems(tmp_path: Path) -> None:
    run = {
        "questions": 4,
        "questions_digest": DIGEST,
        "systems": {"averment": {"recall_8": {"mean": 0.81249, "low": 0.7}, "rows": {"a": 1}}, "naive": {"x": 1}},
    }
    result = {"kind": "retrieval", "created_at": "2026-11-01T00:00:00Z", "benchmarks": {"cuad": run}}
    found = read_evaluation(written(tmp_path, result), FILE, signers=())
    assert (found.kind, found.created, found.signed_by) == ("retrieval", "2026-11-01T00:00:00Z", "")
    assert found.figures == (("cuad", "recall_8.mean", "0.8125"), ("cuad", "recall_8.low", "0.7"))
    assert found.data.startswith("sha256:")


def test_a_result_without_benchmarks_and_with_many_figures(tmp_path: Path) -> None:
    result = {"kind": "ingestion", "counts": {f"n{number}": number for number in range(100)}, "ok": True}
    found = read_evaluation(written(tmp_path, result), FILE, signers=())
    assert (len(found.figures), found.data) == (MAX_FIGURES, "")
    assert found.figures[0] == ("averment", "counts.n0", "0")


def test_a_signature_beside_the_file_is_held_against_it(tmp_path: Path) -> None:
    path = written(tmp_path, {"kind": "answers"})
    path.with_name("result.json.dsse").write_bytes(sign(path.read_bytes(), APPROVAL, file_name=path.name, key=KEY))
    found = read_evaluation(path, FILE, signers=[SIGNER])
    assert (found.signed_by, found.signed_on) == ("Anna Example, Head of quality", "2026-11-02")
    written(tmp_path, {"kind": "answers", "created_at": "later"})
    changed = read_evaluation(path, FILE, signers=[SIGNER])
    assert (changed.signed_by, changed.signature_problem) == ("", "the signature is of another content")


def test_another_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="no result of an evaluation"):
        read_evaluation(written(tmp_path, [1]), FILE, signers=())
    with pytest.raises(ConfigurationError, match="cannot be read"):
        read_evaluation(tmp_path / "absent.json", FILE, signers=())


def test_the_log_states_of_a_run_what_it_was_made_of_and_what_it_measured(tmp_path: Path) -> None:
    run = {"questions": 4, "questions_digest": DIGEST, "systems": {"averment": {"recall of 8": 0.81249999}}}
    result = {
        "kind": "answers",
        "settings": {"seed": 3},
        "embedder": "all-MiniLM-L6-v2",
        "verifier": None,
        "model": {"id": "Qwen/Qwen3-8B", "profile_digest": DIGEST, "calls_made": 4},
        "benchmarks": {"cuad": run},
    }
    path = written(tmp_path, result)
    facts = run_facts(path, evaluation="answers", started_at="2026-11-01T00:00:00.000Z", data="sha256:other")
    assert facts["result"] == sha256_id(path.read_bytes())
    assert (facts["seed"], facts["n_figures"]) == (3, 1)
    assert facts["data"] == read_evaluation(path, FILE, signers=()).data
    assert facts["models"] == [
        {"role": "embedder", "model": "all-MiniLM-L6-v2"},
        {"role": "model.id", "model": "Qwen/Qwen3-8B"},
        {"role": "model.profile_digest", "model": DIGEST},
    ]
    assert facts["figures"] == [{"figure": "cuad.recall-of-8", "value": "0.81249999"}]


def test_what_a_result_does_not_name_is_unknown_and_many_figures_are_counted(tmp_path: Path) -> None:
    path = written(tmp_path, {f"n{number}": number for number in range(300)})
    facts = run_facts(path, evaluation="structure", started_at="2026-11-01T00:00:00.000Z", data=DIGEST)
    listed = facts["figures"]
    assert isinstance(listed, list)
    assert (len(listed), facts["n_figures"]) == (MAX_LOGGED_FIGURES, 300)
    assert (facts["seed"], facts["data"], facts["models"]) == (None, DIGEST, [])
