"""The report is one file that loads nothing and escapes what it shows."""

import re
from pathlib import Path
from typing import Any

from averment.evaluation.report import write_report

KS = ("1", "8", "32")


def system(value: float) -> dict[str, Any]:
    return {
        "recall": {k: {"mean": value, "interval": [value - 0.1, value + 0.1]} for k in KS},
        "hit": dict.fromkeys(KS, value),
        "document_first": value,
        "gold_documents_ranked": value,
        "recall_8_by_category": {"<b>Law</b>": [3, value]},
    }


def test_the_report(tmp_path: Path) -> None:
    run = {
        "questions": 3,
        "questions_without_gold": 1,
        "corpus": {"documents": 2, "ingested": 2, "chunks": 1234, "baseline_chunks": 10, "characters": 99},
        "alignment": {"well_aligned": 3, "spans": 4, "not_found": 1},
        "query_ms": {"p50": 1.0, "p99": None},
        "systems": {"averment": system(0.8), "dense": system(0.4)},
        "rows": [{"id": "a", "ms": 4.0}, {"id": "b", "ms": 9.0}],
        "ablations": {"without <x>": {"recall_8": 0.7, "recall_32": 0.7, "gold_documents_ranked": None}},
        "against_naive": {k: {"naive": "dense", "gain": 0.4, "interval": [0.3, 0.5]} for k in KS},
    }
    result = {
        "created_at": "2026-01-01T00:00:00Z",
        "settings": {"input": "pdf", "seed": 0, "budget_chars": 1350},
        "model": {"id": "m@<x>", "precision": "float32"},
        "benchmarks": {"cuad": run},
    }
    write_report(result, tmp_path / "report.html")
    page = (tmp_path / "report.html").read_text()
    assert page.startswith("<!doctype html>")
    assert "<svg" in page and "0.800" in page and "+0.400" in page
    assert page.count("<svg") == 2 and "(-0.100)" in page and "without &lt;x&gt;" in page
    assert "<b>Law</b>" not in page and "m@<x>" not in page
    assert not re.search(r"<script|<link|src=|https?://", page)
