"""The HTML report of checked claims and mutated statements."""

import html
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from averment.evaluation.html_page import page, sortable

HEAD = ("kind", "right is", "claims", "accepted", "share accepted", "failed checks")
MUTATION_HEAD = ("mistake", "made", "held back", "share held back")


def write_citations_report(result: Mapping[str, Any], path: Path) -> None:
    """Write the report of a result of `averment eval citations`."""
    facts = html.escape(f"{result['created_at']}; verifier {result['verifier'] or 'none'}; seed {result['seed']}")
    parts = [f"<p class='note'>{facts}</p>", "<h2>Claims</h2>"]
    parts.append(sortable(HEAD, (claim_row(kind, one) for kind, one in result["claims"]["kinds"].items())))
    for about, mutations in result["mutations"].items():
        passed = f"{mutations['true_passed']} of {mutations['true']} true statements pass"
        said = f"{passed}, of {mutations['documents']} documents"
        parts += [f"<h2>Mutated statements about {about}</h2>", f"<p>{html.escape(said)}</p>"]
        parts.append(sortable(MUTATION_HEAD, (mutation_row(kind, one) for kind, one in mutations["kinds"].items())))
        missed = [tuple(one.values()) for one in mutations["missed"]]
        if missed:
            parts.append(sortable(("document", "mistake", "said", "cited"), missed))
    path.write_text(page("Citations", parts), encoding="utf-8")


def claim_row(kind: str, one: Mapping[str, Any]) -> tuple[object, ...]:
    """Return the cells of a kind of claims in the order of `HEAD`."""
    failed = ", ".join(f"{name} {count}" for name, count in one["failed"].items())
    share = one["accepted"] / one["claims"]
    return kind.replace("_", " "), one["label"].replace("_", " "), one["claims"], one["accepted"], share, failed


def mutation_row(kind: str, one: Mapping[str, Any]) -> tuple[object, ...]:
    """Return the cells of a kind of mistake in the order of `MUTATION_HEAD`."""
    return kind.replace("_", " "), one["made"], one["blocked"], one["blocked"] / one["made"]
