import json
from pathlib import Path

import pytest

from averment.compliance.documents.approvals import sign
from averment.compliance.documents.evaluations import MAX_FIGURES, read_evaluation
from averment.compliance.documents.filled import FileEvidence
from averment.core.errors import ConfigurationError
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
