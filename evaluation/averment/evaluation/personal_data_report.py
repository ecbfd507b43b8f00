"""The HTML report of how much planted personal data is found: shares with intervals, and everything missed or wrong."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from averment.evaluation.html_page import page, sortable
from averment.evaluation.personal_data import HEAD, shown


def write_personal_data_report(result: Mapping[str, Any], path: Path) -> None:
    """Write the report of a result of `averment.evaluation.personal_data`."""
    parts = [
        f"<p>{result['sentences']} invented sentences a language, as many without personal data, "
        f"{result['documents']} documents with {result['planted_a_document']} sentences planted in each, seed "
        f"{result['seed']}. Recall: nothing of the value stays in a text masked at the level <i>persons</i>. "
        "Precision: what is found touches a planted value, of the invented sentences. Intervals: exact, 95 %.</p>",
        sortable(HEAD, shown(result)),
        "<h2>Missed</h2>",
        sortable(("language", "kind", "planted"), result["missed"]),
        "<h2>Taken for personal</h2>",
        sortable(("language", "kind", "found"), result["wrong"]),
        "<p class='note'>The sentences were written by those who wrote the recognisers: read the shares as an upper "
        "bound of what documents of another kind give.</p>",
    ]
    path.write_text(page("Personal data found", parts), encoding="utf-8")
