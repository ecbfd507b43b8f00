"""The HTML report of what was understood of a pack: figures with denominators, and everything that is wrong."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from averment.evaluation.html_page import page, sortable
from averment.evaluation.structure import rows


def write_structure_report(result: Mapping[str, Any], path: Path) -> None:
    """Write the report of a result of `averment.evaluation.structure`."""
    wrong = [
        (
            found.get("question") or found["field"],
            found["document"],
            found["gold"],
            "; ".join(map(str, found.get("wrong") or found.get("found") or ("nothing",))),
        )
        for found in result["wrong"]
    ]
    counts = [(name, what, number) for name, found in result["counts"].items() for what, number in found.items()]
    parts = [
        f"<p>{result['documents']} documents, {len(result['unread'])} could not be read.</p>",
        sortable(("what", "right", "of", "share", "place right"), rows(result)),
        "<h2>What is wrong</h2>",
        sortable(("question or field", "document", "gold", "wrong, or found instead"), wrong),
        "<h2>Counted on the way</h2>",
        sortable(("collection", "what", "number"), counts),
    ]
    path.write_text(page("What was understood", parts), encoding="utf-8")
