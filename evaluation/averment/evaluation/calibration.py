"""From labelled answers to a calibration: a threshold and a bound for each group of answers, tried on halves.

Beside them stands how many marked clauses were found, by which "there is no such clause" is to be judged.

Writes `calibration.json`, which an installation reads (`reasoning.calibration_path`), beside `result.json` and
`report.html`. Each group is bounded by itself: that all of several bounds hold at once is less sure than each.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

from averment.core.clock import Clock
from averment.core.errors import UsageError
from averment.evaluation.calibration_report import write_calibration_report
from averment.evaluation.found_shares import Sought, found_shares
from averment.evaluation.labels import GROUPS, LabelledAnswer, digest_of
from averment.evaluation.risk_control import (
    Bound,
    Labelled,
    Refusal,
    Splits,
    choose_threshold,
    risk_by_coverage,
    try_splits,
)
from averment.pipelines.reasoning.calibration import Calibration, Group, LabelledSet, Threshold

CALIBRATION: Final = "calibration.json"
SCHEMA_VERSION: Final = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Levels:
    """What is asked for: at most a share `risk` wrong, except with probability `delta`; tried on `splits` halves."""

    risk: float = 0.05
    delta: float = 0.05
    splits: int = 200
    seed: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class MadeWith:
    """What the labelled answers came from: pipeline, model, and the sets they are of, by name and digest."""

    pipeline_hash: str
    model: str | None
    sets: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupResult:
    """What became of a group: its bound or why there is none, and how thresholds of halves did on the other half."""

    found: Bound | Refusal
    splits: Splits
    curve: tuple[tuple[float, float], ...]


def calibrate(labels: Sequence[LabelledAnswer], levels: Levels) -> dict[Group, GroupResult]:
    """Choose a threshold for every group that has labelled answers, in the order of the groups."""
    results: dict[Group, GroupResult] = {}
    for group in GROUPS:
        labelled = [Labelled(one.score, one.right) for one in labels if one.group == group]
        if labelled:
            results[group] = GroupResult(
                found=choose_threshold(labelled, risk=levels.risk, delta=levels.delta),
                splits=try_splits(
                    labelled, risk=levels.risk, delta=levels.delta, n_splits=levels.splits, seed=levels.seed
                ),
                curve=tuple(risk_by_coverage(labelled)),
            )
    return results


def write_calibration(
    labels: Sequence[LabelledAnswer],
    *,
    sought: Sequence[Sought] = (),
    out: Path,
    made_with: MadeWith,
    levels: Levels,
    clock: Clock,
) -> dict[str, Any]:
    """Calibrate, and write calibration, result and report; return the result.

    Args:
        labels: Labelled answers.
        sought: Marked clauses that were asked for; how many were found says what "there is none" is worth.
        out: Folder of the files.

    Raises:
        UsageError: Nothing is labelled.
    """
    if not labels:
        raise UsageError("no answer is labelled", hint="name a pack with questions, or a file with --labels")
    results, recall = calibrate(labels, levels), found_shares(sought, delta=levels.delta)
    created_at = clock.now().strftime("%Y-%m-%dT%H:%M:%SZ")
    calibration = Calibration(
        created_at=created_at,
        pipeline_hash=made_with.pipeline_hash,
        model=made_with.model,
        made_from=tuple(
            LabelledSet(name=name, digest=digest, seed=levels.seed) for name, digest in made_with.sets.items()
        ),
        groups={group: _threshold(one.found) for group, one in results.items() if isinstance(one.found, Bound)},
        recall=recall,
    )
    result: dict[str, Any] = {
        "schema_version": SCHEMA_VERSION,
        "kind": "calibration",
        "created_at": created_at,
        "levels": asdict(levels),
        "made_with": asdict(made_with),
        "labels_digest": digest_of(labels),
        "calibration_digest": calibration.digest,
        "groups": {group: _described(one) for group, one in results.items()},
        "recall": {topic: one.model_dump() for topic, one in recall.items()},
    }
    out.mkdir(parents=True, exist_ok=True)
    (out / CALIBRATION).write_text(calibration.model_dump_json(indent=1) + "\n", encoding="utf-8")
    (out / "result.json").write_text(json.dumps(result, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    write_calibration_report(result, out / "report.html")
    return result


def _threshold(bound: Bound) -> Threshold:
    return Threshold(
        threshold=bound.threshold,
        risk=bound.risk,
        delta=bound.delta,
        n=bound.n,
        n_answered=bound.n_answered,
        n_wrong=bound.n_wrong,
    )


def _described(one: GroupResult) -> dict[str, Any]:
    found = one.found
    return {
        "is_bounded": isinstance(found, Bound),
        "n": found.n,
        "n_answered": found.n_answered,
        "n_wrong": found.n_wrong,
        "threshold": found.threshold if isinstance(found, Bound) else None,
        "coverage": found.coverage if isinstance(found, Bound) else None,
        "upper": found.upper if isinstance(found, Bound) else None,
        "n_needed": found.n_needed if isinstance(found, Refusal) else None,
        "splits": asdict(one.splits),
        "curve": [list(point) for point in one.curve],
    }
