"""`averment eval gate BEFORE AFTER`: whether what changed between two evaluations made anything worse.

The same questions were asked in both; the difference of each question is one observation. For every benchmark and
every measure, the one-sided hypothesis that nothing got worse is tested by flipping the signs of the differences at
random (exactly, where there are few). The smallest p-values of a benchmark are corrected for the number of measures
(Holm), so that alpha holds for the benchmark. One measure that got worse refuses the change. Results of other packs,
questions, inputs or budgets are not compared at all.

Files are the same in both; what a reader made of them need not be. Where texts differ the two are compared all the
same, since gold is aligned to each text by its letters, and a change of the reader has to pass here like any other: it
can lose what was found before. That the difference is then of reading and retrieval together is said in `notes`.

Two kinds of results are compared: those of `averment eval retrieval`, and those that `averment train` leaves of the
documents it held out, where each kind of item counts as a benchmark.
"""

import itertools
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from averment.core.errors import ConfigurationError, UsageError
from averment.evaluation.metrics import KS

ALPHA: Final = 0.01
FLIPS: Final = 100_000
_EXACT: Final = 14
_BATCH: Final = 2_000
_SYSTEM: Final = "averment"
# What must be equal in both, besides the questions themselves.
_SETTINGS: Final = ("input", "limit", "seed", "budget_chars", "ks", "held_out")
_HELD_OUT: Final = "held-out"
_HELD_OUT_SETTINGS: Final = ("seed", "split", "data")
MEASURES: Final[Mapping[str, str]] = {
    "recall_1": "recall within the character budget: what is shown first",
    "recall_8": "recall within 8 × the character budget",
    "recall_32": "recall within 32 × the character budget",
    "gold_documents_ranked": "gold documents among the first 2 × |gold| ranked",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """One measure of one benchmark before and after; `p_worse` is corrected for the number of measures."""

    benchmark: str
    measure: str
    questions: int
    changed: int
    before: float
    after: float
    p_worse: float

    def is_worse(self, alpha: float) -> bool:
        """Say whether the measure got worse."""
        return self.p_worse < alpha


@dataclass(frozen=True, slots=True, kw_only=True)
class GateResult:
    """What the gate decided: passed, or refused for the comparisons that got worse.

    `notes` say what else differs between the two results than what retrieves.
    """

    alpha: float
    comparisons: tuple[Comparison, ...]
    notes: tuple[str, ...] = ()

    @property
    def worse(self) -> tuple[Comparison, ...]:
        """Return what got worse."""
        return tuple(found for found in self.comparisons if found.is_worse(self.alpha))

    @property
    def passed(self) -> bool:
        """Say whether nothing got worse."""
        return not self.worse


def run_gate(before: Path, after: Path, *, alpha: float = ALPHA, seed: int = 0) -> GateResult:
    """Compare two results of `averment eval retrieval`, or two of a training's held-out documents.

    Args:
        before: `result.json`, or the folder that holds it, of what is in use.
        after: The same of what shall replace it.
        alpha: Probability (0-1) of refusing a benchmark in which nothing got worse.
        seed: For the signs that are flipped at random.

    Raises:
        ConfigurationError: A file is no such result.
        UsageError: The two were not measured alike, or `alpha` is out of range.
    """
    if not 0 < alpha < 1:
        raise UsageError(f"alpha is {alpha!r}, expected a probability between 0 and 1")
    old, new = _read(before), _read(after)
    if old["kind"] != new["kind"]:
        raise UsageError(f"a {old['kind']!r} result is not compared with a {new['kind']!r} one")
    if old["kind"] == _HELD_OUT:
        return GateResult(alpha=alpha, comparisons=tuple(_compare_held_out(old, new, seed=seed)))
    _check_alike(old, new)
    comparisons: list[Comparison] = []
    for name, run in old["benchmarks"].items():
        comparisons += _compare(name, _values(run), _values(new["benchmarks"][name]), seed=seed)
    return GateResult(alpha=alpha, comparisons=tuple(comparisons), notes=tuple(_notes(old, new)))


def p_worse(differences: Sequence[float], *, seed: int) -> float:
    """Return how likely a mean this low is where each difference might as well have the other sign.

    Exact for at most 14 questions that changed, else by 100,000 seeded draws; the draw that was observed counts.
    """
    import numpy as np

    values = np.array([value for value in differences if value], dtype=float)
    if not len(values):
        return 1.0
    seen = values.sum() + 1e-9
    if len(values) <= _EXACT:
        signs = np.array(list(itertools.product((1.0, -1.0), repeat=len(values))))
        return float((signs @ np.abs(values) <= seen).mean())
    generator, size, n_low = np.random.default_rng(seed), np.abs(values), 0
    for _ in range(FLIPS // _BATCH):
        signs = generator.integers(0, 2, (_BATCH, len(values))) * 2.0 - 1.0
        n_low += int((signs @ size <= seen).sum())
    return (n_low + 1) / (FLIPS + 1)


def _compare_held_out(old: Mapping[str, Any], new: Mapping[str, Any], *, seed: int) -> list[Comparison]:
    """Compare item by item, each kind of item by itself.

    Raises:
        UsageError: They are not about the same items.
    """
    differing = [name for name in _HELD_OUT_SETTINGS if old["settings"].get(name) != new["settings"].get(name)]
    if differing or old["items_digest"] != new["items_digest"] or old["model_kind"] != new["model_kind"]:
        raise UsageError(
            f"the two results cannot be compared: other {', '.join(differing) or 'items'}",
            hint="train both with the same material, seed and share held out",
        )
    comparisons = []
    for part in dict.fromkeys(row["part"] for row in old["rows"]):
        befores, afters = (_held_out_values(result, part) for result in (old, new))
        comparisons += _compare(part, befores, afters, seed=seed)
    return comparisons


def _held_out_values(result: Mapping[str, Any], part: str) -> dict[str, list[float]]:
    rows = [row["values"] for row in result["rows"] if row["part"] == part]
    return {measure: [row[measure] for row in rows] for measure in rows[0]}


def _compare(
    name: str, befores: Mapping[str, list[float]], afters: Mapping[str, list[float]], *, seed: int
) -> list[Comparison]:
    found = []
    for measure, before in befores.items():
        after = afters[measure]
        gains = [late - early for early, late in zip(before, after, strict=True)]
        found.append((p_worse(gains, seed=seed), measure, before, after, sum(bool(gain) for gain in gains)))
    comparisons, floor = [], 0.0
    for place, (p, measure, before, after, changed) in enumerate(sorted(found, key=lambda entry: entry[0])):
        floor = max(floor, min(1.0, p * (len(found) - place)))
        comparisons.append(
            Comparison(
                benchmark=name,
                measure=measure,
                questions=len(before),
                changed=changed,
                before=sum(before) / len(before) if before else 0.0,
                after=sum(after) / len(after) if after else 0.0,
                p_worse=floor,
            )
        )
    return sorted(comparisons, key=lambda entry: list(befores).index(entry.measure))


def _values(run: Mapping[str, Any]) -> dict[str, list[float]]:
    rows = [row[_SYSTEM] for row in run["rows"]]
    return {
        "recall_1": [row["recall"][KS.index(1)] for row in rows],
        "recall_8": [row["recall"][KS.index(8)] for row in rows],
        "recall_32": [row["recall"][KS.index(32)] for row in rows],
        "gold_documents_ranked": [row["gold_documents_ranked"] for row in rows],
    }


def _notes(old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[str]:
    """Yield what differs besides what retrieves."""
    for name, run in old["benchmarks"].items():
        other = new["benchmarks"][name]
        if run.get("texts_digest") != other.get("texts_digest"):
            yield f"{name}: the files are the same, their texts are not: the difference is of reading as well"
        before, after = (found.get("corpus", {}).get("ingested") for found in (run, other))
        if before != after:
            yield f"{name}: {before} documents could be read before and {after} after"
    earlier, later = (found.get("model", {}).get("id") for found in (old, new))
    if earlier != later:
        yield f"the embedder is {earlier!r} before and {later!r} after"


def result_file(path: Path) -> Path:
    """Return the file of a result, which may be named by its folder."""
    return path / "result.json" if path.is_dir() else path


def _read(path: Path) -> Mapping[str, Any]:
    file = result_file(path)
    try:
        found = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError) as cause:
        raise ConfigurationError(
            f"{str(file)!r} cannot be read as JSON", hint="averment eval retrieval writes it"
        ) from cause
    if isinstance(found, dict) and found.get("kind") == _HELD_OUT and "rows" in found:
        return found
    if not isinstance(found, dict) or found.get("kind") != "retrieval" or "benchmarks" not in found:
        raise ConfigurationError(f"{str(file)!r} is no result of averment eval retrieval or of averment train")
    for name, run in found["benchmarks"].items():
        rows = run.get("rows", [])
        if "questions_digest" not in run or not all("gold_documents_ranked" in row.get(_SYSTEM, {}) for row in rows):
            raise ConfigurationError(
                f"{str(file)!r} lacks the rows of {name!r} that are compared",
                hint="it was written by an older version; run averment eval retrieval again",
            )
    return found


def _check_alike(old: Mapping[str, Any], new: Mapping[str, Any]) -> None:
    """Refuse results that were not measured alike.

    Raises:
        UsageError: They differ in a setting, a benchmark, its documents or its questions.
    """
    differing = [
        f"{name} is {old['settings'].get(name)!r} before and {new['settings'].get(name)!r} after"
        for name in _SETTINGS
        if old["settings"].get(name) != new["settings"].get(name)
    ]
    if set(old["benchmarks"]) != set(new["benchmarks"]):
        differing.append(f"benchmarks are {sorted(old['benchmarks'])} before and {sorted(new['benchmarks'])} after")
    else:
        for name, run in old["benchmarks"].items():
            differing += [
                f"{name} has other {part.removesuffix('_digest')}"
                for part in ("questions_digest", "documents_digest")
                if run[part] != new["benchmarks"][name].get(part)
            ]
            if [row["id"] for row in run["rows"]] != [row["id"] for row in new["benchmarks"][name]["rows"]]:
                differing.append(f"{name} was asked other questions")
    if differing:
        raise UsageError(
            f"the two results cannot be compared: {'; '.join(differing)}",
            hint="run averment eval retrieval twice with the same pack, collections, input, limit and seed",
        )
