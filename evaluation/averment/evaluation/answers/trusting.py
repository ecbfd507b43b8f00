"""Whether a model may be trusted with a call, decided by how answers with it compare with extraction alone.

Each call has an arm of its own, in which the model is trusted with nothing else. Gains are of all questions of a run
together: a model that helps with one kind of document and harms with another has to help on the whole.

Choosing sentences one by one has an arm for each threshold of a few. What it gains is measured as it would be used: one
half of the questions is answered with the threshold that was best on the other half. The threshold that goes into the
record is the best on all of them.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from averment.core.ids import sha256_id
from averment.core.ports import ChatModel
from averment.evaluation.answers.summary import Row, compare
from averment.pipelines.models.profiles import ModelProfile
from averment.pipelines.reasoning.model_desk import ModelTrust
from averment.pipelines.reasoning.trust import AskedSet, DecidedTrust, Gain, MeasuredCall, TrustRecord

TRUST: Final = "trust.json"
WITHOUT: Final = "Averment without the model"
THRESHOLDS: Final = (0.5, 0.3, 0.8)
"""Probabilities of yes from which a sentence is chosen; of equally good ones, the first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TrustedCall:
    """What a model is trusted with in an arm; `threshold` is set where sentences are chosen one by one."""

    call: MeasuredCall
    threshold: float | None = None


_CHOSEN_FROM: Final = {threshold: f"Averment, sentences by yes or no from {threshold}" for threshold in THRESHOLDS}
ARMS: Final[Mapping[str, TrustedCall]] = {
    "Averment, sentences chosen by the model": TrustedCall(call="select"),
    **{arm: TrustedCall(call="yes_no", threshold=threshold) for threshold, arm in _CHOSEN_FROM.items()},
    "Averment, statements of the model": TrustedCall(call="write"),
}


def trusting(profile: ModelProfile, asked: TrustedCall) -> ModelTrust:
    """Return a profile, but for its model being trusted with one call alone."""
    threshold = profile.yes_no_threshold if asked.threshold is None else asked.threshold
    return DecidedTrust(profile=profile, trusted_for=(asked.call,), yes_no_threshold=threshold)


def decide(result: Mapping[str, Any], *, model: ChatModel, profile: ModelProfile) -> TrustRecord:
    """Decide from the rows of a run what its model is trusted with.

    Args:
        result: What `averment.evaluation.answers.run` found, with an arm for each call.
        model: The model that was asked.
        profile: Under which it was asked.
    """
    benchmarks = result["benchmarks"]
    seed = int(result["settings"]["seed"])
    without = _all_rows(benchmarks, WITHOUT)
    calls = {
        asked.call: _gain(_all_rows(benchmarks, arm), without, seed=seed)
        for arm, asked in ARMS.items()
        if asked.threshold is None
    }
    by_threshold = {threshold: _all_rows(benchmarks, arm) for threshold, arm in _CHOSEN_FROM.items()}
    calls["yes_no"] = _gain(_chosen_on_the_other_half(by_threshold), without, seed=seed)
    return TrustRecord(
        created_at=result["created_at"],
        profile=profile.name,
        profile_digest=profile.bare_digest,
        model=model.model_id,
        revision=getattr(model, "revision", None),
        pipeline_hash=next(iter(benchmarks.values()))["untrusting_hash"],
        program=result["configuration"]["program"],
        made_from=tuple(
            AskedSet(name=name, digest=run["questions_digest"], seed=seed) for name, run in benchmarks.items()
        ),
        calls=calls,
        yes_no_threshold=_best(by_threshold),
    )


def write_decision(result: Mapping[str, Any], out: Path, *, model: ChatModel, profile: ModelProfile) -> dict[str, Any]:
    """Decide, write `trust.json`, and return what it holds; see `decide`."""
    record = decide(result, model=model, profile=profile)
    (out / TRUST).write_text(record.model_dump_json(indent=1) + "\n", encoding="utf-8")
    return record.model_dump(mode="json")


def _chosen_on_the_other_half(by_threshold: Mapping[float, Sequence[Row]]) -> list[Row]:
    """Return the row of each question under the threshold that was best on the half that it is not in."""
    found: list[Row] = []
    for half in range(2):
        best = _best({one: [row for row in rows if _half(row) != half] for one, rows in by_threshold.items()})
        found += [row for row in by_threshold[best] if _half(row) == half]
    return found


def _half(row: Row) -> int:
    """Put a question into one of two halves (0 or 1) by its id, whatever order questions come in."""
    return int(sha256_id(str(row["id"]).encode())[-1], 16) % 2


def _best(by_threshold: Mapping[float, Sequence[Row]]) -> float:
    """Return the threshold with which most questions were answered rightly."""
    return max(THRESHOLDS, key=lambda one: sum(row["judged"]["is_right"] for row in by_threshold[one]))


def _gain(rows: Sequence[Row], without: Sequence[Row], *, seed: int) -> Gain:
    found = compare(rows, without, seed=seed)
    return Gain.model_validate({name: found[name] for name in ("questions", "gain", "interval")})


def _all_rows(benchmarks: Mapping[str, Any], arm: str) -> list[Row]:
    """Return the rows of one arm, each with an id that no other benchmark has."""
    return [{**row, "id": f"{name}/{row['id']}"} for name, run in benchmarks.items() for row in run["rows"][arm]]
