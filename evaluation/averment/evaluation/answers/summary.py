"""What the judged replies of each arm come to, and how two arms differ on the same questions."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from averment.evaluation.answers.judging import NUMERIC_TYPES
from averment.evaluation.metrics import interval, mean

Row = Mapping[str, Any]
# Coverage below which a rate among answered questions says little; printed beside every bar.
LEAST_COVERAGE: Final = 0.5


def summarise(rows: Sequence[Row], *, seed: int) -> dict[str, object]:
    """Summarise the rows of one arm on one benchmark; what nothing was counted for is None."""
    judged = [row["judged"] for row in rows]
    answerable = [one for one in judged if one["is_answerable"]]
    empty = [one for one in judged if not one["is_answerable"]]
    answered = [one for one in answerable if one["is_answered"]]
    numeric = [row["judged"] for row in rows if row["type"] in NUMERIC_TYPES and row["judged"]["is_answered"]]
    n_places = sum(one["n_places"] for one in judged)
    return {
        "questions": len(rows),
        "right": mean([float(one["is_right"]) for one in judged]),
        "right_interval": interval([float(one["is_right"]) for one in judged], seed=seed),
        "quality": mean([one["quality"] for one in judged]),
        "answerable": len(answerable),
        "coverage": _coverage(rows),
        "right_among_answered": mean([float(one["is_right"]) for one in answered]),
        "unanswerable": len(empty),
        "falsely_found": mean([float(one["is_answered"]) for one in empty]),
        "falsely_absent": mean([float(one["is_falsely_absent"]) for one in answerable]),
        "citation_precision": sum(one["n_on_gold"] for one in judged) / n_places if n_places else None,
        "citation_precision_explained": (
            sum(one["n_on_gold"] + one["n_explained"] for one in judged) / n_places if n_places else None
        ),
        "citations": n_places,
        "numeric_answered": len(numeric),
        "wrong_numbers": mean([float(one["is_wrong_number"]) for one in numeric]),
        "fabricated_quotations": sum(row["n_fabricated"] for row in rows),
        "sets": _sets(judged, seed=seed),
        "by_type": _by_type(rows, seed=seed),
        "cost": _cost(rows),
    }


def _sets(judged: Sequence[Mapping[str, Any]], *, seed: int) -> dict[str, object] | None:
    """Return means over the questions that ask for a set of documents; None where none does.

    F1 and recall count a question without an answer as 0; precision is of the answers alone.
    """
    sets = [one for one in judged if one["set_recall"] is not None]
    if not sets:
        return None
    f1 = [one["quality"] for one in sets]
    return {
        "questions": len(sets),
        "precision": mean([one["set_precision"] for one in sets if one["set_precision"] is not None]),
        "recall": mean([one["set_recall"] for one in sets]),
        "f1": mean(f1),
        "f1_interval": interval(f1, seed=seed),
    }


def _coverage(rows: Sequence[Row]) -> float | None:
    """Return the share of the answerable questions that were answered."""
    return mean([float(row["judged"]["is_answered"]) for row in rows if row["judged"]["is_answerable"]])


def _by_type(rows: Sequence[Row], *, seed: int) -> dict[str, object]:
    kinds = sorted({row["type"] for row in rows})
    return {
        kind: {
            "questions": len(found),
            "right": mean([float(row["judged"]["is_right"]) for row in found]),
            "right_interval": interval([float(row["judged"]["is_right"]) for row in found], seed=seed),
            "answered": mean([float(row["judged"]["is_answered"]) for row in found]),
            "coverage": _coverage(found),
            "quality": mean([row["judged"]["quality"] for row in found]),
            "sets": _sets([row["judged"] for row in found], seed=seed),
        }
        for kind in kinds
        for found in [[row for row in rows if row["type"] == kind]]
    }


def _cost(rows: Sequence[Row]) -> dict[str, object]:
    """Return means over the questions that a cost is known of; what is known of none is None."""
    names = ("seconds", "model_s", "joules", "model_calls", "prompt_tokens", "completion_tokens")
    means = {name: mean([float(row["cost"][name]) for row in rows if row["cost"][name] is not None]) for name in names}
    outside = [max(0.0, float(row["cost"]["seconds"]) - float(row["cost"]["model_s"])) for row in rows]
    return {**means, "outside_model_s": mean(outside)}


def compare(rows: Sequence[Row], others: Sequence[Row], *, seed: int) -> dict[str, object]:
    """Compare two arms on the questions both were asked: the gain in right answers, with its paired interval.

    Args:
        rows: The arm whose gain is stated.
        others: The arm it is compared with.
        seed: For resampling.
    """
    theirs = {row["id"]: row for row in others}
    pairs = [(row, theirs[row["id"]]) for row in rows if row["id"] in theirs]
    kinds = sorted({ours["type"] for ours, _ in pairs})
    by_type = {kind: _gain([pair for pair in pairs if pair[0]["type"] == kind], seed=seed) for kind in kinds}
    return {**_gain(pairs, seed=seed), "by_type": by_type}


def _gain(pairs: Sequence[tuple[Row, Row]], *, seed: int) -> dict[str, object]:
    gains = [float(ours["judged"]["is_right"]) - float(other["judged"]["is_right"]) for ours, other in pairs]
    return {
        "questions": len(gains),
        "gain": mean(gains),
        "interval": interval(gains, seed=seed),
        "coverage": _coverage([ours for ours, _ in pairs]),
        "coverage_of_other": _coverage([other for _, other in pairs]),
    }


def known_before(plain: Sequence[Row], closed: Sequence[Row]) -> dict[str, object]:
    """Say how much of what plain RAG got right the model gets right without documents: what it knew before.

    Args:
        plain: The rows of plain RAG.
        closed: Those of the same model asked without documents.
    """
    without = {row["id"]: bool(row["judged"]["is_right"]) for row in closed if row["judged"]["is_answered"]}
    right = [row["id"] for row in plain if row["judged"]["is_answered"] and row["judged"]["is_right"]]
    return {
        "answered_rightly_without_documents": sum(without.values()),
        "share_of_what_plain_rag_has_right": mean([float(without.get(name, False)) for name in right]),
    }
