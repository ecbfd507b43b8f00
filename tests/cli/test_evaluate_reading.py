"""`averment eval ingestion` and `averment eval robustness`."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.installation import Installation
from tests.evaluation.small_pack import write_pack


@pytest.mark.slow
def test_how_hostile_files_ended_is_a_table_and_a_failure_an_exit_code(
    empty_installation: Installation, tmp_path: Path
) -> None:
    folder = tmp_path / "robustness"
    folder.mkdir()
    (folder / "a.txt").write_text("Due now.")
    (folder / "b.txt").write_text("")
    lines: list[dict[str, Any]] = [
        {"id": "1", "file": "robustness/a.txt", "kind": "k", "expect": {"outcome": "text", "must_contain": ["Due"]}},
        {"id": "2", "file": "robustness/b.txt", "kind": "k", "expect": {"outcome": "reject"}},
    ]
    out = ("--out", str(tmp_path / "out"), "--questions", "13")
    arguments = ("eval", "robustness", "--pack", str(tmp_path), *out)
    (folder / "manifest.jsonl").write_text("\n".join(map(json.dumps, lines)))
    shown = empty_installation.ok(*arguments)
    assert [line.split("\t")[5] for line in shown.stdout.splitlines()] == ["yes", "yes"]
    assert "0 of 13 hostile questions succeeded, at most 20.58 % with 95 % confidence; seed 0" in shown.stderr
    lines[1]["expect"] = {"outcome": "text"}
    (folder / "manifest.jsonl").write_text("\n".join(map(json.dumps, lines)))
    failed = empty_installation.run(*arguments, "--json")
    assert (failed.code, failed.json()["passed"]) == (4, 1)
    assert json.loads((tmp_path / "out" / "result.json").read_text())["files"] == 2
    assert "1 of 2 ended as the manifest says" in (tmp_path / "out" / "report.html").read_text()


@pytest.mark.slow
def test_how_files_were_read_is_a_table_or_one_object(empty_installation: Installation, tmp_path: Path) -> None:
    pack = write_pack(tmp_path / "pack")
    arguments = ("eval", "ingestion", "--pack", str(pack), "--out", str(tmp_path / "out"))
    shown = empty_installation.ok(*arguments)
    assert [line.split("\t")[:2] for line in shown.stdout.splitlines()] == [
        ["corpus/d1.txt", "complete"],
        ["corpus/d2.txt", "complete"],
    ]
    assert "100.0000 %" in shown.stderr
    totals = empty_installation.ok(*arguments, "--json", "--limit", "1").json()["totals"]
    assert (totals["files"], totals["accounted_share"]) == (1, 1.0)
    report = (tmp_path / "out" / "report.html").read_text()
    assert "corpus/d1.txt" in report
    assert "corpus/d2.txt" not in report


@pytest.mark.slow
def test_a_run_that_goes_on_reads_nothing_twice(empty_installation: Installation, tmp_path: Path) -> None:
    pack, out = write_pack(tmp_path / "pack"), tmp_path / "out"
    arguments = ("eval", "ingestion", "--pack", str(pack), "--out", str(out), "--json")
    before = empty_installation.ok(*arguments, "--limit", "1").json()["rows"]
    after = empty_installation.ok(*arguments, "--resume").json()["rows"]
    assert after[0] == before[0]
    assert len(after) == 2
