"""`averment eval faults`."""

import json
from pathlib import Path

import pytest

from averment.evaluation.faults import FaultRow
from tests.e2e.installation import Installation
from tests.evaluation.small_pack import write_pack


def test_what_was_missed_is_an_exit_code(
    empty_installation: Installation, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = [FaultRow(reading="pages with text", fault="drop_digit", tried=2, found=2)]
    monkeypatch.setattr("averment.evaluation.faults.run_faults", lambda *_, **__: rows)
    pack = write_pack(tmp_path / "pack")
    arguments = ("eval", "faults", "--pack", str(pack), "--out", str(tmp_path / "out"), "--seed", "9")
    shown = empty_installation.ok(*arguments)
    assert shown.stdout == "pages with text\tdrop digit\t2\t2\tyes\t\n"
    assert "2 of 2 that must be found; seed 9" in shown.stderr
    assert "not tried: scanned pages" in shown.stderr
    rows.append(FaultRow(reading="scanned pages", fault="swap_pages", tried=3, found=2, missed=["a.pdf"]))
    failed = empty_installation.run(*arguments, "--json")
    assert (failed.code, failed.json()["passed"], failed.json()["rows"][1]["missed"]) == (4, False, ["a.pdf"])
    assert json.loads((tmp_path / "out" / "result.json").read_text())["required_tried"] == 5
    rows.clear()
    nothing = empty_installation.run(*arguments, "--json")
    assert (nothing.code, len(nothing.json()["not_tried"])) == (4, 3)
