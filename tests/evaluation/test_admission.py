"""Only what was measured with this very model, on documents it has not seen, lets it in."""

import json
from pathlib import Path
from typing import Any

import pytest

from averment.core.errors import ConfigurationError, UsageError
from averment.core.testing.clock import FixedClock
from averment.evaluation.admission import Admission, judge, let_in
from averment.evaluation.gate import run_gate
from averment.evaluation.metrics import KS
from averment.pipelines.models.admission import require_admission
from averment.pipelines.models.model_folder import model_digest


@pytest.fixture
def candidate(tmp_path: Path) -> Path:
    folder = tmp_path / "model"
    folder.mkdir()
    (folder / "config.json").write_text("{}")
    (folder / "model.safetensors").write_bytes(b"weights")
    _describe(folder, "reranker")
    return folder


def _describe(folder: Path, kind: str) -> None:
    split = {"trained_on": ["sha256:seen"], "held_out": ["sha256:held"]}
    (folder / "training.json").write_text(json.dumps({"kind": kind, "split": split}))


def _retrieval(value: float, *, reranker: str | None, asked: tuple[str, ...] = ("sha256:held",)) -> dict[str, Any]:
    row = {"recall": [value] * len(KS), "document_first": True, "gold_documents_ranked": 1.0}
    rows = [{"id": f"q{number}", "averment": row} for number in range(30)]
    run = {"questions_digest": "q", "documents_digest": "d", "rows": rows, "asked_documents": list(asked)}
    facts = None if reranker is None else {"id": f"model@{reranker}"}
    return {"kind": "retrieval", "settings": {}, "reranker": facts, "benchmarks": {"cuad": run}}


def _held_out(value: float, *, digest: str | None, document: str = "sha256:held", items: str = "i") -> dict[str, Any]:
    rows = [
        {"item_id": str(number), "document": document, "part": "answers", "values": {"accuracy": value}}
        for number in range(30)
    ]
    return {
        "kind": "held-out", "model_kind": "verifier", "model": {"digest": digest}, "items_digest": items,
        "settings": {"seed": 0, "split": "s", "data": "d"}, "rows": rows,
    }  # fmt: skip


def _judge(tmp_path: Path, candidate: Path, before: object, *, after: object) -> Admission:
    old, new = tmp_path / "before.json", tmp_path / "after.json"
    old.write_text(json.dumps(before))
    new.write_text(json.dumps(after))
    admission = judge(candidate, old, after=new, gate=run_gate(old, new), clock=FixedClock())
    let_in(candidate, admission)
    return admission


def test_a_reranker_that_made_nothing_worse_is_let_in(tmp_path: Path, candidate: Path) -> None:
    digest = model_digest(candidate)
    found = _judge(tmp_path, candidate, _retrieval(0.5, reranker=None), after=_retrieval(0.6, reranker=digest))
    assert (found.kind, found.model_digest, found.alpha) == ("reranker", digest, 0.01)
    require_admission(candidate, setting="reranking.model_path")


def test_a_model_that_changed_while_it_was_judged_stays_a_candidate(tmp_path: Path, candidate: Path) -> None:
    digest = model_digest(candidate)
    found = _judge(tmp_path, candidate, _retrieval(0.5, reranker=None), after=_retrieval(0.6, reranker=digest))
    (candidate / "model.safetensors").write_bytes(b"other weights")
    let_in(candidate, found)
    with pytest.raises(ConfigurationError, match="have changed"):
        require_admission(candidate, setting="reranking.model_path")


@pytest.mark.parametrize(
    ("before", "after", "message"),
    [
        ({"value": 0.9}, {"value": 0.2}, "the gate refused"),
        ({}, {"reranker": "sha256:other"}, "was measured with the reranker 'model@sha256:other'"),
        ({}, {"asked": ("sha256:seen", "sha256:held")}, "1 of 2 documents that were asked about"),
        ({}, {"asked": ()}, "does not say which documents"),
        ({"reranker": "this"}, {}, "both results were measured with this model"),
    ],
)
def test_anything_else_is_refused(
    tmp_path: Path, candidate: Path, before: dict[str, Any], after: dict[str, Any], message: str
) -> None:
    digest = model_digest(candidate)
    if before.get("reranker"):
        before = {"reranker": digest}
    old = _retrieval(**{"value": 0.5, "reranker": None, **before})
    new = _retrieval(**{"value": 0.5, "reranker": digest, **after})
    with pytest.raises(UsageError, match=message):
        _judge(tmp_path, candidate, old, after=new)
    with pytest.raises(ConfigurationError):
        require_admission(candidate, setting="reranking.model_path")


def test_a_verifier_is_judged_by_what_was_held_out(tmp_path: Path, candidate: Path) -> None:
    _describe(candidate, "verifier")
    digest = model_digest(candidate)
    before = _held_out(0.5, digest=None)
    with pytest.raises(UsageError, match="other items"):
        _judge(tmp_path, candidate, before, after=_held_out(0.6, digest=digest, items="j"))
    with pytest.raises(UsageError, match="1 of 1 documents"):
        seen = {"digest": digest, "document": "sha256:seen"}
        _judge(tmp_path, candidate, before, after=_held_out(0.6, **seen))
    with pytest.raises(UsageError, match="the gate refused"):
        _judge(tmp_path, candidate, before, after=_held_out(0.1, digest=digest))
    with pytest.raises(UsageError, match="is not compared with"):
        _judge(tmp_path, candidate, before, after=_retrieval(0.6, reranker=digest))
    assert _judge(tmp_path, candidate, before, after=_held_out(0.6, digest=digest)).kind == "verifier"


def test_a_model_from_elsewhere_cannot_be_admitted(tmp_path: Path, candidate: Path) -> None:
    (candidate / "training.json").unlink()
    result = _retrieval(0.5, reranker=model_digest(candidate))
    with pytest.raises(ConfigurationError, match=r"no readable training\.json"):
        _judge(tmp_path, candidate, _retrieval(0.5, reranker=None), after=result)
