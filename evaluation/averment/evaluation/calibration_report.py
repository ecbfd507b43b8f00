"""The HTML report of a calibration: thresholds and bounds, and how many answers are wrong over how many are given."""

import html
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from averment.evaluation.html_page import page, sortable
from averment.evaluation.plots import risk_plot

HEAD = ("answers", "labelled", "threshold", "answered", "wrong", "coverage", "upper limit", "broken on halves", "said")


RECALL_HEAD = ("sought", "marked", "found", "said to be absent", "share found", "lower limit")


def write_calibration_report(result: Mapping[str, Any], path: Path) -> None:
    """Write the report of a result of `averment.evaluation.calibration`."""
    levels, made_with = result["levels"], result["made_with"]
    sets = ", ".join(made_with["sets"]) or "labels"
    facts = html.escape(
        f"{result['created_at']}; {sets}; model {made_with['model'] or 'none'}; seed {levels['seed']}. Bound: at most "
        f"{100 * levels['risk']:g} % of the answers at or above the threshold are wrong, except with probability "
        f"{levels['delta']:g}; exact binomial tests in a fixed sequence (Learn then Test). Halves: of "
        f"{levels['splits']} random halves, how many gave a threshold that was broken on the other half."
    )
    groups: Mapping[str, Mapping[str, Any]] = result["groups"]
    parts = [f"<p class='note'>{facts}</p>", sortable(HEAD, (group_row(name, one) for name, one in groups.items()))]
    for name, one in groups.items():
        parts.append(f"<h2>{html.escape(name.replace('_', ' '))}</h2>")
        parts.append(risk_plot([(x, y) for x, y in one["curve"]], bound=levels["risk"], coverage=one["coverage"]))
    if result["recall"]:
        parts.append("<h2>Marked clauses that were found</h2>")
        parts.append(sortable(RECALL_HEAD, (recall_row(name, one) for name, one in result["recall"].items())))
    path.write_text(page("Calibration of answers", parts), encoding="utf-8")


def group_row(name: str, one: Mapping[str, Any]) -> tuple[object, ...]:
    """Return the cells of a group in the order of `HEAD`."""
    splits = one["splits"]
    broken = f"{splits['n_broken']} of {splits['n_splits']} ({splits['n_bounded']} bounded)"
    return (
        name.replace("_", " "),
        one["n"],
        one["threshold"],
        one["n_answered"],
        one["n_wrong"],
        one["coverage"],
        one["upper"],
        broken,
        _said(one),
    )


def recall_row(name: str, one: Mapping[str, Any]) -> tuple[object, ...]:
    """Return the cells of a topic in the order of `RECALL_HEAD`."""
    return (name, one["n"], one["n_found"], one["n_denied"], one["n_found"] / one["n"], one["lower"])


def _said(one: Mapping[str, Any]) -> str:
    if one["is_bounded"]:
        return "bounded"
    if one["n_needed"] is None:
        return "refused: too many are wrong; more labels alone do not help"
    return f"refused: with {one['n_wrong']} wrong, {one['n_needed']} answers at one threshold are needed"
