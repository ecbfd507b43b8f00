"""Lets a trained model in: what passed the gate must have been measured with this very model, on what it never saw.

`averment eval gate BEFORE AFTER --admit FOLDER` comes here once nothing got worse. An embedder and a reranker are
judged by two results of `averment eval retrieval`, a verifier by two results on the documents that were held out.
"""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

from averment.core.clock import Clock, rfc3339
from averment.core.errors import UsageError
from averment.core.ids import sha256_id
from averment.evaluation.gate import GateResult, result_file
from averment.pipelines.ingestion.embedder_folder import read_folder
from averment.pipelines.models.admission import read_training, write_admission
from averment.pipelines.models.model_folder import TRAINING, model_digest

_RESULT_OF: Final[Mapping[str, str]] = {"embedder": "retrieval", "reranker": "retrieval", "verifier": "held-out"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Admission:
    """What let a model in: digests of the model, its record, and the two results; `alpha` of the gate."""

    kind: str
    model_digest: str
    training_digest: str
    before_digest: str
    after_digest: str
    alpha: float
    comparisons: int
    admitted_at: str


def judge(folder: Path, before: Path, *, after: Path, gate: GateResult, clock: Clock) -> Admission:
    """Say by what a trained model may be let in; `let_in` does it, once the log has it.

    Args:
        folder: The model with its `training.json`.
        before: The result of what is in use.
        after: The result with this model.
        gate: What the gate decided of the two.
        clock: Dates the admission.

    Raises:
        ConfigurationError: The folder holds no model that was trained here.
        UsageError: The gate refused, or the results say nothing about this model.
    """
    training = read_training(folder)
    if not gate.passed:
        raise UsageError("the gate refused the change, so that nothing is admitted")
    kind = str(training["kind"])
    old, new = result_file(before), result_file(after)
    measured: Mapping[str, Any] = json.loads(new.read_text(encoding="utf-8"))
    earlier: Mapping[str, Any] = json.loads(old.read_text(encoding="utf-8"))
    if measured["kind"] != _RESULT_OF.get(kind):
        raise UsageError(
            f"a {kind} is judged by a {_RESULT_OF.get(kind)!r} result, these are {measured['kind']!r} results"
        )
    _check_model(folder, kind, earlier=earlier, measured=measured)
    _check_unseen(training, measured)
    return Admission(
        kind=kind,
        model_digest=model_digest(folder),
        training_digest=_digest(folder / TRAINING),
        before_digest=_digest(old),
        after_digest=_digest(new),
        alpha=gate.alpha,
        comparisons=len(gate.comparisons),
        admitted_at=rfc3339(clock.now()),
    )


def let_in(folder: Path, admission: Admission) -> None:
    """Let a model in that was judged; one that has changed since stays a candidate."""
    write_admission(folder, asdict(admission))


def _check_model(folder: Path, kind: str, *, earlier: Mapping[str, Any], measured: Mapping[str, Any]) -> None:
    """Refuse results of another model, or of this model on both sides.

    Raises:
        UsageError: They are.
    """
    expected = read_folder(folder).model_id if kind == "embedder" else model_digest(folder)
    found, before = (_model_of(result, kind) for result in (measured, earlier))
    if _digest_part(found) != _digest_part(expected):
        raise UsageError(
            f"the second result was measured with the {kind} {found!r}, the folder holds {expected!r}",
            hint=f"evaluate {str(folder)!r} and compare that result",
        )
    if before is not None and _digest_part(before) == _digest_part(expected):
        raise UsageError("both results were measured with this model", hint="the first one is of what is in use")


def _model_of(result: Mapping[str, Any], kind: str) -> str | None:
    if kind == "reranker":
        return (result.get("reranker") or {}).get("id")
    named: Mapping[str, Any] = result.get("model") or {}
    return named.get("id") if kind == "embedder" else named.get("digest")


def _digest_part(model_id: str | None) -> str:
    return (model_id or "").rpartition("@")[2]


def _check_unseen(training: Mapping[str, object], measured: Mapping[str, Any]) -> None:
    """Refuse a result on documents that the model was trained on.

    Raises:
        UsageError: It is one.
    """
    split = training["split"]
    assert isinstance(split, Mapping), "training.json has a split"
    seen = frozenset(map(str, split["trained_on"]))
    if measured["kind"] == "held-out":
        asked = {str(row["document"]) for row in measured["rows"]}
    else:
        asked = {str(name) for run in measured["benchmarks"].values() for name in run.get("asked_documents", ())}
    if not asked:
        raise UsageError(
            "the second result does not say which documents its questions are about",
            hint="it was written by an older version; evaluate again",
        )
    if known := seen & asked:
        raise UsageError(
            f"{len(known)} of {len(asked)} documents that were asked about are ones the model was trained on",
            hint="evaluate both with --held-out FOLDER, the folder of the trained model",
        )


def _digest(path: Path) -> str:
    return sha256_id(path.read_bytes())
