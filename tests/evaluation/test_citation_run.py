"""One run writes result, report and labels that agree."""

import json
from pathlib import Path

from averment.core.testing.clock import FixedClock
from averment.evaluation.citation_run import CitationOptions, run_citations_eval
from averment.evaluation.labels import read_labels
from averment.evaluation.pack import Pack

from .test_citations import write_claims


def test_what_is_written_is_what_comes_back(tmp_path: Path) -> None:
    done: list[tuple[int, int, str]] = []
    result = run_citations_eval(
        Pack(write_claims(tmp_path / "pack")),
        out=tmp_path / "out",
        options=CitationOptions(),
        entailment=None,
        clock=FixedClock(),
        on_progress=lambda *one: done.append(one),
    )
    written = json.loads((tmp_path / "out" / "result.json").read_text())
    assert written == {"schema_version": 1, **result}
    assert result["passed"]
    assert result["mutations"] == {}
    assert done[-1] == (4, 4, "claims")
    assert [one.id for one in read_labels(tmp_path / "out" / "labels.jsonl")] == ["true"]
    assert "wrong document" in (tmp_path / "out" / "report.html").read_text()
