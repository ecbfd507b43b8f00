"""The report of what was understood."""

from pathlib import Path

from averment.evaluation.structure_report import write_structure_report

RESULT = {
    "documents": 2,
    "unread": {"x": "DOC004"},
    "cells": {"tatqa": {"cells": {"right": 1, "of": 2}}},
    "metadata": {"party": {"right": 1, "of": 2, "placed": 1, "placed_of": 1}},
    "counts": {"cuad": {"terms": 7}},
    "wrong": [
        {"question": "q1", "document": "t", "gold": "1,250", "wrong": ["scale", "period"]},
        {"field": "party", "document": "c", "gold": "Acme <b>", "found": []},
    ],
}


def test_figures_and_everything_wrong_are_told(tmp_path: Path) -> None:
    write_structure_report(RESULT, tmp_path / "report.html")
    report = (tmp_path / "report.html").read_text()
    assert "2 documents, 1 could not be read" in report
    assert "50.0 %" in report
    assert "scale; period" in report
    assert "Acme &lt;b&gt;</td><td class=words>nothing" in report
    assert "<td class=words>terms</td><td data-value='7'>7</td>" in report
