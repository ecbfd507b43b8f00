"""Whether a model may be trusted with a call, decided by how answers with it compare with extraction alone.

Each call has an arm of its own, in which the model is trusted with nothing else. Gains are of all questions of a run
together: a model that helps with one kind of document and harms with another has to help on the whole.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from averment.core.ports import ChatModel
from averment.evaluation.answers.summary import Row, compare
from averment.pipelines.models.profiles import ModelProfile
from averment.pipelines.reasoning.trust import AskedSet, Gain, MeasuredCall, TrustRecord

TRUST: Final = "trust.json"
WITHOUT: Final = "Averment without the model"
DECIDED: Final[Mapping[MeasuredCall, str]] = {
    "select": "Averment, sentences chosen by the model",
    "write": "Averment, statements of the model",
}


def trusting(profile: ModelProfile, call: MeasuredCall) -> ModelProfile:
    """Return a profile that trusts its model with one call alone."""
    return profile.model_copy(update={"trusted_for": (call,)})


def decide(result: Mapping[str, Any], *, model: ChatModel, profile: ModelProfile) -> TrustRecord:
    """Decide from the rows of a run what its model is trusted with.

    Args:
        result: What `averment.evaluation.answers.run` found, with an arm for each call.
        model: The model that was asked.
        profile: Under which it was asked.
    """
    benchmarks = result["benchmarks"]
    seed = int(result["settings"]["seed"])
    calls = {call: _gain(benchmarks, arm, seed=seed) for call, arm in DECIDED.items()}
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
    )


def write_decision(result: Mapping[str, Any], out: Path, *, model: ChatModel, profile: ModelProfile) -> dict[str, Any]:
    """Decide, write `trust.json`, and return what it holds; see `decide`."""
    record = decide(result, model=model, profile=profile)
    (out / TRUST).write_text(record.model_dump_json(indent=1) + "\n", encoding="utf-8")
    return record.model_dump(mode="json")


def _gain(benchmarks: Mapping[str, Any], arm: str, *, seed: int) -> Gain:
    found = compare(_all_rows(benchmarks, arm), _all_rows(benchmarks, WITHOUT), seed=seed)
    return Gain.model_validate({name: found[name] for name in ("questions", "gain", "interval")})


def _all_rows(benchmarks: Mapping[str, Any], arm: str) -> list[Row]:
    """Return the rows of one arm, each with an id that no other benchmark has."""
    return [{**row, "id": f"{name}/{row['id']}"} for name, run in benchmarks.items() for row in run["rows"][arm]]
